"""Real disclosures: every printed project and indicator is read, counted from the text in another way."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from services.normalizer.recorder import ReaderResult
from shared.schemas.records import Goal, Indicator, Project

Seed = Callable[[str], ReaderResult]

LEVEL2 = re.compile(r"(数量|质量|时效|成本|(经济|社会|生态)效益|可持续(性)?影响|服务对象满意度)指标")
HEADING = re.compile(r"(?:\[bookmark: \w+\])?(\d{1,3})[、.].+")


def _lines(seeds: Path, prefix: str) -> list[str]:
    return next(seeds.glob(f"{prefix}_*.txt")).read_text(encoding="utf-8").split("\n")


def _printed(seeds: Path, prefix: str) -> tuple[list[int], list[int]]:
    """The numbers of the 绩效目标表 headings, and under each how many indicator rows say anything."""
    lines = _lines(seeds, prefix)
    numbers = []
    for place, line in enumerate(lines):
        if _is_title(line):
            match = next(filter(None, (HEADING.match(lines[place - back].strip()) for back in range(4))))
            numbers.append(int(match.group(1)))
    return numbers, _counted(lines, len(numbers))


def _is_title(line: str) -> bool:
    return "\t" not in line and bool(re.search(r"绩效目标表(\s*TC .*|\{.*)?$", line.strip()))


def _counted(lines: list[str], headings: int) -> list[int]:
    counts = [0] * headings
    current = -1
    for row in _rows(lines):
        if isinstance(row, str):
            current += 1
            continue
        texts = [re.sub(r"\s", "", cell) for cell in row]
        level2 = next((i for i, text in enumerate(texts[:3]) if i and LEVEL2.fullmatch(text)), None)
        if level2 is not None and any(texts[level2 + 1 :]):
            counts[current] += 1
    return counts


def _rows(lines: list[str]) -> Iterator[str | list[str]]:
    """Headings as text, table rows as cells: a row is a line, or cells that begin lines up to a blank one."""
    by_cell = sum(line.startswith("\t") and "\t" not in line.strip() for line in lines) > len(lines) / 3
    group: list[str] = []
    for line in [*lines, ""]:
        if _is_title(line):
            yield line
        elif by_cell and line.startswith("\t"):
            group.append(line[1:])
        elif by_cell and line and group:
            group[-1] += line
        elif by_cell and not line and group:
            yield group
            group = []
        elif not by_cell and "\t" in line:
            yield line.split("\t")


@pytest.mark.parametrize("prefix", ["000", "001", "002", "003", "004"])
def test_every_project_and_every_indicator_row_is_read(seeds: Path, read_seed: Seed, prefix: str) -> None:
    numbers, counts = _printed(seeds, prefix)
    result = read_seed(prefix)
    projects = result.of(Project)
    assert [project.number for project in projects] == numbers
    indicators = [i for i in result.of(Indicator) if i.scope == "project"]
    read = Counter((i.project_number, i.project_name) for i in indicators)
    assert [read[project.number, project.name] for project in projects] == counts
    assert all(project.goals and project.name for project in projects)
    assert all(i.level1 and i.level2 for i in indicators)


@pytest.mark.parametrize(("prefix", "portal"), [("002", "fengfeng"), ("004", "caofeidian")])
def test_forms_agree_with_the_portals_truth(
    portals_folder: Path, read_seed: Seed, prefix: str, portal: str
) -> None:
    truth = json.loads((portals_folder / "truth" / portal / "main.json").read_text(encoding="utf-8"))
    printed = truth["facts"]["project_list"]
    result = read_seed(prefix)
    indicators = Counter((i.project_number, i.project_name) for i in result.of(Indicator))
    read = [
        (
            project.code,
            "".join(project.name.split()),
            project.budget,
            project.fiscal_funds,
            project.schedule,
            indicators[project.number, project.name],
        )
        for project in result.of(Project)
    ]
    assert read == [
        (
            entry["code"],
            "".join(entry["name"].split()),
            Decimal(entry["budget"]) * 10_000,
            Decimal(entry["fiscal"]) * 10_000,
            tuple(_percent(entry["plan"].get(month)) for month in ("3月底", "6月底", "10月底", "12月底")),
            entry["indicators"],
        )
        for entry in printed
    ]


def _percent(text: str | None) -> Decimal | None:
    return Decimal(text.rstrip("%")) if text else None


@pytest.mark.parametrize(("prefix", "goals"), [("000", 9), ("001", 5), ("002", 43), ("003", 12), ("004", 4)])
def test_every_goal_is_read_in_order(read_seed: Seed, prefix: str, goals: int) -> None:
    read = read_seed(prefix).of(Goal)
    assert [goal.number for goal in read] == list(range(1, goals + 1))
    assert all(goal.goal for goal in read)
    labelled = prefix in {"000", "002", "004"}
    assert all(bool(goal.indicators) is labelled for goal in read)


def test_records_agree_with_the_hand_checked_sample(read_seed: Seed, truth_sample: Path) -> None:
    printed = [json.loads(line) for line in truth_sample.read_text(encoding="utf-8").splitlines()]
    read = [json.loads(record.model_dump_json()) for record in read_seed("001").records]
    for kind, fields in FIELDS.items():
        expected = Counter(_key(record, fields) for record in printed if record["record"] == kind)
        assert Counter(_key(record, fields) for record in read if record["record"] == kind) == expected


FIELDS = {
    "goal": ("number", "title", "goal", "indicators"),
    "project": ("number", "name", "code", "budget", "purpose", "schedule", "goals"),
    "indicator": (
        "scope", "project_number", "project_name", "level1", "level2", "level3", "description", "value_text",
        "operator", "value", "unit", "basis",
    ),
}  # fmt: skip


def _key(record: dict[str, object], fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("".join(str(record[field]).split()) for field in fields)
