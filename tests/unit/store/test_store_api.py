"""The API's single things, its counts and schemas, and what a wrong request is told."""

import base64
import csv
import io
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from shared.archive.contract import Archive
from shared.topics import TOPICS
from tests.unit.store.store_samples import Keep, Sample, budget_line, finding

SAMPLE = Sample(
    lines=[budget_line("教育支出", "100.00"), finding("一处不符。"), finding("没有读入。", check="unread_table")]
)


async def test_a_disclosure_with_its_files_and_revisions(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE, replace(SAMPLE, revision=2))
    path = f"/api/v1/disclosures/{SAMPLE.disclosure_id}"
    detail = (await client.get(path)).json()
    assert detail["disclosure"]["title"] == SAMPLE.title
    assert detail["revision"]["revision"] == 2
    assert detail["revision"]["counts"] == {"disclosure": 1, "budget_line": 1, "finding": 2}
    assert detail["files"][0]["name"] == "部门预算.doc"
    revisions = (await client.get(f"{path}/revisions")).json()
    assert [(each["revision"], each["standing"]) for each in revisions] == [(2, True), (1, False)]


async def test_what_is_not_there_is_404(client: httpx.AsyncClient) -> None:
    for path in ("disclosures/dx", "disclosures/dx/revisions", "schemas/gongkai.nothing.v1", "nothing"):
        answer = await client.get(f"/api/v1/{path}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert (problem["type"], problem["title"], problem["status"]) == ("about:blank", "Not Found", 404)
        assert isinstance(problem["detail"], str)


WRONG = [
    ("limit=0", "limit", "greater than or equal to 1"),
    ("limit=1001", "limit", "less than or equal to 1000"),
    ("year=abc", "year", "integer"),
    ("region=XX", "region", "match"),
    ("type=nothing", "type", "there is no record type 'nothing'; there are disclosure, budget_line"),
    ("min_amount=1e400", "min_amount", "digits"),
    ("max_amount=99999999999999999", "max_amount", "digits"),
    ("disclosure=%00", "disclosure", "NUL"),
    ("department=%00", "department", "NUL"),
    ("q=a%00b", "q", "NUL"),
    ("code=a%00", "code", "NUL"),
    ("check=%00", "check", "NUL"),
    ("type=%00", "type", "NUL"),
    ("cursor=%00", "cursor", "NUL"),
    ("min_amount=NaN", "min_amount", "finite"),
    ("min_amount=0.001", "min_amount", "2 decimal places"),
    ("q=%E3%80%82%20%21", "q", "nothing to look for"),
    ("severity=grave", "severity", "'error', 'warning' or 'info'"),
    ("cursor=xx", "query", "not a cursor"),
    ("cursor=WzEsMl0", "query", "not a cursor"),
    ("cursor=WzE4NDQ2NzQ0MDczNzA5NTUxNjE2XQ", "query", "not a cursor"),
    (f"cursor={'W' * 4_000}", "query", "not a cursor"),
    (f"cursor={'W1tb' * 1_900}", "query", "not a cursor"),
    (f"cursor={'W' * 9_000}", "cursor", "8000 characters"),
    ("reading=0", "reading", "greater than"),
    (f"reading={2**63}", "reading", "less than"),
    ("year=99999999999", "year", "less than"),
    ("yaer=2024", "yaer", "not permitted"),
]


async def test_a_wrong_parameter_is_named(client: httpx.AsyncClient) -> None:
    for query, parameter, words in WRONG:
        answer = await client.get(f"/api/v1/records?{query}")
        assert answer.status_code == 422, query
        assert answer.headers["content-type"] == "application/problem+json"
        assert f"{parameter}: " in answer.json()["detail"]
        first = answer.json()["errors"][0]
        assert first["parameter"] == parameter
        assert words in first["message"]


CRAFTED: list[tuple[str, str, list[object]]] = [
    ("departments", "name", ["\ud800", "x"]),
    ("departments", "name", ["x", "\0"]),
    ("disclosures", "published", [2**40, 1]),
    ("disclosures", "errors", [-(2**31) - 1, 1]),
    ("disclosures", "stored", [2**63]),
    ("disclosures", "stored", [True]),
    ("records", "amount", [1, -(2**63) - 1]),
    ("records", "stored", ["1"]),
]


async def test_a_cursor_of_what_no_column_takes_is_none_of_ours(client: httpx.AsyncClient) -> None:
    for path, sort, place in CRAFTED:
        given = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
        answer = await client.get(f"/api/v1/{path}", params={"sort": sort, "cursor": given})
        assert answer.status_code == 422, (path, place)
        assert "not a cursor" in answer.json()["errors"][0]["message"]


async def test_what_no_text_has_is_left_out_of_what_is_asked(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    for name in ("q", "department", "code", "check"):
        for odd in ("%ED%A0%80", "%FF"):
            answer = await client.get(f"/api/v1/records?{name}=a{odd}")
            assert (answer.status_code, answer.json()["items"]) == (200, []), (name, odd)


async def test_departments_go_on_after_one_with_a_long_name(keep: Keep, client: httpx.AsyncClient) -> None:
    names = ["样" * 500, "\U0002f800局" * 200, "末局"]
    await keep(*(replace(SAMPLE, url=f"http://x.example/{name}", department=name, lines=[]) for name in names))
    found: list[str] = []
    parameters: dict[str, Any] = {"limit": 1}
    for _ in names:
        page = (await client.get("/api/v1/departments", params=parameters)).json()
        found += [each["department"] for each in page["items"]]
        parameters["cursor"] = page["next_cursor"]
    assert len(found) == len(names)


async def test_counts_by_region_department_and_in_all(keep: Keep, client: httpx.AsyncClient) -> None:
    other = replace(
        SAMPLE, url="http://x.example/2", region_code="130202", region_name="乙县", department="乙县财政局"
    )
    third = replace(other, url="http://x.example/3", department="乙县民政局", lines=[])
    await keep(SAMPLE, other, third)
    regions = (await client.get("/api/v1/regions")).json()
    assert [(each["region_code"], each["disclosures"], each["errors"]) for each in regions] == [
        ("130101", 1, 1),
        ("130202", 2, 1),
    ]
    found: list[str] = []
    parameters: dict[str, Any] = {"limit": 2}
    while True:
        page = (await client.get("/api/v1/departments", params=parameters)).json()
        found += [each["department"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        parameters["cursor"] = page["next_cursor"]
    assert sorted(found) == ["乙县民政局", "乙县财政局", "样县水利局"]
    assert len((await client.get("/api/v1/departments?region=1302")).json()["items"]) == 2
    stats = (await client.get("/api/v1/stats")).json()
    assert stats["disclosures"] == stats["revisions"] == 3
    assert stats["records"] == {"disclosure": 3, "budget_line": 2, "finding": 4}
    assert stats["findings"] == {"error": 2, "warning": 0, "info": 0, "unread": 2}


async def test_latest_grows_with_what_is_stored(keep: Keep, client: httpx.AsyncClient) -> None:
    before = (await client.get("/api/v1/latest")).json()["latest"]
    await keep(SAMPLE)
    after = (await client.get("/api/v1/latest")).json()["latest"]
    assert after > before
    await keep(SAMPLE)
    assert (await client.get("/api/v1/latest")).json()["latest"] == after


async def test_a_table_for_spreadsheets_has_every_record_and_runs_no_formula(
    keep: Keep, client: httpx.AsyncClient
) -> None:
    lines = [budget_line(f"第{number}项", f"-{number}.50", "213") for number in range(1200)]
    await keep(replace(SAMPLE, lines=[*lines, budget_line("=HYPERLINK(1)", "1.00")]))
    answer = await client.get("/api/v1/records.csv?type=budget_line&min_amount=-1000")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="budget_line.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 1001
    assert rows[0]["department"] == "样县水利局"
    assert (rows[999]["name"], rows[999]["code"], rows[999]["amount"]) == ("第999项", "213", "-999.50")
    assert rows[-1]["name"] == "'=HYPERLINK(1)"
    assert (await client.get("/api/v1/records.csv")).status_code == 422


async def table(client: httpx.AsyncClient, type_: str) -> list[dict[str, str]]:
    answer = await client.get(f"/api/v1/records.csv?type={type_}")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


GUARDED = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "＝HYPERLINK(1)", "＠SUM(A1)", "\t=1+1", "-项目经费"]
UNCHANGED = ["-9.50", "+5", "- 30.5", "-1,234.56%", "－88.8", "-", "--", "≥85%", "减少-3", "-.5", "（=1+1）"]


async def test_a_table_changes_nothing_but_text_that_would_run(keep: Keep, client: httpx.AsyncClient) -> None:
    names = GUARDED + UNCHANGED
    lines = [budget_line(name, "-9.50", provenance={"text": name}) for name in names]
    attachment = {"name": "=附表.xlsx", "url": None, "sha256": "a" * 64, "format": "xlsx"}
    indicator = {
        "record": "indicator",
        "scope": "project",
        "operator": "=",
        "value": "-1.5",
        "value_text": "=A1+1",
    }
    project = {"record": "project", "name": "甲", "schedule": ["25", None], "goals": ["一；二", "三"]}
    await keep(
        Sample(
            lines=[
                {**finding("不符。"), "difference": "-100.00", "subjects": ["r1"]},
                *lines,
                indicator,
                project,
            ]
        )
    )
    rows = await table(client, "budget_line")
    for field in ("name", "source_text"):
        assert [row[field] for row in rows] == [f"'{name}" for name in GUARDED] + UNCHANGED
    assert {row["amount"] for row in rows} == {"-9.50"}
    (row,) = await table(client, "indicator")
    assert (row["operator"], row["value"], row["value_text"]) == ("=", "-1.5", "'=A1+1")
    (row,) = await table(client, "project")
    assert json.loads(row["schedule"]) == ["25", None]
    assert json.loads(row["goals"]) == ["一；二", "三"]
    (row,) = await table(client, "finding")
    assert (row["difference"], json.loads(row["subjects"])) == ("-100.00", ["r1"])
    await keep(Sample(url="http://x.example/2", attachments=[attachment]))
    rows = await table(client, "disclosure")
    assert [json.loads(row["attachments"]) for row in rows] == [[], [attachment]]


async def test_json_lines_have_every_record_as_published(
    keep: Keep, client: httpx.AsyncClient, archive: Archive
) -> None:
    await keep(SAMPLE)
    answer = await client.get("/api/v1/records.jsonl")
    assert answer.content.strip() == archive.get(SAMPLE.event(archive).records)


async def test_every_topic_has_a_schema(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/api/v1/schemas")).json()
    assert [each["topic"] for each in listed] == [each.name for each in TOPICS]
    for each in listed:
        schema = (await client.get(each["schema_url"])).json()
        assert schema["title"] == each["model"]
    amount = (await client.get("/api/v1/schemas/gongkai.facts.v1")).json()["properties"]["amount"]
    assert {each["type"] for each in amount["anyOf"]} == {"string", "null"}


async def test_the_api_describes_itself(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert {"/api/v1/records", "/api/v1/disclosures", "/api/v1/stats"} <= set(paths)


async def test_the_description_says_what_is_answered(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(replace(SAMPLE, lines=[]), replace(SAMPLE, revision=2))
    document = (await client.get("/openapi.json")).json()
    names = {"disclosure_id": SAMPLE.disclosure_id, "name": "gongkai.facts.v1"}
    for path, operations in document["paths"].items():
        said = operations["get"]["responses"]
        assert {"200", "404", "405", "422", "500", "503"} <= set(said), path
        query = "?type=budget_line" if path.endswith((".csv", ".parquet")) else ""
        asked = [path.format(**names) + query, f"{path}?year=x".format(disclosure_id="-", name="-")]
        answers = [await client.get(each) for each in asked] + [await client.post(path)]
        assert answers[0].status_code == 200, path
        for answer in answers:
            assert answer.headers["content-type"].partition(";")[0] in said[str(answer.status_code)]["content"], (
                path
            )
    problem = Draft202012Validator({**document, "$ref": "#/components/schemas/Problem"})
    problem.validate((await client.get("/api/v1/records?year=x")).json())
    problem.validate((await client.get("/api/v1/nothing")).json())


@pytest.mark.parametrize(
    "path",
    ["/", "/records", "/api/v1/records", "/api/v1/records.csv?type=budget_line", "/metrics", "/health/live"],
)
async def test_head_is_get_without_the_body(keep: Keep, client: httpx.AsyncClient, path: str) -> None:
    await keep(SAMPLE)
    asked, told = await client.get(path), await client.head(path)
    assert (told.status_code, told.content) == (200, b"")
    for name in ("content-type", "content-length", "content-disposition", "content-security-policy"):
        if not path.startswith("/metrics") or name != "content-length":
            assert told.headers.get(name) == asked.headers.get(name), name


async def test_head_of_what_is_not_there_is_404_and_of_a_wrong_query_422(client: httpx.AsyncClient) -> None:
    assert (await client.head("/api/v1/disclosures/dx")).status_code == 404
    assert (await client.head("/api/v1/records?year=x")).status_code == 422
    assert (await client.head("/nothing")).status_code == 404
