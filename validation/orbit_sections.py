"""Sections on the methods that follow the orbits: Hall's 2D-Nc and 3D-Nc, the tiered choice, Monte Carlo."""

import math

import numpy as np
from support.probability_cases import alfano_2009, alfano_encounter, cases, encounter_of, inputs_of

from astrodynamics import probability
from astrodynamics.probability.monte_carlo import MonteCarloSettings, monte_carlo
from validation.plane_sections import short
from validation.rows import Row, Section

_NAN = math.nan
_WITHIN = 1e-2
"""CARA's own 3D-Nc stands 0.08 % above the converged integral; its 2D-Nc is an approximation."""


def expected_collisions() -> Section:
    """2D-Nc and 3D-Nc on CARA's multistep events."""
    section = Section(
        "nc",
        "Expected number of collisions over curved orbits (2D-Nc, 3D-Nc, multistep)",
        "NASA CARA's multistep events. 3D-Nc must be within 1 %, three quarters of them within 0.1 %; 2D-Nc is "
        "judged where CARA's own checks let it stand. The tiered choice is shown beside CARA's Monte Carlo, with "
        "the limits of its 95 % confidence.",
    )
    for case in cases().values():
        if case.get("kind") != "multistep":
            continue
        inputs, _ = inputs_of(case)
        arguments, expected, source = encounter_of(inputs), case["expected"], short(case["source"])
        name = case["id"].removesuffix(".multistep").removeprefix("cara.cdm.")
        for method, key in (("nc_3d", "Nc3D"), ("nc_2d", "Nc2D")):
            if not isinstance(expected.get(key), float):
                continue
            value = float(probability.collision_probability(*arguments, method=method).probability)
            violated = method == "nc_2d" and expected.get("ViolationsNc2D", 0) > 0
            note = "CARA's checks refuse 2D-Nc here" if violated else ""
            section.rows.append(Row(name, method, expected[key], value, _NAN if violated else _WITHIN, source, note))
        result = probability.collision_probability(*arguments, method="multistep")
        low, high = expected.get("PcSDMC_ci95", (_NAN, _NAN))
        note = f"CARA's limits {low:.4g} to {high:.4g}"
        sampled = float(expected.get("PcSDMC", _NAN))
        section.rows.append(Row(name, "multistep", sampled, float(result.probability), _NAN, source, note))
    return section


def trials(count: int, threads: int) -> Section:
    """Monte Carlo on Alfano's twelve cases."""
    section = Section(
        "monte-carlo",
        "Monte Carlo on Alfano's twelve cases",
        "S. Alfano, Satellite Conjunction Monte Carlo Analysis, AAS 09-233 (2009): states and covariances at "
        f"epoch, drawn in equinoctial elements, moved on two-body orbits, {count:,} trials each, seed 1, against "
        "NASA CARA's 1e8. The error is in combined standard deviations of both samples and must be at most 3. As "
        "in CARA's values, a pair counts that enters the sphere from outside; those within it at the begin of the"
        " window (cases 9, 11, 12) count if they leave and come again.",
    )
    settings = MonteCarloSettings(maximum_trials=count, target_relative_error=1e-9, threads=threads)
    source = "nasa/CARA_Analysis_Tools, A09TestCases (CARA_PcMC)"
    for case in alfano_2009():
        states, covariances, radius = alfano_encounter(case, "at_epoch")
        tca, half = case["tca_after_epoch_s"], case["half_window_s"]
        found = monte_carlo(states, covariances, radius, (tca - half, tca + half), settings)
        expected = case["CARA_PcMC"]
        ours = found.entries / found.trials
        sigma = np.sqrt(expected * (1.0 - expected) * (1.0 / found.trials + 1.0 / case["CARA_MCTrials"]))
        note = f"{found.initial_hits:,} inside at the begin"
        section.rows.append(
            Row(
                f"alfano2009.case{case['case']:02d}",
                "monte_carlo",
                expected,
                ours,
                3.0,
                source,
                note,
                sigma=float(sigma),
            )
        )
    return section
