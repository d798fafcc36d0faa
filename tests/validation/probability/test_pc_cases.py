"""The collected reference cases of NASA CARA, Orekit, Alfano (2009) and Armellin, where the exact value is known.

Each case is taken in its own convention: unrefined states with the whole separation in the encounter plane, except the
``.pc2d`` cases, which are refined to closest approach first.
"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from astrodynamics import encounter, probability
from astrodynamics.encounter_duration import encounter_bounds_s
from astrodynamics.frames import rtn_axes

pytestmark = pytest.mark.corpus

EXACT = 1e-8
"""Relative error allowed against the 40-digit value."""

EXACT_KILOMETRE = 2.0**-10
"""Metres to a unit near the kilometre without rounding: the integral has no scale, and the narrowest ellipses amplify
the rounding of a change of units to 1e-8."""


@pytest.fixture(scope="module")
def cases(corpus: Path) -> dict[str, dict]:
    document = json.loads((corpus / "pc" / "pc_cases.json").read_text())
    return {case["id"]: case for case in document["cases"]}


def arguments(inputs: dict, metres_to_km: float = 1e-3) -> tuple:
    to_km = metres_to_km if inputs["units"].startswith("r: m,") else 1.0
    values = []
    for side in ("1", "2"):
        values += [
            np.array(inputs[f"r{side}"], dtype=float) * to_km,
            np.array(inputs[f"v{side}"], dtype=float) * to_km,
            np.array(inputs[f"cov{side}"], dtype=float) * to_km**2,
        ]
    return (*values, float(inputs["hbr"]) * to_km * 1e3)


def test_disk_equals_every_known_truth(cases):
    wrong = []
    count = 0
    for case in cases.values():
        if "truth_mp" not in case:
            continue
        refined = "ref_inputs" in case["inputs"]
        inputs = cases[case["inputs"]["ref_inputs"]]["inputs"] if refined else case["inputs"]
        result = probability.collision_probability(*arguments(inputs, EXACT_KILOMETRE), refine_tca=refined)
        truth = float(case["truth_mp"])
        count += 1
        if result.reason is not None or abs(result.probability - truth) > EXACT * truth:
            wrong.append((case["id"], truth, result.probability, result.reason))
    assert not wrong
    assert count >= 100


def test_degenerate_inputs_give_nan_and_the_reason(cases):
    expected = {
        "cara.circle.zero.3": "relative_speed_too_small",
        "cara.circle.zero.5": "relative_speed_too_small",
        "cara.covcheck.sec_default": "covariance_default",
        "cara.covcheck.pri_negvar": "covariance_negative_variance",
        "cara.covcheck.sec_negvar": "covariance_negative_variance",
        "cara.covcheck.pri_zero": "covariance_missing",
        "cara.covcheck.sec_zero": "covariance_missing",
    }
    for name, reason in expected.items():
        result = probability.collision_probability(*arguments(cases[name]["inputs"]), refine_tca=False)
        assert np.isnan(result.probability), name
        assert result.reason == reason, name


@pytest.mark.parametrize("name", ["cara.circle.zero.1", "cara.circle.zero.4"])
def test_a_vanishing_miss_distance_still_has_a_probability(cases, name):
    result = probability.collision_probability(*arguments(cases[name]["inputs"]), refine_tca=False)
    assert result.probability == pytest.approx(cases[name]["expected"], rel=1e-10)


def test_covariances_that_are_not_positive_definite_are_remedied_and_flagged(cases):
    for name in ("cara.circle.npd3x3", "cara.npd.test07.2d", "cara.conjdata.1"):
        result = probability.collision_probability(*arguments(cases[name]["inputs"]), refine_tca=False)
        assert result.reason is None, name
    assert "covariance_remediated" in result.flags


def test_encounter_ellipse_equals_caras(cases):
    case = cases["cara.conjdata.1"]
    result = probability.collision_probability(*arguments(case["inputs"]), refine_tca=False)
    expected = case["expected"]
    assert result.sigma_major_m == pytest.approx(expected["SemiMajorAxis_m"], rel=1e-9)
    assert result.sigma_minor_m == pytest.approx(expected["SemiMinorAxis_m"], rel=1e-9)
    assert abs(result.orientation_deg) == pytest.approx(expected["ClockAngle_deg"], rel=1e-9)
    assert result.miss_distance_m == pytest.approx(expected["MissDistance_m"], rel=1e-9)


def test_mahalanobis_distance_and_miss_equal_orekits(cases):
    inputs = cases["orekit.armellin.mahalanobis"]["inputs"]
    result = probability.collision_probability(*arguments(inputs))
    assert result.mahalanobis_distance == pytest.approx(cases["orekit.armellin.mahalanobis"]["expected"], abs=1e-9)
    assert result.miss_distance_m == pytest.approx(cases["orekit.armellin.miss"]["expected"], abs=1e-6)


@pytest.mark.parametrize("name", ["orekit.coppola.short", "orekit.coppola.long"])
def test_encounter_duration_equals_coppolas(cases, name):
    r1, v1, c1, r2, v2, c2, radius_m = arguments(cases[name]["inputs"])
    begin, end = encounter_bounds_s(r2 - r1, v2 - v1, c1 + c2, radius_m * 1e-3)
    # Orekit takes 5.864 for the argument at which erfc is 1e-16; it is 5.87237.
    assert end - begin == pytest.approx(cases[name]["expected"], rel=1.6e-3)


def test_encounter_bounds_equal_caras(cases):
    case = cases["cara.linearduration.2"]
    r1, v1, c1, r2, v2, c2, radius_m = arguments(case["inputs"])
    position, velocity = r2 - r1, v2 - v1
    begin, end = encounter_bounds_s(position, velocity, c1 + c2, radius_m * 1e-3)
    assert begin == pytest.approx(case["expected"]["tau0_s"], rel=5e-8)
    assert end == pytest.approx(case["expected"]["tau1_s"], rel=5e-8)


def test_time_to_closest_approach_equals_caras(cases):
    case = cases["cara.findca.4"]
    first, second = (np.array(case["inputs"][name]) * 1e-3 for name in ("x1", "x2"))
    offset = encounter.tca_offset_s(second[:3] - first[:3], second[3:] - first[3:])
    assert offset == pytest.approx(case["expected"]["dtca_s"], abs=5e-4)


def test_square_exceeds_the_disk_by_at_most_four_over_pi_where_both_are_small(cases):
    inputs = cases["cara.foster.square"]["inputs"]
    disk = probability.collision_probability(*arguments(inputs), refine_tca=False).probability
    square = probability.collision_probability(*arguments(inputs), refine_tca=False, method="square").probability
    assert 1.0 < square / disk <= 4.0 / np.pi + 1e-6


def test_disk_in_the_encounter_plane_equals_orekits_truth(cases):
    for case in cases.values():
        if case.get("kind") != "bplane_diagonal":
            continue
        given = case["inputs"]
        along = {
            "x": (abs(given["xm"]), given["sigma_x"]),
            "y": (abs(given["ym"]), given["sigma_y"]),
        }
        covariance = np.diag([along["x"][1] ** 2, along["y"][1] ** 2, 1.0]) * 1e-6
        result = probability.collision_probability(
            np.zeros(3),
            [0.0, 0.0, 1.0],
            covariance / 2,
            [along["x"][0] * 1e-3, along["y"][0] * 1e-3, 0.0],
            [0.0, 0.0, -1.0],
            covariance / 2,
            given["radius"],
        )
        assert result.probability == pytest.approx(float(case["true_disk_pc"]), rel=EXACT), case["id"]


def test_disk_equals_the_truth_of_a_thousand_conjunctions(corpus):
    with (corpus / "pc" / "armellin_1000.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))

    def values(names: list[str]) -> np.ndarray:
        keys = {key.split(" ")[0]: key for key in rows[0]}
        return np.array([[float(row[keys[name]]) for name in names] for row in rows])

    states = []
    for side in "ps":
        position = values([f"{side}_j2k_{axis}" for axis in "xyz"])
        velocity = values([f"{side}_j2k_v{axis}" for axis in "xyz"])
        rr, tt, nn, rt, rn, tn = values([f"{side}_c_{name}" for name in ("rr", "tt", "nn", "rt", "rn", "tn")]).T
        rtn = np.array([[rr, rt, rn], [rt, tt, tn], [rn, tn, nn]]).transpose(2, 0, 1)
        axes = rtn_axes(position, velocity)
        states += [position, velocity, np.swapaxes(axes, -1, -2) @ rtn @ axes]
    truth = values(["Pc_disk_truth"])[:, 0]
    result = probability.collision_probability(*states, values(["R"])[:, 0] * 1e3, refine_tca=False)
    assert len(rows) == 1000
    np.testing.assert_allclose(result.probability, truth, rtol=EXACT)
