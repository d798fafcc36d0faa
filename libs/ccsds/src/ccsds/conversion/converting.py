"""Messages from one format into another: what the target can't carry is said, and refused unless that is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from ccsds.conversion.catalogue_messages import element_set_messages, write_messages
from ccsds.errors import CannotWrite, LossyConversion
from ccsds.messages import ElementSets, Message, Omm
from ccsds.writers import write

__all__ = ["Conversion", "convert"]

CATALOGUE_FORMATS = frozenset({"csv", "tle"})
TREE_FORMATS = frozenset({"kvn", "xml", "json"})
MAX_NAMED = 3


@dataclass(frozen=True, slots=True)
class Conversion:
    """A message in its new format.

    Attributes
    ----------
    data
        The bytes.
    losses
        What the format could not carry, a sentence each.
    """

    data: bytes
    losses: tuple[str, ...]


def convert(
    message: Message,
    format: str,  # noqa: A002
    *,
    lossy: bool = False,
    creation_date: np.datetime64 | None = None,
    originator: str = "FAIRWAY",
) -> Conversion:
    """Write a message in another format.

    Parameters
    ----------
    format
        `kvn`, `xml`, `json`, `csv`, `tle` or `itc`.
    lossy
        Whether to go on where the format can't carry something.
    creation_date, originator
        For the headers of OMMs that are made of a catalogue without any; the date is the newest epoch by default, so
        that the same catalogue gives the same bytes.

    Raises
    ------
    LossyConversion
        Something would be lost, and `lossy` is false.
    CannotWrite
        The format is none for such a message at all.
    """
    name = format.lower()
    if isinstance(message, Omm) and name in CATALOGUE_FORMATS:
        conversion = _from_omm(message, name)
    elif isinstance(message, ElementSets):
        conversion = _from_catalogue(message, name, creation_date, originator)
    else:
        conversion = _from_message(message, name)
    if conversion.losses and not lossy:
        raise LossyConversion(conversion.losses)
    return conversion


def _from_message(message: Message, name: str) -> Conversion:
    from ccsds.tree.kinds import KINDS  # noqa: PLC0415
    from ccsds.tree.writing import write_with_losses  # noqa: PLC0415

    source = message.source
    kind = None if source is None else KINDS.get(source.kind)
    if source is None or kind is None or name not in TREE_FORMATS:
        return Conversion(write(message, name), ())
    if source.text_format == name.upper() and not message.edited:
        return Conversion(source.data, ())
    return Conversion(*write_with_losses(kind, message, name.upper()))


def _from_omm(omm: Omm, name: str) -> Conversion:
    reason = omm.why_not_sgp4()
    if reason is not None:
        raise CannotWrite(f"a catalogue in {name} holds elements of SGP4 only: {reason}")
    losses = tuple(_beyond_elements(omm))
    catalogue = _from_catalogue(omm.element_sets(), name, None, "")
    return Conversion(catalogue.data, losses + catalogue.losses)


def _beyond_elements(omm: Omm) -> Iterator[str]:
    """What an OMM holds beyond its element set."""
    yield "the header (CREATION_DATE, ORIGINATOR) is left out"
    parts = [omm.header, omm.metadata, omm.elements, omm.tle, omm.spacecraft, omm.covariance]
    if any(part is not None and part.comments for part in parts) or omm.user_defined_comments:
        yield "comments are left out"
    for part, title in ((omm.spacecraft, "spacecraft parameters"), (omm.covariance, "the covariance")):
        if part is not None:
            yield f"{title} can't be carried"
    if omm.user_defined:
        yield f"user-defined parameters are left out: {', '.join(name for name, _ in omm.user_defined)}"
    if omm.elements.gm_km3_s2 is not None:
        yield "GM is left out"


def _from_catalogue(sets: ElementSets, name: str, creation_date: np.datetime64 | None, originator: str) -> Conversion:
    from ccsds.conversion.source_columns import unread_columns  # noqa: PLC0415

    source = sets.source
    if source is not None and not sets.edited and source.text_format == ("TXT" if name == "tle" else name.upper()):
        return Conversion(source.data, ())
    losses = [*unread_columns(sets)]
    if name == "tle":
        kept, refused = _what_fits(sets)
        data = write(kept, "tle")
        return Conversion(data, (*losses, *refused, *_rounded(kept, data)))
    if name in {"kvn", "xml"}:
        if not np.all(sets.norad_cat_id >= 0):
            raise CannotWrite("an element set has no catalogue number")
        date = creation_date if creation_date is not None else sets.epoch.max()
        messages = element_set_messages(sets, date, originator)
        if any(not text for text in (*sets.object_name, *sets.object_id)):
            losses.append("a name or designator that is missing is written as UNKNOWN")
        return Conversion(write_messages(messages, name), tuple(losses))
    return Conversion(write(sets, name), tuple(losses))


def _what_fits(sets: ElementSets) -> tuple[ElementSets, tuple[str, ...]]:
    """The element sets that a TLE can carry, and a sentence about the others."""
    from ccsds.writers.element_sets import tle_refusal  # noqa: PLC0415

    reasons = {row: reason for row in range(len(sets)) if (reason := tle_refusal(sets, row)) is not None}
    if not reasons:
        return sets, ()
    if len(reasons) == len(sets):
        raise CannotWrite(next(iter(reasons.values())))
    kept = np.array([row not in reasons for row in range(len(sets))])
    named = "; ".join(list(reasons.values())[:MAX_NAMED])
    more = f"; {len(reasons) - MAX_NAMED} more" if len(reasons) > MAX_NAMED else ""
    return _rows(sets, kept), (f"{len(reasons)} of {len(sets)} element sets are left out: {named}{more}",)


def _rows(sets: ElementSets, kept: npt.NDArray[np.bool_]) -> ElementSets:
    chosen: dict[str, object] = {}
    for entry in fields(sets):
        value = getattr(sets, entry.name)
        if isinstance(value, tuple):
            chosen[entry.name] = tuple(text for text, keep in zip(value, kept, strict=True) if keep)
        elif isinstance(value, np.ndarray):
            chosen[entry.name] = value[kept]
    return replace(sets, **chosen)  # type: ignore[arg-type]


def _rounded(sets: ElementSets, data: bytes) -> Iterator[str]:
    """The columns that a TLE holds with fewer digits, each with how far it is off at most."""
    from ccsds.validation import read_catalogue  # noqa: PLC0415

    back, _ = read_catalogue(data, profile="lenient")
    for entry in fields(sets):
        before, after = getattr(sets, entry.name), getattr(back, entry.name)
        if not isinstance(before, np.ndarray) or before.dtype.kind not in "fM" or before.size != after.size:
            continue
        off = np.abs(after - before)
        count = int(np.count_nonzero(off))
        if count:
            worst = off.max()
            text = f"{worst / np.timedelta64(1, 'us'):.3g} µs" if before.dtype.kind == "M" else f"{worst:.2g}"
            yield f"{entry.name} of {count} element sets is rounded, by up to {text}"
