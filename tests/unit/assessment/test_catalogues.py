"""Catalogues as columns, and their objects as trajectories."""

import numpy as np
import pytest
from sgp4.api import Satrec

import ccsds
from assessment.catalogues import catalogue_from_columns, catalogue_from_sets, catalogue_to_columns
from assessment.errors import InvalidColumnsError, UnusableTrajectoryError
from astrodynamics import frames, timescales

# Vallado's verification object 5 (AIAA 2006-6753), under a newer number, and an older set of the same number.
LINE_1 = "1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753"
LINE_2 = "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667"


def element_sets():
    def column(*values):
        return np.array(values, dtype=np.float64)

    zeros = np.zeros(3, dtype=np.int64)
    return ccsds.ElementSets(
        norad_cat_id=np.array([100000001, 5, 5]),
        object_name=("NEWER", "VANGUARD 1", "OLD NAME"),
        object_id=("2026-001A", "1958-002B", ""),
        epoch=np.array(
            ["2000-06-27T18:50:19.733568", "2000-06-27T18:50:19.733568", "2000-06-20T00:00:00"], dtype="datetime64[ns]"
        ),
        mean_motion_rev_day=column(15.0, 10.82419157, 10.8),
        eccentricity=column(0.001, 0.1859667, 0.18),
        inclination_deg=column(51.6, 34.2682, 34.0),
        ra_of_asc_node_deg=column(10.0, 348.7242, 0.0),
        arg_of_pericenter_deg=column(20.0, 331.7664, 0.0),
        mean_anomaly_deg=column(30.0, 19.3264, 0.0),
        bstar=column(1e-4, 2.8098e-5, 0.0),
        mean_motion_dot=column(0.0, 0.0, 0.0),
        mean_motion_ddot=column(0.0, 0.0, 0.0),
        ephemeris_type=zeros,
        classification=np.array(["U", "U", "U"]),
        element_set_no=zeros,
        rev_at_epoch=zeros,
    )


def test_the_newest_set_of_each_object_stands_sorted_by_number():
    catalogue = catalogue_from_sets(element_sets())
    assert catalogue.elements.norad_cat_id.tolist() == [5, 100000001]
    assert catalogue.object_names == ("VANGUARD 1", "NEWER")
    assert 5 in catalogue
    assert 6 not in catalogue


def test_columns_read_back_as_the_same_catalogue_and_the_same_bytes():
    content = catalogue_to_columns(element_sets())
    restored = catalogue_from_columns(content)
    assert restored.object_ids == ("1958-002B", "2026-001A")
    assert restored.elements.epoch_tai_ns.tolist() == catalogue_from_sets(element_sets()).elements.epoch_tai_ns.tolist()
    assert catalogue_to_columns(restored) == content


def test_an_empty_catalogue_survives_storage():
    empty = catalogue_from_sets(element_sets())
    empty = type(empty)(empty.elements.take(np.array([], dtype=np.int64)), (), ())
    assert len(catalogue_from_columns(catalogue_to_columns(empty))) == 0


def test_an_object_of_the_catalogue_moves_as_python_sgp4_says():
    trajectory = catalogue_from_sets(element_sets()).trajectory_of(5)
    satellite = Satrec.twoline2rv(LINE_1, LINE_2)
    at_ns = timescales.to_tai_ns(np.array(["2000-06-28T06:00:00"], dtype="datetime64[ns]"), "UTC")
    day, fraction = timescales.utc_julian_dates(at_ns)
    _, r_teme_km, v_teme_km_s = satellite.sgp4(float(day[0]), float(fraction[0]))
    r_km, v_km_s, usable = trajectory.state(at_ns)
    expected_r, expected_v = frames.to_gcrf(np.array([r_teme_km]), np.array([v_teme_km_s]), "TEME", at_ns)
    assert usable.all()
    one_metre_km = 1e-3
    np.testing.assert_allclose(r_km, expected_r, atol=one_metre_km)
    np.testing.assert_allclose(v_km_s, expected_v, atol=1e-6)
    assert trajectory.covariance(int(at_ns[0])) is None


def test_the_regime_of_an_object_is_known():
    orbit = catalogue_from_sets(element_sets()).orbit_of(5)
    assert orbit.regime == "near-earth"
    assert orbit.eccentricity == pytest.approx(0.1859667)


def test_an_object_that_is_not_there_is_named():
    with pytest.raises(UnusableTrajectoryError, match="99999"):
        catalogue_from_sets(element_sets()).trajectory_of(99999)


def test_columns_of_another_kind_are_refused():
    from assessment.columns import pack

    with pytest.raises(InvalidColumnsError, match="something else"):
        catalogue_from_columns(pack("something else", {}))
