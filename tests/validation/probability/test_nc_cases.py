"""2D-Nc, 3D-Nc and the multistep choice against NASA CARA's events, its Monte Carlo, and Alfano (2009)."""

import json
from pathlib import Path

import numpy as np
import pytest

from astrodynamics import probability
from astrodynamics.probability.nc_3d import expected_collisions
from astrodynamics.probability.two_body_pairs import TwoBodyEncounter

pytestmark = pytest.mark.corpus

ONE_PER_CENT, THOUSANDTH = 1e-2, 1e-3

ALFANO_TOLERANCE = {
    "alfano2009.case04.3dnc": 1e-4,
    "alfano2009.case05.3dnc": 2e-4,
    "alfano2009.case06.3dnc": 1e-3,
    "alfano2009.case07.3dnc": 1e-5,
    "alfano2009.case08.3dnc": 1e-5,
    "alfano2009.case11.3dnc": 1e-5,
    "cara.test08.3dnc": THOUSANDTH,
    "cara.3dnc.sim2d": THOUSANDTH,
}
"""CARA asks 1e-3 to 5e-3 of its own code. In cases 4 to 6 the hard body is up to 70 times wider than the uncertainty,
which the fixed nodes of a Lebedev rule resolve less well than ours."""


@pytest.fixture(scope="module")
def cases(corpus: Path) -> dict[str, dict]:
    document = json.loads((corpus / "pc" / "pc_cases.json").read_text())
    return {case["id"]: case for case in document["cases"]}


@pytest.fixture(scope="module")
def events(cases) -> list[tuple[dict, tuple]]:
    """Expected values and arguments of CARA's events."""
    found = [case for case in cases.values() if case.get("kind") == "multistep"]
    assert len(found) >= 35
    return [(case["expected"], arguments(cases[case["inputs"]["ref_inputs"]]["inputs"])) for case in found]


def arguments(inputs: dict) -> tuple:
    values = []
    for side in ("1", "2"):
        values += [
            np.array(inputs[f"r{side}"]) * 1e-3,
            np.array(inputs[f"v{side}"]) * 1e-3,
            np.array(inputs[f"cov{side}"]) * 1e-6,
        ]
    return (*values, float(inputs["hbr"]))


def numbers(events, method) -> np.ndarray:
    results = [probability.collision_probability(*arguments, method=method) for _, arguments in events]
    assert all(result.reason is None for result in results)
    return np.array([result.probability for result in results])


def test_3d_nc_of_every_event(events):
    """All within 1 %, three quarters within 0.1 %; seen: all within 0.091 %, each below CARA by 0.06 % to 0.09 %."""
    expected = np.array([values["Nc3D"] for values, _ in events])
    errors = np.abs(numbers(events, "nc_3d") / expected - 1.0)
    assert np.all(errors <= ONE_PER_CENT)
    assert np.mean(errors <= THOUSANDTH) >= 0.75


def test_3d_nc_lies_where_trials_do(events):
    """CARA's own Monte Carlo of up to 4e9 trials: its 95 % interval holds most, three times its width all."""
    found = numbers(events, "nc_3d")
    low, high = np.array([values["PcSDMC_ci95"] for values, _ in events]).T
    assert np.mean((found >= low) & (found <= high)) >= 0.9
    assert np.all((found >= low - (high - low)) & (found <= high + (high - low)))


def test_2d_nc_of_every_event_that_it_is_meant_for(events):
    """Where CARA flags no violation of 2D-Nc; seen: all within 1.5e-4."""
    meant = [event for event in events if event[0]["ViolationsNc2D"] == 0]
    expected = np.array([values["Nc2D"] for values, _ in meant])
    assert numbers(meant, "nc_2d") == pytest.approx(expected, rel=THOUSANDTH)


def test_the_choice_is_that_of_cara(events):
    """The plane where CARA sees no violation, 2D-Nc where it sees one of the plane only, 3D-Nc or trials beyond."""
    for values, given in events:
        choice = probability.collision_probability(*given, method="multistep").details
        tried = [step.method for step in choice.steps]
        assert ("nc_2d" in tried) == (values["ViolationsPc2D"] > 0)
        assert ("nc_3d" in tried) == (values["ViolationsNc2D"] > 0)
        assert ("monte_carlo" in tried) == (values["ViolationsNc3D"] > 0)


@pytest.mark.parametrize("name", ALFANO_TOLERANCE)
def test_published_3d_nc(cases, name):
    inputs, expected = cases[name]["inputs"], float(cases[name]["expected"])
    first_r, first_v, first_c, second_r, second_v, second_c, radius_m = arguments(inputs)
    limits = inputs.get("time_limits_s")
    encounter = TwoBodyEncounter.of(
        np.array([np.concatenate((first_r, first_v)), np.concatenate((second_r, second_v))]),
        np.array([first_c, second_c]),
        radius_m * 1e-3,
        window_s=None if limits is None else tuple(limits),
    )
    found = expected_collisions(encounter)
    assert found.converged
    assert found.expected_number == pytest.approx(expected, rel=ALFANO_TOLERANCE[name])
