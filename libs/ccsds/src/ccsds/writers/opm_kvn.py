"""OPM to lines of KVN."""

from __future__ import annotations

from ccsds.errors import CannotWrite
from ccsds.messages.opm import Opm, OpmKeplerian, OpmManeuver, OpmState
from ccsds.tables import opm as tables
from ccsds.writers.kvn_lines import KvnText
from ccsds.writers.odm_blocks import (
    KvnValue,
    write_block,
    write_covariance,
    write_header,
    write_spacecraft,
    write_user_defined,
)

__all__ = ["opm_lines"]


def opm_lines(opm: Opm) -> KvnText:
    """The lines of the message as the standard wants it: table order, units shown, comments before their block.

    Raises
    ------
    CannotWrite
        The message lacks a value, or has one that no text stands for.
    """
    text, metadata = KvnText(), opm.metadata
    write_header(text, opm.header, "CCSDS_OPM_VERS")
    values: dict[str, KvnValue] = {
        "OBJECT_NAME": metadata.object_name,
        "OBJECT_ID": metadata.object_id or None,
        "CENTER_NAME": metadata.center_name,
        "REF_FRAME": metadata.ref_frame or None,
        "REF_FRAME_EPOCH": metadata.ref_frame_epoch,
        "TIME_SYSTEM": metadata.time_system,
    }
    write_block(text, tables.KEYWORDS, values, metadata.comments)
    write_user_defined(text, metadata.user_defined)
    _write_state(text, opm.state)
    _write_keplerian(text, opm.keplerian)
    write_spacecraft(text, tables.KEYWORDS, opm.spacecraft)
    write_covariance(text, tables.KEYWORDS, opm.covariance)
    for maneuver in opm.maneuvers:
        _write_maneuver(text, maneuver)
    write_user_defined(text, opm.user_defined, opm.user_defined_comments)
    return text


def _write_state(text: KvnText, state: OpmState | None) -> None:
    if state is None:
        return
    numbers = (*state.position_km.tolist(), *state.velocity_km_s.tolist())
    components: dict[str, KvnValue] = dict(zip(tables.STATE[1:], numbers, strict=True))
    write_block(text, tables.KEYWORDS, {"EPOCH": state.epoch, **components}, state.comments)


def _write_keplerian(text: KvnText, elements: OpmKeplerian | None) -> None:
    if elements is None:
        return
    if (elements.true_anomaly_deg is None) == (elements.mean_anomaly_deg is None):
        raise CannotWrite("Keplerian elements have exactly one anomaly, true or mean")
    values: dict[str, KvnValue] = {
        "SEMI_MAJOR_AXIS": elements.semi_major_axis_km,
        "ECCENTRICITY": elements.eccentricity,
        "INCLINATION": elements.inclination_deg,
        "RA_OF_ASC_NODE": elements.ra_of_asc_node_deg,
        "ARG_OF_PERICENTER": elements.arg_of_pericenter_deg,
        "TRUE_ANOMALY": elements.true_anomaly_deg,
        "MEAN_ANOMALY": elements.mean_anomaly_deg,
        "GM": elements.gm_km3_s2,
    }
    write_block(text, tables.KEYWORDS, values, elements.comments)


def _write_maneuver(text: KvnText, maneuver: OpmManeuver) -> None:
    first, second, third = maneuver.delta_v_km_s.tolist()
    values: dict[str, KvnValue] = {
        "MAN_EPOCH_IGNITION": maneuver.epoch_ignition,
        "MAN_DURATION": maneuver.duration_s,
        "MAN_DELTA_MASS": maneuver.delta_mass_kg,
        "MAN_REF_FRAME": maneuver.ref_frame,
        "MAN_DV_1": first,
        "MAN_DV_2": second,
        "MAN_DV_3": third,
    }
    write_block(text, tables.MANEUVER, values, maneuver.comments)
    write_user_defined(text, maneuver.user_defined)
