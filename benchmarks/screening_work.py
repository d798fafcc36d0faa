"""One piece of the screening benchmark, in a process of its own, so that its memory is its own.

    python screening_work.py WORK CATALOG.3le.gz AS_OF HOURS THREADS REPEATS

Prints JSON: least processor and wall seconds of the repeats, approaches, peak memory, and what else the work measures.
"""

import csv
import gzip
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sgp4.api import Satrec, SatrecArray

from astrodynamics import screening
from astrodynamics.screening import Approaches, Population, Request, Volume, screen, screen_in_slices, states_at
from astrodynamics.screening.grid import STEP_NS, STEPS_PER_CHUNK
from astrodynamics.screening.states import fill_tile
from astrodynamics.sgp4 import ElementArrays, Propagator
from astrodynamics.timescales import DAY_NS, SECOND_NS, parse_iso_utc, to_tai_ns, utc_julian_dates
from astrodynamics.trajectories import Ephemeris, EphemerisSegment

THRESHOLD_KM = 5.0
CLONES = {"dense": 23_000, "denser": 38_095}
REFERENCE = "approaches_24h_5km_20240917.csv.gz"


def read(path: Path) -> tuple[ElementArrays, list[Satrec]]:
    """Elements and reference models of a 3LE or TLE file; epochs to the printed digits (1e-8 day)."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("ascii").splitlines()
    first = [line for line in text if line.startswith("1 ")]
    models = [
        Satrec.twoline2rv(*pair) for pair in zip(first, [line for line in text if line.startswith("2 ")], strict=True)
    ]
    epochs = []
    for line in first:
        year = int(line[18:20]) + (1900 if int(line[18:20]) >= 57 else 2000)
        midnight = np.datetime64(f"{year}-01-01", "ns").astype(np.int64) + (int(line[20:23]) - 1) * DAY_NS
        epochs.append(midnight + int(line[24:32].strip().ljust(8, "0")) * (DAY_NS // 10**8))
    columns = np.array([(m.no_kozai, m.ecco, m.inclo, m.nodeo, m.argpo, m.mo, m.bstar) for m in models]).T
    elements = ElementArrays(
        np.array([model.satnum for model in models]),
        to_tai_ns(np.array(epochs).astype("datetime64[ns]")),
        columns[0] * 1440 / (2 * np.pi),
        columns[1],
        *np.degrees(columns[2:6]),
        columns[6],
    )
    return elements, models


def with_clones(elements: ElementArrays, count: int) -> ElementArrays:
    """The catalogue and clones of its Starlink-shell orbits with random node and anomaly, seed 1."""
    rng = np.random.default_rng(1)
    inclined = (
        np.min(np.abs(elements.inclination_deg[:, None] - np.array([43.0, 53.0, 53.2, 70.0, 97.6])), axis=1) < 0.2
    )
    low = (
        (elements.mean_motion_rev_day > 15.0) & (elements.mean_motion_rev_day < 15.7) & (elements.eccentricity < 0.001)
    )
    clones = elements.take(rng.choice(np.flatnonzero(inclined & low), count))
    columns = {name: np.concatenate([getattr(elements, name), getattr(clones, name)]) for name in vars(elements)}
    columns["norad_cat_id"][len(elements) :] = 900_000_000 + np.arange(count)
    for name in ("raan_deg", "mean_anomaly_deg"):
        columns[name][len(elements) :] = rng.uniform(0, 360, count)
    return ElementArrays(**columns)


def least(repeats: int, run: Callable[[], int]) -> dict[str, Any]:
    """Least seconds of some runs: other processes only ever add."""
    cpu_s, wall_s = [], []
    approaches = 0
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        approaches = run()
        cpu_s.append(time.process_time() - cpu)
        wall_s.append(time.perf_counter() - wall)
    return {"cpu_s": min(cpu_s), "wall_s": min(wall_s), "approaches": approaches}


def first_use(repeats: int) -> dict[str, Any]:
    """Compile every kernel, or load what an earlier process compiled."""
    return least(repeats, lambda: screening.warm_up() or 0)


def sphere(elements: ElementArrays, start: int, hours: float, threads: int, repeats: int) -> dict[str, Any]:
    """All against all."""
    population = Population(elements)
    wanted = Request(start, start + round(hours * 3600) * SECOND_NS, Volume("sphere", THRESHOLD_KM))
    return least(repeats, lambda: len(screen(population, wanted, threads=threads).approaches))


def sphere_in_slices(elements: ElementArrays, start: int, hours: float, threads: int, repeats: int) -> dict[str, Any]:
    """All against all, its approaches handed on every six hours, as `fairway screen` has it."""
    population = Population(elements)
    wanted = Request(start, start + round(hours * 3600) * SECOND_NS, Volume("sphere", THRESHOLD_KM))
    return least(
        repeats,
        lambda: sum(
            len(part.approaches) for part in screen_in_slices(population, wanted, 6 * 3600 * SECOND_NS, threads=threads)
        ),
    )


def handbook(elements: ElementArrays, start: int, hours: float, threads: int, repeats: int) -> dict[str, Any]:
    """Every object a primary within the handbook's volumes, table 3."""
    from assessment.population_screening import PopulationScreening, screen_population  # only this piece needs it
    from assessment.volumes import parse_volume

    population = Population(elements)
    asked = PopulationScreening(
        start_tai_ns=start, stop_tai_ns=start + round(hours * 3600) * SECOND_NS, volume=parse_volume("hac")
    )
    return least(repeats, lambda: len(screen_population(population, asked, threads=threads).approaches))


