"""Which rows of a list are department disclosures, by their titles and columns; the rules are data."""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from services.fetcher.listing.page import Row
from services.fetcher.portal import Strict, TitleRules

LONGEST: Final = 300
_YEAR: Final = re.compile("[〇○零一二三四五六七八九]{4}(?=年)")
_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DROPPED: Final = re.compile(r"[\s“”‘’\"'「」『』《》〈〉]")


class Rules(Strict):
    """The general rules, of titles.yaml."""

    bodies: tuple[str, ...]
    leave: tuple[str, ...]
    take: tuple[str, ...]
    columns: tuple[str, ...]


def is_disclosure(row: Row, column: str | None, own: TitleRules) -> bool:
    """Whether `row`, of a list of `column`, is a department's budget, final account or performance disclosure.

    A portal's `own` rules come first.
    """
    title = _plain(row.title)
    if own != TitleRules():
        if _any(own.take, title):
            return True
        if _any(own.leave, title):
            return False
    rules = _rules()
    if _any(rules.leave, title):
        return False
    return _any(rules.take, title) or any(
        _any(rules.columns, _plain(each)) for each in (row.column, column) if each
    )


def may_be_disclosure(row: Row, own: TitleRules) -> bool:
    """Whether the part a cut title lost could make it one: then its article must tell the whole title."""
    title = _plain(row.title)
    return row.cut and not _any((*own.leave, *_rules().leave), title)


def _plain(text: str) -> str:
    plain = _DROPPED.sub("", unicodedata.normalize("NFKC", text))[:LONGEST].replace("预、决算", "预决算")
    return _YEAR.sub(lambda year: year[0].translate(_DIGITS), plain)


def _any(patterns: tuple[str, ...], text: str) -> bool:
    return any(re.search(pattern, text) for pattern in patterns)


@cache
def _rules() -> Rules:
    text = Path(__file__).with_name("titles.yaml").read_text(encoding="utf-8")
    rules = Rules.model_validate(yaml.safe_load(text), strict=False)
    bodies = "|".join(rules.bodies)
    return rules.model_copy(update={"take": tuple(each.replace("{body}", bodies) for each in rules.take)})
