"""What lies behind characters: white ones are seen on a shade, and not on the paper."""

from bisect import bisect_right
from dataclasses import dataclass, field

from services.parser.doc.binary import Binary
from services.parser.doc.properties import Properties
from services.parser.doc.runs import Runs


@dataclass(frozen=True)
class Grounds:
    """The shades of the paragraphs and table rows of `runs`, by bytes of the text stream."""

    runs: Runs
    data: Binary
    _known: dict[int, bool] = field(default_factory=dict)

    def is_shaded(self, offset: int) -> bool:
        """Whether the paragraph at `offset` has a shade, or one that follows it in its row; raises Corrupt."""
        first = number = bisect_right(self.runs.starts, offset) - 1
        shaded = False
        while not shaded and 0 <= number < len(self.runs.starts):
            if number in self._known:
                shaded = self._known[number]
                break
            properties = Properties()
            properties.apply(self.runs.changes[number][2:], self.data)  # behind the style's number
            shaded = properties.shaded
            number += 1
            if properties.row_end or not properties.table_depth:  # a row states its cells' shades at its end
                break
        self._known.update(dict.fromkeys(range(first, number), shaded))
        return shaded
