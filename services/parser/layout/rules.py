"""Tables that rule their rows only: the lines between columns that the gaps of their texts stand for."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from services.parser.layout.drawing import Drawing, Line
from services.parser.layout.edges import borders
from services.parser.layout.geometry import Box
from services.parser.layout.glyphs import Glyph
from services.parser.layout.lines import TextLine, bands, texts_of
from services.parser.wording import is_number

_FEWEST: Final = 3
"""Rules of a table at least: over and under its header, and under its last row."""
_ALIKE: Final = 4.0
"""Points by which the ends of a table's rules may differ."""
_LONG: Final = 0.4
"""Share of the page's width that a table's rules have at least."""
_MOST: Final = 500
"""Long rules of a page at most; beyond them they are no tables' rules."""
_MOST_TEXTS: Final = 5000
"""Texts of a table at most."""
_SINGLE: Final = 0.7
"""Share of a table's texts that stand in one column only."""
_LINES: Final = 4
"""Lines of several texts between two rules that show that rules do not part the rows."""
_HEAD: Final = 8.0
"""Ems that a header without a rule over it is high at most."""
_OVER: Final = 1.0
"""Points between a header and the border that it lacks."""
_LOOSE: Final = 2
"""Texts under each other, none beside another, that stand between two tables and not in a row."""


def ruled_rows(drawn: Drawing, others: Sequence[Box], glyphs: Sequence[Glyph], width: float) -> Drawing:
    """The rules of tables without upright lines, and the upright lines they lack; `others` are whole tables."""
    found = Drawing()
    free = [line for line in drawn.horizontal if not any(box.holds(line.start + 1, line.at, 1) for box in others)]
    lines = borders(free)
    for bundle in _bundles(lines, _LONG * width):
        if len(bundle) >= _FEWEST:
            _take(found, bundle, [line for line in lines if _is_within(line, bundle)], glyphs)
    return found


def _take(found: Drawing, bundle: Sequence[Line], inner: Sequence[Line], glyphs: Sequence[Glyph]) -> None:
    """Add the lines of the tables that the rules `bundle` make up; `inner` rule a part of the width."""
    rules = sorted({Line(line.at, bundle[0].start, bundle[0].end) for line in (*bundle, *inner)})
    rows = [_texts_between(glyphs, one, two) for one, two in pairwise(rules)]
    if any(_count(row) >= _LINES for row in rows):
        added = [line for row, rule in zip(rows, rules, strict=False) for line in _between(row, rule)]
        rules, inner = sorted([*rules, *added]), [*inner, *added]
        rows = [_texts_between(glyphs, one, two) for one, two in pairwise(rules)]
    whole = {line.at for line in bundle}
    apart = [
        {one.at, two.at} <= whole and _is_apart(row) for row, (one, two) in zip(rows, pairwise(rules), strict=True)
    ]
    for first, last in _runs(apart):
        head = _head_above(glyphs, rules[first], rows[first]) if last > first else []
        own = [*head, *rules[first : last + 1]]
        texts = [
            *(_texts_between(glyphs, one, two) for one, two in pairwise(own[: len(head) + 1])),
            *rows[first:last],
        ]
        edges = edges_between(texts)
        if last - first >= _FEWEST - 1 and edges:
            top, bottom = own[0].at, own[-1].at
            found.horizontal += [line for line in (*head, *bundle, *inner) if top <= line.at <= bottom]
            found.vertical += _upright(own, texts, edges)


def _head_above(glyphs: Sequence[Glyph], rule: Line, row: Sequence[TextLine]) -> list[Line]:
    """The borders of a header that stands over a table's first rule, where the row under it has figures."""
    if not any(is_number(text.text) for text in row):
        return []
    above = _texts_between(glyphs, Line(rule.at - _HEAD * row[0].em, rule.start, rule.end), rule)
    head: list[Line] = []
    below = rule.at
    for band in reversed(list(bands(above))):
        top, height = min(text.box.top for text in band), max(text.box.bottom - text.box.top for text in band)
        if len(band) < 2 or below - max(text.box.bottom for text in band) > height:
            break
        if any(is_number(text.text) for text in band):
            return []
        head.insert(0, Line(top - _OVER, rule.start, rule.end))
        below = top
    return head


