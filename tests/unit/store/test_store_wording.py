"""Everything on the pages has its word in both languages; amounts are shown exactly."""

import json
import re
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.portal import Portal
from services.normalizer.checks.rules import CHECKS
from services.normalizer.recorder import LeftKind
from services.normalizer.suspects import SUSPECT
from services.store.labels import explanations, labels
from services.store.pages import rendering
from services.store.tables import to_cents
from shared.schemas.names import (
    Basis,
    BudgetLevel,
    CheckStatus,
    ColumnName,
    DisclosureKind,
    LineClassification,
    Metric,
    Severity,
    TableName,
)
from shared.schemas.tabular import columns
from shared.topics import RECORDS

STORE = Path(rendering.__file__).parents[1]
ENUMERATIONS: list[tuple[str, type[StrEnum]]] = [
    ("kind", DisclosureKind),
    ("severity", Severity),
    ("status", CheckStatus),
    ("table", TableName),
    ("column", ColumnName),
    ("metric", Metric),
    ("basis", Basis),
    ("level", BudgetLevel),
    ("classification", LineClassification),
]


def named(group: str) -> set[str]:
    return set(labels("zh", group)) & set(labels("en", group))


@pytest.mark.parametrize(("group", "values"), ENUMERATIONS)
def test_every_value_has_a_name(group: str, values: type[StrEnum]) -> None:
    assert named(group) == {each.value for each in values}


def test_every_record_type_and_rule_has_a_name() -> None:
    assert named("record") == set(RECORDS)
    assert named("check") == {*(rule.name for rule in CHECKS), *LeftKind, SUSPECT}


def test_every_phrase_has_its_english_and_no_other() -> None:
    templates = "".join(path.read_text(encoding="utf-8") for path in (STORE / "templates").rglob("*.html"))
    used = {phrase for _, phrase in re.findall(r"""\b_\((["'])(.*?)\1""", templates)}
    assert used == set(json.loads((STORE / "pages" / "english.json").read_text(encoding="utf-8")))


@given(st.decimals(-(10**15), 10**15, places=2))
def test_an_amount_is_shown_and_kept_exactly(amount: Decimal) -> None:
    shown = rendering.wan(amount).replace(",", "").replace("\N{MINUS SIGN}", "-")
    assert Decimal(shown) * 10_000 == amount
    assert Decimal(rendering.yuan(amount).replace(",", "")) == amount
    cents = to_cents(amount)
    assert cents is not None
    assert Decimal(cents) / 100 == amount


def test_an_amount_no_database_takes_is_left_out_of_the_index() -> None:
    assert to_cents(Decimal(10) ** 30) is None
    assert to_cents(None) is None


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("2150900.00", "215.09"), ("0.00", "0.00"), ("-9012000.00", "−901.20"), ("123456789.01", "12,345.678901")],
)
def test_amounts_are_shown_in_ten_thousands(amount: str, shown: str) -> None:
    assert rendering.wan(amount) == shown


def test_the_keys_of_a_portal_file_that_are_advised_exist() -> None:
    words = "".join(labels("zh", "advice").values()) + (STORE / "pages" / "english.json").read_text(
        encoding="utf-8"
    )
    advised = set(re.findall(r"[（(]([a-z]+_[a-z_]+)[）)]", words))
    assert advised
    assert advised <= set(Portal.model_fields)


def test_every_column_is_explained_in_chinese_and_no_other() -> None:
    described = {column.description for name in RECORDS for column in columns(name)}
    assert set(explanations()) == described
    assert all(re.search("[\u4e00-\u9fff]", text) for text in explanations().values())