def ephemeris(elements: ElementArrays, start: int, hours: float, threads: int, repeats: int) -> dict[str, Any]:
    """One operator's ephemeris in a crowded shell against the catalogue."""
    catalogue = Population(elements)
    of = catalogue.propagator
    index = int(np.flatnonzero((of.perigee_km > 500) & (of.apogee_km < 600))[0])
    instants = start + np.arange(0, round(hours * 3600) + 1, 60) * SECOND_NS
    r_gcrf_km, v_gcrf_km_s = states_at(catalogue, index, instants)
    segment = EphemerisSegment(instants, r_gcrf_km, v_gcrf_km_s, int(instants[0]), int(instants[-1]))
    own = Ephemeris("benchmark", int(elements.norad_cat_id[index]), (segment,))

    def run() -> int:
        population = Population(elements, [own])
        wanted = Request(start, int(instants[-1]), Volume("sphere", THRESHOLD_KM), primaries=[len(elements)])
        return len(screen(population, wanted, threads=threads).approaches)

    return least(repeats, run)


def propagation(elements: ElementArrays, models: list[Satrec], start: int, repeats: int) -> dict[str, Any]:
    """Near-earth states a second on one thread: on the engine's grid, and by python-sgp4."""
    near = np.flatnonzero(~Propagator(elements).is_deep_space)
    population = Population(elements.take(near))
    trajectories = population.trajectories(start, start + DAY_NS)
    members = np.arange(len(population))
    tile, unmodelled_km = np.empty((STEPS_PER_CHUNK, 6, len(population))), np.empty(len(population))

    def ours() -> int:
        fill_tile(trajectories, members, start, STEP_NS, tile, unmodelled_km)
        return 0

    array = SatrecArray([models[index] for index in near])
    dates = utc_julian_dates(start + np.arange(STEPS_PER_CHUNK) * STEP_NS)

    def theirs() -> int:
        array.sgp4(*dates)
        return 0

    ours()
    states = len(population) * STEPS_PER_CHUNK
    measured = least(3 * repeats, ours)
    measured["millions_per_s"] = states / measured["cpu_s"] / 1e6
    measured["peer_millions_per_s"] = states / least(repeats, theirs)["cpu_s"] / 1e6
    return measured


