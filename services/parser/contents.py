"""A disclosure's files in order → all their blocks: archives opened, one bad file never the end of the rest."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from services.parser.archives import unpack
from services.parser.formats import ARCHIVES, detect, reader_of
from services.parser.html import reader as html
from services.parser.layout.continued.join import continued, join
from services.parser.packages import Budget
from services.parser.passwords import unlocked
from services.parser.reading import Limits, Reading, places
from services.parser.repeats import KnownTables
from shared import ids
from shared.errors import Corrupt, PermanentError
from shared.schemas.document import Block, SourceFile, Table, Unread


@dataclass(frozen=True)
class NamedBytes:
    """A file as given: its name as shown, its bytes, and what a portal knows of it."""

    name: str
    data: bytes
    url: str | None = None
    body: str | None = None
    """CSS selector of an article page's own content."""
    article: bool = False
    """Whether it is a page of the article itself, which the next one may go on with."""


ReadSource = Callable[[NamedBytes, str, Limits], Reading]
"""Reads one file that is in the format named."""


def read_source(source: NamedBytes, name: str, limits: Limits) -> Reading:
    """What a file in the format called `name` holds; raises Corrupt, TooLarge, Unsupported."""
    if name == "html":
        return html.read(source.data, limits, source.body)
    return reader_of(name)(source.data, limits)


@dataclass
class Contents:
    """What was read of a disclosure."""

    files: tuple[SourceFile, ...] = ()
    blocks: tuple[Block, ...] = ()
    unread: tuple[Unread, ...] = ()
    members: list[bytes] = field(default_factory=list)
    """The bytes of archive members, in order."""


def read_contents(sources: Sequence[NamedBytes], limits: Limits, read: ReadSource = read_source) -> Contents:
    """Read all `sources` in order, each by `read`; raises the first error when nothing of them could be read."""
    run = _Run(limits, Budget(limits), read)
    for source in sources:
        run.take(source, None, 0)
    if run.errors and not run.contents.blocks:
        raise run.errors[0]
    if not run.contents.blocks:
        raise Corrupt("The disclosure's files have neither text nor tables.")
    return run.contents


@dataclass
class _Run:
    """One disclosure being read."""

    limits: Limits
    budget: Budget
    read: ReadSource
    contents: Contents = field(default_factory=Contents)
    errors: list[PermanentError] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    tables: KnownTables = field(default_factory=KnownTables)
    article: int = -2
    """Index of the last file that is a page of the article."""
    scans: int = field(init=False)
    """Pages and pictures whose text may still be recognised."""

    def __post_init__(self) -> None:
        self.scans = self.limits.scans

    def take(self, source: NamedBytes, within: str | None, depth: int) -> None:
        """Read one file, or open one archive and read its members; bytes met before are not read again."""
        sha256 = ids.content_hash(source.data)
        try:
            self.budget.take(source.name, len(source.data))
            source = replace(source, data=unlocked(source.data))
            name = detect(source.data)
            file = SourceFile(sha256=sha256, name=source.name, format=name, url=source.url, within=within)
            if sha256 in self.seen:
                self._add_file(file)
            elif name in ARCHIVES:
                self._open(source, file, depth)
            else:
                self._read(source, file, depth)
            self.seen.add(sha256)
        except PermanentError as error:
            self._report(source.name, error)

    def _open(self, source: NamedBytes, file: SourceFile, depth: int) -> None:
        self._add_file(file)
        for member in unpack(source.data, source.name, file.format, depth, self.budget):
            if isinstance(member.data, PermanentError):
                self._report(member.name, member.data)
            else:
                self.contents.members.append(member.data)
                self.take(NamedBytes(member.name, member.data), file.sha256, depth + 1)

    def _read(self, source: NamedBytes, file: SourceFile, depth: int) -> None:
        reading = self.read(source, file.format, replace(self.limits, scans=self.scans))
        self.scans -= reading.scans
        self.budget.take_cells(source.name, places(reading.blocks))
        self._add_file(file.model_copy(update={"pages": reading.pages, "head": reading.head}))
        self._add_blocks(self.tables.take(join(reading), file.format), source.article)
        self.contents.unread += tuple(
            note.model_copy(update={"name": f"{source.name}: {note.name}"}) for note in reading.unread
        )
        for name, data in reading.attached:
            self.budget.take_member(depth)
            self.contents.members.append(data)
            self.take(NamedBytes(name, data), file.sha256, depth + 1)

    def _add_blocks(self, blocks: list[Block], article: bool) -> None:
        """Add a file's blocks; an article's page may begin with the rest of the table that ended the last."""
        file, last = len(self.contents.files) - 1, self.contents.blocks[-1:]
        numbered = list(_numbered(blocks, file))
        if article and self.article == file - 1 and last and numbered:
            whole = continued(last[0], numbered[0])
            if whole is not None:
                self.contents.blocks = (*self.contents.blocks[:-1], whole)
                del numbered[0]
        self.contents.blocks += tuple(numbered)
        if article:
            self.article = file

    def _add_file(self, file: SourceFile) -> None:
        self.contents.files += (file,)

    def _report(self, name: str, error: PermanentError) -> None:
        self.errors.append(error)
        self.contents.unread += (Unread(name=name, cause=error.cause, message=str(error)),)


def _numbered(blocks: Iterable[Block], file: int) -> Iterable[Block]:
    """`blocks` as those of the document's file number `file`, its tables counted."""
    tables = 0
    for block in blocks:
        if isinstance(block, Table):
            yield block.model_copy(update={"file": file, "index": tables})
            tables += 1
        else:
            yield block.model_copy(update={"file": file})
