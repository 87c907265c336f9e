"""Whatever is asked of the API in whatever way: no answer is a 500, all are as described, none takes long."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.store.store_samples import Keep, Sample

SECONDS = 2.0
TRIES = 120
NASTY = [
    *(
        "",
        "0",
        "-1",
        "9" * 30,
        "1e400",
        "NaN",
        "\x00",
        "%",
        "_",
        "'",
        '"',
        "\\",
        "../..",
        "null",
        "预算",
        "a" * 3000,
    ),
    *("2026-02-30", "2026", "budget_line", "()", "NEAR/", "*", "\xed\xa0\x80"),
]
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=40), st.integers().map(str))


def likely(parameter: Mapping[str, Any]) -> st.SearchStrategy[str]:
    """Values that a parameter's description allows, and any others."""
    schema = parameter.get("schema", {})
    kinds = [schema, *schema.get("anyOf", [])]
    named = [str(value) for kind in kinds for value in (*kind.get("enum", ()), *filter(None, [kind.get("const")]))]
    number = st.integers(0, 3000).map(str)
    return st.one_of(*([st.sampled_from(named)] if named else []), number, TEXTS)


@st.composite
def requests(draw: st.DrawFn, document: Mapping[str, Any]) -> tuple[str, str]:
    """A described path and what is asked there: (path as described, address)."""
    path = draw(st.sampled_from(sorted(document["paths"])))
    parameters = document["paths"][path]["get"].get("parameters", [])
    address, asked = path, []
    for each in parameters:
        if each["in"] == "path":
            address = address.replace(
                f"{{{each['name']}}}", quote(draw(likely(each)).replace("/", ""), safe="") or "x"
            )
        elif each["in"] == "query" and draw(st.booleans()):
            asked.append(f"{quote(each['name'])}={quote(draw(likely(each)))}")
    return path, f"{address}?{'&'.join(asked)}"


async def test_no_request_breaks_the_api(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(Sample(lines=[{"record": "fact", "metric": "income_total", "year": 2024, "amount": "12.00"}]))
    document = (await client.get("/openapi.json")).json()
    drawn: list[tuple[str, str]] = []

    @settings(max_examples=TRIES, database=None, suppress_health_check=list(HealthCheck), deadline=None)
    @given(requests(document))
    def draw(request: tuple[str, str]) -> None:
        drawn.append(request)

    draw()
    for path, address in drawn:
        began = time.process_time()  # not the clock's: others may be at work on this machine
        answer = await client.get(address)
        assert time.process_time() - began < SECONDS, address
        assert answer.status_code < 500, (address, answer.text[:500])
        assert str(answer.status_code) in document["paths"][path]["get"]["responses"], address
