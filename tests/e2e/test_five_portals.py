"""The five sample portals, end to end: every disclosure arrives as from its text, a new one too, nothing twice."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.normalizer.stage import normalize_document
from services.parser.stage import read_file
from tests.e2e.process import Gongkai
from tests.e2e.stored import agreement, disclosures, expected, records, said

pytestmark = pytest.mark.xdist_group("five portals")

LEAST_AGREEMENT = 0.99
MAIN_TEXT = {"pingxiang": "000_", "guangyang": "001_", "fengfeng": "002_", "xinqu": "003_", "caofeidian": "004_"}
CONTENT = ("budget_line", "fact", "organisation_unit", "goal", "project", "indicator", "procurement_line", "asset")


def outcomes(gongkai: Gongkai) -> dict[str, dict[str, Any]]:
    return {portal["name"]: portal for portal in gongkai.get("/fetcher/portals")}


def poll_all(gongkai: Gongkai) -> dict[str, dict[str, Any]]:
    """Ask for a poll of every portal and wait for all to end; their states."""
    before = {name: portal["started_at"] for name, portal in outcomes(gongkai).items()}
    for name in before:
        gongkai.post(f"/fetcher/portals/{name}/poll")

    def ended() -> bool:
        return all(
            portal["started_at"] != before[name] and portal["outcome"] != "running"
            for name, portal in outcomes(gongkai).items()
        )

    gongkai.wait_until(ended, "a poll of every portal")
    return outcomes(gongkai)


def test_every_disclosure_arrives_as_from_its_text(
    gongkai: Gongkai, sample_portals: dict[str, str], portals_folder: Path, seeds: Path
) -> None:
    gongkai.start()
    first = expected(portals_folder, sample_portals, {0})
    gongkai.wait_until(lambda: len(disclosures(gongkai)) >= len(first), "every disclosure of the start")
    stored = disclosures(gongkai)
    assert set(stored) == first

    for name, address in sample_portals.items():
        main = json.loads((portals_folder / "truth" / name / "main.json").read_text(encoding="utf-8"))
        arrived = records(gongkai, stored[address + main["url"]]["disclosure_id"])
        (text,) = seeds.glob(f"{MAIN_TEXT[name]}*.txt")
        from_text = [record.model_dump(mode="json") for record in normalize_document(read_file(text))]
        for kind in CONTENT:
            same = agreement(said(arrived, kind), said(from_text, kind))
            assert same >= LEAST_AGREEMENT, (name, kind, same)

    polled = poll_all(gongkai)
    assert {name: portal["outcome"] for name, portal in polled.items()} == dict.fromkeys(polled, "unchanged")
    assert len(disclosures(gongkai)) == len(first)

    httpx.post(f"{sample_portals['pingxiang']}/__publish", params={"portal": "all"}).raise_for_status()
    poll_all(gongkai)
    second = expected(portals_folder, sample_portals, {0, 1})
    gongkai.wait_until(lambda: len(disclosures(gongkai)) >= len(second), "the disclosures published since")
    assert set(disclosures(gongkai)) == second
    assert {portal["outcome"] for portal in poll_all(gongkai).values()} == {"unchanged"}
    assert gongkai.stop() == 0
