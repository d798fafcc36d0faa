"""The catalogue of a demonstration: drawn for any moment, or from a file that somebody names."""

import gzip
from datetime import UTC, datetime

import numpy as np
import pytest

from astrodynamics import timescales
from astrodynamics.sgp4 import Propagator
from fairway.demo import catalogue
from fairway.demo.scenario import from_file, synthetic
from fairway.errors import CommandError


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(b"\0" * 200_000_000, 1, mtime=0), "cannot be unpacked"),
        (gzip.compress(b"0 ISS\n" * 100, mtime=0)[:-12], "cannot be unpacked"),
        (b"\x89PNG\r\n\x1a\n", "is no catalogue"),
    ],
    ids=["bomb", "broken", "picture"],
)
def test_a_bomb_a_broken_and_a_wrong_file_are_one_sentence(tmp_path, content, said):
    file = tmp_path / "catalogue.gz"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        from_file(file)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        from_file(tmp_path / "missing.3le")


@pytest.mark.parametrize("start", [catalogue.EPOCH, datetime(2031, 3, 4, 5, 6, tzinfo=UTC)], ids=["its-own", "another"])
def test_what_is_to_meet_meets_whenever_the_demonstration_begins(start):
    built = catalogue.build(scale=0.02, epoch=start)
    start_tai_ns = timescales.from_datetime(start)
    assert len(built.placed) > 20
    assert int(built.elements.epoch_tai_ns.max()) <= start_tai_ns
    rows = {int(number): row for row, number in enumerate(built.elements.norad_cat_id)}
    for approach in built.placed:
        assert 0 < approach.tca_tai_ns - start_tai_ns < 72 * 3600e9
        pair = [rows[approach.norad_cat_id_1], rows[approach.norad_cat_id_2]]
        r_teme_km, _, _ = Propagator(built.elements.take(np.array(pair))).propagate(np.array([approach.tca_tai_ns]))
        distance_km = float(np.linalg.norm(r_teme_km[0, 0] - r_teme_km[1, 0]))
        assert distance_km == pytest.approx(approach.miss_distance_km, abs=2e-3)


def test_the_same_orbits_are_flown_at_another_time():
    first, second = synthetic(scale=0.02), synthetic(scale=0.02, start=datetime(2031, 3, 4, 5, 6, tzinfo=UTC))
    assert second.start == datetime(2031, 3, 4, 5, 6, tzinfo=UTC)
    assert first.names == second.names
    np.testing.assert_allclose(first.elements.mean_anomaly_deg[:4], second.elements.mean_anomaly_deg[:4])
