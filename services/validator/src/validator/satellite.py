"""Which satellite a document is about: everything that names one must agree."""

import re
from dataclasses import dataclass

from ccsds import Cdm, ElementSets, FileName, Message, Oem, Omm, Opm
from validator.question import Question

__all__ = ["Claim", "claims", "numbers_of", "satellite_of"]

_NUMERIC = re.compile(r"\d{1,9}")
_NUMBER_OF_NOTIFICATION = "NORAD_CAT_ID"
_NOT_SAID = frozenset({"", "UNKNOWN"})


@dataclass(frozen=True)
class Claim:
    """One place that names a satellite."""

    where: str
    text: str
    norad_cat_id: int | None
    """None where the text cannot be resolved to a number."""


def claims(question: Question, name: FileName, message: Message | None) -> tuple[Claim, ...]:
    """Return every place that names the satellite, in the order of their weight."""
    found = []
    if question.requested_norad_cat_id is not None:
        number = question.requested_norad_cat_id
        found.append(Claim("the request's norad_cat_id", str(number), number))
    if name.norad_cat_id is not None:
        found.append(Claim("the file name", str(name.norad_cat_id), name.norad_cat_id))
    if isinstance(message, Oem):
        texts = dict.fromkeys(segment.metadata.object_id.strip() for segment in message.segments)
        said = (text for text in texts if text.upper() not in _NOT_SAID)
        found.extend(Claim("OBJECT_ID", text, _resolved(text, question)) for text in said)
    elif message is not None:
        numbers = numbers_of(message)
        if isinstance(message, Cdm):
            numbers = tuple(number for number in numbers if number in question.own)[:1]
        if len(numbers) == 1:
            found.append(Claim("the content", str(numbers[0]), numbers[0]))
        if isinstance(message, (Opm, Omm)) and message.metadata.object_id.strip().upper() not in _NOT_SAID:
            text = message.metadata.object_id.strip()
            found.append(Claim("OBJECT_ID", text, _resolved(text, question)))
    return tuple(found)


def numbers_of(message: Message) -> tuple[int, ...]:
    """Return the catalogue numbers inside element sets, a CDM, an OMM or a maneuver notification, each once."""
    if isinstance(message, ElementSets):
        return tuple(dict.fromkeys(message.norad_cat_id.tolist()))
    if isinstance(message, Cdm):
        texts = (each.metadata.object_designator.strip() for each in message.objects)
        return tuple(int(text) for text in texts if _NUMERIC.fullmatch(text))
    if isinstance(message, Omm):
        number = None if message.tle is None else message.tle.norad_cat_id
        return () if number is None else (number,)
    if isinstance(message, Opm):
        named = (*message.metadata.user_defined, *message.header.user_defined, *message.user_defined)
        texts = (value.strip() for name, value in named if name == _NUMBER_OF_NOTIFICATION)
        return tuple(dict.fromkeys(int(text) for text in texts if _NUMERIC.fullmatch(text)))
    return ()


def satellite_of(found: tuple[Claim, ...]) -> int | None:
    """Return the number of the first place that has one; whether the others agree is a rule's question."""
    return next((claim.norad_cat_id for claim in found if claim.norad_cat_id is not None), None)


def _resolved(object_id: str, question: Question) -> int | None:
    if _NUMERIC.fullmatch(object_id):
        return int(object_id)
    return question.designators.get(object_id.upper())
