"""Published cases of collision probability (tests/data/probability), as arguments of the library's functions.

Numbers only, of NASA CARA, Orekit, Alfano (2009) and Armellin; `meta` in pc_cases.json names the sources
and explains the fields. Each case says in which convention its value holds.
"""

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from astrodynamics import encounter, probability
from astrodynamics.frames import rtn_axes
from astrodynamics.probability import frisbee
from astrodynamics.probability.plane import StateEncounters

Floats = npt.NDArray[np.float64]

DATA = Path(__file__).parents[1] / "data" / "probability"

EXACT_KILOMETRE = 2.0**-10
"""Metres to a unit near the kilometre without rounding: the integrals have no scale, and the narrowest ellipses amplify
the rounding of a change of units to 1e-8."""

OREKIT_METHODS = {"Alfano2005": "alfano", "Chan1997": "chan", "Laas2015": "laas", "Patera2005": "patera"}
"""Our names of the methods that Orekit prints values of."""

CHAN_CUT_SHORT = "orekit.chan1997.alfanotestcase5"
"""Orekit's value is 1.7346e-202; the whole series gives 8.76185e-184. Its sum stops before the terms that count. Both
are meaningless as a probability (the disk has 0.0445): Chan's circle of equal area does not fit a needle."""

Encounter = tuple[Floats, Floats, Floats, Floats, Floats, Floats, float]
"""Position, velocity, covariance of both (km, km/s), combined hard-body radius (m)."""


@cache
def cases() -> dict[str, dict[str, Any]]:
    """Every case by its id."""
    document = json.loads((DATA / "pc_cases.json").read_text())
    return {case["id"]: case for case in document["cases"]}


@cache
def alfano_2009() -> list[dict[str, Any]]:
    """Alfano's twelve cases at epoch and at closest approach, with his values and CARA's."""
    document: list[dict[str, Any]] = json.loads((DATA / "alfano_2009.json").read_text())
    return document


def inputs_of(case: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The inputs, which may stand at another case, and whether the states are refined to closest approach first."""
    refined = "ref_inputs" in case["inputs"]
    return (cases()[case["inputs"]["ref_inputs"]]["inputs"] if refined else case["inputs"]), refined


def encounter_of(inputs: dict[str, Any], metres_to_km: float = 1e-3) -> Encounter:
    """States and covariances as the library takes them."""
    to_km = metres_to_km if inputs["units"].startswith("r: m,") else 1.0
    values = [
        np.array(inputs[f"{name}{side}"], dtype=float) * to_km**power
        for side in ("1", "2")
        for name, power in (("r", 1), ("v", 1), ("cov", 2))
    ]
    r1, v1, c1, r2, v2, c2 = values
    return r1, v1, c1, r2, v2, c2, float(inputs["hbr"]) * to_km * 1e3


def tolerance_of(case: dict[str, Any]) -> float:
    """Relative: the case's own, or its absolute one by its value."""
    return float(max(case.get("rel_tol") or 0.0, (case.get("abs_tol") or 0.0) / case["expected"]))


def computed(case: dict[str, Any], method: str, metres_to_km: float = 1e-3) -> probability.CollisionProbability:
    """Our value of a case in its own convention."""
    inputs, refined = inputs_of(case)
    return probability.collision_probability(*encounter_of(inputs, metres_to_km), method=method, refine_tca=refined)


def with_one_covariance(case: dict[str, Any]) -> tuple[Any, Any]:
    """The encounter of a case of Frisbee's with one covariance: its worst case in the plane, and the arguments."""
    r1, v1, c1, r2, v2, c2, radius = encounter_of(case["inputs"])
    unknown = np.full((1, 6, 6), np.nan)
    primary_missing = case["inputs"]["missing"] == "primary"
    worst = frisbee.worst_case(
        StateEncounters(
            position_1_km=r1[None],
            velocity_1_km_s=v1[None],
            covariance_1_km2=unknown if primary_missing else c1[None],
            position_2_km=r2[None],
            velocity_2_km_s=v2[None],
            covariance_2_km2=c2[None] if primary_missing else unknown,
            hard_body_radius_km=np.array([radius * 1e-3]),
            tca_offset_s=encounter.tca_offset_s((r2 - r1)[None], (v2 - v1)[None]),
        )
    )
    return worst, (r1, v1, None if primary_missing else c1, r2, v2, c2 if primary_missing else None, radius)


def in_plane(inputs: dict[str, Any]) -> Encounter:
    """An encounter that has the miss vector and the diagonal covariance of a case given in the encounter plane (m)."""
    covariance = np.diag([inputs["sigma_x"] ** 2, inputs["sigma_y"] ** 2, 1.0]) * 0.5e-6
    miss = np.array([abs(inputs["xm"]), abs(inputs["ym"]), 0.0]) * 1e-3
    speed = np.array([0.0, 0.0, 1.0])
    return np.zeros(3), speed, covariance, miss, -speed, covariance, float(inputs["radius"])


def alfano_encounter(case: dict[str, Any], at: str) -> tuple[Floats, Floats, float]:
    """States (2, 6) and covariances (2, 6, 6) in km and km/s, `at_epoch` or `at_tca`; radius in km."""
    given = case[at]
    states = np.array([given[f"r{side}_m"] + given[f"v{side}_m_s"] for side in (1, 2)]) * 1e-3
    covariances = np.array([given["cov1"], given["cov2"]]) * 1e-6
    return states, covariances, case["hard_body_radius_m"] * 1e-3


@dataclass(frozen=True)
class Armellin:
    """A thousand conjunctions as a batch, in km and km/s; `truth` is the disk integral with 40 digits."""

    states: tuple[Floats, Floats, Floats, Floats, Floats, Floats]
    hard_body_radius_m: Floats
    truth: Floats
    published: dict[str, Floats]


@cache
def armellin() -> Armellin:
    """The conjunctions collected by Armellin and others from ESA's Kelvins challenge."""
    with (DATA / "armellin_1000.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))

    def values(names: list[str]) -> Floats:
        return np.array([[float(row[name]) for name in names] for row in rows])

    states = []
    for side in "ps":
        position = values([f"{side}_j2k_{axis}" for axis in "xyz"])
        velocity = values([f"{side}_j2k_v{axis}" for axis in "xyz"])
        rr, tt, nn, rt, rn, tn = values([f"{side}_c_{name}" for name in ("rr", "tt", "nn", "rt", "rn", "tn")]).T
        rtn = np.array([[rr, rt, rn], [rt, tt, tn], [rn, tn, nn]]).transpose(2, 0, 1)
        axes = rtn_axes(position, velocity)
        states += [position, velocity, np.swapaxes(axes, -1, -2) @ rtn @ axes]
    return Armellin(
        states=(states[0], states[1], states[2], states[3], states[4], states[5]),
        hard_body_radius_m=values(["R"])[:, 0] * 1e3,
        truth=values(["Pc_disk_truth"])[:, 0],
        published={name: values([name])[:, 0] for name in ("Pc", "Pc_approx", "Pc_max")},
    )
