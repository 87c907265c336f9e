"""Disclosures made by hand, as a normalizer would hand them to the store."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared import ids
from shared.archive.contract import Archive
from shared.schemas.document import Cell, Document, Origin, PageBox, Paragraph, SourceFile, Table, Unread
from shared.schemas.events import NormalizedEvent
from shared.topics import RECORDS

ORIGINAL = "单位:万元\n原件".encode()
BEGIN = datetime(2024, 2, 1, 8, tzinfo=UTC)
Keep = Callable[..., Awaitable[None]]


@dataclass
class Sample:
    """A small disclosure; its records come from `fields` dictionaries as a normalizer would make them."""

    url: str = "http://xx.example.gov.cn/1.html"
    title: str = "样县水利局2024年部门预算"
    original: bytes = ORIGINAL
    format: str = "doc"
    box: PageBox | None = None
    """Where each cell stands on its page."""
    region_code: str = "130101"
    region_name: str = "河北省样市样县"
    department: str = "样县水利局"
    year: int = 2024
    kind: str = "department_budget"
    revision: int = 1
    version: str = "0.1.0"
    days_later: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    unread: tuple[Unread, ...] = ()
    figures: tuple[int | None, int | None] = (None, None)
    """Amounts printed and read."""
    published_at: str | None = "2024-02-01T00:00:00+08:00"

    @property
    def disclosure_id(self) -> str:
        return ids.disclosure_id(self.url)

    @property
    def revision_id(self) -> str:
        return self._revision_id(self.revision)

    def _revision_id(self, revision: int) -> str:
        return ids.revision_id(self.disclosure_id, [ids.content_hash(f"{revision}".encode())])

    @property
    def supersedes(self) -> str | None:
        return self._revision_id(self.revision - 1) if self.revision > 1 else None

    def records(self, document: str) -> list[dict[str, Any]]:
        """The disclosure record and then `lines`, each with ids, place and every field of its type."""
        first = {
            "record": "disclosure",
            "title": self.title,
            "region_code": self.region_code,
            "region_name": self.region_name,
            "department": self.department,
            "department_code": "301",
            "fiscal_year": self.year,
            "kind": self.kind,
            "published_at": self.published_at,
            "source_url": self.url,
            "attachments": self.attachments,
            "revision": self.revision,
            "supersedes": self.supersedes,
            "figures_printed": self.figures[0],
            "figures_read": self.figures[1],
        }
        return [self._whole(line, number, document) for number, line in enumerate([first, *self.lines])]

    def _whole(self, line: dict[str, Any], number: int, document: str) -> dict[str, Any]:
        place = {"document": document, "page": 1, "table": None, "row": None, "column": None, "block": None}
        place = {**place, "text": "", **line.get("provenance", {})}
        fields = RECORDS[line["record"]].model.model_fields
        empty: dict[str, Any] = dict.fromkeys(fields)
        for name in ("goals", "subjects", "findings"):
            if name in fields:
                empty[name] = []
        if "comparisons" in fields:
            empty["comparisons"] = 1
        own = {
            "id": ids.record_id(self.disclosure_id, line["record"], number),
            "disclosure_id": self.disclosure_id,
            "revision_id": self.revision_id,
            "version": self.version,
        }
        return {**empty, **own, **line, "provenance": place}

    def document(self, file: str) -> Document:
        """A document of a heading, a table and a sentence."""
        grid = [
            ("科目编码", "科目名称", "合计"),
            ("213", "农林水支出", "1,234.56"),
            ("21303", "水利\n支出", "0.30"),
        ]
        cells = tuple(
            Cell(row=y, column=x, text=text, page=1, box=self.box)
            for y, texts in enumerate(grid)
            for x, text in enumerate(texts)
        )
        return Document(
            disclosure_id=self.disclosure_id,
            revision_id=self.revision_id,
            revision=self.revision,
            supersedes=self.supersedes,
            files=(
                SourceFile(sha256=file, name=f"部门预算.{self.format}", format=self.format, url=self.url, pages=2),
            ),
            blocks=(
                Paragraph(file=0, page=1, text="部门预算支出总表", heading=1),
                Table(file=0, index=0, page=1, row_count=3, column_count=3, cells=cells),
                Paragraph(file=0, page=2, text="2024年收入预算1234.56万元。"),
            ),
            unread=self.unread,
            version=self.version,
        )

    def event(self, archive: Archive) -> NormalizedEvent:
        """Put the sample into `archive` and name it."""
        file = archive.put(self.original)
        lines = [json.dumps(record, ensure_ascii=False) for record in self.records(file)]
        return NormalizedEvent(
            id=ids.event_id("gongkai.normalized.v1", self.revision_id, self.version),
            disclosure_id=self.disclosure_id,
            revision_id=self.revision_id,
            revision=self.revision,
            supersedes=self.supersedes,
            origin=Origin(portal="sample", region_code=self.region_code, url=self.url, title=self.title),
            fetched_at=BEGIN + timedelta(days=self.revision + self.days_later),
            version=self.version,
            document=archive.put(self.document(file).model_dump_json().encode()),
            records=archive.put("\n".join(lines).encode()),
            counts={},
        )


def budget_line(name: str, amount: str | None, code: str | None = None, **fields: Any) -> dict[str, Any]:
    """A line of 支出总表, column 合计."""
    line = {"record": "budget_line", "table": "expenditure", "column": "total"}
    return {**line, "name": name, "amount": amount, "code": code, **fields}


def finding(message: str, severity: str = "error", check: str = "column_total") -> dict[str, Any]:
    """A finding on two figures."""
    return {
        "record": "finding",
        "check": check,
        "severity": severity,
        "message": message,
        "expected": "12345600.00",
        "actual": "12345700.00",
        "difference": "100.00",
    }
