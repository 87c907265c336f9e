"""The docs name what exists, and what exists is named in the docs."""

import re
import tomllib
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from services.cli.main import COMMANDS
from services.fetcher.settings import FetcherSettings
from services.normalizer.checks.page import english
from services.normalizer.checks.page import page as checks_page
from services.normalizer.checks.rules import CHECKS, Rule
from services.normalizer.settings import NormalizerSettings
from services.parser.settings import ParserSettings
from services.store.settings import StoreSettings
from shared import metrics
from shared.schemas.reference import reference
from shared.settings import KafkaSettings
from shared.topics import RECORDS, TOPICS

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
PAGES = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
SETTINGS = (FetcherSettings, ParserSettings, NormalizerSettings, StoreSettings)


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_every_topic_is_in_the_docs_and_no_other() -> None:
    assert set(re.findall(r"`(gongkai\.[a-z.-]+\.v\d+)`", page("topics.md"))) == {each.name for each in TOPICS}


def test_every_record_type_is_in_the_docs_and_no_other() -> None:
    _, _, types = page("records.md").partition("## Types")
    assert re.findall(r"^\| `([a-z_]+)` \|", types.partition("## ")[0], re.M) == list(RECORDS)


def test_every_setting_is_in_the_docs_and_no_other() -> None:
    names = {f"GONGKAI_{field.upper()}" for model in SETTINGS for field in model.model_fields}
    names |= {f"GONGKAI_KAFKA_{field.upper()}" for field in KafkaSettings.model_fields}
    assert set(re.findall(r"`(GONGKAI_[A-Z_]+)`", page("settings.md"))) == names


def test_every_metric_is_in_the_docs_and_no_other() -> None:
    ours = [each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)]
    described = [metric for each in ours for metric in each.describe()]
    exposed = {each.name + ("_total" if each.type == "counter" else "") for each in described}
    assert set(re.findall(r"`(gongkai_[a-z_]+)", page("metrics.md"))) == exposed


def test_every_command_is_in_the_readme() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"gongkai {name}" in readme


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_path_a_page_names_exists(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{path.name} links to {target}"
    for target in re.findall(
        r"`((?:services|shared|docs|deploy|tests)/[\w./-]+)`", path.read_text(encoding="utf-8")
    ):
        assert (REPOSITORY / target).exists(), f"{path.name} names {target}"


def test_the_changelog_tells_of_this_version() -> None:
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    newest = re.search(
        r"^## \[([\d.]+|Unreleased)\]", (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8"), re.M
    )
    assert newest
    assert newest[1] in {version, "Unreleased"}


def test_the_page_of_the_checks_is_current() -> None:
    assert page("checks.md") == checks_page(), "run `gongkai checks > docs/checks.md`"


def test_the_page_of_fields_is_what_the_models_say() -> None:
    assert page("fields.md") == reference(), "run `gongkai schemas fields > docs/fields.md`"


@pytest.mark.parametrize("rule", CHECKS, ids=lambda rule: rule.name)
def test_every_check_is_described(rule: Rule) -> None:
    assert rule.about
    assert rule.holds.endswith("。")
    assert english(rule).endswith(".")
