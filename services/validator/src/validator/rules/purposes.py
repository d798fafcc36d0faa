"""Rules on what a document can be used for."""

from collections.abc import Iterator

from astrodynamics.timescales import iso_utc
from ccsds import Cdm, ElementSets, Omm, Opm
from validator.rules.rule import Fault, Subject

__all__ = [
    "can_be_screened",
    "catalogue_is_elements",
    "catalogue_is_usable",
    "designations_agree",
    "earth_orientation_is_said",
    "elements_are_not_screened",
    "foreign_cdm_is_not_grouped",
    "maneuvers_are_told",
    "state_is_not_screened",
    "step_suits_the_orbit",
    "time_group_is_the_start",
]


def designations_agree(subject: Subject) -> Iterator[Fault]:
    """The file name and the request say the same designation."""
    named, asked = subject.name.designation, subject.question.requested_designation
    if subject.is_ephemeris and named is not None and asked is not None and named != asked:
        yield Fault(f"the file name says {named} and the request says {asked}: it is taken as {named}")


def time_group_is_the_start(subject: Subject) -> Iterator[Fault]:
    """The time group in the file name is the start of the ephemeris."""
    given = subject.name.day_time_group
    if given is None or subject.start_time is None:
        return
    start = f"{subject.start_time:%j%H%M}"
    if given != start:
        yield Fault(
            f"the file name says that the ephemeris starts at {given}; it starts at {start}",
            f"Name it {subject.question.file_name.replace(given, start)}.",
        )


def can_be_screened(subject: Subject) -> Iterator[Fault]:
    """A trajectory can be made of an ephemeris."""
    if subject.is_operators and subject.unusable is not None:
        yield Fault(f"the ephemeris is not screened, because no trajectory can be made of it: {subject.unusable}")


def step_suits_the_orbit(subject: Subject) -> Iterator[Fault]:
    """The states of an ephemeris are close enough together for its interpolation."""
    error = subject.remarks.interpolation
    if error is not None and error.step_is_too_long:
        yield Fault(
            f"about {iso_utc(error.tai_ns, 0)}, in segment {error.segment + 1}, states {error.step_s:g} s apart are "
            f"interpolated with an error of about {error.position_m:.0f} m"
        )


def earth_orientation_is_said(subject: Subject) -> Iterator[Fault]:
    """States fixed to the earth are turned with a table that is named."""
    if subject.remarks.earth_orientation is not None:
        yield Fault(f"the states are brought to GCRF with {subject.remarks.earth_orientation}")


def elements_are_not_screened(subject: Subject) -> Iterator[Fault]:
    """An operator's own element sets are stored and shown; screening takes element sets from catalogues only."""
    if subject.is_operators and isinstance(subject.message, (ElementSets, Omm)):
        yield Fault("the element sets are stored and shown; they are not screened")


def foreign_cdm_is_not_grouped(subject: Subject) -> Iterator[Fault]:
    """A CDM from outside joins the events of the organization's satellites, and no others."""
    if isinstance(subject.message, Cdm) and subject.norad_cat_id not in subject.question.own:
        yield Fault("the CDM is stored and shown; it takes no part in conjunction events")


def state_is_not_screened(subject: Subject) -> Iterator[Fault]:
    """An OPM, a state with its maneuvers, is stored and shown; screening takes ephemerides."""
    if subject.is_operators and isinstance(subject.message, Opm):
        yield Fault("the OPM is stored and shown; it is not screened")


def maneuvers_are_told(subject: Subject) -> Iterator[Fault]:
    """A maneuver notification says what the handbook asks for, so that its maneuvers can be recorded."""
    if subject.untold is not None:
        yield Fault(f"the maneuvers are not recorded: {subject.untold}")


def catalogue_is_elements(subject: Subject) -> Iterator[Fault]:
    """A catalogue consists of element sets."""
    if not subject.is_operators and isinstance(subject.message, Omm):
        yield Fault(f"the OMM is no element set for SGP4: {subject.message.why_not_sgp4()}")
    elif not subject.is_operators and subject.message is not None and not isinstance(subject.message, ElementSets):
        yield Fault(f"a catalogue was to be loaded, and the document is a {subject.kind}")


def catalogue_is_usable(subject: Subject) -> Iterator[Fault]:
    """So many records of a catalogue can be used that screening against it means something."""
    if subject.is_operators or subject.message is None:
        return
    if subject.unusable is not None:
        yield Fault(f"the element sets cannot be propagated: {subject.unusable}")
    total = subject.record_count + subject.refused_count
    if subject.refused_count > subject.question.limits.refused_share * total:
        yield Fault(
            f"{subject.refused_count} of {total} records cannot be used, so the catalogue is refused as a whole"
        )
