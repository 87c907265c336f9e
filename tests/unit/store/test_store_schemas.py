"""The store tells other programs what the topics carry: schemas, the AsyncAPI document, the pages of topics."""

import html
import json
import re
from pathlib import Path

import httpx
import pytest
from jsonschema import Draft202012Validator

from services.store.labels import labels
from services.store.pages.topics import _fields
from shared.schemas.json_schema import json_schema
from shared.topics import RECORDS, TOPICS

DOCS = Path(__file__).parents[3] / "docs" / "schemas"


async def test_what_is_served_is_what_is_committed(client: httpx.AsyncClient) -> None:
    for topic in TOPICS:
        served = (await client.get(f"/api/v1/schemas/{topic.name}")).json()
        assert served == json.loads((DOCS / f"{topic.name}.json").read_text(encoding="utf-8"))


async def test_the_asyncapi_document_is_served_as_committed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/asyncapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == json.loads((DOCS / "asyncapi.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("language", "kept"), [("zh", "每个键最新的一条永久"), ("en", "the latest of each key")])
async def test_every_topic_is_listed_with_its_key_and_how_long_it_is_kept(
    language: str, kept: str, client: httpx.AsyncClient
) -> None:
    page = (await client.get(f"/topics?lang={language}")).text
    rows = dict(re.findall(r'<a href="/topics/(gongkai[^"]+)">(.*?)</tr>', page, re.S))
    assert list(rows) == [topic.name for topic in TOPICS]
    for topic in TOPICS:
        assert f"<code>{topic.key}</code>" in rows[topic.name]
        assert (kept in rows[topic.name]) == topic.compacted
    assert 'href="/asyncapi.json"' in page


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_topic_shows_its_fields_and_an_example_that_is_one(
    language: str, client: httpx.AsyncClient
) -> None:
    for topic in TOPICS:
        page = (await client.get(f"/topics/{topic.name}?lang={language}")).text
        schema = (await client.get(f"/api/v1/schemas/{topic.name}")).json()
        assert f'href="/api/v1/schemas/{topic.name}"' in page
        shown = re.findall(r'<th scope="row" class="code"><code>([^<]+)</code>', page)
        assert {*schema["properties"], "ce_type"} <= set(shown)
        example = re.search(r'<pre class="example"[^>]*><code>(.*?)</code></pre>', page, re.S)
        assert example
        Draft202012Validator(schema).validate(json.loads(html.unescape(example[1])))
        assert ('class="notice"' in page) == (topic in RECORDS.values())


async def test_every_field_has_its_meaning_in_both_languages(client: httpx.AsyncClient) -> None:
    for language in ("zh", "en"):
        meanings = labels(language, "field")
        shown = set()
        for topic in TOPICS:
            page = (await client.get(f"/topics/{topic.name}?lang={language}")).text
            rows = re.findall(
                r"<code>([^<]+)</code>(?: <small>[^<]+</small>)?</th>\s*<td.*?</td>\s*<td>([^<]+)", page
            )
            told = {field.path: field for field in _fields(json_schema(topic.model, topic.name))}
            for path, meaning in rows:
                field, name = told[path], path.rpartition(".")[2]
                own = field.title if language == "zh" else field.description
                shown |= set() if field.title else {name}
                assert html.unescape(meaning.strip()) == (own if field.title else meanings[name])
        assert shown == set(meanings)


async def test_fields_of_fields_and_growing_vocabularies_are_shown(client: httpx.AsyncClient) -> None:
    page = (await client.get("/topics/gongkai.budget-lines.v1?lang=en")).text
    assert "<code>provenance.page</code> <small>may be absent</small>" in page
    assert re.search(r"<code>bond_use</code>\s+and values yet to come", page)
    assert re.search(r"<code>amount</code></th>\s*<td[^>]*>decimal \(text\) / null</td>", page)
    page = (await client.get("/topics/gongkai.disclosures.v1?lang=en")).text
    assert "<code>attachments[].sha256</code>" in page


async def test_an_unknown_topic_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/topics/gongkai.facts.v9")).status_code == 404
    assert (await client.get("/api/v1/schemas/gongkai.facts.v9")).status_code == 404
