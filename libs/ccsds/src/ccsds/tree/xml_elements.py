"""XML to elements with their places and bytes; document types, entities and what is nested too deep are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ccsds.limits import Limits
from ccsds.report import FindingLog
from ccsds.tree.document import Span

__all__ = ["Element", "read_elements"]

START_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


@dataclass(slots=True)
class Element:
    """One element.

    Attributes
    ----------
    name, namespace
        Local name, and the namespace's URI or empty text.
    attributes
        By their names as `{URI}name` or name.
    text
        Its character data, joined.
    line, column
        Of its start tag, from 1.
    span, content_span
        The element, and what stands between its tags; None for the content of an empty-element tag.
    """

    name: str
    namespace: str
    attributes: dict[str, str]
    line: int
    column: int
    text: str = ""
    children: list[Element] = field(default_factory=list)
    span: Span | None = None
    content_span: Span | None = None


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
            name, namespace.lstrip("{"), attributes, expat.CurrentLineNumber, expat.CurrentColumnNumber + 1
        )
        self._count += 1
        if len(self._open) >= self._limits.max_xml_depth:
            message = f"elements are nested deeper than {self._limits.max_xml_depth}"
            self._log.drop("XML-003", message, line=element.line, column=element.column)
            raise _TooMuch
        if self._count > self._limits.max_lines:
            self._log.drop("SYN-017", f"more than {self._limits.max_lines} elements", line=element.line)
            raise _TooMuch
        if self._bytes_known:
            first = expat.CurrentByteIndex
            element.span = (first, first)
        if self._open:
            self._open[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self._open.append(element)

    def data(self, text: str) -> None:
        """Character data."""
        self._open[-1].text += text

    def end(self, tag: str) -> None:  # noqa: ARG002
        """An end tag."""
        element = self._open.pop()
        if element.span is None:
            return
        first = element.span[0]
        start_tag = START_TAG.match(self._data, first)
        if start_tag is None:
            element.span = None
            return
        if start_tag.group().endswith(b"/>"):
            element.span = start_tag.span()
            return
        begin = self.expat.CurrentByteIndex
        element.span = (first, self._data.find(b">", begin) + 1)
        element.content_span = (start_tag.end(), begin)

    def close(self) -> None:
        """The end of the document."""
