"""Building SVG elements. ElementTree escapes every text and attribute, so names from files cannot become markup."""

from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

__all__ = ["add", "add_text", "picture", "to_markup"]

Value = str | float | int


def _attributes(values: dict[str, Value]) -> dict[str, str]:
    return {
        name.rstrip("_").replace("_", "-"): f"{value:.6g}" if isinstance(value, float) else str(value)
        for name, value in values.items()
    }


def picture(name: str, width: float, height: float, title: str, description: str) -> Element:
    """Return an SVG root that says to a screen reader what it shows; `name` makes its identifiers unique in a page."""
    root = Element(
        "svg",
        {
            "viewBox": f"0 0 {width:g} {height:g}",
            "class": f"picture {name}",
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-description",
            "xmlns": "http://www.w3.org/2000/svg",
        },
    )
    SubElement(root, "title", {"id": f"{name}-title"}).text = title
    SubElement(root, "desc", {"id": f"{name}-description"}).text = description
    return root


def add(parent: Element, tag: str, **values: Value) -> Element:
    """Append an element; ``class_`` stands for ``class``, ``stroke_width`` for ``stroke-width``."""
    return SubElement(parent, tag, _attributes(values))


def add_text(parent: Element, x: float, y: float, text: str, **values: Value) -> Element:
    """Append a text at a point."""
    element = SubElement(parent, "text", _attributes({"x": x, "y": y, **values}))
    element.text = text
    return element


def to_markup(root: Element) -> Markup:
    """Return the picture for a page."""
    return Markup(tostring(root, encoding="unicode"))  # noqa: S704 - ElementTree has escaped every value
