"""Rules on which satellite a document is about, and whose it is."""

from collections.abc import Iterator

from ccsds import Cdm, Omm, Opm
from validator.rules.rule import Fault, Subject
from validator.satellite import numbers_of

__all__ = ["is_determined", "is_own", "is_registered", "names_agree", "names_resolve"]

_SHOWN = 5
_NINE_DIGITS = 100_000_000


def names_agree(subject: Subject) -> Iterator[Fault]:
    """Whatever names the satellite and can be resolved names the same one."""
    resolved = [claim for claim in subject.claims if claim.norad_cat_id is not None]
    if len({claim.norad_cat_id for claim in resolved}) > 1:
        said = ", ".join(
            f"{claim.where} says {claim.text}"
            + ("" if claim.text == str(claim.norad_cat_id) else f" ({claim.norad_cat_id})")
            for claim in resolved
        )
        yield Fault(f"the satellite is named differently: {said}")


def names_resolve(subject: Subject) -> Iterator[Fault]:
    """Whatever names the satellite can be resolved to a catalogue number."""
    for claim in subject.claims:
        if claim.norad_cat_id is None:
            yield Fault(f"{claim.where} {claim.text!r} is neither a catalogue number nor a known designator")


def is_determined(subject: Subject) -> Iterator[Fault]:
    """An operator's file about one satellite names it somewhere."""
    about_one = subject.is_ephemeris or isinstance(subject.message, (Opm, Omm))
    if subject.is_operators and about_one and subject.norad_cat_id is None:
        yield Fault("nothing says which satellite the file is about")


def is_own(subject: Subject) -> Iterator[Fault]:
    """The satellites that a file is about belong to the organization that sent it."""
    if not subject.is_operators:
        return
    own = subject.question.own
    if isinstance(subject.message, Cdm):
        numbers = numbers_of(subject.message)
        if not own.intersection(numbers):
            yield Fault("neither object of the CDM is one of your organization's satellites")
        return
    about = set() if subject.norad_cat_id is None else {subject.norad_cat_id}
    about.update(() if subject.message is None else numbers_of(subject.message))
    foreign = sorted(number for number in about if number not in own and not _must_be_registered(subject, number))
    if foreign:
        shown = ", ".join(map(str, foreign[:_SHOWN])) + (", …" if len(foreign) > _SHOWN else "")
        plural = len(foreign) > 1
        yield Fault(
            f"{shown} {'are' if plural else 'is'} not {'' if plural else 'one '}of your organization's satellites"
        )


def is_registered(subject: Subject) -> Iterator[Fault]:
    """A nine-digit number, of an object without a catalogue number, is registered before files come for it."""
    number = subject.norad_cat_id
    if subject.is_operators and number is not None and _must_be_registered(subject, number):
        yield Fault(f"{number} is a number of an uncatalogued object and is not registered here")


def _must_be_registered(subject: Subject, number: int) -> bool:
    return number >= _NINE_DIGITS and number not in subject.question.registered
