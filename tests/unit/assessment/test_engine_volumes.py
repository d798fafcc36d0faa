"""Volumes as the screening engine takes them."""

import numpy as np

from assessment.engine_volumes import engine_volume
from assessment.regimes import Orbit
from assessment.volumes import parse_volume

LEO = Orbit(600.0, 600.0, 97.0, 0.001, 50.0)
LOW = Orbit(400.0, 400.0, 92.0, 0.001, 50.0)
GEO = Orbit(35700.0, 35700.0, 1436.0, 0.001, 0.1)


def test_one_volume_serves_all_primaries():
    volume = engine_volume([parse_volume("sphere:5").for_orbit(LEO)])
    assert volume.shape == "sphere"
    np.testing.assert_array_equal(volume.half_sizes_km(2), [[5.0, 5.0, 5.0], [5.0, 5.0, 5.0]])


def test_each_primary_has_the_half_sizes_of_its_regime():
    hac = parse_volume("hac")
    volume = engine_volume([hac.for_orbit(LEO), hac.for_orbit(LOW)])
    assert volume.shape == "box"
    np.testing.assert_array_equal(volume.half_sizes_km(2), [[0.4, 25.0, 25.0], [0.4, 44.0, 51.0]])


def test_boxes_and_spheres_serve_one_request():
    """Table 3: boxes near earth, an ellipsoid of equal half-sizes (a sphere to the engine) in deep space."""
    hac = parse_volume("hac")
    volume = engine_volume([hac.for_orbit(LEO), hac.for_orbit(GEO)])
    assert volume.shape == ("box", "sphere")
    np.testing.assert_array_equal(volume.half_sizes_km(2), [[0.4, 25.0, 25.0], [10.0, 10.0, 10.0]])
