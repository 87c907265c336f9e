"""The sections of a Word document: each with its blocks and the heads of its pages."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.parser.office_xml import Element, attribute, child, is_on, local


@dataclass(frozen=True)
class Section:
    """A section's elements, and the ids of the parts that its page heads are; no heads where it keeps the last."""

    elements: tuple[Element, ...]
    heads: tuple[str, ...]


def sections(body: Element) -> Iterator[Section]:
    """The sections in order; the properties of one stand in its last paragraph, of the last at the body's end."""
    elements: list[Element] = []
    for element in body:
        properties = element if local(element) == "sectPr" else child(element, "pPr", "sectPr")
        if properties is not element:
            elements.append(element)
        if properties is not None:
            yield Section(tuple(elements), _heads(properties))
            elements = []
    if elements:
        yield Section(tuple(elements), ())


def _heads(properties: Element) -> tuple[str, ...]:
    """The heads of the first page, where it has its own, and of the others."""
    shown = ("first", "default") if is_on(child(properties, "titlePg")) else ("default",)
    references = {
        attribute(each, "type") or "default": attribute(each, "id") or ""
        for each in properties
        if local(each) == "headerReference"
    }
    return tuple(references[kind] for kind in shown if kind in references)
