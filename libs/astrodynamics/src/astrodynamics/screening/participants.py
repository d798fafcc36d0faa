"""Who takes part in a screening, in which role, and how far each one's volume reaches."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import InvalidRequestError
from astrodynamics.screening.population import Population
from astrodynamics.screening.radius_band import element_bands_km, ephemeris_band_km
from astrodynamics.screening.request import SHAPES, Request
from astrodynamics.timescales import DAY_NS

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

PRIMARY, SECONDARY = 1, 2
FEW = 64
"""Up to so many primaries each one is compared with everything; the sweep over cells is faster for more."""
LOWEST_RADIUS_KM = 6300.0


@dataclass(frozen=True, eq=False)
class Participants:
    """Roles and volumes by index of the population, and the same for the members that are propagated.

    Attributes
    ----------
    role
        Bits PRIMARY and SECONDARY; 0 takes no part.
    too_old
        Elements over the age limit; they take no part.
    shape, half_sizes_km, reach_km
        Of each primary's volume, and the radius of the sphere about it; zero for others.
    members
        Those to propagate, ordered by kind and size of orbit; with few primaries only those whose radii can meet a
        primary's.
    few_primaries
        Places of the primaries among the members, where they are few.
    mutual
        Whether a pair has one encounter, not one for each as primary.
    known
        Sorted keys of known pairs.
    """

    role: npt.NDArray[np.uint8]
    too_old: npt.NDArray[np.bool_]
    shape: npt.NDArray[np.uint8]
    half_sizes_km: Floats
    reach_km: Floats
    members: Integers
    members_role: npt.NDArray[np.uint8]
    members_radial_gate_km: Floats
    members_gate_km: Floats
    few_primaries: Integers
    mutual: bool
    known: Integers

    def only(self, places: Integers) -> "Participants":
        """The same with some of the members, in their order."""
        role = self.members_role[places]
        few = np.flatnonzero(role & PRIMARY) if len(self.few_primaries) else self.few_primaries
        return replace(
            self,
            members=self.members[places],
            members_role=role,
            members_radial_gate_km=self.members_radial_gate_km[places],
            members_gate_km=self.members_gate_km[places],
            few_primaries=few,
        )


def choose_participants(population: Population, request: Request, *, radius_filter: bool = True) -> Participants:
    """Resolve a request against a population.

    Parameters
    ----------
    population, request
        As given to the engine.
    radius_filter
        Whether few primaries leave out objects whose radii can't meet theirs; off only to check that it is sound.
    """
    n = len(population)
    primaries = _indices(request.primaries, n, "primaries")
    secondaries = _indices(request.secondaries, n, "secondaries")
    role = np.zeros(n, dtype=np.uint8)
    role[primaries] |= PRIMARY
    role[secondaries] |= SECONDARY
    too_old = np.zeros(n, dtype=bool)
    if request.max_element_age_days is not None:
        counted_at = request.start_tai_ns if request.ages_at_tai_ns is None else request.ages_at_tai_ns
        age_ns = counted_at - population.elements.epoch_tai_ns
        too_old[: len(population.elements)] = age_ns > request.max_element_age_days * DAY_NS

    half_sizes = np.zeros((n, 3))
    half_sizes[primaries] = request.volume.half_sizes_km(len(primaries))
    square = np.square(half_sizes)
    shape = np.zeros(n, dtype=np.uint8)
    shape[primaries] = request.volume.shape_codes(len(primaries))
    is_box = shape == SHAPES.index("box")
    reach = np.where(is_box, np.sqrt(square.sum(axis=1)), half_sizes.max(axis=1))
    lateral = np.where(is_box, square[:, 1:].sum(axis=1), square[:, 1:].max(axis=1))
    radial = np.minimum(reach, half_sizes[:, 0] + lateral / (2.0 * LOWEST_RADIUS_KM) + 0.01 * (lateral > 0.0))

    taking_part = np.flatnonzero((role != 0) & ~too_old)
    few = np.count_nonzero(role[taking_part] & PRIMARY) <= FEW
    if few and radius_filter:
        taking_part = _that_can_meet(population, request, taking_part, role, radial)
    axis = np.full(n, np.inf)
    deep = np.full(n, 2)
    axis[: len(population.elements)] = population.propagator.perigee_km + population.propagator.apogee_km
    deep[: len(population.elements)] = population.propagator.is_deep_space
    members = taking_part[np.lexsort((axis[taking_part], deep[taking_part]))]
    return Participants(
        role=np.where(too_old, 0, role).astype(np.uint8),
        too_old=too_old & (role != 0),
        shape=shape,
        half_sizes_km=half_sizes,
        reach_km=reach,
        members=members,
        members_role=role[members],
        members_radial_gate_km=_shares(radial[members]),
        members_gate_km=_shares(reach[members]),
        few_primaries=np.flatnonzero(role[members] & PRIMARY) if few else np.zeros(0, dtype=np.int64),
        mutual=request.volume.is_uniform_sphere,
        known=_known_keys(request),
    )


def _shares(reach_km: Floats) -> Floats:
    """Shares of which any two add up to at least the larger reach: each one's own less half of the smallest."""
    return reach_km - 0.5 * reach_km.min() if len(reach_km) else reach_km


def _that_can_meet(
    population: Population, request: Request, taking_part: Integers, role: npt.NDArray[np.uint8], radial_km: Floats
) -> Integers:
    """Objects whose band of radii meets that of a primary (and the primaries themselves)."""
    low, high = np.full(len(population), np.inf), np.zeros(len(population))
    span = (request.start_tai_ns, request.stop_tai_ns)
    low[: len(population.elements)], high[: len(population.elements)] = element_bands_km(population, *span)
    for index in range(len(population.elements), len(population)):
        low[index], high[index] = ephemeris_band_km(population, index, *span)
    leads = taking_part[(role[taking_part] & PRIMARY) != 0]
    keep = np.isin(taking_part, leads)
    for lead in leads:
        keep |= (low[taking_part] <= high[lead] + radial_km[lead]) & (high[taking_part] >= low[lead] - radial_km[lead])
    return taking_part[keep]


def _indices(chosen: npt.ArrayLike | None, n: int, what: str) -> Integers:
    if chosen is None:
        return np.arange(n)
    indices = np.asarray(chosen)
    if indices.dtype == bool:
        indices = np.flatnonzero(indices)
    indices = indices.astype(np.int64).reshape(-1)
    if len(indices) and (indices.min() < 0 or indices.max() >= n):
        raise InvalidRequestError(f"The {what} name objects that are not among the {n} of the population")
    if len(np.unique(indices)) != len(indices):
        raise InvalidRequestError(f"The {what} name an object twice")
    return indices


def _known_keys(request: Request) -> Integers:
    """Both catalogue numbers of a known pair in one number, the smaller in front."""
    keys = []
    for pair in request.known_pairs or ():
        numbers = sorted(int(number) for number in pair)
        if len(numbers) != 2:
            raise InvalidRequestError(f"A known pair needs two catalogue numbers, not {numbers}")
        keys.append((numbers[0] << 32) | numbers[1])
    return np.array(sorted(keys), dtype=np.int64)
