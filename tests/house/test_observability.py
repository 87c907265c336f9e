"""Dashboards, alert rules and Prometheus's configuration name what there is: metrics, services, runbooks."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from services.pipeline import SERVICES
from tests.house.expressions import (
    ALERTS,
    BY_SCRAPE,
    DASHBOARDS,
    DEPLOY,
    FOREIGN,
    Expression,
    of_alerts,
    of_panels,
    served,
)
from tests.house.expressions import panels as shown
from tests.servers.prometheus import promtool

RULES: Final = DEPLOY / "prometheus" / "alerts.yml"
CONFIG: Final = DEPLOY / "prometheus" / "prometheus.yml"
IN_A_CLUSTER: Final = DEPLOY / "prometheus" / "kubernetes.yml"
TRIALS: Final = DEPLOY / "prometheus" / "alerts.test.yml"
PROVISIONING: Final = DEPLOY / "grafana" / "provisioning"
EXPRESSIONS: Final = [*of_panels(), *of_alerts()]
WAITS: Final = {"ServiceNotWorking", "StageStuck", "LagGrowing", "RetryStorm", "ArchiveFailing"}
"""What waits longer than it looks back."""
BUILT_IN: Final = {"__rate_interval", "__range", "__url_time_range", "__field", "__all"}


def of(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def minutes(text: str) -> int:
    return int(text[:-1]) * {"m": 1, "h": 60}[text[-1]]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=lambda each: each.place)
def test_an_expression_names_metrics_and_labels_that_are_served(expression: Expression) -> None:
    known = FOREIGN | {name: labels | BY_SCRAPE for name, labels in served().items()}
    assert expression.metrics
    for name, labels in expression.metrics.items():
        assert labels <= known[name]
    assert expression.groups <= set().union(*(known[name] for name in expression.metrics))


def test_every_metric_is_shown_or_alerted_on() -> None:
    named = {re.sub(r"_(bucket|count|sum)$", "", name) for each in EXPRESSIONS for name in each.metrics}
    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in served()} <= named


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_says_how_bad_it_is_and_where_to_read_on(alert: Mapping[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert alert["annotations"]["summary"]
    assert alert["annotations"]["description"]
    page, _, anchor = alert["annotations"]["runbook_url"].partition("#")
    text = (DEPLOY.parent / page).read_text(encoding="utf-8")
    assert anchor == alert["alert"].lower()
    assert re.search(rf"^### {alert['alert']}$", text, re.M), f"{page} has no runbook of {alert['alert']}"


def test_every_runbook_is_of_an_alert_that_there_is() -> None:
    text = (DEPLOY.parent / "docs" / "operating.md").read_text(encoding="utf-8")
    _, _, runbooks = text.partition("\n## Alerts\n")
    headings = re.findall(r"^### (\w+)$", runbooks, re.M)
    assert headings == [alert["alert"] for alert in ALERTS]


def test_every_alert_is_tried_out() -> None:
    trials = TRIALS.read_text(encoding="utf-8")
    for alert in ALERTS:
        assert re.search(
            rf"\b{alert['alert']}\b", trials.replace("Portal(RefusesUs|Drifted)", "PortalRefusesUs PortalDrifted")
        )


def test_the_rules_do_what_their_trials_say() -> None:
    for arguments in (("check", "config", CONFIG), ("check", "rules", RULES), ("test", "rules", TRIALS)):
        said = promtool(*arguments)
        assert said.returncode == 0, said.stdout


def test_the_configuration_for_a_cluster_is_right_but_for_what_debian_leaves_out(tmp_path: Path) -> None:
    config = of(IN_A_CLUSTER)
    for job in config["scrape_configs"]:
        del job["kubernetes_sd_configs"]  # Debian's promtool does not know it
    assert config["rule_files"] == of(CONFIG)["rule_files"]
    assert config["global"] == of(CONFIG)["global"]
    (tmp_path / RULES.name).write_text(RULES.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "kubernetes.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    said = promtool("check", "config", tmp_path / "kubernetes.yml")
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize("name", sorted(WAITS))
def test_a_moment_of_trouble_is_out_of_sight_before_its_alert_fires(name: str) -> None:
    (alert,) = (each for each in ALERTS if each["alert"] == name)
    windows = re.findall(r"\[(\d+)m[\]:]", alert["expr"])
    assert windows
    assert max(map(int, windows)) < minutes(alert["for"])


def test_prometheus_scrapes_every_service_where_it_listens() -> None:
    config = of(CONFIG)
    scraped = {
        (each["job_name"], name, found["port"])
        for each in config["scrape_configs"]
        for found in each.get("dns_sd_configs", [])
        for name in found["names"]
    }
    assert scraped == {(service.name, service.name, service.port) for service in SERVICES}
    assert [CONFIG.parent / name for name in config["rule_files"]] == [RULES]


def test_the_dashboards_are_four_with_names_of_their_own() -> None:
    uids = {board["uid"] for board in DASHBOARDS.values()}
    assert len(uids) == len({board["title"] for board in DASHBOARDS.values()}) == len(DASHBOARDS) == 4
    (provider,) = of(PROVISIONING / "dashboards" / "gongkai.yml")["providers"]
    assert Path(provider["options"]["path"]).name == (DEPLOY / "grafana" / "dashboards").name


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_uses_the_provisioned_datasource_and_its_own_variables(name: str) -> None:
    board = DASHBOARDS[name]
    variables = {each["name"]: each for each in board["templating"]["list"]}
    (datasource,) = of(PROVISIONING / "datasources" / "prometheus.yml")["datasources"]
    assert variables["datasource"]["query"] == datasource["type"]
    assert variables["datasource"]["current"]["value"] == datasource["uid"]
    parts = [
        *shown(board),
        *board["annotations"]["list"],
        *(each for each in variables.values() if "datasource" in each),
    ]
    for part in [*parts, *(target for panel in shown(board) for target in panel["targets"])]:
        assert part["datasource"] == {"type": datasource["type"], "uid": "${datasource}"}
    assert set(re.findall(r"\$\{?(\w+)", str(board))) <= set(variables) | BUILT_IN


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_panel_explains_itself_and_hides_no_other(name: str) -> None:
    taken: dict[tuple[int, int], str] = {}
    ids = [panel["id"] for panel in DASHBOARDS[name]["panels"]]
    assert len(ids) == len(set(ids))
    for panel in DASHBOARDS[name]["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & set(taken), (panel["title"], [taken[each] for each in cells & set(taken)])
        taken |= dict.fromkeys(cells, panel["title"])
    for panel in shown(DASHBOARDS[name]):
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["unit"]


def test_links_lead_to_dashboards_and_set_variables_that_those_have() -> None:
    boards = {
        board["uid"]: {each["name"] for each in board["templating"]["list"]} for board in DASHBOARDS.values()
    }
    links = re.findall(r"/d/([\w-]+)\?((?:var-\w+)?)", str(list(DASHBOARDS.values())))
    assert links
    for uid, variable in links:
        assert uid in boards
        assert not variable or variable.removeprefix("var-") in boards[uid]
    for board in DASHBOARDS.values():
        assert "gongkai" in board["tags"]
        assert [link["tags"] for link in board["links"]] == [["gongkai"]]
