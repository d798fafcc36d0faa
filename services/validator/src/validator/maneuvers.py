"""What is taken out of an accepted maneuver notification."""

from datetime import datetime

import numpy as np

import ccsds
from astrodynamics import timescales
from servicekit.ids import derived_id
from validator.extraction import plain
from validator.question import ManeuverFacts, Question

__all__ = ["maneuver_facts", "maneuver_ids"]

_LONGEST = {"ref_frame": 40, "ephemeris_name": 255}


def maneuver_facts(opm: ccsds.Opm, question: Question, norad_cat_id: int) -> tuple[ManeuverFacts, ...]:
    """Return what an OPM tells of maneuvers; nothing where it is no maneuver notification.

    Raises
    ------
    ccsds.NotANotification
        It is meant to be one, and lacks what a notification must say.
    """
    if not ccsds.is_maneuver_notification(opm):
        return ()
    told = ccsds.maneuver_notification(opm)
    notified_at = question.received_at if np.isnat(told.creation_date) else _utc(told.creation_date)
    return tuple(
        ManeuverFacts(
            norad_cat_id=norad_cat_id,
            man_id=maneuver.man_id,
            notified_at=notified_at,
            is_public=told.is_public,
            purpose=maneuver.purpose,
            status=maneuver.status,
            epoch_ignition=_utc(maneuver.epoch_ignition),
            duration_s=maneuver.duration_s,
            delta_mass_kg=maneuver.delta_mass_kg,
            ref_frame=plain(maneuver.ref_frame, _LONGEST["ref_frame"]),
            delta_v_km_s=maneuver.delta_v_km_s.tolist(),
            dv_overall_km_s=maneuver.dv_overall_km_s,
            tca=None if maneuver.tca is None else _utc(maneuver.tca),
            ephemeris_name=None
            if maneuver.ephemeris_name is None
            else plain(maneuver.ephemeris_name, _LONGEST["ephemeris_name"]),
        )
        for maneuver in told.maneuvers
    )


def maneuver_ids(organization_id: str, document_id: str, maneuvers: tuple[ManeuverFacts, ...]) -> list[str]:
    """Return the identifier of each maneuver: the same for every notification with its MAN_ID.

    One without MAN_ID, and one whose MAN_ID names another of the same notification already, is a maneuver of its own.
    """
    ids: list[str] = []
    for index, maneuver in enumerate(maneuvers):
        known = derived_id("maneuver", organization_id, maneuver.norad_cat_id, maneuver.man_id or "")
        alone = maneuver.man_id is None or known in ids
        ids.append(derived_id("maneuver", document_id, index) if alone else known)
    return ids


def _utc(moment: np.datetime64) -> datetime:
    return timescales.to_datetime(int(timescales.to_tai_ns(np.asarray(moment), "UTC")))
