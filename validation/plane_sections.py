"""Sections on the methods of the encounter plane and on what belongs to an encounter."""

import json
import math

import numpy as np
from support.probability_cases import (
    CHAN_CUT_SHORT,
    DATA,
    EXACT_KILOMETRE,
    OREKIT_METHODS,
    armellin,
    cases,
    computed,
    encounter_of,
    in_plane,
    inputs_of,
    tolerance_of,
    with_one_covariance,
)

from astrodynamics import encounter, probability
from astrodynamics.encounter_duration import encounter_bounds_s
from astrodynamics.frames import rtn_axes
from astrodynamics.probability import equal_area_square
from validation.rows import Row, Section

EXACT = 1e-8
"""Relative, against 40 digits."""
ROUNDED_PLANE = 5e-8
"""The same for other exact methods, whose plane may be as long as a thousand times its width."""

_NAN = math.nan


def short(source: str) -> str:
    """A source without the path inside its repository."""
    head, _, tail = source.partition(":")
    return f"{head.split('@', maxsplit=1)[0]}, {tail.rsplit('/', maxsplit=1)[-1]}" if tail else source


def value_of(case: dict, method: str, metres_to_km: float = 1e-3) -> float:
    """Our value of a case in its own convention."""
    return float(computed(case, method, metres_to_km).probability)


def disk() -> Section:
    """Every case whose exact value is known, by the default method."""
    section = Section(
        "disk",
        "Disk: every case whose exact value is known",
        "The default method against quadrature with 40 digits. States are taken as the case has them, with the whole "
        "separation in the encounter plane; those of `.pc2d` are moved to closest approach first.",
    )
    for case in cases().values():
        if "truth_mp" in case:
            truth = float(case["truth_mp"])
            section.rows.append(
                Row(case["id"], "disk", truth, value_of(case, "disk", EXACT_KILOMETRE), EXACT, short(case["source"]))
            )
        elif case.get("kind") == "bplane_diagonal":
            result = probability.collision_probability(*in_plane(case["inputs"]))
            source = short(case["source"])
            section.rows.append(Row(case["id"], "disk", case["true_disk_pc"], float(result.probability), EXACT, source))
    return section


def conjunctions() -> Section:
    """The thousand conjunctions of Armellin, as one batch."""
    batch = armellin()
    results = {
        method: np.asarray(
            probability.collision_probability(
                *batch.states, batch.hard_body_radius_m, method=method, refine_tca=False
            ).probability
        )
        for method in ("disk", "alfriend", "alfriend_maximum")
    }
    section = Section(
        "armellin",
        "A thousand conjunctions",
        "R. Armellin and others, from ESA's Kelvins challenge: exact disk, and the published Alfriend value and "
        "maximum. Their own probability is a coarse sum, 0.002 % to 0.35 % below the integral.",
    )
    source = "arma1978/conjunction, data.csv"
    for i, truth in enumerate(batch.truth):
        section.rows.append(
            Row(f"armellin.{i + 1:04d}", "disk", float(truth), float(results["disk"][i]), EXACT, "own quadrature")
        )
    for method, name in (("alfriend", "Pc_approx"), ("alfriend_maximum", "Pc_max")):
        for i, published in enumerate(batch.published[name]):
            value = float(results[method][i])
            section.rows.append(Row(f"armellin.{i + 1:04d}", method, float(published), value, 1e-6, source))
    return section


