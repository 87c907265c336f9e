"""How far a group is in a partition: done up to an offset, and with single messages beyond it.

What stands behind a message that takes long may be done before it, as long as so few offsets are kept beside the
position.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Self

MOST_AHEAD: Final = 400
"""Messages done beyond the position: Kafka keeps some 4,000 bytes with it."""


@dataclass(frozen=True)
class Position:
    """`next` is the first offset that is not done; `ahead` are those beyond it that are, in order."""

    next: int
    ahead: tuple[int, ...] = ()

    def has(self, offset: int) -> bool:
        """Whether the message at `offset` is done."""
        return offset < self.next or offset in self.ahead

    @property
    def text(self) -> str:
        """`ahead` as kept beside the position: the distances, from `next` on."""
        before = (self.next, *self.ahead)
        return ",".join(str(offset - last) for last, offset in zip(before, self.ahead, strict=False))

    @classmethod
    def of(cls, following: int, text: str) -> Self:
        """The position at `following` with what `text` says lies ahead; what is no such text says nothing."""
        ahead = []
        offset = following
        for distance in text.split(",") if text.replace(",", "").isdecimal() else ():
            offset += int(distance or 0)
            ahead.append(offset)
        return cls(following, tuple(ahead))


class Progress:
    """What a member was given of a partition since `position`, and what of it is done."""

    def __init__(self, position: Position) -> None:
        self.position = position
        self.next = position.next
        """The offset after the last one given."""
        self._open: dict[int, None] = {}

    def give(self, offset: int) -> bool:
        """Note that `offset`, from `next` on, is given to the member; False where it is done already."""
        self.next = offset + 1
        if offset < self.position.next or offset in self.position.ahead:
            return False
        self._open[offset] = None
        return True

    def gave(self, offsets: Iterable[int]) -> bool:
        """Whether all of `offsets` were given and are not done yet."""
        return all(offset in self._open for offset in offsets)

    def after(self, done: Collection[int]) -> Position:
        """The position once `done`, of what was given, is done too."""
        following = next((offset for offset in self._open if offset not in done), self.next)
        finished = {*self.position.ahead, *done}
        while following in finished:
            following += 1
        return Position(following, tuple(sorted(offset for offset in finished if offset > following)))

    def move(self, position: Position, done: Iterable[int]) -> None:
        """`done` was committed, which led to `position`."""
        self.position = position
        for offset in done:
            del self._open[offset]

    def rewind(self) -> None:
        """What is open will be given again."""
        self.next = self.position.next
        self._open.clear()
