"""Every PromQL expression of the dashboards and the alert rules, and the metrics and labels it names."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from prometheus_client.metrics import MetricWrapperBase

from shared import metrics

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
DASHBOARDS: Final[Mapping[str, Any]] = {
    path.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
}
ALERTS: Final[tuple[Mapping[str, Any], ...]] = tuple(
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
)
BY_SCRAPE: Final = {"job", "instance"}
FOREIGN: Final = {
    "up": BY_SCRAPE,
    "process_resident_memory_bytes": BY_SCRAPE,
    "process_cpu_seconds_total": BY_SCRAPE,
    "ALERTS": BY_SCRAPE | {"alertname", "alertstate", "severity"},
}
"""Metrics that are not ours, with their labels."""
_WORDS: Final = {"and", "or", "unless", "offset", "bool"}
_GROUPING: Final = re.compile(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_SELECTOR: Final = re.compile(r"(?<![\w.:])([a-zA-Z_:][\w:]*)(?!\w)\s*(?:\{([^}]*)\})?(?!\s*\()")
_MATCHER: Final = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")


@dataclass(frozen=True)
class Expression:
    """An expression and where it stands."""

    place: str
    text: str

    def filled(self, variables: Mapping[str, str]) -> str:
        """With Grafana's variables replaced, the longest names first."""
        text = self.text
        for name in sorted(variables, key=len, reverse=True):
            text = text.replace(f"${name}", variables[name])
        return text

    @property
    def metrics(self) -> dict[str, set[str]]:
        """The metrics it selects, each with the labels it matches on."""
        found: dict[str, set[str]] = {}
        for name, matchers in _SELECTOR.findall(_GROUPING.sub("", self._bare)):
            if name not in _WORDS:
                found.setdefault(name, set()).update(_MATCHER.findall(matchers))
        return found

    @property
    def groups(self) -> set[str]:
        """The labels it groups or joins by."""
        named = (each.strip() for group in _GROUPING.findall(self._bare) for each in group.split(","))
        return {each for each in named if each}

    @property
    def _bare(self) -> str:
        return re.sub(r"\[[^\]]*\]", "", re.sub(r'"[^"]*"', '""', self.text))


def panels(dashboard: Mapping[str, Any]) -> Iterator[Any]:
    """The panels that show something; rows do not."""
    yield from (panel for panel in dashboard["panels"] if panel["type"] != "row")


def of_panels() -> Iterator[Expression]:
    """What the panels ask for."""
    for name, dashboard in DASHBOARDS.items():
        for panel in panels(dashboard):
            for target in panel["targets"]:
                yield Expression(f"{name}: {panel['title']} {target['refId']}", target["expr"])


def of_alerts() -> Iterator[Expression]:
    """When the alerts fire."""
    for alert in ALERTS:
        yield Expression(alert["alert"], alert["expr"])


def served() -> dict[str, set[str]]:
    """Every series name of `shared/metrics.py`, with its labels."""
    names: dict[str, set[str]] = {}
    for metric in vars(metrics).values():
        if not isinstance(metric, MetricWrapperBase):
            continue
        (family,) = metric.describe()
        labels = set(metric._labelnames)
        if family.type == "histogram":
            names |= {f"{family.name}{suffix}": labels for suffix in ("_sum", "_count")}
            names[f"{family.name}_bucket"] = labels | {"le"}
        else:
            names[family.name + ("_total" if family.type == "counter" else "")] = labels
    return names