def exactness(
    elements: ElementArrays, models: list[Satrec], path: Path, start: int, hours: float, threads: int
) -> dict[str, Any]:
    """Closest approaches against Newton's iteration with python-sgp4 and split Julian dates; the reference's, found."""
    wanted = Request(start, start + round(hours * 3600) * SECOND_NS, Volume("sphere", THRESHOLD_KM))
    found = screen(Population(elements), wanted, threads=threads).approaches
    fast = np.flatnonzero((found.relative_speed_km_s > 0.1) & (found.kind == 0))
    chosen = found.take(np.random.default_rng(2).choice(fast, min(4000, len(fast)), replace=False))
    tca_s, miss_km = polished_by_reference(chosen, models)
    return {
        "cpu_s": 0.0,
        "wall_s": 0.0,
        "approaches": len(chosen),
        "tca_ms": float(np.abs(tca_s).max() * 1e3),
        "miss_m": float(np.abs(miss_km - chosen.miss_distance_km).max() * 1e3),
        **recall(found, elements, path.with_name(REFERENCE), start),
    }


def recall(found: Approaches, elements: ElementArrays, reference: Path, start: int) -> dict[str, Any]:
    """How many of the reference's approaches below 4.9 km and above 0.1 km/s are there, within a millisecond."""
    if not reference.is_file():
        return {}
    ours: dict[tuple[int, int], list[int]] = {}
    numbers = elements.norad_cat_id
    for first, second, tca in zip(numbers[found.first], numbers[found.second], found.tca_tai_ns, strict=True):
        ours.setdefault((min(first, second), max(first, second)), []).append(int(tca))
    expected, met = 0, 0
    with gzip.open(reference, "rt", newline="") as file:
        for row in csv.DictReader(file):
            if float(row["miss_distance_km"]) < 4.9 and float(row["relative_speed_km_s"]) > 0.1:
                pair = sorted((int(row["norad_cat_id_1"]), int(row["norad_cat_id_2"])))
                tca = start + round(float(row["tca_s_after_start"]) * 1e9)
                expected += 1
                met += any(abs(one - tca) < 1_000_000 for one in ours.get((pair[0], pair[1]), []))
    return {"expected": expected, "met": met}


def polished_by_reference(approaches: Approaches, models: list[Satrec]) -> tuple[np.ndarray, np.ndarray]:
    """Seconds from our closest approaches to the reference's, and its miss distances (km).

    The range rate is the central difference of its positions; its velocities are no derivative of them.
    """
    offset_s, miss_km = np.zeros(len(approaches)), np.zeros(len(approaches))
    for row in range(len(approaches)):
        one, other = models[approaches.first[row]], models[approaches.second[row]]
        day, fraction = (float(part[0]) for part in utc_julian_dates(approaches.tca_tai_ns[row : row + 1]))

        def apart(t_s: float, one: Satrec = one, other: Satrec = other, day: float = day, at: float = fraction) -> Any:
            return np.subtract(one.sgp4(day, at + t_s / 86_400)[1], other.sgp4(day, at + t_s / 86_400)[1])

        t = 0.0
        for _ in range(4):
            before, here, after = apart(t - 0.25), apart(t), apart(t + 0.25)
            rate = (after - before) / 0.5
            t -= (here @ rate) / (rate @ rate + here @ (after - 2 * here + before) / 0.0625)
        offset_s[row], miss_km[row] = t, np.linalg.norm(apart(t))
    return offset_s, miss_km


def main() -> None:
    """Run one piece of work."""
    work, path, as_of, hours, threads, repeats = sys.argv[1:]
    span = (parse_iso_utc(as_of), float(hours), int(threads))
    if work == "first use":
        measured = first_use(1)
    else:
        elements, models = read(Path(path))
        screening.warm_up()
        match work:
            case "sphere":
                measured = sphere(elements, *span, int(repeats))
            case "dense":
                measured = sphere(with_clones(elements, CLONES[work]), *span, int(repeats))
            case "denser":
                measured = sphere_in_slices(with_clones(elements, CLONES[work]), *span, int(repeats))
            case "handbook":
                measured = handbook(elements, *span, int(repeats))
            case "ephemeris":
                measured = ephemeris(elements, *span, int(repeats))
            case "propagation":
                measured = propagation(elements, models, span[0], int(repeats))
            case _:
                measured = exactness(elements, models, Path(path), *span)
    measured["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
