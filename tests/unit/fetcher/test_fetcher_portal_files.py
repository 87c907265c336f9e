"""Portal files are strict: what is wrong is told with file and line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import services.fetcher
from services.fetcher.fleet.due import interval
from services.fetcher.portal_files import load_portal, load_portals
from services.fetcher.state.tables import PortalState
from shared.errors import PortalInvalid

SHIPPED = Path(services.fetcher.__file__).parent / "portals"
GOOD = """name: sample
region_code: "990101"
region_name: 示例省样本市示例县
family: trs_wcm
base_url: http://www.sample.example
lists:
  - url: /xxgk/index.html
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "sample.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_file_is_a_fictional_example(path: Path) -> None:
    portal = load_portal(path)
    assert portal.name == path.stem
    assert portal.base_url.endswith(".example")
    assert not portal.allow_private


def test_the_shipped_files_show_every_family() -> None:
    families = {portal.family for portal in load_portals(SHIPPED)}
    assert families == {"trs_wcm", "jcms", "vsb", "static_html", "json_catalogue"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + "pase_seconds: 3\n", ":8: pase_seconds: no such key; do you mean pace_seconds?"),
        (GOOD.replace("url: /", "adress: /"), ":7: lists.0.adress: no such key"),
        (GOOD.replace("trs_wcm", "trs"), ":4: family:"),
        (GOOD.replace('"990101"', "990101"), ":2: region_code:"),
        (GOOD.replace('"990101"', '"9901"'), ":2: region_code:"),
        (GOOD.replace("http://www", "ftp://www"), ":5: base_url: give a whole web address"),
        (GOOD.replace("/xxgk", "http://other.example"), "on another host; name the host under `hosts`"),
        (GOOD + "pace_seconds: fast\n", ":8: pace_seconds:"),
        (GOOD + 'body: ["p["]\n', ":8: body.0: not a CSS selector"),
        (GOOD + 'titles:\n  take: ["("]\n', ":9: titles.take.0: not a regular expression"),
        (GOOD + "expect:\n  items_per_page: {min: 0}\n", ":9: expect.items_per_page.min:"),
        (
            GOOD + "expect:\n  seasons:\n    - {months: [13], interval_minutes: 60}\n",
            ":10: expect.seasons.0.months.0:",
        ),
        (GOOD + "family: vsb\n", ":8: family: this key stands twice"),
        (GOOD + "hosts: [a\n", "not YAML"),
        (GOOD + "interval_minutes: 2024-01-01\n", "put the value in quotes"),
        ("- a\n", ":1: a portal file holds keys and values"),
        ("", ":1: a portal file holds keys and values"),
        (GOOD.replace("name: sample\n", ""), ":1: name: is missing; add name: …"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(PortalInvalid) as raised:
        load_portal(written(tmp_path, text))
    assert f"{tmp_path}/sample.yaml" in str(raised.value)
    assert told in str(raised.value)


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("trs_wcm", "trs").replace('"990101"', "990101") + "pase_seconds: 3\nfamily: vsb\n"
    written(tmp_path, text)
    (tmp_path / "other.yaml").write_text(GOOD + "interval: 3\n", encoding="utf-8")
    with pytest.raises(PortalInvalid) as raised:
        load_portals(tmp_path)
    lines = str(raised.value).splitlines()
    assert [line.removeprefix(f"{tmp_path}/").partition(": ")[0] for line in lines] == [
        "other.yaml:8",
        "sample.yaml:2",
        "sample.yaml:8",
        "sample.yaml:9",
    ]


def test_two_portals_of_one_name_are_refused(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    (tmp_path / "second.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(PortalInvalid, match="another portal called 'sample'"):
        load_portals(tmp_path)


def test_no_folder_is_no_portals(tmp_path: Path) -> None:
    assert load_portals(tmp_path / "nothing") == ()


def test_a_portal_is_polled_more_often_in_its_season(tmp_path: Path) -> None:
    season = "interval_minutes: 360\nexpect:\n  seasons:\n    - {months: [1, 2], interval_minutes: 60}\n"
    portal = load_portal(written(tmp_path, GOOD + season))
    state = PortalState(name="sample", outcome="ok", started_at=datetime(2024, 1, 1, tzinfo=UTC))
    assert interval(portal, state, datetime(2024, 2, 1, tzinfo=UTC)) == timedelta(minutes=60)
    assert interval(portal, state, datetime(2024, 5, 1, tzinfo=UTC)) == timedelta(minutes=360)


def test_a_portal_knows_its_own_addresses(tmp_path: Path) -> None:
    portal = load_portal(written(tmp_path, GOOD + "hosts: [files.sample.example]\n"))
    assert portal.owns("https://sample.example/a")
    assert portal.owns("http://files.sample.example/a")
    assert not portal.owns("http://sample.example.evil.example/a")
    assert portal.home("https://www.sample.example/a?b=1#c") == "http://www.sample.example/a?b=1"
    assert portal.home("https://files.sample.example/a") == "https://files.sample.example/a"
