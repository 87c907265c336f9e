"""The first row of Grafana's first dashboard names the portal and the stage that are wrong, and no other."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.house.expressions import DASHBOARDS, panels
from tests.servers.prometheus import promtool

FIRST_ROW: Final = {
    panel["title"]: panel["targets"][0]["expr"]
    for panel in panels(DASHBOARDS["overview.json"])
    if panel["gridPos"]["y"] == 1
}
MINUTES: Final = 1_500
"""Longer than the day after which a portal is told as silent."""
WRONG: Final = {
    'gongkai_working{service="store"}': "1",
    'gongkai_ready{service="store"}': "1",
    'gongkai_working{service="parser"}': "0",
    'gongkai_ready{service="parser"}': "0",
    'gongkai_portal_outcome{portal="grey-county",outcome="challenged"}': "1",
    'gongkai_portal_outcome{portal="green-county",outcome="ok"}': "1",
    'gongkai_portal_last_success_timestamp_seconds{portal="silent-county"}': "1",
    'gongkai_portal_last_success_timestamp_seconds{portal="green-county"}': "89000",
    'gongkai_consumer_lag{stage="parser",topic="a",partition="0"}': "7",
    'gongkai_consumer_lag{stage="store",topic="b",partition="0"}': "3",
    'gongkai_events_total{stage="parser",outcome="done"}': "5",
    'gongkai_events_total{stage="store",outcome="done"}': "0+10",
}
WELL: Final = {
    **WRONG,
    'gongkai_portal_outcome{portal="grey-county",outcome="challenged"}': "0",
    'gongkai_portal_last_success_timestamp_seconds{portal="silent-county"}': "89000",
    'gongkai_consumer_lag{stage="parser",topic="a",partition="0"}': "0",
}


def trial(series: Mapping[str, str], title: str, told: Mapping[str, float]) -> str:
    """What promtool tries: these series, and what the panel then shows."""
    samples = [{"labels": labels, "value": value} for labels, value in told.items()]
    trial = {
        "interval": "1m",
        "input_series": [
            {"series": name, "values": f"{value}{'' if '+' in value else '+0'}x{MINUTES}"}
            for name, value in series.items()
        ],
        "promql_expr_test": [{"expr": FIRST_ROW[title], "eval_time": f"{MINUTES}m", "exp_samples": samples}],
    }
    return yaml.safe_dump({"tests": [trial]})


@pytest.mark.parametrize(
    ("series", "title", "told"),
    [
        (
            WRONG,
            "Services",
            {f'{{service="{name}"}}': 0 for name in ("fetcher", "normalizer", "parser")}
            | {'{service="store"}': 2},
        ),
        (WRONG, "Portals in trouble, by name", {'{portal="grey-county"}': 1, '{portal="silent-county"}': 1}),
        (WRONG, "Stages that stand still, by name", {'{stage="parser"}': 1}),
        (WRONG, "Messages waiting, by stage", {'{stage="parser"}': 7, '{stage="store"}': 3}),
        (WELL, "Portals in trouble, by name", {'{portal="none"}': 0}),
        (WELL, "Stages that stand still, by name", {'{stage="none"}': 0}),
    ],
    ids=["services", "portals", "still", "waiting", "portals-well", "still-well"],
)
def test_the_first_row_names_what_is_wrong(
    tmp_path: Path, series: Mapping[str, str], title: str, told: Mapping[str, float]
) -> None:
    (tmp_path / "trial.yml").write_text(trial(series, title, told), encoding="utf-8")
    said = promtool("test", "rules", tmp_path / "trial.yml")
    assert said.returncode == 0, said.stdout


def test_the_first_row_is_four_panels() -> None:
    assert len(FIRST_ROW) == 4
