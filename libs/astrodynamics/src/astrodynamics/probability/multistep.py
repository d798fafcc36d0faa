"""The probability by the simplest method that holds, each step saying why the next was needed.

After NASA CARA's PcMultiStep (CARA Analysis Tools): gates of the covariances, the two-dimensional integral over the
disk, 2D-Nc, 3D-Nc, Monte Carlo, each with checks of its assumptions. CARA puts an upper limit in the place of values
that are surely below 1e-10; here 2D-Nc is computed for them too, since it costs little.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from astrodynamics.encounter import encounter_ellipse, encounter_plane, norm, orbital_period_s
from astrodynamics.probability import disk, monte_carlo, nc_2d, nc_3d
from astrodynamics.probability.monte_carlo import MonteCarloSettings
from astrodynamics.probability.multistep_checks import (
    DEFAULT_LIMITS,
    Check,
    Limits,
    StraightLines,
    disk_checks,
    nc_2d_checks,
    nc_3d_checks,
)
from astrodynamics.probability.nc_3d import CollisionPass
from astrodynamics.probability.plane import Outcome, PlaneEncounters, StateEncounters
from astrodynamics.probability.two_body_pairs import SMALLEST_EXTENT, TwoBodyEncounter

Array = npt.NDArray[np.float64]

_SLOWEST_KM_S = 1e-9
"""Relative speed below which there is no encounter plane."""
_FEWEST_HITS = 10
"""Fewer to be expected are not worth the trials."""
_BLIND_TRIALS = 100_000
"""Where nothing tells when collisions are to be expected."""


@dataclass(frozen=True, slots=True)
class Step:
    """One method that was tried.

    Attributes
    ----------
    method
        ``disk``, ``nc_2d``, ``nc_3d`` or ``monte_carlo``.
    probability
        Its value; NaN where it gave none.
    checks
        Of its assumptions.
    accepted
        Whether the value stands.
    remark
        Why the value stands, or why the next step was needed.
    """

    method: str
    probability: float
    checks: tuple[Check, ...]
    accepted: bool
    remark: str


@dataclass(frozen=True, slots=True)
class MultistepChoice:
    """How a method was chosen.

    Attributes
    ----------
    steps
        In their order.
    chosen
        The method whose value is given; None where no step gave one.
    """

    steps: tuple[Step, ...]
    chosen: str | None

    @property
    def accepted(self) -> bool:
        """False where the assumptions of every method that was tried are violated."""
        return bool(self.steps) and self.steps[-1].accepted

    @property
    def probability(self) -> float:
        """Value of the chosen method; NaN where there is none."""
        return next((step.probability for step in reversed(self.steps) if step.method == self.chosen), math.nan)


def evaluate(
    encounters: StateEncounters, limits: Limits = DEFAULT_LIMITS, settings: MonteCarloSettings | None = None
) -> Outcome:
    """Choose for each encounter; the details are `MultistepChoice`."""
    disks = _disks(encounters)
    choices = tuple(_choose(encounters, i, float(disks[i]), limits, settings) for i in range(disks.size))
    number = np.array([choice.probability for choice in choices], dtype=np.float64)
    return Outcome(
        probability=np.minimum(number, 1.0),
        reasons={
            "relative_speed_too_small": np.isnan(number) & _are_still(encounters),
            "not_applicable": np.isnan(number),
        },
        flags={
            "velocity_covariance_missing": np.array(
                [not _has_velocity(covariances) for covariances in _covariances(encounters)], dtype=np.bool_
            ),
            "no_method_holds": np.array([not choice.accepted for choice in choices], dtype=np.bool_),
            "expected_number_above_one": number > 1.0,
        },
        details=choices,
    )


def _covariances(encounters: StateEncounters) -> Array:
    """Of both objects, shape (n, 2, 6, 6)."""
    return np.stack((encounters.covariance_1_km2, encounters.covariance_2_km2), axis=1)


def _are_still(encounters: StateEncounters) -> npt.NDArray[np.bool_]:
    """Which objects do not move against each other, so that no encounter plane exists."""
    return np.asarray(norm(encounters.velocity_2_km_s - encounters.velocity_1_km_s) < _SLOWEST_KM_S)


def _disks(encounters: StateEncounters) -> Array:
    """Disk probability of each encounter at its closest approach; NaN where there is no encounter plane."""
    velocity = encounters.velocity_2_km_s - encounters.velocity_1_km_s
    position = encounters.position_2_km - encounters.position_1_km + velocity * encounters.tca_offset_s[:, None]
    covariance = encounters.covariance_1_km2[:, :3, :3] + encounters.covariance_2_km2[:, :3, :3]
    rows = np.flatnonzero(~_are_still(encounters))
    plane = encounter_plane(*(values[rows].astype(np.longdouble) for values in (position, velocity, covariance)))
    radius = encounters.hard_body_radius_km[rows]
    ellipse, _, larger = encounter_ellipse(plane, SMALLEST_EXTENT * radius)
    result = np.full(velocity.shape[0], np.nan)
    result[rows] = disk.probability(PlaneEncounters(ellipse, norm(position[rows]), radius))
    result[rows[larger <= 0.0]] = np.nan
    return result


def _choose(
    encounters: StateEncounters,
    index: int,
    disk_probability: float,
    limits: Limits,
    settings: MonteCarloSettings | None,
) -> MultistepChoice:
    """Walk through the methods until one holds."""
    states = np.array(
        [
            np.concatenate((encounters.position_1_km[index], encounters.velocity_1_km_s[index])),
            np.concatenate((encounters.position_2_km[index], encounters.velocity_2_km_s[index])),
        ]
    )
    covariances = _covariances(encounters)[index]
    radius, offset = float(encounters.hard_body_radius_km[index]), float(encounters.tca_offset_s[index])
    relative = states[1] - states[0]
    relative[:3] += relative[3:] * offset
    lines = StraightLines.of(relative, covariances[:, :3, :3], SMALLEST_EXTENT * radius)
    period = float(np.min(orbital_period_s(states[:, :3], states[:, 3:])))
    if not _has_velocity(covariances):
        checks = disk_checks(lines, None, period, limits)
        known = tuple(check for check in checks if not math.isnan(check.value))
        step = _step("disk", disk_probability, known)
        remark = f"{step.remark}; without covariances of velocity curved motion cannot be considered"
        return _choice([Step("disk", disk_probability, known, step.accepted, remark)])
    encounter = TwoBodyEncounter.of(states, covariances, radius, closest_s=offset)
    first = _step("disk", disk_probability, disk_checks(lines, encounter, period, limits))
    if first.accepted:
        return _choice([first])
    if encounter is None:
        remark = f"{first.remark}, but an orbit is not closed, and the methods for curved motion need two-body orbits"
        return _choice([Step("disk", disk_probability, first.checks, accepted=False, remark=remark)])
    return _choice([first, *_curved_steps(states, covariances, encounter, limits, settings)])


def _curved_steps(
    states: Array,
    covariances: Array,
    encounter: TwoBodyEncounter,
    limits: Limits,
    settings: MonteCarloSettings | None,
) -> list[Step]:
    period = encounter.pair.shorter_period_s
    short = nc_2d.expected_collisions(encounter)
    second = (
        Step("nc_2d", math.nan, (), accepted=False, remark="the overlap of the uncertainties has no peak")
        if short is None
        else _step("nc_2d", short.expected_number, nc_2d_checks(short, period, limits))
    )
    if second.accepted:
        return [second]
    whole = nc_3d.expected_collisions(encounter)
    third = (
        Step("nc_3d", math.nan, (), accepted=False, remark="the uncertainties do not overlap in the pass")
        if whole is None
        else _step("nc_3d", whole.expected_number, nc_3d_checks(whole, period, limits))
    )
    if third.accepted:
        return [second, third]
    return [second, third, _monte_carlo_step(states, covariances, encounter, whole, settings)]


def _monte_carlo_step(
    states: Array,
    covariances: Array,
    encounter: TwoBodyEncounter,
    whole: CollisionPass | None,
    settings: MonteCarloSettings | None,
) -> Step:
    """Trials over the time in which collisions are expected, with its length to each side, else few over the pass."""
    settings = settings or MonteCarloSettings()
    begin, end = encounter.window_s
    if whole is None or math.isnan(whole.expected_number):
        settings = replace(settings, maximum_trials=min(settings.maximum_trials, _BLIND_TRIALS))
    else:
        hits = whole.expected_number * settings.maximum_trials
        if hits < _FEWEST_HITS:
            remark = f"not tried: {hits:.2g} hits are to be expected in {settings.maximum_trials} trials"
            return Step("monte_carlo", math.nan, (), accepted=False, remark=remark)
        length = whole.end_s - whole.begin_s
        begin = max(begin, whole.begin_s + encounter.closest_s - length)
        end = min(end, whole.end_s + encounter.closest_s + length)
    found = monte_carlo.monte_carlo(states, covariances, encounter.radius_km, (begin, end), settings)
    limits = f"{found.hits} hits in {found.trials} trials, between {found.low:.3g} and {found.high:.3g}"
    if found.target_reached:
        return Step("monte_carlo", found.probability, (), accepted=True, remark=f"it assumes nothing: {limits}")
    remark = f"too few trials for the error aimed at: {limits}"
    return Step("monte_carlo", found.probability, (), accepted=False, remark=remark)


def _step(method: str, probability: float, checks: tuple[Check, ...]) -> Step:
    violated = [check.finding for check in checks if not check.holds]
    if math.isnan(probability):
        violated.insert(0, "it gives no value")
    remark = "; ".join(violated) if violated else "all its assumptions hold"
    return Step(method, probability, checks, accepted=not violated, remark=remark)


def _choice(steps: list[Step]) -> MultistepChoice:
    """The accepted method, which is the last; else the last before the trials that gave a value, else the trials."""
    valued = [step for step in steps if not math.isnan(step.probability)]
    if not valued:
        return MultistepChoice(tuple(steps), None)
    analytic = [step for step in valued if step.method != "monte_carlo"]
    best = valued[-1] if valued[-1].accepted or not analytic else analytic[-1]
    return MultistepChoice(tuple(steps), best.method)


def _has_velocity(covariances: Array) -> bool:
    """Whether both covariances say something of velocity, and of how it goes with position (as CARA demands)."""
    blocks = np.concatenate((covariances[:, 3:, 3:], covariances[:, 3:, :3]), axis=-1)
    return bool(
        np.all(np.isfinite(blocks))
        and np.all(np.einsum("nii->ni", covariances[:, 3:, 3:]) > 0.0)
        and np.all(np.any(covariances[:, 3:, :3] != 0.0, axis=(-1, -2)))
    )
