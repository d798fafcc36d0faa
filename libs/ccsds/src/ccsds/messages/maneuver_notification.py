"""Maneuver notifications of 19 SDS: an OPM whose user-defined parameters say whose maneuver it is, why, and how sure.

Source: 19 SDS Spaceflight Safety Handbook, tables 10 to 16. A notification is a view of an OPM, and makes one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ccsds.errors import NotANotification
from ccsds.messages.opm import Opm, OpmManeuver, OpmMetadata
from ccsds.messages.orbit_parts import OdmHeader, UserDefined
from ccsds.messages.value import Value, frozen_array
from ccsds.syntax.kvn import split_unit
from ccsds.syntax.number_text import format_number
from ccsds.syntax.numbers import number_problem
from ccsds.syntax.times import format_time, read_time
from ccsds.tables.maneuver_notification import (
    CLASSIFICATION,
    HEADER_PARAMETERS,
    MANEUVER_ID,
    MANEUVER_PARAMETERS,
    MANEUVER_PURPOSES,
    MANEUVER_STATUSES,
    METADATA_PARAMETERS,
    NOTIFICATION_NUMBER,
    RELEASABILITIES,
)
from ccsds.tables.oem import normalised

__all__ = ["ManeuverNotification", "NotifiedManeuver", "is_maneuver_notification", "maneuver_notification"]

COLLISION_AVOIDANCE = "COLA"
MARKS = frozenset({"RELEASABILITY", "MAN_PURPOSE", "MAN_STATUS"})


@dataclass(frozen=True, eq=False, kw_only=True)
class NotifiedManeuver(Value):
    """One maneuver; times are datetime64[ns] UTC.

    Attributes
    ----------
    man_id
        The operator's own identifier, 1 to 30 letters, digits, dashes and underscores; None where not given.
    epoch_ignition, duration_s
        Begin, and how long the thrust lasts; 0 is an impulsive maneuver.
    delta_mass_kg
        Below 0; None where not given.
    ref_frame, delta_v_km_s
        The velocity increment, shape (3,), and its frame.
    purpose
        A key of `MANEUVER_PURPOSES`.
    status
        `PREDICTED` (planned), `DETERMINED` (confirmed) or `CANCELLED`.
    tca
        Of the conjunction that a maneuver for collision avoidance answers; None for others.
    ephemeris_name
        File name of the ephemeris that contains the maneuver; None where there is none.
    dv_overall_as_given_km_s
        USER_DEFINED_DV_OVERALL; None where not given, and then `dv_overall_km_s` is computed.
    """

    man_id: str | None = None
    epoch_ignition: np.datetime64
    duration_s: float
    delta_mass_kg: float | None = None
    ref_frame: str
    delta_v_km_s: npt.NDArray[np.float64]
    purpose: str
    status: str
    tca: np.datetime64 | None = None
    ephemeris_name: str | None = None
    dv_overall_as_given_km_s: float | None = None
    comments: tuple[str, ...] = ()

    @property
    def dv_overall_km_s(self) -> float:
        """Magnitude of the velocity increment: as given, else of its components."""
        given = self.dv_overall_as_given_km_s
        return float(np.linalg.norm(self.delta_v_km_s)) if given is None else given


@dataclass(frozen=True, eq=False, kw_only=True)
class ManeuverNotification(Value):
    """Maneuvers of one satellite that an operator tells of.

    Attributes
    ----------
    originator
        The title of the CDM account on Space-Track.
    creation_date
        datetime64[ns] UTC.
    norad_cat_id, object_name, object_id
        Whose maneuvers they are; the designator is empty where not given.
    is_public
        Whether other operators may see it.
    comments
        Of the header.
    """

    originator: str
    creation_date: np.datetime64
    norad_cat_id: int
    object_name: str
    object_id: str = ""
    is_public: bool = False
    maneuvers: tuple[NotifiedManeuver, ...]
    comments: tuple[str, ...] = ()

    def to_opm(self, base: Opm | None = None) -> Opm:
        """Make the OPM 2.0 that Space-Track takes, its parameters in the places of tables 10, 11 and 16.

        Parameters
        ----------
        base
            An OPM whose state vector, elements, spacecraft and covariance go along; its other parts are replaced.
        """
        header = OdmHeader(
            version="2.0",
            creation_date=self.creation_date,
            originator=self.originator,
            comments=self.comments,
            user_defined=(
                ("RELEASABILITY", RELEASABILITIES[0] if self.is_public else RELEASABILITIES[1]),
                ("CLASSIFICATION", CLASSIFICATION),
            ),
        )
        own = (("NORAD_CAT_ID", f"{self.norad_cat_id:05}"),)
        maneuvers = tuple(_opm_maneuver(maneuver) for maneuver in self.maneuvers)
        if base is None:
            metadata = OpmMetadata(
                object_name=self.object_name, object_id=self.object_id, ref_frame="", user_defined=own
            )
            return Opm(header=header, metadata=metadata, maneuvers=maneuvers)
        metadata = replace(base.metadata, object_name=self.object_name, object_id=self.object_id, user_defined=own)
        return replace(base, header=header, metadata=metadata, maneuvers=maneuvers, user_defined=())


def is_maneuver_notification(opm: Opm) -> bool:
    """Whether an OPM is a maneuver notification: told by the user-defined parameters that only those have."""
    return any(name in MARKS for name, _ in _everywhere(opm))


def maneuver_notification(opm: Opm) -> ManeuverNotification:
    """Read the notification that an OPM is.

    Parameters that stand in another section than the handbook's tables say are found there too.

    Raises
    ------
    NotANotification
        The OPM lacks what a notification must say, or says it in words that the handbook does not know.
    """
    if normalised(opm.metadata.time_system) != "UTC":
        raise NotANotification(f"the times of a maneuver notification are in UTC, not in {opm.metadata.time_system}")
    if not opm.maneuvers:
        raise NotANotification("the OPM has no maneuver")
    common = _of_the_message(opm)
    number = common.get("NORAD_CAT_ID", "")
    if NOTIFICATION_NUMBER.match(number) is None:
        raise NotANotification(f"USER_DEFINED_NORAD_CAT_ID is {number or 'missing'}; five, six or nine digits must be")
    release = common.get("RELEASABILITY", RELEASABILITIES[1])
    if release not in RELEASABILITIES:
        raise NotANotification(f"USER_DEFINED_RELEASABILITY is {release}; {' or '.join(RELEASABILITIES)} must be")
    return ManeuverNotification(
        originator=opm.header.originator,
        creation_date=opm.header.creation_date,
        norad_cat_id=int(number),
        object_name=opm.metadata.object_name,
        object_id=opm.metadata.object_id,
        is_public=release == RELEASABILITIES[0],
        maneuvers=tuple(_notified(maneuver, _of_the_maneuver(opm, maneuver)) for maneuver in opm.maneuvers),
        comments=opm.header.comments,
    )


def _everywhere(opm: Opm) -> Iterator[tuple[str, str]]:
    yield from opm.user_defined
    for maneuver in opm.maneuvers:
        yield from maneuver.user_defined
    yield from opm.header.user_defined
    yield from opm.metadata.user_defined


def _of_the_message(opm: Opm) -> dict[str, str]:
    """Parameters of header and metadata, wherever they stand; those in their own section count most."""
    found = {name: value for name, value in _everywhere(opm) if name not in MANEUVER_PARAMETERS}
    found |= {name: value for name, value in opm.header.user_defined if name in HEADER_PARAMETERS}
    return found | {name: value for name, value in opm.metadata.user_defined if name in METADATA_PARAMETERS}


def _of_the_maneuver(opm: Opm, maneuver: OpmManeuver) -> dict[str, str]:
    """Parameters of a maneuver; where there is only one, also those that stand outside of it."""
    found = dict(opm.user_defined) if len(opm.maneuvers) == 1 else {}
    return found | dict(maneuver.user_defined)


def _notified(maneuver: OpmManeuver, own: dict[str, str]) -> NotifiedManeuver:
    purpose, status = own.get("MAN_PURPOSE", ""), own.get("MAN_STATUS", "")
    if purpose not in MANEUVER_PURPOSES:
        raise NotANotification(f"USER_DEFINED_MAN_PURPOSE is {purpose or 'missing'}: {', '.join(MANEUVER_PURPOSES)}")
    if status not in MANEUVER_STATUSES:
        raise NotANotification(f"USER_DEFINED_MAN_STATUS is {status or 'missing'}: {', '.join(MANEUVER_STATUSES)}")
    man_id = own.get("MAN_ID") or None
    if man_id is not None and MANEUVER_ID.match(man_id) is None:
        raise NotANotification(
            f"USER_DEFINED_MAN_ID is {man_id!r}; 1 to 30 letters, digits, dashes and underscores must be"
        )
    tca = read_time(own["TCA"]).epoch if own.get("TCA") else None
    if (tca is not None and np.isnat(tca)) or (tca is None and purpose == COLLISION_AVOIDANCE):
        raise NotANotification(f"USER_DEFINED_TCA is {own.get('TCA') or 'missing'}; a time in UTC must be")
    overall = number_problem(split_unit(own["DV_OVERALL"]).value)[0] if own.get("DV_OVERALL") else None
    return NotifiedManeuver(
        man_id=man_id,
        epoch_ignition=maneuver.epoch_ignition,
        duration_s=maneuver.duration_s,
        delta_mass_kg=maneuver.delta_mass_kg,
        ref_frame=maneuver.ref_frame,
        delta_v_km_s=maneuver.delta_v_km_s,
        purpose=purpose,
        status=status,
        tca=tca,
        ephemeris_name=own.get("EPHEM") or None,
        dv_overall_as_given_km_s=overall,
        comments=maneuver.comments,
    )


def _opm_maneuver(maneuver: NotifiedManeuver) -> OpmManeuver:
    given = maneuver.dv_overall_as_given_km_s
    values: dict[str, str | None] = {
        "MAN_ID": maneuver.man_id,
        "DV_OVERALL": None if given is None else format_number(given),
        "EPHEM": maneuver.ephemeris_name,
        "MAN_PURPOSE": maneuver.purpose,
        "TCA": None if maneuver.tca is None else format_time(maneuver.tca),
        "MAN_STATUS": maneuver.status,
    }
    user_defined: UserDefined = tuple((name, value) for name, value in values.items() if value is not None)
    return OpmManeuver(
        epoch_ignition=maneuver.epoch_ignition,
        duration_s=maneuver.duration_s,
        delta_mass_kg=maneuver.delta_mass_kg,
        ref_frame=maneuver.ref_frame,
        delta_v_km_s=frozen_array(np.array(maneuver.delta_v_km_s, dtype=np.float64)),
        comments=maneuver.comments,
        user_defined=user_defined,
    )
