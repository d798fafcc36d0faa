"""Messages to bytes: what can be written as what, and who writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ccsds.deferred import deferred
from ccsds.errors import CannotWrite
from ccsds.messages import Cdm, ElementSets, Message, Oem, Omm, Opm

__all__ = ["WRITERS", "formats_of", "write"]

Writer = Callable[[Any], bytes]


def _tree(kind: str, text_format: str) -> Writer:
    """The statement tree's writer, which goes back to the message's source by itself."""
    return partial(_write_through_tree, kind, text_format)


def _write_through_tree(kind: str, text_format: str, message: Message) -> bytes:
    from ccsds.tree.kinds import KINDS  # noqa: PLC0415
    from ccsds.tree.writing import write_message  # noqa: PLC0415

    return write_message(KINDS[kind], message, text_format)


WRITERS: dict[tuple[type, str], Writer] = {
    (Oem, "kvn"): _tree("OEM", "KVN"),
    (Oem, "xml"): _tree("OEM", "XML"),
    (Oem, "json"): _tree("OEM", "JSON"),
    (Oem, "itc"): deferred("ccsds.writers.itc", "write_itc"),
    (Opm, "kvn"): _tree("OPM", "KVN"),
    (Opm, "xml"): _tree("OPM", "XML"),
    (Opm, "json"): _tree("OPM", "JSON"),
    (Omm, "kvn"): _tree("OMM", "KVN"),
    (Omm, "xml"): _tree("OMM", "XML"),
    (Omm, "json"): _tree("OMM", "JSON"),
    (Cdm, "kvn"): _tree("CDM", "KVN"),
    (Cdm, "xml"): _tree("CDM", "XML"),
    (Cdm, "json"): _tree("CDM", "JSON"),
    (ElementSets, "csv"): deferred("ccsds.writers.element_sets", "write_element_sets_csv"),
    (ElementSets, "json"): deferred("ccsds.writers.element_sets", "write_element_sets_json"),
    (ElementSets, "tle"): deferred("ccsds.writers.element_sets", "write_element_sets_tle"),
}
TEXT_KINDS = {"tle": "TLE", "itc": "ITC"}
"""Formats that are a kind of their own: their documents' format is `TXT`."""
KINDS_WITHOUT_DATE = frozenset({"NASA", "UTC", "GOO", "ITC", "CALIPER", "STATE_VECTOR"})
"""Kinds whose documents may lack the date that CCSDS messages must have."""
OWN_KINDS: dict[type, str] = {Oem: "OEM", Opm: "OPM", Omm: "OMM", Cdm: "CDM", ElementSets: "OMM"}


def formats_of(message_type: type[Message]) -> tuple[str, ...]:
    """What messages of a type can be written as."""
    return tuple(name for kind, name in WRITERS if kind is message_type)


def write(message: Message, format: str) -> bytes:  # noqa: A002
    """Write a message.

    A message that was read from that format and not edited since is written back byte for byte; after an edit only the
    lines (elements, members) of what was edited change. Anything else is written as the standard wants it: table order,
    units shown, at most 16 digits; what the message was read from lends its number texts, units and times wherever the
    value is as it was. An ephemeris or state vector whose format has no creation date is dated by the time of writing;
    set `header.creation_date` for another.

    Parameters
    ----------
    message
        What to write.
    format
        `kvn`, `xml` or `json` for a single message, `itc` for an OEM; `csv`, `json` or `tle` for element sets.

    Raises
    ------
    CannotWrite
        There is no such format for that message, or it can't carry a value.
    """
    name = format.lower()
    writer = WRITERS.get((type(message), name))
    if writer is None:
        formats = ", ".join(formats_of(type(message)))
        raise CannotWrite(
            f"{type(message).__name__} can't be written as {format!r}: choose {formats or 'another message'}"
        )
    source = message.source
    if source is not None and not message.edited:
        kind, text_format = (
            (TEXT_KINDS[name], "TXT") if name in TEXT_KINDS else (OWN_KINDS[type(message)], name.upper())
        )
        if (source.kind, source.text_format) == (kind, text_format):
            return source.data
    if source is not None and source.kind in KINDS_WITHOUT_DATE and name not in TEXT_KINDS:
        return writer(_dated(message))
    return writer(message)


def _dated(message: Any) -> Any:
    """The message with the time of writing as its creation date, if what it was read from has none."""
    header = message.header
    if not np.isnat(header.creation_date):
        return message
    now = np.datetime64("now", "s").astype("datetime64[ns]")
    return replace(message, header=replace(header, creation_date=now))
