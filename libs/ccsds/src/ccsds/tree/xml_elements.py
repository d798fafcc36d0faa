"""XML to elements with their places and bytes; document types, entities and what is nested too deep are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ccsds.limits import Limits
from ccsds.report import FindingLog
from ccsds.tree.document import Span

__all__ = ["Element", "read_elements"]

START_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


class Element:
    """One element; there may be millions, so it holds little.

    Attributes
    ----------
    name, namespace
        Local name, and the namespace's URI or empty text.
    attributes
        By their names as `{URI}name` or name.
    text
        Its character data, joined.
    children
        The elements right inside it.
    line, column
        Of its start tag, from 1.
    """

    __slots__ = ("attributes", "children", "column", "line", "name", "namespace", "start", "stop", "text")

    def __init__(self, name: str, namespace: str, attributes: Mapping[str, str], line: int, column: int) -> None:
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        self.line = line
        self.column = column
        self.text = ""
        self.children: Sequence[Element] = ()
        self.start = self.stop = -1

    @property
    def span(self) -> Span | None:
        """Its bytes; None where the encoding hides them."""
        return None if self.stop < 0 else (self.start, self.stop)

    def content_span(self, data: bytes) -> Span | None:
        """The bytes between its tags; None for an empty-element tag."""
        tag = None if self.stop < 0 else START_TAG.match(data, self.start)
        if tag is None or tag.end() == self.stop:
            return None
        return tag.end(), data.rindex(b"</", self.start, self.stop)


class _TooMuch(Exception):
    pass


def read_elements(data: bytes, log: FindingLog, limits: Limits) -> Element | None:
    """The root element; None, with a finding, where the document is not well-formed or exceeds a limit."""
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415

    from defusedxml import DefusedXmlException  # noqa: PLC0415
    from defusedxml.ElementTree import XMLParser  # noqa: PLC0415

    builder = _Builder(data, log, limits)
    parser = XMLParser(target=builder, forbid_dtd=True)
    builder.expat = parser.parser
    try:
        parser.feed(data)
        parser.close()
    except ParseError as error:
        line, column = error.position
        message = f"not well-formed: {str(error).partition(':')[0]}"
        log.drop("XML-001", message, line=line, column=column + 1)
        return None
    except DefusedXmlException:
        line = builder.expat.CurrentLineNumber
        log.drop("XML-002", "the document declares a document type or an entity", line=line)
        return None
    except (ValueError, LookupError) as error:
        log.drop("XML-001", f"the encoding can't be read: {error}", line=1)
        return None
    except _TooMuch:
        return None
    return builder.root


class _Builder:
    """The parser's target."""

    def __init__(self, data: bytes, log: FindingLog, limits: Limits) -> None:
        self.root: Element | None = None
        self.expat: Any = None
        self._data = data
        self._log = log
        self._limits = limits
        self._open: list[Element] = []
        self._count = 0
        self._bytes_known = not data.startswith(UTF_16)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A start tag."""
        expat = self.expat
        namespace, _, name = tag.rpartition("}")
        element = Element(
            name,
            namespace[1:],
            attributes or NO_ATTRIBUTES,
            expat.CurrentLineNumber,
            expat.CurrentColumnNumber + 1,
        )
        self._count += 1
        if len(self._open) >= self._limits.max_xml_depth:
            message = f"elements are nested deeper than {self._limits.max_xml_depth}"
            self._log.drop("XML-003", message, line=element.line, column=element.column)
            raise _TooMuch
        if self._count > self._limits.max_values:
            self._log.drop("SYN-017", f"more than {self._limits.max_values} elements", line=element.line)
            raise _TooMuch
        element.start = expat.CurrentByteIndex
        if self._open:
            parent = self._open[-1]
            if isinstance(parent.children, list):
                parent.children.append(element)
            else:
                parent.children = [element]
        elif self.root is None:
            self.root = element
        self._open.append(element)

    def data(self, text: str) -> None:
        """Character data."""
        self._open[-1].text += text

    def end(self, tag: str) -> None:  # noqa: ARG002
        """An end tag."""
        element = self._open.pop()
        if not self._bytes_known:
            return
        begin = self.expat.CurrentByteIndex
        if not element.children and not element.text and self._data[begin - 2 : begin] == b"/>":
            element.stop = begin
        else:
            element.stop = self._data.find(b">", begin) + 1

    def close(self) -> None:
        """The end of the document."""