def published_methods() -> Section:
    """Each method against its published values."""
    section = Section(
        "methods",
        "Methods against their published values",
        "Each within the last digit that its publication prints. Exact methods are also held against the exact "
        "integral.",
    )
    for case in cases().values():
        if case.get("kind") == "bplane_diagonal":
            method = OREKIT_METHODS[case["method"]]
            value = float(probability.collision_probability(*in_plane(case["inputs"]), method=method).probability)
            allowed = tolerance_of(case)
            note = ""
            if case["id"] == CHAN_CUT_SHORT:
                allowed = _NAN
                note = "Orekit's sum stops before the terms that count; the whole series is checked with 40 digits"
            section.rows.append(Row(case["id"], method, case["expected"], value, allowed, short(case["source"]), note))
    for name, method in (("square", "square"), ("square_equal_area", "equal_area_square")):
        case = cases()[f"cara.foster.{name}"]
        note = "CARA's sides lie along the miss vector, ours along the principal axes" if name == "square" else ""
        expected, allowed, source = case["expected"], case["rel_tol"], short(case["source"])
        section.rows.append(Row(case["id"], method, expected, value_of(case, method), allowed, source, note))
    for method in ("foster", "patera", "laas"):
        for case in cases().values():
            if "truth_mp" in case:
                truth, value = float(case["truth_mp"]), value_of(case, method, EXACT_KILOMETRE)
                allowed = _NAN if math.isnan(value) else ROUNDED_PLANE
                note = "no value by this method" if math.isnan(value) else ""
                section.rows.append(Row(case["id"], method, truth, value, allowed, "own quadrature", note))
    for method in ("alfano", "chan", "alfriend", "equal_area_square"):
        for case in cases().values():
            if "truth_mp" in case and case["id"].endswith(".pc2d"):
                truth = float(case["truth_mp"])
                section.rows.append(Row(case["id"], method, truth, value_of(case, method), _NAN, "own quadrature"))
    return section


def published_disks() -> Section:
    """Values printed elsewhere for the disk, and how inexact they are."""
    section = Section(
        "publications",
        "Published values of the disk against the exact ones",
        "How far what was published is from the exact integral: no judgement on ours. NASA CARA's sweep of hard-body "
        "radii carries the error of 64 Gauss-Chebyshev nodes on an ellipse 6,600 times longer than wide.",
    )
    for case in cases().values():
        if "truth_mp" in case and isinstance(case["expected"], float) and case["expected"] > 0.0:
            row = Row(case["id"], "published", float(case["truth_mp"]), case["expected"], _NAN, short(case["source"]))
            section.rows.append(row)
    return section


def bounds() -> Section:
    """Frisbee's bound and dilution."""
    section = Section(
        "bounds",
        "Bounds: one covariance missing, scaled covariances",
        "Frisbee's maximum as NASA CARA computes it, by the square of equal area, and by the disk that is used here.",
    )
    for case in cases().values():
        if not case["id"].startswith("cara.frisbee.single"):
            continue
        worst, given = with_one_covariance(case)
        source = short(case["source"])
        square = float(equal_area_square.probability(worst)[0])
        ours = float(probability.collision_probability(*given, method="frisbee").probability)
        section.rows += [
            Row(case["id"], "square of equal area", case["expected"], square, case["rel_tol"], source),
            Row(case["id"], "frisbee", case["expected"], ours, _NAN, source, "the disk"),
        ]
    case = cases()["cara.dilution.02"]
    dilution = probability.covariance_dilution(*encounter_of(case["inputs"]))
    section.rows.append(
        Row(
            case["id"],
            "maximum over scale",
            case["expected"]["value"],
            float(dilution.maximum_probability[0]),
            case["rel_tol"],
            short(case["source"]),
            "a miss inside the hard body, whose maximum is 1; CARA's search stops at 0.999",
        )
    )
    return section


