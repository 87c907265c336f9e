"""What the words before a figure say: read one after the other by the vocabulary, the longest word first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.money import UNIT_WORDS
from services.normalizer.language.years import plain_years
from shared.schemas.names import Metric

FIGURE: Final = re.compile(
    rf"(?<![\dA-Za-z.])(-?\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|-?\d{{1,16}}(?:\.\d{{1,8}})?)(?:({UNIT_WORDS})(?![/每])|(%))"
)
"""A figure of money with its unit, or a percentage."""
_QUOTES: Final = str.maketrans("", "", "“”\"‘’'「」")
_PLAIN: Final = str.maketrans("（）：，；", "():,;")
_MOVE: Final = "增加|增长|上升|提高|减少|下降|降低|减"
FORM: Final = re.compile(rf"({_MOVE})[(（](?:或)?({_MOVE})少?[)）](?:加|长)?")
"""The wording of a form that leaves open whether a figure rose or fell: 增加（减少）."""

_COMPARED: Final = (
    r"[由从]20\d\d年度?的|"
    r"(?:[较比与同和]|相较|对比)于?(?:本部门|本单位)?(?:20\d\d年度?|上一?年度?|去年度?)(?:同期)?"
)
_AGAINST: Final = r"[较比与](?:年初|全年|调整|当年)?(?:部门)?预算数?"
_YEAR: Final = r"20\d\d年度?"
_MARK: Final = r"\((?:类|款|项|目)\)"
_ASIDE: Final = re.compile(rf"\((?!(?:类|款|项|目)\))[^()]{{0,60}}\)(?![^,;:()]{{0,60}}{_MARK})")
_WHOLE: Final = re.compile("本年|当年|总|合计")
_KINDS_OF_MONEY: Final = frozenset({"费", "经费", "费用"})
_NOT_ALL: Final = frozenset({Metric.INCOME_TOTAL, Metric.EXPENDITURE_TOTAL})
_VEHICLE: Final = frozenset(
    {
        Metric.THREE_PUBLIC_VEHICLE,
        Metric.THREE_PUBLIC_VEHICLE_PURCHASE,
        Metric.THREE_PUBLIC_VEHICLE_OPERATION,
    }
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the vocabulary at its place in a clause; `roles` are the lists it stands in."""

    word: str
    start: int
    end: int
    roles: frozenset[str]
    metric: Metric | None = None


@dataclass(frozen=True)
class Phrase:
    """What a clause says.

    `unknown`: a text before the nouns stands in no list and is no owner's name; `office`: the name, as far as
    its last character tells, of whose the figure is; `owner`: the same also before a year; `trailing`: a text
    after the nouns stands in no list.
    """

    text: str
    tokens: tuple[Token, ...]
    unknown: bool
    trailing: bool
    office: str | None = None
    owner: str | None = None

    def has(self, role: str) -> bool:
        """Whether a word of that list stands in the clause."""
        return any(role in token.roles for token in self.tokens)

    def words(self, role: str) -> list[str]:
        """The words of that list, in order."""
        return [token.word for token in self.tokens if role in token.roles]

    @property
    def nouns(self) -> list[Metric]:
        """What the clause names, the generic 收入 and 支出 left out."""
        return [
            token.metric
            for token in self.tokens
            if token.metric and token.metric not in _NOT_ALL and not token.roles & {"fund", "brief"}
        ]

    @property
    def income(self) -> bool:
        """Whether the generic 收入 stands in it."""
        return self.has("both") or any(token.metric is Metric.INCOME_TOTAL for token in self.tokens)

    @property
    def expenditure(self) -> bool:
        """Whether the generic 支出 stands in it, also in 财政拨款支出决算."""
        if self.has("fund") and "支出决算" in self.words("spent"):
            return True
        return self.has("both") or any(token.metric is Metric.EXPENDITURE_TOTAL for token in self.tokens)

    @property
    def vehicle(self) -> Metric | None:
        """Which costs of vehicles it names: both, where purchase and operation stand in it."""
        found = {token.metric for token in self.tokens if token.metric in _VEHICLE}
        if Metric.THREE_PUBLIC_VEHICLE in found or len(found) > 1:
            return Metric.THREE_PUBLIC_VEHICLE
        return next(iter(found), None)

    @property
    def fund(self) -> tuple[Metric | None, str] | None:
        """The budget the money comes from: the metric of its income, and its name as it stands there."""
        funds = [token for token in self.tokens if "fund" in token.roles]
        if not funds:
            return None
        end = max(token.end for token in funds)
        after = next((token for token in self.tokens if token.start == end and token.word == "拨款"), None)
        metric = next((token.metric for token in funds if token.metric), None)
        return metric, self.text[funds[0].start : after.end if after else end].strip("、和及")

    @property
    def account(self) -> str | None:
        """The account of the budget it names, with its marks 类, 款, 项."""
        marks = [token for token in self.tokens if "mark" in token.roles]
        if not marks:
            return None
        return self.text[: marks[-1].end].replace("(", "（").replace(")", "）")

    @property
    def year(self) -> int | None:
        """The last year it states, unless only compared with."""
        years = [int(token.word[:4]) for token in self.tokens if "year" in token.roles]
        return years[-1] if years else None

    @property
    def direction(self) -> int:
        """1 where the figure after it is an increase, -1 for a decrease, else 0."""
        for token in reversed(self.tokens):
            if "increase" in token.roles or "decrease" in token.roles:
                return 0 if self.trailing else 1 if "increase" in token.roles else -1
            passes = token.roles & {"passing", "beside_change", "planned"}
            if not passes and token.metric is not Metric.EXPENDITURE_TOTAL:
                return 0
        return 0

    @property
    def names(self) -> bool:
        """Whether anything is named in it."""
        return any(_names(token) for token in self.tokens)

    @property
    def name(self) -> str:
        """The clause from the first naming word to the last, with its 费 or 经费, less comparisons."""
        named = [token for token in self.tokens if _names(token)]
        if not named:
            return self.text
        compared = [
            token.start for token in self.tokens if "compared" in token.roles and token.start > named[0].start
        ]
        end = max(token.end for token in named if not compared or token.start < compared[0])
        for token in self.tokens:
            if token.start == end and token.word in _KINDS_OF_MONEY:
                end = token.end
        return self.text[named[0].start : end]

    @property
    def compared_with_own(self) -> bool:
        """Whether what it names is only what is compared with: `较上年支出数减少`; not `与上年相比，支出减少`."""
        named = next((token.start for token in self.tokens if _names(token)), None)
        compared = next((token.end for token in self.tokens if "compared" in token.roles), None)
        if named is None or compared is None or named < compared:
            return False
        return not any(compared <= token.start < named and "beside_change" in token.roles for token in self.tokens)

    @property
    def generic(self) -> bool:
        """Whether 收入 or 支出 is all it names, and no word says that it is the whole."""
        named = [token for token in self.tokens if _names(token)]
        whole = self.has("owner") or self.has("year") or self.has("both") or _WHOLE.search(self.text)
        return bool(named) and not whole and all(token.metric in _NOT_ALL for token in named)

    @property
    def alone(self) -> bool:
        """Whether it is 收入 or 支出 and no more: the rest of something, as likely as the whole."""
        return self.text in {"收入", "支出", "支出为", "收入为"}

    @property
    def bare(self) -> bool:
        """Whether it only says which year, planned or spent."""
        return not self.unknown and all(
            token.roles & {"passing", "planned", "spent", "year", "owner"}
            or token.metric is Metric.EXPENDITURE_TOTAL
            or (token.word == "财政拨款")
            for token in self.tokens
        )


