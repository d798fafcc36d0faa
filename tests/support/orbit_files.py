"""Orbits that a test has in memory, as the files in which they would come."""

from assessment.catalogues import Catalogue
from astrodynamics.timescales import from_tai_ns
from astrodynamics.trajectories import Ephemeris

__all__ = ["oem_of", "omm_csv"]

_COLUMNS = (
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,"
    "EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,MEAN_MOTION_DDOT"
)


def omm_csv(catalogue: Catalogue) -> bytes:
    """Return a catalogue as CelesTrak would give it."""
    e = catalogue.elements
    lines = [_COLUMNS]
    for row, name in enumerate(catalogue.object_names):
        epoch = str(from_tai_ns(e.epoch_tai_ns[row]))[:26]
        elements = (
            e.mean_motion_rev_day,
            e.eccentricity,
            e.inclination_deg,
            e.raan_deg,
            e.arg_of_perigee_deg,
            e.mean_anomaly_deg,
        )
        numbers = ",".join(f"{column[row]:.15g}" for column in elements)
        lines.append(
            f"{name},2020-{row + 1:03d}A,{epoch},{numbers},0,U,{e.norad_cat_id[row]},1,1,{e.bstar[row]:.15g},0,0"
        )
    return ("\n".join(lines) + "\n").encode()


def oem_of(ephemeris: Ephemeris, object_id: str) -> bytes:
    """Return an ephemeris of one segment as its operator would send it, in GCRF."""
    (segment,) = ephemeris.segments
    epochs = [str(epoch)[:26] for epoch in from_tai_ns(segment.tai_ns)]
    lines = [
        "CCSDS_OEM_VERS = 2.0",
        "CREATION_DATE = 2024-09-17T11:00:00",
        "ORIGINATOR = TEST",
        "META_START",
        "OBJECT_NAME = TEST",
        f"OBJECT_ID = {object_id}",
        "CENTER_NAME = EARTH",
        "REF_FRAME = GCRF",
        "TIME_SYSTEM = UTC",
        f"START_TIME = {epochs[0]}",
        f"STOP_TIME = {epochs[-1]}",
        "META_STOP",
    ]
    for epoch, r_km, v_km_s in zip(epochs, segment.r_gcrf_km, segment.v_gcrf_km_s, strict=True):
        lines.append(" ".join([epoch, *(f"{value:.9f}" for value in (*r_km, *v_km_s))]))
    return ("\n".join(lines) + "\n").encode()
