"""gongkai as a library: a file's records as models and as rows, the topics' as an iterator."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas
import pytest

import gongkai
from gongkai import Extraction, extract, records, topics
from shared.bus.connect import open_bus
from shared.bus.contract import Message
from shared.errors import Unsupported, UsageError

PAGE = """<html><body><h1>青石县水利局2024年部门预算</h1><p>2024年收入预算12.34万元。</p>
<h3>部门支出总表</h3><p>单位：万元</p><table>
<tr><td>科目编码</td><td>科目名称</td><td>合计</td><td>基本支出</td><td>项目支出</td></tr>
<tr><td></td><td>合计</td><td>12.34</td><td>10.00</td><td>2.34</td></tr>
<tr><td>213</td><td>农林水支出</td><td>12.34</td><td>10.00</td><td>2.34</td></tr></table></body></html>"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "disclosure.html"
    path.write_text(PAGE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path


def test_two_lines_make_a_data_frame(page: Path) -> None:
    lines = pandas.DataFrame(extract(page).rows("budget_line"))
    assert set(lines["amount"]) == {Decimal("123400.00"), Decimal("100000.00"), Decimal("23400.00")}
    assert set(lines["fiscal_year"]) == {2024}
    assert set(lines["department"]) == {"青石县水利局"}
    assert list(lines.columns) == [each.name for each in records.columns("budget_line")]


def test_the_records_are_models(page: Path) -> None:
    found = extract(str(page))
    assert isinstance(found, Extraction)
    assert len(found) == len(list(found))
    assert found.disclosure is found[0]
    (fact,) = found.of(records.Fact)
    assert (fact.metric, fact.amount, fact.fiscal_year) == ("income_total", Decimal(123400), 2024)
    assert [type(each) for each in found.findings] == [records.Finding] * len(found.findings)


def test_a_row_has_days_and_times_as_such() -> None:
    place = {"document": "", "text": ""}
    common = {"id": "r1", "disclosure_id": "d1", "revision_id": "v1", "version": "1", "provenance": place}
    own = {"category": "车辆", "quantity": "2.50", "value": "1", "as_of": "2023-12-31"}
    asset = records.Asset.model_validate({**common, **own})
    (row,) = Extraction([asset]).rows("asset")
    assert (row["as_of"], row["quantity"], row["value"]) == (date(2023, 12, 31), Decimal("2.5"), Decimal("1.00"))


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"\x00\x01\x02")
    with pytest.raises(gongkai.GongkaiError):
        extract(empty)
    assert issubclass(Unsupported, gongkai.GongkaiError)
    with pytest.raises(UsageError, match="no record type 'budget'"):
        Extraction([]).rows("budget")


async def test_the_topics_are_read_with_what_is_gone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bus.db'}"
    check = records.Check.model_validate(
        {
            "id": "r1",
            "disclosure_id": "d1",
            "revision_id": "v1",
            "version": "1",
            "provenance": {"document": "", "text": ""},
            "check": "balance_sum",
            "status": "pass",
            "reason": None,
            "comparisons": 3,
            "findings": (),
        }
    )
    bus = await open_bus(url)
    await bus.create_topics(topics.TOPICS)
    topic = topics.RECORDS["check"].name
    await bus.publish([Message(topic, "r1", check.model_dump_json().encode()), Message(topic, "r1", None)])
    await bus.close()
    assert [each async for each in topics.read("check", bus=url)] == [check, topics.Removed("check", "r1")]
    assert len([each async for each in topics.read(bus=url)]) == 2
    with pytest.raises(UsageError, match="no record type"):
        await anext(topics.read("cheque", bus=url))
    with pytest.raises(UsageError, match=r"There is no .*typo\.db"):
        await anext(topics.read("check", bus=url.replace("bus.db", "typo.db")))
    assert not (tmp_path / "typo.db").exists()
