"""What charts and diagrams of Office documents say in words: titles, series, categories, texts of shapes."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from services.parser.office_xml import Element, attribute, child, is_on, under
from services.parser.parts import Parts
from services.parser.xlsx.number_formats import number_text


def texts_beside(element: Element, parts: Parts) -> Iterator[str]:
    """The lines that the charts and diagrams in `element` say, which lie in parts of their own."""
    for each in under(element, "chart"):
        root = parts.xml(attribute(each, "id") or "")
        if root is not None:
            yield from _of_chart(root)
    for each in under(element, "relIds"):
        root = parts.xml(attribute(each, "dm") or "")
        if root is not None:
            yield from shape_lines(root)


def shape_lines(element: Element) -> Iterator[str]:
    """The paragraphs of the texts of shapes in `element` that say something (DrawingML, 21.1.2)."""
    for paragraph in element.iter("{*}p"):
        line = "".join(each.text or "" for each in under(paragraph, "t")).strip()
        if line:
            yield line


def _of_chart(root: Element) -> Iterator[str]:
    """The titles, and a line a series: its name and its categories, each with its value where that is printed."""
    for title in under(root, "title"):
        yield from shape_lines(title)
    for series in under(root, "ser"):
        name = "".join(_cached(child(series, "tx")).values())
        names, values = _cached(child(series, "cat")), _values(series)
        said = [" ".join(filter(None, (names[at], values.get(at)))) for at in names]
        if line := "：".join(filter(None, (name, "，".join(said)))):
            yield line


def _cached(element: Element | None) -> dict[str, str]:
    """Number of a point → what the chart keeps of the cell that it shows."""
    points = under(element, "pt") if element is not None else ()
    texts = ((attribute(each, "idx") or "", child(each, "v")) for each in points)
    return {at: value.text for at, value in texts if value is not None and value.text}


def _values(series: Element) -> dict[str, str]:
    """Number of a point → its value as it is printed beside it; nothing where the chart prints none."""
    kind = series.getparent()
    if not any(is_on(child(each, "dLbls", "showVal")) for each in (series, kind)):
        return {}
    values = child(series, "val")
    stated = next(under(values, "formatCode"), None) if values is not None else None
    code = (stated.text or "") if stated is not None else ""
    return {at: _printed(text, code) for at, text in _cached(values).items()}


def _printed(value: str, code: str) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return (number_text(number, code) if code else None) or value
