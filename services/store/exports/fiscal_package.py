"""A Fiscal Data Package of budget lines: codes by the classification they are of, phase, direction, currency.

Its columns have the ColumnTypes of the budget standard taxonomy (Fiscal Data Package 1.0rc1) and its `model` names
the measure and the dimensions as version 0.3 does, so that readers of either find them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.store.exports.data_package import PackageWriter, field_of, resource_of
from shared.schemas.tabular import columns
from shared.version import VERSION

TYPE: Final = "budget_line"
_CURRENCY: Final = "CNY"
_COLUMN_TYPES: Final = {
    "id": "budget-line-id",
    "region_code": "geo:source:code",
    "region_name": "geo:source:title",
    "department": "administrative-classification:generic:code",
    "fiscal_year": "date:fiscal-year",
    "side": "direction",
    "column": "value-kind:code",
    "fund": "fin-source:generic:code",
    "amount": "value",
}
_CLASSES: Final = {
    "functional": ("functional-classification:generic", "2"),
    "economic": ("economic-classification:generic", "35"),
    "revenue": ("fin-source:generic:level1", "1"),
}
"""What a code is of, by its first digit (政府收支分类科目): 2 function; 3 and 5 economic; 1 revenue."""
_PHASES: Final = {
    "budget": "approved",
    "draft": "proposed",
    "plan": "approved",
    "adjusted_budget": "adjusted",
    "limit": "approved",
    "execution": "executed",
    "expected_execution": "executed",
    "final": "executed",
}
_EXECUTED_KINDS: Final = frozenset({"final_accounts", "government_accounts", "government_execution"})
_ADDED: Final = (
    *((f"{name}_{part}", f"{of}:{part}") for name, (of, _) in _CLASSES.items() for part in ("code", "label")),
    ("phase", "phase:id"),
    ("currency", "value-currency:code"),
)
_NAMES: Final = [each.name for each in columns(TYPE)]


class FiscalWriter(PackageWriter):
    """Budget lines with a column for each classification."""

    EMPTY = TYPE

    def resource(self, type_: str) -> dict[str, Any]:
        fields = [{**field_of(each), **_columned(_COLUMN_TYPES.get(each.name))} for each in columns(type_)]
        added = [{"name": name, "type": "string", "columnType": kind} for name, kind in _ADDED]
        return resource_of(type_, [*fields, *added])

    def cells(self, values: Sequence[Any], type_: str) -> list[str]:
        line = dict(zip(_NAMES, values, strict=True))
        code = line["code"] or ""
        classes = [
            text
            for _, digits in _CLASSES.values()
            for text in ((code, line["name"]) if code[:1] and code[0] in digits else ("", ""))
        ]
        return [*super().cells(values, type_), *classes, _phase(line), _CURRENCY]

    def descriptor(self, resources: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        return {
            "profile": "tabular-data-package",  # the one value that the published schema of fiscal packages admits
            "name": "gongkai-budget-lines",
            "title": "预算公开数据：预算表",
            "description": (
                f"Every filled money cell of the budget tables that gongkai {VERSION} read, sums and their parts"
                " alike: add up the lines of one level of codes only."
            ),
            "countryCode": "CN",
            "granularity": "aggregated",
            "model": _model(),
            "resources": resources,
        }


writer = FiscalWriter


def _columned(kind: str | None) -> dict[str, str]:
    return {"columnType": kind} if kind else {}


def _phase(line: Mapping[str, Any]) -> str:
    """Planned or spent: what the figure says of itself, else the kind of its document."""
    stated = _PHASES.get(line["basis"] or "")
    return stated or ("executed" if line["kind"] in _EXECUTED_KINDS else "approved")


def _model() -> dict[str, Any]:
    return {
        "measures": {"amount": {"source": "amount", "currency": _CURRENCY, "factor": 1}},
        "dimensions": {
            "year": _dimension("datetime", year="fiscal_year"),
            "place": _dimension("location", code="region_code", name="region_name"),
            "department": _classification("administrative", name="department"),
            **{
                name: {
                    **_dimension("classification", code=f"{name}_code", name=f"{name}_label"),
                    "classificationType": "functional" if name == "functional" else "economic",
                }
                for name in _CLASSES
            },
            "line": _dimension("fact", id="id"),
        },
    }


def _classification(of: str, **attributes: str) -> dict[str, Any]:
    return {**_dimension("classification", **attributes), "classificationType": of}


def _dimension(kind: str, **attributes: str) -> dict[str, Any]:
    """A dimension whose first attribute is its key; a `name` beside a `code` is the code's label."""
    described: dict[str, dict[str, str]] = {name: {"source": source} for name, source in attributes.items()}
    if set(described) >= {"code", "name"}:
        described["name"]["labelfor"] = "code"
    return {"dimensionType": kind, "primaryKey": next(iter(described)), "attributes": described}
