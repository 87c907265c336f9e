"""What OpenDocument styles say: which text is hidden, struck out or raised, which sheets are, how lists count."""

from dataclasses import dataclass, field
from typing import Final

from services.parser.list_numbers import Level, ListNumbers
from services.parser.looks import Look
from services.parser.office_xml import Element, attribute, child, local, number, under

_MOST_BASES: Final = 20
_LEVELS: Final = 10
_WHITE: Final = "#ffffff"
_NO_GROUND: Final = (None, "transparent", _WHITE)
_FAMILIES: Final = {
    "span": "text",
    "p": "paragraph",
    "h": "paragraph",
    "table-cell": "table-cell",
    "table-row": "table-row",
    "table": "table",
}
"""Name of an element → the family of its style."""
_LOOKS: Final = frozenset(
    (
        "table-properties",
        "table-row-properties",
        "table-cell-properties",
        "paragraph-properties",
        "text-properties",
    )
)
"""What of a style tells how text looks, of the table around it too."""
_BOXES: Final = ("text-box", "custom-shape")
"""What stands around text on a ground whose colour is not asked for."""
_FORMATS: Final = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "一, 二, 三, ...": "chineseCounting",
    "壹, 贰, 叁, ...": "decimal",
    "①, ②, ③, ...": "decimalEnclosedCircle",
}
"""What OpenDocument calls the formats of numbers (19.506 style:num-format) → OOXML's names."""


@dataclass
class OdfStyles:
    """The styles of a document, and its lists, whose paragraphs are counted as they come."""

    _styles: dict[tuple[str, str], Element] = field(default_factory=dict)
    _properties: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    _lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    _numbers: ListNumbers = field(default_factory=ListNumbers)

    def add(self, root: Element) -> None:
        """Take the styles under `root`, of whichever kind."""
        for style in under(root, "style"):
            self._styles[attribute(style, "family") or "", attribute(style, "name") or ""] = style
        for name in ("list-style", "outline-style"):
            for style in under(root, name):
                levels = {(number(each, "level") or 1) - 1: _level(each) for each in style}
                self._lists[attribute(style, "name") or name] = levels
                if name == "outline-style":
                    self._lists[name] = levels

    def look(self, element: Element, default: str = "") -> Look:
        """How the style of an element, or the `default` one where it has none, sets the text in it."""
        family = _FAMILIES.get(local(element), "")
        stated = self._stated(family, attribute(element, "style-name") or default)
        struck = any(stated.get(f"text-line-through-{line}", "none") != "none" for line in ("style", "type"))
        is_white = stated.get("color") == _WHITE and not self._is_on_colour(element)
        place = stated.get("text-position", "").partition(" ")[0]
        raised = place == "super" or (place.endswith("%") and not place.startswith(("-", "0%")))
        return Look(stated.get("display") == "none" or struck or is_white, raised)

    def _stated(self, family: str, name: str) -> dict[str, str]:
        """What a style says of its text and of the ground it stands on."""
        key = family, name
        if key not in self._properties:
            stated: dict[str, str] = {}
            for style in reversed(self._bases(family, name)):
                for each in style:
                    if local(each) in _LOOKS:
                        stated |= {str(key).rpartition("}")[2]: str(value) for key, value in each.items()}
            self._properties[key] = stated
        return self._properties[key]

    def _is_on_colour(self, element: Element) -> bool:
        """Whether what is behind the element is coloured, or may be."""
        for each in (element, *element.iterancestors()):
            stated = self._stated(_FAMILIES.get(local(each), ""), attribute(each, "style-name") or "")
            if local(each) in _BOXES or stated.get("background-color") not in _NO_GROUND:
                return True
        return False

    def is_shown(self, sheet: Element) -> bool:
        """Whether a sheet is not hidden."""
        properties = [
            p
            for style in self._bases("table", attribute(sheet, "style-name") or "")
            if (p := child(style, "table-properties")) is not None
        ]
        return _first(properties, "display") != "false"

    def marker(self, name: str, level: int) -> str:
        """What is printed before the next paragraph on `level` (from 0) of the list style `name`."""
        return self._numbers.marker(name, self._lists.get(name, {}), level)

    def _bases(self, family: str, name: str) -> list[Element]:
        """The style and those it is based on, the nearest first."""
        found: list[Element] = []
        while (style := self._styles.get((family, name))) is not None and len(found) < _MOST_BASES:
            found.append(style)
            name = attribute(style, "parent-style-name") or ""
        return found


def _first(properties: list[Element], name: str) -> str | None:
    return next((value for each in properties if (value := attribute(each, name)) is not None), None)


def _level(element: Element) -> Level:
    """A level of a list; its text is the numbers of as many levels as it shows between what surrounds them."""
    own = number(element, "level") or 1
    style = _FORMATS.get(attribute(element, "num-format") or "", "decimal")
    if not local(element).endswith(("number", "outline-level-style")) or not attribute(element, "num-format"):
        style = "none"
    shown = min(number(element, "display-levels") or 1, own, _LEVELS)
    numbers = ".".join(f"%{place}" for place in range(own - shown + 1, own + 1))
    text = f"{attribute(element, 'num-prefix') or ''}{numbers}{attribute(element, 'num-suffix') or ''}"
    start = number(element, "start-value")
    return Level(1 if start is None else start, style, text)
