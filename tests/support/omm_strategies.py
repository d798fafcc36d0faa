"""Hypothesis strategies: orbit mean-elements messages that the standard allows."""

from __future__ import annotations

from hypothesis import strategies as st
from support.opm_strategies import comments, covariances, headers, rounded, spacecraft, times, user_defined

import ccsds

__all__ = ["omms"]

SGP4, SGP4_XP, OTHER = "SGP4", "SGP4-XP", "DSST"


@st.composite
def tle_parameters(draw: st.DrawFn, theory: str) -> ccsds.OmmTleParameters:
    """TLE parameters with the drag terms that the theory wants."""
    is_xp = theory == SGP4_XP
    small = rounded(-0.01, 0.01, 9)
    return ccsds.OmmTleParameters(
        ephemeris_type=4 if is_xp else draw(st.sampled_from([None, 0, 2])),
        classification_type=draw(st.sampled_from([None, "U", "C", "S"])),
        norad_cat_id=draw(st.integers(1, 999_999_999)),
        element_set_no=draw(st.none() | st.integers(0, 9999)),
        rev_at_epoch=draw(st.none() | st.integers(0, 99999)),
        bstar=None if is_xp else draw(small),
        bterm_m2_kg=draw(rounded(0.001, 0.1, 6)) if is_xp else None,
        mean_motion_dot=draw(small),
        mean_motion_ddot=None if is_xp else draw(small),
        agom_m2_kg=draw(rounded(0.001, 0.1, 6)) if is_xp else None,
        comments=draw(comments),
    )


@st.composite
def omms(draw: st.DrawFn) -> ccsds.Omm:
    """Any OMM that `strict` finds nothing wrong with: for SGP4, for SGP4-XP (3.0) or of another theory."""
    theory = draw(st.sampled_from([SGP4, SGP4_XP, OTHER]))
    is_sgp = theory != OTHER
    angle = rounded(0.0, 359.9, 4)
    parameters = draw(user_defined)
    return ccsds.Omm(
        header=draw(headers(("3.0",) if theory == SGP4_XP else ("2.0", "3.0"))),
        metadata=ccsds.OmmMetadata(
            object_name="TESTSAT 1",
            object_id="2020-001A",
            ref_frame="TEME" if is_sgp else "GCRF",
            ref_frame_epoch=draw(st.none() | times),
            mean_element_theory=theory,
            comments=draw(comments),
        ),
        elements=ccsds.OmmMeanElements(
            epoch=draw(times),
            semi_major_axis_km=None if is_sgp else draw(rounded(7000.0, 50000.0, 3)),
            mean_motion_rev_day=draw(rounded(0.9, 15.9, 8)) if is_sgp else None,
            eccentricity=draw(rounded(0.0, 0.05, 7)),
            inclination_deg=draw(rounded(0.0, 180.0, 4)),
            ra_of_asc_node_deg=draw(angle),
            arg_of_pericenter_deg=draw(angle),
            mean_anomaly_deg=draw(angle),
            gm_km3_s2=draw(st.sampled_from([None, 398600.8])),
            comments=draw(comments),
        ),
        spacecraft=draw(st.none() | spacecraft()),
        tle=draw(tle_parameters(theory)) if is_sgp else None,
        covariance=draw(st.none() | covariances()),
        user_defined=parameters,
        user_defined_comments=draw(comments) if parameters else (),
    )
