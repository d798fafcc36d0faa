"""Who takes part in a demonstration: the catalogue, and the satellites that the three operators have in it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

import ccsds
from assessment.catalogues import elements_from_sets
from astrodynamics import timescales
from astrodynamics.sgp4 import ElementArrays
from fairway.catalogue_files import unpacked_file
from fairway.demo import catalogue
from fairway.errors import CommandError

__all__ = ["Scenario", "from_file", "synthetic"]

_SATELLITES = 6
_HOUR_NS = 3600 * 1_000_000_000
_NEAR_EARTH_REV_DAY = 11.25
_NOT_OPERATED = ("DEB", "R/B", "ROCKET", "OBJECT", "TBA", "UNKNOWN")


@dataclass(frozen=True)
class Scenario:
    """A catalogue file, the moment it is for, and six of its objects, two for each operator in turn."""

    file_name: str
    content: bytes
    start: datetime
    is_synthetic: bool
    elements: ElementArrays
    """Of the six satellites."""
    names: list[str]


def synthetic(scale: float = 1.0, start: datetime = catalogue.EPOCH) -> Scenario:
    """Return the demonstration catalogue with the satellites around which approaches were placed."""
    built = catalogue.build(scale, start)
    numbers = built.elements.norad_cat_id.tolist()
    chosen = [numbers.index(number) for number in built.operated]
    return Scenario(
        file_name=catalogue.FILE_NAME,
        content=catalogue.to_omm_csv(built),
        start=start,
        is_synthetic=True,
        elements=built.elements.take(np.array(chosen)),
        names=[built.names[i] for i in chosen],
    )


def from_file(file: Path) -> Scenario:
    """Return a real catalogue; the satellites are those payloads that meet something closest in the first hours.

    Raises
    ------
    CommandError
        The file cannot be read, or holds too little to demonstrate anything.
    """
    try:
        sets, findings = ccsds.read_catalogue(unpacked_file(file))
    except ccsds.InvalidMessage as error:
        raise CommandError(f"{file} is no catalogue: {error}. Give a TLE, 3LE or OMM catalogue") from error
    if len(sets) < _SATELLITES:
        first = f": line {findings[0].line}: {findings[0].message}" if findings else ""
        raise CommandError(f"{file} holds {len(sets)} usable element sets{first}. Give a TLE, 3LE or OMM catalogue")
    elements = elements_from_sets(sets)
    start_tai_ns = int(elements.epoch_tai_ns.max())
    chosen = _closest_payloads(elements, list(sets.object_name), start_tai_ns)
    return Scenario(
        file_name=file.name,
        content=file.read_bytes(),
        start=timescales.to_datetime(start_tai_ns).replace(microsecond=0),
        is_synthetic=False,
        elements=elements.take(np.array(chosen)),
        names=[sets.object_name[i] for i in chosen],
    )


def _closest_payloads(elements: ElementArrays, names: list[str], start_tai_ns: int) -> list[int]:
    from astrodynamics import screening

    request = screening.Request(
        start_tai_ns=start_tai_ns,
        stop_tai_ns=start_tai_ns + 6 * _HOUR_NS,
        volume=screening.Volume("sphere", 2.0, 2.0, 2.0),
    )
    approaches = screening.screen(screening.Population(elements), request).approaches
    chosen: list[int] = []
    for row in np.argsort(approaches.miss_distance_km, kind="stable"):
        pair = (int(approaches.first[row]), int(approaches.second[row]))
        if approaches.relative_speed_km_s[row] < 0.1:  # docked or flying together: no encounter to show
            continue
        chosen += [i for i in pair if i not in chosen and _may_be_operated(elements, names, i)][:1]
        if len(chosen) >= _SATELLITES:
            return chosen
    near_earth = np.nonzero(elements.mean_motion_rev_day > _NEAR_EARTH_REV_DAY)[0]
    return [*chosen, *(int(i) for i in near_earth if int(i) not in chosen)][:_SATELLITES]


def _may_be_operated(elements: ElementArrays, names: list[str], i: int) -> bool:
    is_payload = not any(word in names[i].upper() for word in _NOT_OPERATED)
    return is_payload and bool(elements.mean_motion_rev_day[i] > _NEAR_EARTH_REV_DAY)
