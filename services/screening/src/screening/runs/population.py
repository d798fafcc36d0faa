"""The engine's population of a run: who stands at which index, the same in every task and when slices are joined."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assessment.catalogues import Catalogue
from assessment.object_kinds import KindVolume, secondary_kinds
from assessment.population_screening import PopulationScreening, requests_of
from assessment.volumes import parse_volume
from astrodynamics.screening import Population, Request
from astrodynamics.trajectories import Ephemeris
from screening.runs.inputs import RunInputs

__all__ = ["Members", "engine_requests", "members_of", "population_of"]

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Members:
    """Everybody in a run, by index: objects of the catalogue in its order, then ephemerides.

    Attributes
    ----------
    catalogue_rows
        Rows of the catalogue that take part.
    norad_cat_id, designator
        By index; the designator is the ephemeris' identifier, None for an object of the catalogue.
    primaries, secondaries
        Indices.
    """

    catalogue_rows: Integers
    norad_cat_id: Integers
    designator: npt.NDArray[np.object_]
    primaries: Integers
    secondaries: Integers


def members_of(inputs: RunInputs, catalogue: Catalogue | None) -> Members:
    """Resolve the inputs of a run. A primary with an ephemeris has no second self of the catalogue as secondary."""
    numbers = np.zeros(0, dtype=np.int64) if catalogue is None else catalogue.elements.norad_cat_id
    nobody = np.zeros(len(numbers), dtype=np.bool_)
    leads, others = nobody, nobody
    if inputs.primary is None:
        leads = _chosen(numbers, inputs.primary_numbers)
    if inputs.against == "catalogue":
        others = _chosen(numbers, inputs.secondary_numbers)
        if inputs.primary is not None:
            others = others & (numbers != inputs.primary.norad_cat_id)
    rows = np.flatnonzero(leads | others)
    ephemerides = inputs.ephemerides
    of_ephemerides = np.arange(len(rows), len(rows) + len(ephemerides))
    from_ephemerides = of_ephemerides[1:] if inputs.primary is not None else of_ephemerides
    return Members(
        catalogue_rows=rows,
        norad_cat_id=np.concatenate(
            [numbers[rows], np.array([each.norad_cat_id for each in ephemerides], dtype=np.int64)]
        ),
        designator=np.array([None] * len(rows) + [each.id for each in ephemerides], dtype=object),
        primaries=of_ephemerides[:1] if inputs.primary is not None else np.flatnonzero(leads[rows]),
        secondaries=from_ephemerides if inputs.against == "ephemerides" else np.flatnonzero(others[rows]),
    )


def _chosen(numbers: Integers, wanted: tuple[int, ...] | None) -> npt.NDArray[np.bool_]:
    return np.ones(len(numbers), dtype=np.bool_) if wanted is None else np.isin(numbers, wanted)


def population_of(members: Members, catalogue: Catalogue | None, ephemerides: tuple[Ephemeris, ...]) -> Population:
    """Return the members with their trajectories."""
    elements = None if catalogue is None else catalogue.elements.take(members.catalogue_rows)
    return Population(elements, ephemerides)


def engine_requests(
    population: Population,
    members: Members,
    inputs: RunInputs,
    volume: str,
    catalogue: Catalogue | None,
    interval_tai_ns: tuple[int, int],
) -> tuple[Request, ...]:
    """Return what the engine is asked of an interval: one request for each kind of secondary, none without volumes.

    Known pairs are among what it finds: they are counted, and left out, when the slices are joined.
    """
    names = () if catalogue is None else (catalogue.object_names[row] for row in members.catalogue_rows.tolist())
    wanted = [
        KindVolume(kind=each.kind, volume=parse_volume(each.volume), norad_cat_ids=each.norad_cat_ids)
        for each in inputs.kinds
    ]
    asked = PopulationScreening(
        start_tai_ns=interval_tai_ns[0],
        stop_tai_ns=interval_tai_ns[1],
        volume=parse_volume(volume),
        primaries=members.primaries,
        secondaries=members.secondaries,
        kinds=secondary_kinds(members.norad_cat_id, names, wanted),
    )
    return tuple(requests_of(population, asked)[0])
