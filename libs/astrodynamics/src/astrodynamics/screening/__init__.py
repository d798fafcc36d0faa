"""The screening engine: every close approach between the objects of a population.

Work flows through four stages, each a module: `states` (all objects on a grid of time), `sieve` (from all pairs to
candidates), `encounters` (the objects' own propagators decide), `approaches` (pieces become approaches). `screen`
runs them over chunks of an absolute grid, so that threads and slices don't change a bit of the result.
"""

from astrodynamics.screening.approaches import APPROACH, CONTINUOUS, KINDS, TRUNCATED, Approaches
from astrodynamics.screening.coverage import REASONS, SCREENED, Coverage
from astrodynamics.screening.engine import screen
from astrodynamics.screening.pair_geometry import relative_positions_rtn_km
from astrodynamics.screening.population import Population, states_at
from astrodynamics.screening.request import Request, Volume
from astrodynamics.screening.result import Progress, Result, Statistics, join, plan_slices
from astrodynamics.screening.stream import SliceJoiner, screen_in_slices
from astrodynamics.screening.warm_up import warm_up

__all__ = [
    "APPROACH",
    "CONTINUOUS",
    "KINDS",
    "REASONS",
    "SCREENED",
    "TRUNCATED",
    "Approaches",
    "Coverage",
    "Population",
    "Progress",
    "Request",
    "Result",
    "SliceJoiner",
    "Statistics",
    "Volume",
    "join",
    "plan_slices",
    "relative_positions_rtn_km",
    "screen",
    "screen_in_slices",
    "states_at",
    "warm_up",
]
