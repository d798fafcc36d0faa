"""Hypothesis strategies: orbit parameter messages that the standard allows and that fly on orbits."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

import ccsds

__all__ = ["comments", "covariances", "headers", "opms", "rounded", "spacecraft", "times", "user_defined"]

GM_KM3_S2 = 398600.4418
START = np.datetime64("2026-01-01T00:00:00", "ns")
OBJECT_NAMES = ["TESTSAT 1", "NORTH 2", "ISS (ZARYA)"]

words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=12)
comments = st.lists(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60).map(str.rstrip), max_size=2
).map(tuple)
times = st.integers(0, 10**17).map(lambda ns: START + np.timedelta64(ns, "ns"))
user_defined = st.lists(st.tuples(words, words), max_size=3, unique_by=lambda pair: pair[0]).map(tuple)


def rounded(low: float, high: float, digits: int = 9) -> st.SearchStrategy[float]:
    """Numbers that decimal text of 16 digits holds exactly."""
    return st.floats(low, high, allow_nan=False).map(lambda value: round(value, digits) + 0.0)


@st.composite
def headers(draw: st.DrawFn, versions: tuple[str, ...]) -> ccsds.OdmHeader:
    """Headers; what version 3.0 adds is there in 3.0 only."""
    version = draw(st.sampled_from(versions))
    third = version == "3.0"
    return ccsds.OdmHeader(
        version=version,
        creation_date=draw(times),
        originator=draw(words),
        classification=draw(st.none() | words) if third else None,
        message_id=draw(st.none() | words) if third else None,
        comments=draw(comments),
    )


@st.composite
def covariances(draw: st.DrawFn) -> ccsds.StateCovariance:
    """Diagonal covariances: positive definite whatever is drawn."""
    sigmas = [draw(rounded(1e-4, 9.0, 6)) for _ in range(3)] + [draw(rounded(1e-4, 0.01, 6)) for _ in range(3)]
    matrix = np.diag([float(f"{sigma**2:.12e}") for sigma in sigmas])
    return ccsds.StateCovariance(
        matrix=matrix, ref_frame=draw(st.sampled_from([None, "RTN", "EME2000"])), comments=draw(comments)
    )


@st.composite
def spacecraft(draw: st.DrawFn) -> ccsds.SpacecraftParameters:
    """Spacecraft of at least a ton, so that no strategy's maneuvers empty them."""
    return ccsds.SpacecraftParameters(
        mass_kg=draw(rounded(1000.0, 9000.0, 3)),
        solar_rad_area_m2=draw(st.none() | rounded(0.1, 99.0, 3)),
        solar_rad_coeff=draw(st.none() | rounded(0.5, 2.0, 3)),
        drag_area_m2=draw(st.none() | rounded(0.1, 99.0, 3)),
        drag_coeff=draw(st.none() | rounded(0.5, 4.0, 3)),
        comments=draw(comments),
    )


@st.composite
def circular_orbits(draw: st.DrawFn) -> tuple[ccsds.OpmState, ccsds.OpmKeplerian]:
    """A state on an inclined circle, and its elements."""
    radius, angle, tilt = draw(rounded(6700.0, 50000.0, 3)), draw(rounded(0.0, 359.0, 3)), draw(rounded(0.0, 180.0, 3))
    along, inclination = math.radians(angle), math.radians(tilt)
    speed = math.sqrt(GM_KM3_S2 / radius)
    plane = np.array([[1.0, 0.0], [0.0, math.cos(inclination)], [0.0, math.sin(inclination)]])
    position = radius * plane @ np.array([math.cos(along), math.sin(along)])
    velocity = speed * plane @ np.array([-math.sin(along), math.cos(along)])
    is_mean = draw(st.booleans())
    state = ccsds.OpmState(
        epoch=draw(times),
        position_km=np.round(position, 6) + 0.0,
        velocity_km_s=np.round(velocity, 9) + 0.0,
        comments=draw(comments),
    )
    elements = ccsds.OpmKeplerian(
        semi_major_axis_km=radius,
        eccentricity=0.0,
        inclination_deg=tilt,
        ra_of_asc_node_deg=0.0,
        arg_of_pericenter_deg=0.0,
        true_anomaly_deg=None if is_mean else angle,
        mean_anomaly_deg=angle if is_mean else None,
        gm_km3_s2=GM_KM3_S2,
        comments=draw(comments),
    )
    return state, elements


@st.composite
def maneuvers(draw: st.DrawFn) -> ccsds.OpmManeuver:
    """Small maneuvers with enough propellant behind them."""
    return ccsds.OpmManeuver(
        epoch_ignition=draw(times),
        duration_s=draw(rounded(0.0, 900.0, 3)),
        delta_mass_kg=draw(rounded(-9.0, -1.0, 3)),
        ref_frame=draw(st.sampled_from(["RTN", "TNW", "EME2000"])),
        delta_v_km_s=np.array([draw(rounded(-0.01, 0.01, 6)) for _ in range(3)]),
        comments=draw(comments),
    )


@st.composite
def opms(draw: st.DrawFn) -> ccsds.Opm:
    """Any OPM of version 2.0 or 3.0 that `strict` finds nothing wrong with."""
    state, elements = draw(circular_orbits())
    burns = draw(st.lists(maneuvers(), max_size=3))
    header = draw(headers(("2.0", "3.0")))
    parameters = draw(user_defined)
    return ccsds.Opm(
        header=header,
        metadata=ccsds.OpmMetadata(
            object_name=draw(st.sampled_from(OBJECT_NAMES)),
            object_id="2020-001A",
            ref_frame=draw(st.sampled_from(["EME2000", "GCRF", "ICRF"])),
            ref_frame_epoch=draw(st.none() | times),
            time_system=draw(st.sampled_from(["UTC", "TAI", "TT"])),
            comments=draw(comments),
        ),
        state=state,
        keplerian=draw(st.sampled_from([None, elements])),
        spacecraft=draw(spacecraft()) if burns else draw(st.none() | spacecraft()),
        covariance=draw(st.none() | covariances()),
        maneuvers=tuple(burns),
        user_defined=parameters,
        user_defined_comments=draw(comments) if parameters else (),
    )