def _bundles(lines: Sequence[Line], least: float) -> list[list[Line]]:
    """Rules of the same ends, from top to bottom; none that only rule a part of others."""
    found: list[list[Line]] = []
    long = [line for line in lines if line.end - line.start >= least]
    for line in long if len(long) <= _MOST else ():
        ends = [each for each in found if abs(each[0].start - line.start) + abs(each[0].end - line.end) < _ALIKE]
        if ends:
            ends[0].append(line)
        else:
            found.append([line])
    return [each for each in found if not any(other is not each and _is_within(each[0], other) for other in found)]


def _is_within(line: Line, bundle: Sequence[Line]) -> bool:
    """Whether `line` rules a part of the width, under a cell that goes on downwards beside it."""
    return (
        line not in bundle
        and bundle[0].at < line.at < bundle[-1].at
        and bundle[0].start - _ALIKE < line.start < line.end < bundle[0].end + _ALIKE
    )


def _texts_between(glyphs: Sequence[Glyph], above: Line, below: Line) -> list[TextLine]:
    box = Box(above.start, above.at, above.end, below.at)
    return texts_of([glyph for glyph in glyphs if box.holds(*glyph.box.middle)])


def _between(texts: Sequence[TextLine], rule: Line) -> Iterator[Line]:
    """The borders between the rows under `rule` that no rules part."""
    lines = list(bands(texts))
    left = min((text.box.left for text in texts), default=0.0)
    for above, line in pairwise(lines):
        if len(line) > 1 or line[0].box.left < left + line[0].em:
            bottom, top = max(text.box.bottom for text in above), min(text.box.top for text in line)
            yield Line((bottom + top) / 2, rule.start, rule.end)


def _count(texts: Sequence[TextLine]) -> int:
    """How many lines have several texts."""
    return sum(len(line) > 1 for line in bands(texts))


def _is_apart(row: Sequence[TextLine]) -> bool:
    """Whether what stands between two rules is no row, but titles between two tables."""
    beside = [len(band) for band in bands(row)]
    return len(beside) >= _LOOSE and max(beside) == 1


def _runs(apart: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The first and the after-last row of each table."""
    first = 0
    for number, is_apart in enumerate([*apart, True]):
        if is_apart:
            yield first, number
            first = number + 1


def edges_between(rows: Sequence[Sequence[TextLine]]) -> list[float]:
    """Where columns part: no text that stands in one column only crosses there; none in what is no table."""
    spans: list[list[float]] = []
    texts = sum(map(len, rows))
    if texts > _MOST_TEXTS:
        return []
    single = [text for number, row in enumerate(rows) for text in row if not _spans(text, number, rows)]
    if len(single) < _SINGLE * texts:
        return []
    for left, right in sorted((text.box.left, text.box.right) for text in single):
        if spans and left < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], right)
        else:
            spans.append([left, right])
    return [(one[1] + two[0]) / 2 for one, two in pairwise(spans)]


def _spans(text: TextLine, number: int, rows: Sequence[Sequence[TextLine]]) -> bool:
    """Whether `text` stands over texts of another row that stand beside each other."""
    for place, row in enumerate(rows):
        if place != number:
            under = [
                other.box for other in row if other.box.left < text.box.right and text.box.left < other.box.right
            ]
            if len(under) > 1 and min(box.right for box in under) <= max(box.left for box in under):
                return True
    return False


def _upright(rules: Sequence[Line], rows: Sequence[Sequence[TextLine]], edges: Sequence[float]) -> Iterator[Line]:
    """A line at each of `edges` and at both ends, for each row in which no text runs over it."""
    for (above, below), row in zip(pairwise(rules), rows, strict=True):
        for edge in (above.start, *edges, above.end):
            if not any(text.box.left < edge < text.box.right for text in row):
                yield Line(edge, above.at, below.at)
