"""A check that fails in most disclosures of one portal accuses nobody: its errors are kept back as warnings."""

from collections.abc import Callable

from services.normalizer.stage import normalize_document, normalized_document
from services.normalizer.suspects import CheckHistory
from shared.asyncapi import examples
from shared.schemas.document import Document, Origin
from shared.schemas.events import NormalizedEvent
from shared.schemas.names import Severity
from shared.schemas.records import Finding
from shared.topics import NORMALIZED

EXAMPLE = NormalizedEvent.model_validate(examples()[NORMALIZED.name])
WRONG = [
    ["收入", "", "支出", ""],
    ["项目", "预算数", "项目", "预算数"],
    ["一般公共预算拨款收入", "100.00", "农林水支出", "120.00"],
    ["政府性基金预算拨款收入", "20.00", "住房保障支出", "30.00"],
    ["本年收入合计", "150.00", "本年支出合计", "150.00"],
    ["收入总计", "150.00", "支出总计", "150.00"],
]


def event(number: int, failed: tuple[str, ...], held: tuple[str, ...] = (), portal: str = "a") -> NormalizedEvent:
    return EXAMPLE.model_copy(
        update={
            "disclosure_id": f"d{number}",
            "origin": Origin(portal=portal),
            "failed": failed,
            "held": held,
        }
    )


def test_what_fails_in_most_disclosures_of_a_portal_is_suspected_there_alone() -> None:
    history = CheckHistory()
    for number in range(6):
        history.learn(event(number, ("balance_sum",), ("hierarchy_sum",)))
        history.learn(event(number, ("balance_sum",) if number == 0 else (), ("balance_sum",), portal="b"))
        assert history.suspected("a") == (frozenset({"balance_sum"}) if number == 5 else frozenset())
    assert history.suspected("b") == history.suspected(None) == history.suspected("c") == frozenset()


def test_one_disclosure_counts_once_and_old_ones_are_forgotten() -> None:
    history = CheckHistory()
    for _ in range(20):
        history.learn(event(1, ("balance_sum",)))
    assert history.suspected("a") == frozenset()
    for number in range(10):
        history.learn(event(number, ("balance_sum",)))
    for number in range(100, 150):
        history.learn(event(number, (), ("balance_sum",)))
    assert history.suspected("a") == frozenset()


def test_errors_of_a_suspected_check_are_kept_back_as_warnings(document: Callable[..., Document]) -> None:
    made = document(["青石县水务局2024年部门预算", "部门收支总表", "单位：万元", WRONG])
    before = [each for each in normalize_document(made) if isinstance(each, Finding)]
    errors = {each.id for each in before if each.severity is Severity.ERROR}
    checks = frozenset(each.check for each in before if each.severity is Severity.ERROR)
    assert errors
    held = normalized_document(made, checks)
    after = {each.id: each for each in held.records if isinstance(each, Finding)}
    assert {after[each].severity for each in errors} == {Severity.WARNING}
    assert all("疑为版式误读" in after[each].message for each in errors)
    [told] = [each for each in after.values() if each.check == "suspect_layout"]
    assert set(told.subjects) == errors
    assert held.failed == tuple(sorted(checks))
    assert not checks & set(held.held)


def test_nothing_changes_where_no_check_is_suspected(document: Callable[..., Document]) -> None:
    made = document(["青石县水务局2024年部门预算", "部门收支总表", "单位：万元", WRONG])
    assert normalized_document(made, frozenset({"hierarchy_sum"})).records == normalize_document(made)
