"""Greatest probability where one object has no covariance: the unknown one is taken as bad as it can be.

J. H. Frisbee, "An Upper Bound on High Speed Satellite Collision Probability When Only One Object Has Position
Uncertainty Information", AAS 15-717 (2015). The known covariance is widened along the miss vector until the miss lies
on its one-sigma ellipse, which is where the probability of a small disk is greatest; where it lies inside already,
any further uncertainty would lower the probability and the known covariance stands alone.
"""

import numpy as np

from astrodynamics import encounter
from astrodynamics.probability import disk
from astrodynamics.probability.plane import Array, Outcome, PlaneEncounters, StateEncounters

_SMALLEST_SIGMA = 1e-4
"""Semi-axes below this part of the hard-body radius are raised to it, as for the other methods of the plane."""


def worst_case(encounters: StateEncounters) -> PlaneEncounters:
    """Encounters in the plane under the widened covariance of the object that has one.

    Where both have one, the greater bound of the two is not sought: the object whose covariance makes the miss seem
    more unlikely is taken to be the unknown one, as NASA CARA's FrisbeeMaxPc does.
    """
    position = encounters.position_2_km - encounters.position_1_km
    velocity = encounters.velocity_2_km_s - encounters.velocity_1_km_s
    position = position + velocity * encounters.tca_offset_s[:, None]
    planes = [
        encounter.encounter_plane(position, velocity, covariance[:, :3, :3])
        for covariance in (encounters.covariance_1_km2, encounters.covariance_2_km2)
    ]
    distance = planes[0].miss_distance_km
    squares = [_squared_distance(plane) for plane in planes]
    first = np.isnan(squares[1]) | (squares[0] <= squares[1])
    square = np.where(first, squares[0], squares[1])
    covariance = np.where(first[:, None], planes[0].covariance_km2, planes[1].covariance_km2)
    outside = square > 1.0
    widened = covariance.copy()
    widened[:, 0] += np.where(outside, distance**2 * (1.0 - 1.0 / np.where(outside, square, 1.0)), 0.0)
    plane = encounter.EncounterPlane(planes[0].axis_x, planes[0].axis_y, distance, widened)
    ellipse, _, _ = encounter.encounter_ellipse(plane, _SMALLEST_SIGMA * encounters.hard_body_radius_km)
    return PlaneEncounters(
        ellipse=ellipse, miss_distance_km=distance, hard_body_radius_km=encounters.hard_body_radius_km
    )


def _squared_distance(plane: encounter.EncounterPlane) -> Array:
    """Squared Mahalanobis distance of the miss under one covariance; infinite where that is not positive definite."""
    xx, xy, yy = (plane.covariance_km2[:, i] for i in range(3))
    determinant = xx * yy - xy * xy
    with np.errstate(divide="ignore", invalid="ignore"):
        square = plane.miss_distance_km**2 * yy / determinant
    return np.where(np.isnan(determinant) | (determinant > 0.0), square, np.inf)


def evaluate(encounters: StateEncounters) -> Outcome:
    """Bound of each encounter, NaN where there is no encounter plane."""
    plane = worst_case(encounters)
    probability = np.full(plane.hard_body_radius_km.size, np.nan)
    sound = np.isfinite(plane.ellipse.sigma_major_km)
    rows = np.flatnonzero(sound)
    ellipse = plane.ellipse
    probability[rows] = disk.probability(
        PlaneEncounters(
            ellipse=encounter.EncounterEllipse(
                sigma_major_km=ellipse.sigma_major_km[rows],
                sigma_minor_km=ellipse.sigma_minor_km[rows],
                orientation_rad=ellipse.orientation_rad[rows],
                miss_major_km=ellipse.miss_major_km[rows],
                miss_minor_km=ellipse.miss_minor_km[rows],
            ),
            miss_distance_km=plane.miss_distance_km[rows],
            hard_body_radius_km=plane.hard_body_radius_km[rows],
        )
    )
    return Outcome(probability, reasons={"relative_speed_too_small": ~sound})