def plain(text: str) -> str:
    """`text` as the phrases expect it: on one line, ASCII digits and marks, no white space, no quotes, no `(境)`.

    `增加(减少)` before a signed figure is `增加`.
    """
    line = plain_years(text).translate(_QUOTES).translate(_PLAIN)
    return FORM.sub(r"\1", line.replace("(境)", "").replace("(境外)", ""))


def without_asides(text: str) -> str:
    """`text` less its closed brackets, but those of account marks (类, 款, 项) and of names before them."""
    return _ASIDE.sub("", text)


@lru_cache(maxsize=4096)
def phrase(clause: str) -> Phrase:
    """Read `clause`, a plain text without figures."""
    tokens = tuple(_tokens(clause))
    named = [token for token in tokens if _names(token)]
    first, last = (named[0].start, named[-1].end) if named else (len(clause), len(clause))
    gaps = list(_gaps(clause, tokens))
    before = [gap for gap in gaps if gap[0] < first]
    trailing = any(gap[0] >= last for gap in gaps) if named else False
    inside = any(first <= gap[0] < last for gap in gaps)
    dated = bool(before) and any("year" in token.roles and token.start >= before[-1][1] for token in tokens)
    office = clause[: before[-1][1]] if before and not dated else None
    unknown = office is not None and office[-1] not in vocabulary.metrics().owner_endings
    owner = clause[before[0][0] : before[-1][1]] if before else None
    return Phrase(clause, tokens, inside or unknown, trailing, None if unknown else office, owner)


def _names(token: Token) -> bool:
    return bool(token.metric or token.roles & {"both", "fund", "part", "class", "mark"})


def _gaps(clause: str, tokens: tuple[Token, ...]) -> Iterator[tuple[int, int]]:
    at = 0
    for token in tokens:
        if token.start > at:
            yield at, token.start
        at = token.end
    if at < len(clause):
        yield at, len(clause)


def _tokens(clause: str) -> Iterator[Token]:
    pattern, words = _lexicon()
    for match in pattern.finditer(clause):
        if match["word"] is not None:
            roles, metric = words[match["word"]]
            yield Token(match["word"], match.start(), match.end(), roles, metric)
        else:
            yield Token(match[0], match.start(), match.end(), frozenset({match.lastgroup or ""}))


@cache
def _lexicon() -> tuple[re.Pattern[str], dict[str, tuple[frozenset[str], Metric | None]]]:
    """One pattern of every word, and what each is."""
    words: dict[str, tuple[frozenset[str], Metric | None]] = {}
    for role, metric, word in vocabulary.metrics().words():
        roles, known = words.get(word, (frozenset(), None))
        words[word] = (roles | {role}, known or metric)
    longest = "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))
    rules = f"(?P<compared>{_COMPARED})|(?P<against>{_AGAINST})|(?P<year>{_YEAR})|(?P<mark>{_MARK})"
    return re.compile(f"{rules}|(?P<word>{longest})"), words
