"""The demonstration catalogue: about 25,000 synthetic objects and a few dozen approaches placed on purpose."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from astrodynamics import timescales
from astrodynamics.sgp4 import ElementArrays
from ccsds import OMM_CATALOGUE_KEYWORDS
from fairway.demo.encounters import Placed, Plan, join, place
from fairway.demo.populations import POPULATIONS, Population

__all__ = ["EPOCH", "FILE_NAME", "LABEL", "DemoCatalogue", "build", "to_omm_csv"]

EPOCH = datetime(2026, 11, 1, tzinfo=UTC)
"""The catalogue's newest epoch, and the moment at which the demonstration begins, unless another is given."""
LABEL = "SYNTHETIC"
"""Stands in every object's name."""
FILE_NAME = "synthetic-demonstration-catalogue.csv"
SEED = 20261101

_EARTH_RADIUS_KM = 6378.135
_MU_KM3_S2 = 398600.8  # WGS-72, as SGP4 has it
_FIRST_NUMBER = 900_000_001
"""Nine digits, in a range that no catalogue assigns."""

_PARTNERS = 900_100_001
_DEBRIS = 900_200_001
_OPERATED = (
    "SUN-SYNCHRONOUS PAYLOAD 1",
    "SUN-SYNCHRONOUS PAYLOAD 2",
    "SHELL 550/53 PAYLOAD 1",
    "LEO VARIOUS PAYLOAD 1",
)
"""The satellites, drawn like all others, that operators have; two more are placed so that operators meet."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DemoCatalogue:
    """Elements with names; `placed` says which approaches are there on purpose."""

    elements: ElementArrays
    names: list[str]
    placed: list[Placed]
    operated: list[int]
    """Catalogue numbers of the satellites that the three operators have, two each, in turn."""


def build(scale: float = 1.0, epoch: datetime = EPOCH) -> DemoCatalogue:
    """Draw the catalogue, the same each time; `scale` below one gives a smaller one of the same shape.

    With another `epoch` the same orbits are flown at another time.
    """
    epoch_ns = timescales.from_datetime(epoch)
    generator = np.random.default_rng(SEED)
    columns: dict[str, list[Floats]] = {
        name: []
        for name in (
            "age_s",
            "mean_motion_rev_day",
            "eccentricity",
            "inclination_deg",
            "raan_deg",
            "arg_of_perigee_deg",
            "mean_anomaly_deg",
            "bstar",
        )
    }
    names: list[str] = []
    for population in POPULATIONS:
        count = max(2, round(population.count * scale))
        for name, values in _draw(population, count, generator).items():
            columns[name].append(values)
        names += [f"{LABEL} {population.name} {population.kind} {ordinal + 1}" for ordinal in range(count)]
    drawn = {name: np.concatenate(parts) for name, parts in columns.items()}
    epoch_tai_ns = epoch_ns - (drawn.pop("age_s") * 1e9).astype(np.int64)
    background = ElementArrays(
        norad_cat_id=np.arange(_FIRST_NUMBER, _FIRST_NUMBER + len(names), dtype=np.int64),
        epoch_tai_ns=epoch_tai_ns,
        **drawn,
    )
    primaries = [names.index(f"{LABEL} {first}") for first in _OPERATED]
    partners, between_operators = place(background, _operators_plans(primaries, epoch_ns), first_number=_PARTNERS)
    debris, with_debris = place(background, _debris_plans(primaries, generator, epoch_ns), first_number=_DEBRIS)
    names += [f"{LABEL} OPERATED PAYLOAD {ordinal + 1}" for ordinal in range(len(partners.norad_cat_id))]
    names += [f"{LABEL} PLACED DEBRIS {ordinal + 1}" for ordinal in range(len(debris.norad_cat_id))]
    operated = [int(background.norad_cat_id[i]) for i in primaries] + [int(n) for n in partners.norad_cat_id]
    return DemoCatalogue(join([background, partners, debris]), names, [*between_operators, *with_debris], operated)


def _operators_plans(primaries: list[int], epoch_ns: int) -> list[Plan]:
    """Plan approaches between two operators' satellites, where both send covariances: one is an emergency."""
    return [
        Plan(
            primary=primaries[0],
            tca_tai_ns=epoch_ns + _hours(20.3),
            miss_distance_km=0.11,
            turn_deg=84.0,
            speed_ratio=1.004,
            clock_deg=65.0,
        ),
        Plan(
            primary=primaries[1],
            tca_tai_ns=epoch_ns + _hours(31.7),
            miss_distance_km=0.85,
            turn_deg=47.0,
            speed_ratio=1.007,
            clock_deg=20.0,
        ),
    ]


