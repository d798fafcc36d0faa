"""What `fairway pc` says of an encounter beside its probabilities: geometry, duration, dilution, range, trials."""

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assessment.cdm_reading import CdmAssessment
    from astrodynamics.probability import CollisionProbability, MonteCarloEstimate

__all__ = ["encounter_as_json", "encounter_as_lines", "trials_as_json"]

_GEOMETRY = (
    "miss_distance_m",
    "relative_speed_m_s",
    "approach_angle_deg",
    "tca_offset_s",
    "sigma_major_m",
    "sigma_minor_m",
    "orientation_deg",
    "mahalanobis_distance",
    "encounter_begin_s",
    "encounter_end_s",
)
SCALE_FACTORS = (0.25, 0.5, 0.7071, 1.0, 1.4142, 2.0, 4.0)
"""Of the standard deviations, on both sides, for the range that is shown."""


def encounter_as_json(assessed: "CdmAssessment") -> dict[str, Any]:
    """Geometry of the encounter and, where there is a probability, dilution and the range over covariance scales."""
    from astrodynamics import probability

    first, second = assessed.sides
    states = first.position_km, first.velocity_km_s, first.covariance_km2
    other = second.position_km, second.velocity_km_s, second.covariance_km2
    radius = assessed.hard_body_radius.radius_m
    disk = probability.collision_probability(*states, *other, radius)
    values: dict[str, Any] = {name: _or_none(float(getattr(disk, name))) for name in _GEOMETRY}
    if disk.reason is not None or states[2] is None or other[2] is None:
        return values
    dilution = probability.covariance_dilution(*states, *other, radius)
    grid = probability.scale_factor_grid(
        *states[:2], states[2], *other[:2], other[2], radius, SCALE_FACTORS, SCALE_FACTORS
    )
    return values | {
        "diluted": bool(dilution.diluted[0]),
        "maximum_over_scale": float(dilution.maximum_probability[0]),
        "scale_of_maximum": float(dilution.scale_factor[0]),
        "scale_range": {"factors": list(SCALE_FACTORS), "lowest": grid.lowest, "highest": grid.highest},
    }


def trials_as_json(result: "CollisionProbability") -> dict[str, Any] | None:
    """Trials and confidence limits of a Monte Carlo result; None for other methods."""
    estimate = _estimate(result)
    if estimate is None:
        return None
    values = asdict(estimate)
    values["probability"] = _or_none(estimate.probability)
    return values


def encounter_as_lines(assessed: "CdmAssessment") -> list[str]:
    """The same in sentences for people."""
    values = encounter_as_json(assessed)
    miss, speed, angle = (values[name] for name in _GEOMETRY[:3])
    lines = [f"miss {miss:,.1f} m at {speed:,.1f} m/s, angle of approach {angle:.1f}°"]
    if values["mahalanobis_distance"] is not None:
        lines.append(
            f"ellipse {values['sigma_major_m']:,.1f} m by {values['sigma_minor_m']:,.1f} m (one sigma), "
            f"{values['mahalanobis_distance']:.2f} sigmas from the miss; "
            f"from {values['encounter_begin_s']:.3f} s to {values['encounter_end_s']:.3f} s about closest approach"
        )
    if "diluted" in values:
        region = "diluted: a smaller covariance would raise the probability" if values["diluted"] else "not diluted"
        lines.append(
            f"{region}; at most {values['maximum_over_scale']:.3e} over its scale (at {values['scale_of_maximum']:.3g})"
        )
        factors, found = values["scale_range"]["factors"], values["scale_range"]
        lines.append(
            f"{found['lowest']:.3e} to {found['highest']:.3e} with the standard deviations of either object times "
            f"{factors[0]:g} to {factors[-1]:g}"
        )
    for result in assessed.results.values():
        estimate = _estimate(result)
        if estimate is not None:
            lines.append(
                f"Monte Carlo: {estimate.hits:,} hits in {estimate.trials:,} trials, "
                f"{estimate.confidence:.0%} limits {estimate.low:.3e} to {estimate.high:.3e} (seed {estimate.seed})"
            )
    return lines


def _estimate(result: "CollisionProbability") -> "MonteCarloEstimate | None":
    from astrodynamics.probability import MonteCarloEstimate

    return result.details if isinstance(result.details, MonteCarloEstimate) else None


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
