"""The parts of an OFD file: its documents, their pages, templates and resources (GB/T 33190-2016, 7)."""

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.parser.office_xml import Element, attribute, child, local, parse, under
from services.parser.packages import part
from services.parser.reading import Limits
from shared.errors import Corrupt

_OVER: Final = ("Stamp", "Watermark")
"""Types of notes that lie over a page."""

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class OfdFile:
    """The package, whose parts are found from each other."""

    package: zipfile.ZipFile
    limits: Limits

    def root(self, path: str) -> Element | None:
        """The root of the part at `path`; None where there is none."""
        content = part(self.package, path, self.limits)
        return parse(content, self.limits) if content is not None else None

    def data(self, path: str) -> bytes | None:
        """The bytes of the part at `path`; None where there is none."""
        return part(self.package, path, self.limits)

    def documents(self) -> list["OfdDocument"]:
        """The documents of the file; raises Corrupt where it has none."""
        root = self.root("OFD.xml")
        paths = [text(child(body, "DocRoot")) for body in under(root, "DocBody")] if root is not None else []
        found = [OfdDocument.of(self, path.lstrip("/")) for path in paths if path]
        if not found:
            raise Corrupt("The OFD file names no document.")
        return found


@dataclass
class OfdDocument:
    """A document: where its pages are, and what they refer to."""

    file: OfdFile
    box: Numbers = (0.0, 0.0, 210.0, 297.0)
    """Left, top, width and height of a page that states none, millimetres."""
    pages: list[str] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=dict)
    """Id of a template → where it is."""
    resources: dict[str, Element] = field(default_factory=dict)
    """Id of a way to draw or of a composite graphic → its element."""
    media: dict[str, str] = field(default_factory=dict)
    """Id of a picture → where it is."""
    notes: dict[str, str] = field(default_factory=dict)
    """Place of a page → where what was noted on it is (chapter 15)."""
    attached: list[tuple[str, str]] = field(default_factory=list)
    """Name and place of each file that it carries."""

    @classmethod
    def of(cls, file: OfdFile, path: str) -> "OfdDocument":
        """The document whose root is at `path`; raises Corrupt."""
        root = file.root(path)
        if root is None:
            raise Corrupt("The OFD file lacks its document.")
        document = cls(file)
        common = child(root, "CommonData")
        document.box = page_box(child(common, "PageArea")) or document.box
        for each in common if common is not None else ():
            if local(each) == "TemplatePage":
                document.templates[attribute(each, "ID") or ""] = _beside(path, attribute(each, "BaseLoc"))
            elif local(each) in ("PublicRes", "DocumentRes"):
                document._take_resources(_beside(path, text(each)))
        listed = child(root, "Pages")
        pages = [
            (attribute(each, "ID"), _beside(path, attribute(each, "BaseLoc")))
            for each in (listed if listed is not None else ())
            if local(each) == "Page"
        ]
        document.pages = [place for _, place in pages]
        document._take_notes(_beside(path, text(child(root, "Annotations"))), dict(pages))
        document._take_attached(_beside(path, text(child(root, "Attachments"))))
        return document

    def page(self, path: str) -> list[Element] | None:
        """The roots of a page and of the templates under it, the undermost first; None where it is missing."""
        root = self.file.root(path)
        if root is None:
            return None
        self._take_page_resources(root, path)
        under_it: list[Element] = []
        over_it: list[Element] = []
        for each in (each for each in root if local(each) == "Template"):
            template = self.file.root(self.templates.get(attribute(each, "TemplateID") or "", ""))
            if template is not None:
                (over_it if attribute(each, "ZOrder") == "Foreground" else under_it).append(template)
        return [*under_it, root, *over_it]

    def noted(self, path: str) -> Iterator[Element]:
        """What notes show on the page at `path`; no stamps and watermarks, which are none of its text."""
        root = self.file.root(self.notes.get(path, ""))
        for each in under(root, "Annot") if root is not None else ():
            if attribute(each, "Type") not in _OVER and attribute(each, "Visible") != "false":
                yield from (shown for shown in each if local(shown) == "Appearance")

    def _take_notes(self, path: str, pages: Mapping[str | None, str]) -> None:
        root = self.file.root(path) if path else None
        for each in under(root, "Page") if root is not None else ():
            place = pages.get(attribute(each, "PageID"))
            if place is not None:
                self.notes[place] = _beside(path, text(child(each, "FileLoc")))

    def _take_page_resources(self, root: Element, path: str) -> None:
        for each in root:
            if local(each) == "PageRes":
                self._take_resources(_beside(path, text(each)))

    def _take_resources(self, path: str) -> None:
        root = self.file.root(path)
        if root is None:
            return
        folder = posixpath.join(_beside(path, attribute(root, "BaseLoc")) or posixpath.dirname(path), "")
        for each in root.iter():
            if local(each) in ("DrawParam", "CompositeGraphicUnit"):
                self.resources[attribute(each, "ID") or ""] = each
            elif local(each) == "MultiMedia":
                place = text(child(each, "MediaFile"))
                self.media[attribute(each, "ID") or ""] = _beside(folder, place)

    def _take_attached(self, path: str) -> None:
        root = self.file.root(path) if path else None
        for each in under(root, "Attachment") if root is not None else ():
            if attribute(each, "Visible") != "false":
                place = _beside(path, text(child(each, "FileLoc")))
                self.attached.append((attribute(each, "Name") or posixpath.basename(place), place))


def page_box(area: Element | None) -> Numbers | None:
    """Left, top, width and height that a page's area states, millimetres."""
    for name in ("CropBox", "PhysicalBox", "ApplicationBox"):
        box = numbers(text(child(area, name)))
        if len(box) == 4 and box[2] > 0 and box[3] > 0:
            return box
    return None


def text(element: Element | None) -> str:
    """The text of an element that may be missing."""
    return (element.text or "").strip() if element is not None else ""


def numbers(value: str | None) -> Numbers:
    """The numbers of an array (ST_Array); nothing where one is none."""
    try:
        return tuple(float(each) for each in (value or "").split())
    except ValueError:
        return ()


def _beside(path: str, place: str | None) -> str:
    """Where `place`, which the part at `path` states, is in the package."""
    if not place:
        return ""
    place = place.replace("\\", "/")
    whole = place if place.startswith("/") else posixpath.join(posixpath.dirname(path), place)
    return posixpath.normpath(whole).lstrip("/")
