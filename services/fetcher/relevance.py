"""Which rows of a list are disclosures, and whose, by their titles and columns; the rules are data."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from services.fetcher.portal import RELEVANT, Relevance, Strict, TitleRules
from services.fetcher.sites.contract import Row

LONGEST: Final = 300
_YEAR: Final = re.compile("[〇○零一二三四五六七八九]{4}(?=年)")
_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DROPPED: Final = re.compile(r"[\s“”‘’\"'「」『』〈〉]")
_QUOTED: Final = re.compile("[《》]")
_BARE_YEAR: Final = re.compile(r"(?<!\d)(20[0-3]\d)(?=[^\d年.\-/〕\]])")


class KindRules(Strict):
    """Of one kind of disclosure: titles it leaves before those it takes, and columns whose every row is of it."""

    leave: tuple[str, ...] = ()
    take: tuple[str, ...]
    columns: tuple[str, ...] = ()


class RelevanceRules(Strict):
    """The general rules, of relevance.yaml."""

    bodies: tuple[str, ...]
    leave: tuple[str, ...]
    kinds: dict[Relevance, KindRules]


@dataclass(frozen=True)
class Judgement:
    """Whose disclosure a row is, None if it is none, and the rule that said so."""

    kind: Relevance | None
    rule: str


def judged(row: Row, column: str | None, own: TitleRules) -> Judgement:
    """Whose disclosure `row`, of a list of `column`, is: a body's, a government's, an evaluation.

    A portal's `own` rules come first; what they take is a body's.
    """
    title = _plain(row.title)
    if rule := _first(own.take, title):
        return Judgement("body", f"titles.take of the portal: {rule}")
    if rule := _first(own.leave, title):
        return Judgement(None, f"titles.leave of the portal: {rule}")
    rules = _rules()
    if rule := _first(rules.leave, title):
        return Judgement(None, f"leave: {rule}")
    title = _QUOTED.sub("", title)
    columns = [_plain(each) for each in (row.column, column) if each]
    refused = ""
    for kind in (kind for kind in RELEVANT if kind in own.kinds):
        each = rules.kinds[kind]
        rule = _first(each.take, title)
        if rule and not (left := _first(each.leave, title)):
            return Judgement(kind, f"{kind}.take: {rule}")
        refused = refused or (f"{kind}.leave: {left}" if rule else "")
    for kind in (kind for kind in RELEVANT if kind in own.kinds):
        each = rules.kinds[kind]
        named = next((rule for name in columns if (rule := _first(each.columns, name))), None)
        if named and not _first(each.leave, title):
            return Judgement(kind, f"{kind}.columns: {named}")
    return Judgement(None, refused or "no rule takes it")


def relevance(row: Row, column: str | None, own: TitleRules) -> Relevance | None:
    """Whose disclosure `row` is; None if none."""
    return judged(row, column, own).kind


def may_be_disclosure(row: Row, own: TitleRules) -> bool:
    """Whether the part a cut title lost could make it one: then its article must tell the whole title."""
    title = _plain(row.title)
    return row.cut and not _first((*own.leave, *_rules().leave), title)


def _plain(text: str) -> str:
    plain = _DROPPED.sub("", unicodedata.normalize("NFKC", text))[:LONGEST].replace("预、决算", "预决算")
    return _BARE_YEAR.sub(r"\1年", _YEAR.sub(lambda year: year[0].translate(_DIGITS), plain))


def _first(patterns: tuple[str, ...], text: str) -> str | None:
    return next((pattern for pattern in patterns if re.search(pattern, text)), None)


@cache
def _rules() -> RelevanceRules:
    text = Path(__file__).with_name("relevance.yaml").read_text(encoding="utf-8")
    rules = RelevanceRules.model_validate(yaml.safe_load(text), strict=False)
    bodies = "|".join(rules.bodies)
    kinds = {
        kind: each.model_copy(update={"take": tuple(pattern.replace("{body}", bodies) for pattern in each.take)})
        for kind, each in rules.kinds.items()
    }
    return rules.model_copy(update={"kinds": kinds})
