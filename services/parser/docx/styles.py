"""What styles and lists state of Word's text: outline levels and list numbers, and whether it is shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.parser.list_numbers import Level, ListNumbers
from services.parser.looks import PLAIN, Look
from services.parser.office_xml import Element, attribute, child, children, is_on, local, number, under

_HEADING_NAME: Final = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_MOST_BASES: Final = 20
_LONGEST_MARKER: Final = 40
_UNSEEN: Final = ("vanish", "strike", "dstrike")
"""Properties of a run whose text does not count."""
_LOOKS: Final = (*_UNSEEN, "vertAlign", "color")
_WHITE: Final = "FFFFFF"
_NO_SHADE: Final = (None, "auto", _WHITE)


@dataclass(frozen=True)
class _Style:
    base: str | None
    heading: int | None
    list_id: str | None
    level: int | None
    looks: Mapping[str, Element]


@dataclass(frozen=True)
class _Use:
    """A list as paragraphs refer to it; what counts its numbers goes by `name`."""

    name: tuple[str, str]
    levels: Mapping[int, Level]


@dataclass
class Styles:
    """Knows a document's styles and lists, and counts its list paragraphs as they come."""

    _styles: dict[str, _Style] = field(default_factory=dict)
    _uses: dict[str, _Use] = field(default_factory=dict)
    _numbers: ListNumbers = field(default_factory=ListNumbers)
    _inherited: dict[tuple[str | None, str | None], Mapping[str, Element]] = field(default_factory=dict)
    """What runs of a character style in a paragraph style look like."""

    def add_styles(self, root: Element) -> None:
        """Take the styles part."""
        for style in under(root, "style"):
            properties = child(style, "pPr")
            name = _HEADING_NAME.fullmatch(attribute(child(style, "name"), "val") or "")
            outline = number(child(properties, "outlineLvl"))
            heading = int(name.group(1)) if name else outline + 1 if outline is not None and outline < 9 else None
            self._styles[attribute(style, "styleId") or ""] = _Style(
                attribute(child(style, "basedOn"), "val"),
                heading,
                attribute(child(properties, "numPr", "numId"), "val"),
                number(child(properties, "numPr", "ilvl")),
                _looks(child(style, "rPr")),
            )

    def add_lists(self, root: Element) -> None:
        """Take the numbering part."""
        lists = {
            attribute(each, "abstractNumId"): {number(lvl, "ilvl") or 0: _level(lvl) for lvl in under(each, "lvl")}
            for each in root
            if local(each) == "abstractNum"
        }
        for each in root:
            if local(each) == "num":
                key, own = attribute(each, "numId") or "", attribute(child(each, "abstractNumId"), "val") or ""
                levels = dict(lists.get(own, {}))
                changed = [_override(change, levels) for change in each if local(change) == "lvlOverride"]
                self._uses[key] = _Use(("use", key) if any(changed) else ("list", own), levels)

    def heading(self, paragraph: Element) -> int | None:
        """The paragraph's outline level, 1 to 9."""
        properties = child(paragraph, "pPr")
        outline = number(child(properties, "outlineLvl"))
        if outline is not None:
            return outline + 1 if outline < 9 else None
        bases = self._bases(attribute(child(properties, "pStyle"), "val"))
        return next((style.heading for style in bases if style.heading), None)

    def marker(self, paragraph: Element) -> str:
        """The number or letter Word prints before a list paragraph; empty for others and for bullets."""
        if not self._uses:
            return ""
        properties = child(paragraph, "pPr")
        numbering = child(properties, "numPr")
        list_id = attribute(child(numbering, "numId"), "val")
        level = number(child(numbering, "ilvl"))
        for style in self._bases(attribute(child(properties, "pStyle"), "val")):
            list_id = style.list_id if list_id is None else list_id
            level = style.level if level is None else level
        use = self._uses.get(list_id or "")
        return self._numbers.marker(use.name, use.levels, level or 0) if use else ""

    def look(self, run: Element, paragraph_style: str | None) -> Look:
        """How a run is set, by itself, by its style and by that of its paragraph."""
        own = child(run, "rPr")
        names = attribute(child(own, "rStyle"), "val"), paragraph_style
        if names not in self._inherited:
            stated: dict[str, Element] = {}
            for style in (*self._bases(names[1])[::-1], *self._bases(names[0])[::-1]):
                stated |= style.looks
            self._inherited[names] = stated
        looks = self._inherited[names] if own is None else {**self._inherited[names], **_looks(own)}
        if not looks:
            return PLAIN
        is_white = attribute(looks.get("color"), "val") == _WHITE and not _is_on_colour(run)
        return Look(
            is_white or any(is_on(looks.get(name)) for name in _UNSEEN),
            attribute(looks.get("vertAlign"), "val") == "superscript",
        )

    def _bases(self, name: str | None) -> list[_Style]:
        """The style and those it is based on, the nearest first."""
        found: list[_Style] = []
        while name in self._styles and len(found) < _MOST_BASES:
            found.append(self._styles[name])
            name = found[-1].base
        return found


def style_of(paragraph: Element) -> str | None:
    """The name of the paragraph's style."""
    return attribute(child(paragraph, "pPr", "pStyle"), "val")


def _looks(properties: Element | None) -> Mapping[str, Element]:
    """Of a run's properties those that tell how it is shown."""
    return {name: each for name, each in children(properties).items() if name in _LOOKS}


def _is_on_colour(run: Element) -> bool:
    """Whether what is behind the run is shaded, or may be."""
    for each in (run, *run.iterancestors()):
        properties = child(each, f"{local(each)}Pr")
        may_be = local(each) == "txbxContent" or {"tblStyle", "highlight"} & children(properties).keys()
        if may_be or attribute(child(properties, "shd"), "fill") not in _NO_SHADE:
            return True
    return False


def _level(level: Element) -> Level:
    start = number(child(level, "start"))
    return Level(
        start=1 if start is None else start,
        format=attribute(child(level, "numFmt"), "val") or "decimal",
        text=(attribute(child(level, "lvlText"), "val") or "")[:_LONGEST_MARKER],
    )


def _override(change: Element, levels: dict[int, Level]) -> bool:
    """Change a level as one use of a list has it; False when nothing changes."""
    place = number(change, "ilvl") or 0
    whole, start = child(change, "lvl"), number(child(change, "startOverride"))
    if whole is not None:
        levels[place] = _level(whole)
    elif start is not None and place in levels:
        levels[place] = Level(start, levels[place].format, levels[place].text)
    else:
        return False
    return True
