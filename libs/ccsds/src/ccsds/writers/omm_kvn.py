"""OMM to lines of KVN."""

from __future__ import annotations

from ccsds.messages.omm import Omm
from ccsds.tables import omm as tables
from ccsds.writers.kvn_lines import KvnText
from ccsds.writers.odm_blocks import (
    KvnValue,
    write_block,
    write_covariance,
    write_header,
    write_spacecraft,
    write_user_defined,
)

__all__ = ["omm_lines"]


def omm_lines(omm: Omm) -> KvnText:
    """The lines of the message as the standard wants it: table order, units shown, comments before their block.

    Raises
    ------
    CannotWrite
        The message lacks a value, or has one that no text stands for.
    """
    text, metadata, elements, tle = KvnText(), omm.metadata, omm.elements, omm.tle
    write_header(text, omm.header, "CCSDS_OMM_VERS")
    values: dict[str, KvnValue] = {
        "OBJECT_NAME": metadata.object_name,
        "OBJECT_ID": metadata.object_id,
        "CENTER_NAME": metadata.center_name,
        "REF_FRAME": metadata.ref_frame,
        "REF_FRAME_EPOCH": metadata.ref_frame_epoch,
        "TIME_SYSTEM": metadata.time_system,
        "MEAN_ELEMENT_THEORY": metadata.mean_element_theory,
    }
    write_block(text, tables.KEYWORDS, values, metadata.comments)
    values = {
        "EPOCH": elements.epoch,
        "SEMI_MAJOR_AXIS": elements.semi_major_axis_km,
        "MEAN_MOTION": elements.mean_motion_rev_day,
        "ECCENTRICITY": elements.eccentricity,
        "INCLINATION": elements.inclination_deg,
        "RA_OF_ASC_NODE": elements.ra_of_asc_node_deg,
        "ARG_OF_PERICENTER": elements.arg_of_pericenter_deg,
        "MEAN_ANOMALY": elements.mean_anomaly_deg,
        "GM": elements.gm_km3_s2,
    }
    write_block(text, tables.KEYWORDS, values, elements.comments)
    write_spacecraft(text, tables.KEYWORDS, omm.spacecraft)
    if tle is not None:
        values = {
            "EPHEMERIS_TYPE": tle.ephemeris_type,
            "CLASSIFICATION_TYPE": tle.classification_type,
            "NORAD_CAT_ID": tle.norad_cat_id,
            "ELEMENT_SET_NO": tle.element_set_no,
            "REV_AT_EPOCH": tle.rev_at_epoch,
            "BSTAR": tle.bstar,
            "BTERM": tle.bterm_m2_kg,
            "MEAN_MOTION_DOT": tle.mean_motion_dot,
            "MEAN_MOTION_DDOT": tle.mean_motion_ddot,
            "AGOM": tle.agom_m2_kg,
        }
        write_block(text, tables.KEYWORDS, values, tle.comments)
    write_covariance(text, tables.KEYWORDS, omm.covariance)
    write_user_defined(text, omm.user_defined, omm.user_defined_comments)
    return text
