"""What an Office document shows of other parts: chunks of other formats, embedded workbooks, pictures, charts."""

import posixpath
import zipfile
from dataclasses import dataclass, field, replace
from typing import Final

from services.parser import compound, formats
from services.parser.office_xml import Element, parse, targets
from services.parser.packages import part
from services.parser.reading import Limits
from shared.errors import Corrupt, PermanentError, TooLarge, Unsupported
from shared.schemas.document import Block, Paragraph, Unread

_WRAPPED: Final = "Package"
"""Stream of an OLE object that holds the embedded file as it is."""


@dataclass
class Embedded:
    """Reads the files that a document shows within itself."""

    limits: Limits
    unread: list[Unread] = field(default_factory=list)
    """Those that could not be read, and what of the others was not."""
    scans: int = 0
    """Pictures whose text was recognised."""

    def blocks(self, name: str, content: bytes | None) -> list[Block]:
        """What the file shows, None for one that is missing; it stands in `unread` when it can't be read."""
        try:
            if content is None:
                raise Corrupt("The document does not hold the file that it shows.")
            return self._read(name, content)
        except PermanentError as error:
            self.leave(name, error)
            return []

    def leave(self, name: str, error: PermanentError) -> None:
        """Note why a file is not read."""
        self.unread.append(Unread(name=name, cause=error.cause, message=str(error)))

    def _read(self, name: str, content: bytes) -> list[Block]:
        if self.limits.archive_depth < 1:
            raise TooLarge("Documents lie too deep in each other.")
        content = _unwrapped(content)
        kind = formats.detect(content)
        if kind not in formats.READERS:
            raise Unsupported("Archives in documents are not read.")
        left = self.limits.scans - self.scans
        inner = replace(self.limits, archive_depth=self.limits.archive_depth - 1, scans=left)
        reading = formats.reader_of(kind)(content, inner)
        self.scans += reading.scans
        self.unread += [each.model_copy(update={"name": f"{name}: {each.name}"}) for each in reading.unread]
        is_workbook = kind in ("xlsx", "xls")
        return [
            block
            for block in reading.blocks
            if not (is_workbook and isinstance(block, Paragraph) and block.heading)  # a sheet's name is not shown
        ]


@dataclass
class Parts:
    """The parts that the document's main part refers to."""

    package: zipfile.ZipFile
    main: str
    limits: Limits
    embedded: Embedded = field(init=False)
    _paths: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._paths = targets(self.package, self.main, self.limits)
        self.embedded = Embedded(self.limits)

    def xml(self, reference: str) -> Element | None:
        """The root of the part; None when there is none."""
        content = part(self.package, self._paths.get(reference, ""), self.limits)
        return parse(content, self.limits) if content is not None else None

    def blocks(self, reference: str | None) -> list[Block]:
        """What the file shows that the part is."""
        path = self._paths.get(reference or "")
        if path is None:
            return []
        name = posixpath.basename(path)
        try:
            content = part(self.package, path, self.limits)
        except PermanentError as error:
            self.embedded.leave(name, error)
            return []
        return self.embedded.blocks(name, content)


def _unwrapped(content: bytes) -> bytes:
    """The embedded file itself."""
    if not content.startswith(compound.MAGIC):
        return content
    try:
        with compound.opened(content) as file:
            return bytes(file.openstream(_WRAPPED).read()) if file.exists(_WRAPPED) else content
    except compound.DAMAGED as error:
        raise Corrupt("The embedded file is damaged.") from error
