"""Screening volumes: tables 3, 4 and 7 of the Spaceflight Safety Handbook, and a user's own."""

import pytest

from assessment.errors import InvalidVolumeError
from assessment.regimes import Orbit
from assessment.volumes import PRESETS, parse_volume


def orbit(
    perigee_km: float = 600.0, *, period_min: float = 97.0, eccentricity: float = 0.001, inclination: float = 50.0
):
    return Orbit(perigee_km, perigee_km, period_min, eccentricity, inclination)


GEO = orbit(35700.0, period_min=1436.0, inclination=0.1)
MEO = orbit(20180.0, period_min=718.0, inclination=55.0)
MOLNIYA = orbit(600.0, period_min=718.0, eccentricity=0.7, inclination=63.4)


@pytest.mark.parametrize(
    ("preset", "primary", "shape", "half_sizes_km", "reported_days"),
    [
        ("hac", orbit(400.0), "box", (0.4, 44.0, 51.0), 5),
        ("hac", orbit(500.0), "box", (0.4, 44.0, 51.0), 5),
        ("hac", orbit(500.1), "box", (0.4, 25.0, 25.0), 5),
        ("hac", orbit(750.0), "box", (0.4, 25.0, 25.0), 5),
        ("hac", orbit(750.1), "box", (0.4, 12.0, 12.0), 5),
        ("hac", orbit(1200.1), "box", (0.4, 2.0, 2.0), 5),
        ("hac", orbit(2500.0, period_min=140.0), "box", (0.4, 2.0, 2.0), 5),
        ("hac", orbit(300.0, period_min=180.0, eccentricity=0.3), "box", (0.4, 44.0, 51.0), 5),
        ("hac", GEO, "ellipsoid", (10.0, 10.0, 10.0), 10),
        ("hac", MEO, "ellipsoid", (10.0, 10.0, 10.0), 10),
        ("hac", MOLNIYA, "ellipsoid", (10.0, 10.0, 10.0), 10),
        ("ephemeris", orbit(period_min=225.0), "box", (2.0, 25.0, 25.0), 7),
        ("ephemeris", orbit(period_min=225.1), "ellipsoid", (20.0, 20.0, 20.0), 10),
        ("early-orbit", orbit(1999.0, period_min=127.0), "box", (2.0, 44.0, 51.0), 7),
        ("early-orbit", orbit(400.0, eccentricity=0.25), "ellipsoid", (40.0, 77.0, 107.0), 10),
        ("early-orbit", GEO, "ellipsoid", (40.0, 77.0, 107.0), 10),
        ("hac-leo1", GEO, "box", (0.4, 44.0, 51.0), 5),
        ("hac-leo2", GEO, "box", (0.4, 25.0, 25.0), 5),
        ("hac-leo3", GEO, "box", (0.4, 12.0, 12.0), 5),
        ("hac-leo4", GEO, "box", (0.4, 2.0, 2.0), 5),
        ("hac-deep", orbit(), "ellipsoid", (10.0, 10.0, 10.0), 10),
    ],
)
def test_presets_choose_the_handbooks_row_by_the_primarys_orbit(preset, primary, shape, half_sizes_km, reported_days):
    volume = parse_volume(preset).for_orbit(primary)
    assert volume.shape == shape
    assert volume.half_sizes_km == half_sizes_km
    assert volume.reported_days == reported_days
    assert volume.mode == ("covariance" if shape == "box" else "ellipsoid")


@pytest.mark.parametrize(
    ("text", "shape", "half_sizes_km", "mode"),
    [
        ("sphere:5", "ellipsoid", (5.0, 5.0, 5.0), "stand-off"),
        (" Box:0.4,25,25.5 ", "box", (0.4, 25.0, 25.5), "covariance"),
        ("ellipsoid:2,10,10", "ellipsoid", (2.0, 10.0, 10.0), "ellipsoid"),
    ],
)
def test_a_users_own_volume_is_the_same_for_every_orbit(text, shape, half_sizes_km, mode):
    spec = parse_volume(text)
    for primary in (orbit(), GEO):
        volume = spec.for_orbit(primary)
        assert (volume.shape, volume.half_sizes_km, volume.mode) == (shape, half_sizes_km, mode)
    assert parse_volume(spec.text).for_orbit(GEO) == spec.for_orbit(GEO)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hac-leo5",
        "sphere",
        "sphere:",
        "sphere:-1",
        "sphere:1,2",
        "box:1,2",
        "box:1,2,nan",
        "box:a,b,c",
        "sphere:0",
        "sphere:1e9",
    ],
)
def test_anything_else_is_refused_with_what_would_be_right(text):
    with pytest.raises(InvalidVolumeError) as caught:
        parse_volume(text)
    assert caught.value.code == "invalid_volume"
    assert "km" in str(caught.value)


def test_every_preset_reads_back_as_itself():
    assert [parse_volume(name).text for name in PRESETS] == list(PRESETS)


@pytest.mark.parametrize(
    ("position_m", "velocity_m_s", "inside"),
    [
        ((1000.0, 0.0, 0.0), (0.0, 7000.0, 0.0), True),
        ((2100.0, 0.0, 0.0), (0.0, 7000.0, 0.0), False),
        # Closest in range outside the flat box, but inside it some instants later.
        ((2100.0, 0.0, 0.0), (-100.0, 7000.0, 0.0), True),
        ((0.0, 0.0, 25100.0), (1.0, 0.0, 0.0), False),
        ((0.0, 0.0, 24900.0), (0.0, 0.0, 0.0), True),
    ],
)
def test_a_pass_is_in_a_box_if_it_is_inside_at_any_instant(position_m, velocity_m_s, inside):
    box = parse_volume("box:2,25,25").for_orbit(orbit())
    assert box.is_passed_through(position_m, velocity_m_s) is inside


def test_a_pass_is_in_an_ellipsoid_if_it_is_inside_at_any_instant():
    ellipsoid = parse_volume("ellipsoid:2,10,10").for_orbit(orbit())
    assert ellipsoid.is_passed_through((1000.0, 0.0, 0.0), (0.0, 7000.0, 0.0))
    assert not ellipsoid.is_passed_through((1500.0, 0.0, 7000.0), (0.0, 7000.0, 0.0))
    assert not ellipsoid.is_passed_through((2100.0, 0.0, 0.0), (0.0, 7000.0, 0.0))
    assert ellipsoid.is_passed_through((2100.0, 0.0, 0.0), (-1000.0, 2000.0, 0.0))
    assert ellipsoid.is_passed_through((0.0, 9999.0, 0.0), (0.0, 0.0, 0.0))