def of_the_encounter() -> Section:
    """Duration, closest approach, angle, ellipse, cross-correlation, consequence."""
    section = Section("encounter", "What belongs to an encounter", "Geometry, duration, correlation, consequence.")
    known = cases()
    case = known["cara.linearduration.2"]
    r1, v1, c1, r2, v2, c2, radius = encounter_of(case["inputs"])
    begin, end = encounter_bounds_s(r2 - r1, v2 - v1, c1 + c2, radius * 1e-3)
    source = short(case["source"])
    section.rows += [
        Row(case["id"], "begin, s", case["expected"]["tau0_s"], float(begin), 5e-8, source),
        Row(case["id"], "end, s", case["expected"]["tau1_s"], float(end), 5e-8, source),
    ]
    for name in ("short", "long"):
        case = known[f"orekit.coppola.{name}"]
        r1, v1, c1, r2, v2, c2, radius = encounter_of(case["inputs"])
        begin, end = encounter_bounds_s(r2 - r1, v2 - v1, c1 + c2, radius * 1e-3)
        note = "Orekit takes 5.864 for the argument at which erfc is 1e-16; it is 5.87237"
        row = Row(case["id"], "duration, s", case["expected"], float(end - begin), 1.6e-3, short(case["source"]), note)
        section.rows.append(row)
    case = known["cara.findca.4"]
    first, second = (np.array(case["inputs"][name]) * 1e-3 for name in ("x1", "x2"))
    offset = float(encounter.tca_offset_s(second[:3] - first[:3], second[3:] - first[3:]))
    section.rows.append(
        Row(case["id"], "to TCA, s", case["expected"]["dtca_s"], offset, 5e-4, short(case["source"]), absolute=True)
    )
    case = known["orekit.armellin.mahalanobis"]
    result = probability.collision_probability(*encounter_of(case["inputs"]))
    found = float(result.mahalanobis_distance)
    section.rows.append(
        Row(case["id"], "Mahalanobis distance", case["expected"], found, 1e-9, short(case["source"]), absolute=True)
    )
    case = known["cara.conjdata.1"]
    result = probability.collision_probability(*encounter_of(case["inputs"]), refine_tca=False)
    pairs = {
        "SemiMajorAxis_m": result.sigma_major_m,
        "SemiMinorAxis_m": result.sigma_minor_m,
        "ClockAngle_deg": abs(float(result.orientation_deg)),
        "MissDistance_m": result.miss_distance_m,
        "RelativePhaseAngle_deg": result.approach_angle_deg,
    }
    for name, value in pairs.items():
        section.rows.append(Row(case["id"], name, case["expected"][name], float(value), 1e-9, short(case["source"])))
    for case in known.values():
        if case.get("kind") == "multistep" and "vrel_angle_deg" in case["expected"]:
            inputs, _ = inputs_of(case)
            angle = float(probability.collision_probability(*encounter_of(inputs)).approach_angle_deg)
            expected = case["expected"]["vrel_angle_deg"]
            section.rows.append(Row(case["id"], "angle of approach, deg", expected, angle, 1e-6, short(case["source"])))
    for case in json.loads((DATA / "density_cross_correlation.json").read_text()):
        section.rows.append(
            Row(case["id"], "disk, correlated", case["expected"], _correlated(case), case["rel_tol"], case["source"])
        )
    for case in known.values():
        if case.get("kind") == "consequence":
            given = case["inputs"]
            masses = given["primary_mass_kg"], given["secondary_mass_kg"]
            pieces = probability.collision_consequence(*masses, given["vrel_mps"], given["lc_m"]).pieces
            section.rows.append(
                Row(case["id"], "pieces", case["expected"]["value"], pieces, 0.0, short(case["source"]))
            )
    return section


def _correlated(case: dict) -> float:
    arguments, vectors = [], []
    for side in case["objects"]:
        position, velocity = np.array(side["position_km"]), np.array(side["velocity_km_s"])
        arguments += [position, velocity, np.array(side["covariance_km2"])]
        vectors.append(rtn_axes(position, velocity).T @ np.array(side["sensitivity_rtn_m"]) * 1e-3)
    first, second = (side["density_uncertainty"] for side in case["objects"])
    cross = probability.density_cross_covariance(first, vectors[0], second, vectors[1])
    result = probability.collision_probability(*arguments, case["hard_body_radius_m"], cross_covariance_km2=cross)
    return float(result.probability)