def _debris_plans(primaries: list[int], generator: np.random.Generator, epoch_ns: int) -> list[Plan]:
    """Plan eight passages of debris for each operated satellite, within the span of its ephemeris."""
    return [
        Plan(
            primary=primary,
            tca_tai_ns=epoch_ns + _hours(float(generator.uniform(2.0, 70.0))),
            miss_distance_km=float(generator.lognormal(-0.2, 0.9)),
            turn_deg=float(generator.uniform(25.0, 155.0)),
            speed_ratio=float(generator.uniform(1.005, 1.04)),
            clock_deg=float(generator.uniform(0.0, 360.0)),
        )
        for primary in primaries
        for _ in range(8)
    ]


def _hours(hours: float) -> int:
    return round(hours * 3600e9)


def _draw(population: Population, count: int, generator: np.random.Generator) -> dict[str, Floats]:
    lowest_km = min(330.0, population.perigee_km)
    perigee_km = np.maximum(generator.normal(population.perigee_km, population.perigee_spread_km, count), lowest_km)
    apogee_km = np.maximum(generator.normal(population.apogee_km, population.apogee_spread_km, count), perigee_km)
    semi_major_axis_km = _EARTH_RADIUS_KM + (perigee_km + apogee_km) / 2
    if population.planes is None:
        raan_deg = generator.uniform(0, 360, count)
        latitude_argument_deg = generator.uniform(0, 360, count)
    else:
        plane = np.arange(count) % population.planes
        slot = np.arange(count) // population.planes
        in_plane = -(-count // population.planes)
        raan_deg = (360.0 * plane / population.planes + generator.normal(0, 0.05, count)) % 360
        latitude_argument_deg = (
            360.0 * slot / in_plane + 360.0 * plane / count + generator.normal(0, 0.1, count)
        ) % 360
    arg_of_perigee_deg = generator.uniform(0, 360, count)
    return {
        "age_s": np.round(generator.uniform(0, 1.5 * 86400, count), 3),
        "mean_motion_rev_day": 86400 / (2 * np.pi) * np.sqrt(_MU_KM3_S2 / semi_major_axis_km**3),
        "eccentricity": (apogee_km - perigee_km) / (2 * semi_major_axis_km),
        "inclination_deg": np.abs(
            generator.normal(population.inclination_deg, population.inclination_spread_deg, count)
        ),
        "raan_deg": raan_deg,
        "arg_of_perigee_deg": arg_of_perigee_deg,
        "mean_anomaly_deg": (latitude_argument_deg - arg_of_perigee_deg) % 360,
        "bstar": population.bstar * generator.lognormal(0.0, 0.6, count),
    }


def to_omm_csv(catalogue: DemoCatalogue) -> bytes:
    """Return the catalogue as OMM in CSV, which carries nine-digit numbers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(OMM_CATALOGUE_KEYWORDS)
    elements = catalogue.elements
    for i, name in enumerate(catalogue.names):
        epoch = timescales.iso_utc(int(elements.epoch_tai_ns[i]), 6).rstrip("Z")
        writer.writerow(
            [
                name,
                "",
                epoch,
                f"{elements.mean_motion_rev_day[i]:.10f}",
                f"{elements.eccentricity[i]:.9f}",
                f"{elements.inclination_deg[i]:.6f}",
                f"{elements.raan_deg[i]:.6f}",
                f"{elements.arg_of_perigee_deg[i]:.6f}",
                f"{elements.mean_anomaly_deg[i]:.6f}",
                0,
                "U",
                int(elements.norad_cat_id[i]),
                999,
                0,
                f"{elements.bstar[i]:.6E}",
                "0.0",
                "0.0",
            ]
        )
    return text.getvalue().encode("ascii")
