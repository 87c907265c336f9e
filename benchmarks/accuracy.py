"""How much of generated disclosures is read, and which defects are found: `python -m benchmarks.accuracy`.

Makes `--documents` disclosures of `--seed` in all layouts (half with one defect, a quarter with a near-miss),
hands them to the normalizer as parsed blocks, a share `--rendered` of them as files through the parser, and
prints precision, recall and F1 by type of record and layout; by check the defects planted and found, the findings
that are false (errors and warnings of no planted cause), and how often a check whose figures were printed was not
evaluated.
`--governments` measures governments' own budgets, accounts, execution and debt instead of departments'.
`--write FOLDER` keeps truth and records as JSON lines for `gongkai evaluate`, and the defects beside them.
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from services.cli.evaluate import LineComparison, compare, report
from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from services.sample_portals.content import Content
from services.sample_portals.governments.sample import GovernmentSample, government_sample
from services.sample_portals.render import blocks, docx, html, pdf, text, xlsx
from services.sample_portals.sample import SampleDisclosure, sample
from shared.schemas.document import Document, Origin

Line = dict[str, Any]
Sample = SampleDisclosure | GovernmentSample
FORMATS: Final = ("docx", "pdf", "xlsx", "html", "text")
SEVERITIES: Final = ("error", "warning", "info")
LOUD: Final = SEVERITIES[:2]
SILENT: Final = ("insufficient_data", "not_applicable")
UNITS: Final = ("unit_conflict", "unit_mismatch")
"""The checks whose findings stand for the comparisons that a wrong unit spoils."""


@dataclass
class CheckTally:
    """Of one check: defects planted, found, told aloud; false findings; outcomes where it could be tried."""

    planted: int = 0
    found: int = 0
    loud: int = 0
    false: Counter[str] = field(default_factory=Counter)
    evaluable: int = 0
    statuses: Counter[str] = field(default_factory=Counter)


@dataclass
class Measurement:
    """Everything measured, gathered document by document."""

    truth: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    records: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    checks: dict[str, CheckTally] = field(default_factory=lambda: defaultdict(CheckTally))
    unread: Counter[tuple[str, str]] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    defects: list[Line] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, each: Sample, lines: list[Line], where: str) -> None:
        """Take in the records of one disclosure, read as `where` says."""
        identity = f"{each.number}-{where}"
        group = each.layout if where == "blocks" else where
        self.documents[group] += 1
        self.truth[group] += [line | {"disclosure_id": identity} for line in each.written.truth]
        self.defects += [{"disclosure_id": identity, **one.described()} for one in each.written.defects]
        self.records[group] += [line | {"disclosure_id": identity} for line in lines if judged(line)]
        for line in lines:
            if line["record"] == "finding" and str(line["check"]).startswith("unread"):
                self.unread[group, line["severity"]] += 1
        self._findings(each, lines)
        self._checks(each, [line for line in lines if line["record"] == "check"])

    def _findings(self, each: Sample, lines: list[Line]) -> None:
        """A finding is true where a defect breaks its check and it names a figure that the defect concerns."""
        by_id = {line["id"]: line for line in lines}
        findings = [line for line in lines if line["record"] == "finding" and line["severity"] in SEVERITIES]
        causes = concerned(each)
        true: list[Line] = []
        for line in findings:
            caused = any(line["check"] in defect.breaks for defect in each.written.defects)
            if caused and names_one(line, by_id, causes):
                true.append(line)
            elif line["severity"] in LOUD and not str(line["check"]).startswith("unread"):
                self.checks[line["check"]].false[line["severity"]] += 1
                what = f"{each.number} {each.layout} {each.near_miss or ''} {line['severity']} {line['check']}"
                self.false.append(f"{what}: {line['message']}")
        for defect in each.written.defects:
            tally = self.checks[defect.check]
            found = [line for line in true if line["check"] in defect.breaks]
            tally.planted += 1
            tally.found += bool(found)
            tally.loud += any(line["severity"] in LOUD for line in found)
            if not found:
                self.missed.append(f"{each.number} {each.layout} {defect.name} ({defect.check})")

    def _checks(self, each: Sample, checks: list[Line]) -> None:
        """How each check spoke whose figures are printed, unless a wrong unit makes it wait for its cause."""
        if any(defect.check in UNITS for defect in each.written.defects):
            return
        printed = {equality.check for equality in each.equalities()}
        for line in checks:
            if line["check"] in printed:
                tally = self.checks[line["check"]]
                tally.evaluable += 1
                tally.statuses[line["status"]] += 1
                if line["status"] in SILENT:
                    what = f"{each.number} {each.layout} {each.near_miss or ''} {line['check']}"
                    self.silent.append(f"{what}: {line['status']} {line['reason']}")


def concerned(each: Sample) -> list[Line]:
    """The records that the defects changed, and those of the equalities that no longer hold."""
    records = [subject for defect in each.written.defects for subject in defect.subjects]
    for equality in each.equalities():
        if not equality.holds:
            records += [figure.record for figure in (equality.total, *equality.parts) if figure.record]
    return [{name: value for name, value in record.items() if name != "optional"} for record in records]


def names_one(finding: Line, by_id: dict[str, Line], causes: list[Line]) -> bool:
    """Whether a finding names one of those records, or none at all."""
    subjects = [by_id[subject] for subject in finding["subjects"] if subject in by_id]
    return not subjects or not causes or any(one.matched for one in compare(causes, subjects).values())


def judged(line: Line) -> bool:
    """Whether the truth could have it: no finding or outcome, no fact of a part of the department."""
    return line["record"] not in ("finding", "check") and not (line["record"] == "fact" and line.get("scope"))


def origin(each: Sample) -> Origin:
    return Origin(portal="sample", region_code=each.publisher.region, region_name=each.publisher.region_name)


def rendered(content: list[Content], form: str, name: str) -> NamedBytes:
    """The content as a file of that format."""
    if form == "html":
        page = (
            f'<html><meta charset="utf-8"><body><div class="TRS_Editor">{html.render(content)}</div></body></html>'
        )
        return NamedBytes("article.html", page.encode(), None, None)
    if form == "text":
        return NamedBytes(f"{name}.txt", text.render(content), None, None)
    render = {"docx": docx.render, "pdf": pdf.render, "xlsx": xlsx.render}[form]
    return NamedBytes(f"{name}.{form}", render(content), None, None)


def read(document: Document) -> list[Line]:
    return [record.model_dump(mode="json") for record in normalize_document(document)]


def measure(documents: int, seed: int, share: float, make: Callable[[int, int], Sample] = sample) -> Measurement:
    """Read all disclosures that `make` makes of a seed as blocks, every n-th as a file, in all formats in turn."""
    measured = Measurement()
    every = round(1 / share) if share else 0
    for number in range(documents):
        each = make(seed, number)
        document = blocks.document(each.written.content, f"{each.written.title}.txt", origin(each))
        began = time.perf_counter()
        lines = read(document)
        measured.seconds += time.perf_counter() - began
        measured.add(each, lines, "blocks")
        if every and number % every == 0:
            form = FORMATS[number // every % len(FORMATS)]
            file = rendered(each.written.content, form, each.written.title)
            measured.add(each, read(read_document([file], origin(each))), form)
    return measured


def all_of(groups: dict[str, list[Line]]) -> list[Line]:
    return [line for lines in groups.values() for line in lines]


def checks_table(checks: dict[str, CheckTally]) -> str:
    """A row a check: planted, found, found aloud, false errors and warnings, tried, not evaluated."""
    columns = "planted,found,recall,aloud,false err,false warn,printed,insufficient,n/a"
    rows: list[tuple[str, ...]] = [("check", *columns.split(","))]
    total = CheckTally()
    for name, tally in sorted(checks.items()):
        rows.append(_check_row(name, tally))
        total.planted += tally.planted
        total.found += tally.found
        total.loud += tally.loud
        total.false += tally.false
        total.evaluable += tally.evaluable
        total.statuses += tally.statuses
    rows.append(_check_row("all", total))
    return "\n".join(f"{row[0]:28}" + "".join(f"{each:>13}" for each in row[1:]) for row in rows)


def _check_row(name: str, tally: CheckTally) -> tuple[str, ...]:
    recall = f"{tally.found / tally.planted:.3f}" if tally.planted else "-"
    silent = [tally.statuses[status] for status in SILENT]
    shares = [f"{count / tally.evaluable:.3f}" if tally.evaluable else "-" for count in silent]
    counts = (tally.planted, tally.found, recall, tally.loud, tally.false["error"], tally.false["warning"])
    return (name, *map(str, counts), str(tally.evaluable), *shares)


def layouts_table(measured: Measurement) -> str:
    """A row a layout or format: documents, precision, recall, F1 of all records, what was told as unread."""
    rows: list[tuple[str, ...]] = [
        ("layout or format", "documents", "precision", "recall", "F1", "unread warn", "unread info")
    ]
    for group in measured.documents:
        whole = LineComparison()
        for name, one in compare(measured.truth[group], measured.records[group]).items():
            if " " not in name:
                whole.add(one)
        shares = (f"{share:.4f}" for share in (whole.precision, whole.recall, whole.f1))
        unread = (str(measured.unread[group, severity]) for severity in ("warning", "info"))
        rows.append((group, str(measured.documents[group]), *shares, *unread))
    return "\n".join(f"{row[0]:28}" + "".join(f"{each:>13}" for each in row[1:]) for row in rows)


def keep(folder: Path, name: str, lines: Iterable[Line]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text_of = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / name).write_text(text_of, encoding="utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description="measure the normalizer on generated disclosures")
    options.add_argument("--documents", type=int, default=1000)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--rendered", type=float, default=0.05, help="share that is read as files too")
    options.add_argument("--governments", action="store_true", help="governments' own documents instead")
    options.add_argument("--differences", type=int, default=0, help="how many false, missed and silent to list")
    options.add_argument("--write", type=Path, help="folder for truth.jsonl and records.jsonl")
    chosen = options.parse_args()
    make = government_sample if chosen.governments else sample
    measured = measure(chosen.documents, chosen.seed, chosen.rendered, make)
    print(report(compare(all_of(measured.truth), all_of(measured.records))))
    print("\n" + layouts_table(measured))
    print("\n" + checks_table(measured.checks))
    count = sum(map(len, measured.records.values()))
    print(f"\n{count} records; {measured.seconds:.1f} s to normalize {chosen.documents} documents")
    for title, listed in (("false", measured.false), ("missed", measured.missed), ("silent", measured.silent)):
        for line in listed[: chosen.differences]:
            print(title, line)
    if chosen.write:
        keep(chosen.write, "truth.jsonl", all_of(measured.truth))
        keep(chosen.write, "defects.jsonl", measured.defects)
        keep(chosen.write, "records.jsonl", all_of(measured.records))


if __name__ == "__main__":
    main()
