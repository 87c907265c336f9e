"""Numbers in Chinese numerals, as lists count and number formats print them."""

from typing import Final, NamedTuple

_MYRIADS: Final = ("", "万", "亿")
"""What each four digits of a whole number are called, the last ones first."""


class Numerals(NamedTuple):
    """A way to write numbers."""

    digits: str
    places: str
    """What the tens, hundreds and thousands are called."""

    def one_by_one(self, printed: str) -> str:
        """`printed` with digits of this kind."""
        return printed.translate(dict(zip(map(ord, "0123456789"), self.digits, strict=True)))

    def in_words(self, number: str) -> str | None:
        """A number of plain digits as it is said: 一千二百八十六.四五; None for one that is too long."""
        whole, point, decimals = number.partition(".")
        groups = [whole[max(end - 4, 0) : end].zfill(4) for end in range(len(whole), 0, -4)]
        if len(groups) > len(_MYRIADS):
            return None
        said = ""
        gap = False
        for group, myriad in reversed(list(zip(groups, _MYRIADS, strict=False))):
            for digit, place in zip(group, (*reversed(self.places), ""), strict=True):
                if digit != "0":
                    said += (self.digits[0] if gap else "") + self.digits[int(digit)] + place
                gap = digit == "0" and bool(said)
            said += myriad if int(group) else ""
        return (said or self.digits[0]) + point + self.one_by_one(decimals)

    def counted(self, number: int) -> str:
        """A whole number as items and days are counted: 十一, not 一十一; in plain digits where too long."""
        said = self.in_words(str(number)) or str(number)
        return said.removeprefix("一") if said.startswith("一十") else said


COUNTING: Final = Numerals("零一二三四五六七八九", "十百千")
