"""What a real Prometheus scrapes is what dashboards and alerts ask for; a collector gets whole traces."""

import asyncio
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pytest
import yaml

from deploy.kafka.launcher import Cluster
from services.pipeline import SERVICES
from services.sample_portals.world import make_world
from shared.bus.connect import open_bus
from shared.bus.contract import Message
from shared.topics import FETCHED
from tests.e2e.deployment import Deployment, deployed
from tests.faults.portals import Portals
from tests.house.expressions import DEPLOY, Expression, of_alerts, of_panels
from tests.servers.collector import Collector, Span, running_collector
from tests.servers.kafka import fresh_namespace
from tests.servers.prometheus import Prometheus, running_prometheus

pytestmark = pytest.mark.xdist_group("observability")

VARIABLES: Final = {"__rate_interval": "15m", "__range": "1h", "stage": "parser", "portal": ".*", "severity": ".*"}
LATER: Final = 2
"""Disclosures that are published while Prometheus looks."""
EMPTY_WHEN_ALL_IS_READ: Final = {"findings.json: Not read A"}
WAY: Final = [
    ("gongkai-fetcher", "poll"),
    ("gongkai-fetcher", "collect"),
    ("gongkai-parser", "parser"),
    ("gongkai-normalizer", "normalizer"),
    ("gongkai-store", "store"),
]


@dataclass(frozen=True)
class Observed:
    """An installation that has done its work, with those who watch it."""

    deployment: Deployment
    prometheus: Prometheus
    collector: Collector
    disclosures: int


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory, kafka: Cluster) -> Iterator[Observed]:
    """Sample portals fetched, parsed, normalized and stored over Kafka; and one message that is no event."""
    folder = tmp_path_factory.mktemp("observed")
    portals = Portals(make_world(seed=3, counties=2, departments=4, years=1), folder / "portals")
    with (
        running_collector() as collector,
        fresh_namespace(kafka) as bus,
        portals.served(),
        deployed(folder, bus=bus, portals=portals.folder, traces=collector.address) as deployment,
        running_prometheus(config(deployment)) as prometheus,
    ):
        deployment.wait_until(lambda: set(prometheus.targets().values()) == {"up"}, "every target")
        asyncio.run(publish_what_is_no_event(bus))
        deployment.wait_until(lambda: is_done(prometheus, deployment, portals.disclosures), "every disclosure")
        # What grew before Prometheus first saw it has no rate.
        for _ in range(LATER):
            portals.change("publish")
        disclosures = portals.disclosures + LATER
        deployment.wait_until(lambda: is_done(prometheus, deployment, disclosures), "the later ones")
        yield Observed(deployment, prometheus, collector, disclosures)


def config(deployment: Deployment) -> str:
    """Ours, with the addresses of `deployment`, looking every second."""
    ours = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    ours["global"] = dict.fromkeys(ours["global"], "1s")
    ours["rule_files"] = [str(DEPLOY / "prometheus" / name) for name in ours["rule_files"]]
    for job in ours["scrape_configs"]:
        if job.pop("dns_sd_configs", None):
            (instance,) = deployment.of(job["job_name"])
            job["static_configs"] = [{"targets": [f"127.0.0.1:{instance.port}"]}]
    return yaml.safe_dump(ours)


async def publish_what_is_no_event(url: str) -> None:
    bus = await open_bus(url)
    try:
        await bus.publish([Message(FETCHED.name, "broken", b"{")])
    finally:
        await bus.close()


def is_done(prometheus: Prometheus, deployment: Deployment, disclosures: int) -> bool:
    """Whether all of it is stored and the dead letter was alerted on; the store is asked for it meanwhile."""
    (store,) = deployment.of("store")
    store.get("/api/v1/disclosures")
    done = prometheus.query('sum(gongkai_events_total{stage="store", outcome="done"})')
    stored = float(done[0]["value"][1]) if done else 0
    return stored >= disclosures and prometheus.alerts().get("DeadLetters") == "firing"


def test_every_service_is_a_target(observed: Observed) -> None:
    assert observed.prometheus.targets() == dict.fromkeys([*(each.name for each in SERVICES), "prometheus"], "up")


@pytest.mark.parametrize("expression", [*of_panels(), *of_alerts()], ids=lambda each: each.place)
def test_what_an_expression_names_was_scraped(observed: Observed, expression: Expression) -> None:
    observed.prometheus.query(expression.filled(VARIABLES))
    scraped = {
        name: {label for series in observed.prometheus.series(name) for label in series}
        for name in expression.metrics
    }
    for name, labels in expression.metrics.items():
        assert scraped[name], f"{name} was never scraped"
        assert labels <= scraped[name]
    assert expression.groups <= set().union(*scraped.values())


@pytest.mark.parametrize("expression", [*of_panels()], ids=lambda each: each.place)
def test_a_panel_shows_something(observed: Observed, expression: Expression) -> None:
    if expression.place in EMPTY_WHEN_ALL_IS_READ:
        return
    values = [float(each["value"][1]) for each in observed.prometheus.query(expression.filled(VARIABLES))]
    assert any(map(math.isfinite, values))


def test_nothing_is_alerted_on_but_the_message_that_was_none(observed: Observed) -> None:
    alerts = observed.prometheus.alerts()
    assert {name for name, state in alerts.items() if state == "firing"} == {"DeadLetters"}


def test_the_way_of_each_disclosure_is_one_trace(observed: Observed) -> None:
    def traces() -> dict[str, list[Span]]:
        found = defaultdict(list)
        for span in observed.collector.spans:
            found[span.trace].append(span)
        return {trace: spans for trace, spans in found.items() if any(span.name == "store" for span in spans)}

    observed.deployment.wait_until(lambda: len(traces()) >= observed.disclosures, "every trace")
    for spans in traces().values():
        by_parent = {span.parent: span for span in spans}
        way, parent = [], ""
        while parent in by_parent:
            way.append(by_parent[parent])
            parent = way[-1].span
        assert [(span.service, span.name) for span in way] == WAY
        assert len(spans) == len(way)
        assert len({span.attributes["gongkai.disclosure_id"] for span in way}) == 1
        assert all(before.began <= after.began for before, after in pairwise(way))
        assert all(span.began <= span.ended and span.error is None for span in way)
        for span in way[2:]:
            assert span.attributes["gongkai.outcome"] == "done"
            assert str(span.attributes["messaging.destination.name"]).startswith("gongkai.")
    stored = observed.deployment.of("store")[0].get("/api/v1/disclosures", limit=500)["items"]
    traced = {spans[0].attributes["gongkai.disclosure_id"] for spans in traces().values()}
    assert {each["disclosure_id"] for each in stored} <= traced
    assert not observed.collector.wrong


def test_a_dead_letter_is_a_span_with_its_cause(observed: Observed) -> None:
    (span,) = [each for each in observed.collector.spans if each.error]
    assert span.name == "parser"
    assert span.attributes["gongkai.outcome"] == "dead_letter"
    assert span.attributes["messaging.destination.name"] == FETCHED.name
    assert span.events == ("exception",)
