"""Codes of the service in sentences for people. A code that is not here is written as words, never left out."""

from dashboard.formats import words

__all__ = ["FLAGS", "LEVELS", "METHODS", "REASONS", "flag_note", "level_note", "method_name", "probability_reason"]

LEVELS = {
    "emergency": "Probability and geometry meet the criteria of a close-approach notification.",
    "unquantified": "The geometry is that of an emergency and the bound is high, but without both covariances there is "
    "no probability.",
    "reportable": "It meets the criteria for a CDM, not those of a close-approach notification.",
    "none": "It is below the criteria for a CDM.",
}
REASONS = {
    "state_not_finite": "A position or velocity is not a finite number.",
    "hard_body_radius_invalid": "The combined hard-body radius is not known.",
    "relative_speed_too_small": "The relative speed is too small for an encounter plane to exist.",
    "covariance_missing": "At least one of the two objects comes without a covariance.",
    "covariance_not_finite": "A covariance holds a value that is not a finite number.",
    "covariance_negative_variance": "A covariance has a negative variance.",
    "covariance_default": "A covariance is a placeholder that stands for “unknown”.",
    "covariance_not_positive_definite": "The combined covariance has no extent in the encounter plane.",
    "covariance_without_velocity": "The method needs covariances of velocity, and at least one object has none.",
    "covariance_on_both_sides": "The bound is for encounters in which one object has no covariance.",
    "orbit_not_closed": "At least one orbit is not closed.",
    "no_hits": "No trial came within the hard-body radius.",
    "not_applicable": "The method does not converge, or its assumptions do not hold.",
}
"""Why there is no probability."""
FLAGS = {
    "covariance_remediated": "The combined covariance is not positive definite in the plane; the ellipse was widened.",
    "velocity_covariance_missing": "The velocity part of a covariance is empty; only positions entered.",
    "covariance_indefinite": "A position covariance has a negative extent in some direction; the sum of both was used.",
    "covariance_zero_variance": "A covariance has a variance of zero along an axis.",
    "encounter_extended": "The encounter lasts long: straight lines are a poor model of it.",
    "encounter_offset": "The probability accrues far from the closest approach.",
    "tca_moved": "The states are not quite at their closest approach.",
    "miss_inside_hard_body": "The miss distance is smaller than the combined hard-body radius.",
    "underflow": "The probability is smaller than a double can hold; it is not zero.",
    "expected_number_above_one": "More than one contact is expected, since each entry counts; 1 is shown.",
    "assumptions_violated": "The method's own checks do not hold for this encounter; the value may be off.",
    "no_method_holds": "The assumptions of every method that was tried are violated; the last value is shown.",
    "trials_exhausted": "Monte Carlo stopped before it reached the target error.",
}
"""Remarks on a probability that was computed."""
METHODS = {
    "disk": "Foster 1992, disk",
    "square": "Foster 1992, square",
    "equal_area_square": "Foster 1992, square of the disk's area",
    "foster": "Foster 1992, two-dimensional quadrature",
    "patera": "Patera 2005",
    "laas": "Serra et al. 2016 (LAAS)",
    "alfano": "Alfano 2005",
    "chan": "Chan 2001",
    "alfriend": "Alfriend 1999",
    "multistep": "Multistep",
    "nc_2d": "Hall 2023 (2D-Nc)",
    "nc_3d": "Hall 2021 (3D-Nc)",
    "monte_carlo": "Monte Carlo, two-body",
}


def probability_reason(code: str | None) -> str:
    """Return why a message has no probability."""
    if code is None:
        return "The message carries none."
    return REASONS.get(code, code if " " in code else words(code))


def flag_note(code: str) -> str:
    """Return what a flag of a probability means."""
    return FLAGS.get(code, words(code))


def level_note(state: str, level: str) -> str:
    """Return what state and level of an event mean for its reader."""
    if state == "passed":
        return "The closest approach is over."
    if state == "mitigated":
        return "Screened again after the newest message, and outside the volume."
    return LEVELS.get(level, words(level))


def method_name(code: str | None) -> str:
    """Return the name of a probability method."""
    return "—" if code is None else METHODS.get(code, code)
