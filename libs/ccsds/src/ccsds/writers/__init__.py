"""Messages to bytes: one table from message type and format to the function that writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ccsds.deferred import deferred
from ccsds.errors import CannotWrite
from ccsds.messages import Cdm, ElementSets, Message, Oem, Omm, Opm

__all__ = ["WRITERS", "write"]

WRITERS: dict[tuple[type, str], Callable[[Any], bytes]] = {
    (Oem, "kvn"): deferred("ccsds.writers.oem_kvn", "write_oem_kvn"),
    (Oem, "json"): deferred("ccsds.writers.json_values", "write_oem_json"),
    (Oem, "itc"): deferred("ccsds.writers.itc", "write_itc"),
    (Opm, "kvn"): deferred("ccsds.writers.opm_kvn", "write_opm_kvn"),
    (Omm, "kvn"): deferred("ccsds.writers.omm_kvn", "write_omm_kvn"),
    (Cdm, "kvn"): deferred("ccsds.writers.cdm_kvn", "write_cdm_kvn"),
    (Cdm, "json"): deferred("ccsds.writers.json_values", "write_cdm_json"),
    (ElementSets, "csv"): deferred("ccsds.writers.element_sets", "write_element_sets_csv"),
    (ElementSets, "json"): deferred("ccsds.writers.element_sets", "write_element_sets_json"),
    (ElementSets, "tle"): deferred("ccsds.writers.element_sets", "write_element_sets_tle"),
}
SOURCE_FORMATS = {"tle": "TXT"}


def write(message: Message, format: str) -> bytes:  # noqa: A002
    """Write a message.

    A message that was read from that format and not edited since is written back byte for byte. Anything else is
    written as the standard wants it: table order, units shown, at most 16 digits.

    Parameters
    ----------
    message
        What to write.
    format
        `kvn` or `json` for an OEM or a CDM, `itc` for an OEM; `csv`, `json` or `tle` for element sets.

    Raises
    ------
    CannotWrite
        There is no such format for that message, or it can't carry a value.
    """
    name = format.lower()
    writer = WRITERS.get((type(message), name))
    if writer is None:
        formats = ", ".join(known for kind, known in WRITERS if kind is type(message))
        raise CannotWrite(
            f"{type(message).__name__} can't be written as {format!r}: choose {formats or 'another message'}"
        )
    source = message.source(SOURCE_FORMATS.get(name, name.upper()))
    return writer(message) if source is None else source
