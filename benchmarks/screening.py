"""Screening measured: our engine beside its peers, on the same machine in one go.

    python benchmarks/screening.py [CATALOG.3le[.gz]] [--as-of 2024-09-17T12:00:00Z] [--hours 24] [--peer-hours 1]
    [--threads 2]

Prints one table. Processor seconds are counted, for other processes disturb wall time. Peers run when they are
installed: sgp4 with scipy's k-d tree (10 s steps), and astroz. Theirs are run over ``--peer-hours`` and compared for
the same span.
"""

import argparse
import gzip
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from sgp4.api import Satrec, SatrecArray

from astrodynamics import screening
from astrodynamics.screening import Population, Request, Volume, screen, states_at
from astrodynamics.screening.states import fill_tile
from astrodynamics.sgp4 import ElementArrays, Propagator
from astrodynamics.timescales import DAY_NS, SECOND_NS, parse_iso_utc, to_tai_ns, utc_julian_dates
from astrodynamics.trajectories import Ephemeris, EphemerisSegment

THRESHOLD_KM = 5.0
CORPUS = Path(os.environ.get("FAIRWAY_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))


@dataclass
class Row:
    """One line of the table."""

    work: str
    who: str
    cpu_s: float
    wall_s: float
    approaches: int
    remark: str = ""


def read(path: Path) -> tuple[list[tuple[str, str]], ElementArrays, list[Satrec]]:
    """Lines, elements and reference models of a 3LE or TLE file."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("ascii").splitlines()
    first = [line for line in text if line.startswith("1 ")]
    second = [line for line in text if line.startswith("2 ")]
    models = [Satrec.twoline2rv(*pair) for pair in zip(first, second, strict=True)]
    epochs = []
    for line in first:
        year = int(line[18:20]) + (1900 if int(line[18:20]) >= 57 else 2000)
        midnight = np.datetime64(f"{year}-01-01", "ns").astype(np.int64) + (int(line[20:23]) - 1) * DAY_NS
        epochs.append(midnight + int(line[24:32].strip().ljust(8, "0")) * (DAY_NS // 10**8))
    columns = np.array([(m.no_kozai, m.ecco, m.inclo, m.nodeo, m.argpo, m.mo, m.bstar) for m in models]).T
    elements = ElementArrays(
        np.array([m.satnum for m in models]),
        to_tai_ns(np.array(epochs).astype("datetime64[ns]")),
        columns[0] * 1440 / (2 * np.pi),
        columns[1],
        *np.degrees(columns[2:6]),
        columns[6],
    )
    return list(zip(first, second, strict=True)), elements, models


def timed(work: str, who: str, run: Callable[[], tuple[int, str]]) -> Row:
    wall, cpu = time.perf_counter(), time.process_time()
    approaches, remark = run()
    return Row(work, who, time.process_time() - cpu, time.perf_counter() - wall, approaches, remark)


def propagation(elements: ElementArrays, models: list[Satrec], start: int) -> list[Row]:
    """Near-earth objects, 48 instants, one thread."""
    near = ~Propagator(elements).is_deep_space
    propagator = Propagator(elements.take(near))
    instants = start + np.arange(48) * 120 * SECOND_NS
    count = int(near.sum()) * len(instants)

    def ours() -> tuple[int, str]:
        propagator.propagate(instants)
        return 0, ""

    population = Population(elements.take(near))
    trajectories = population.trajectories(start, start + DAY_NS)
    tile, unmodelled = np.empty((len(instants), 6, len(population))), np.empty(len(population))

    def into_the_grid() -> tuple[int, str]:
        fill_tile(trajectories, np.arange(len(population)), start, 120 * SECOND_NS, tile, unmodelled)
        return 0, ""

    into_the_grid()
    work = f"SGP4, near earth, {count / 1e6:.2f} M states"
    rows = [timed(work, "ours, on the engine's grid", into_the_grid), timed(work, "ours, as arrays", ours)]
    array = SatrecArray([model for model, chosen in zip(models, near, strict=True) if chosen])
    day, fraction = utc_julian_dates(instants)

    def theirs() -> tuple[int, str]:
        array.sgp4(day, fraction)
        return 0, ""

    rows.append(timed(work, "python-sgp4 (C++)", theirs))
    for row in rows:
        row.remark = f"{count / row.cpu_s / 1e6:.1f} M/s"
    return rows


def all_against_all(population: Population, start: int, hours: float, threads: int, volume: Volume, what: str) -> Row:
    def run() -> tuple[int, str]:
        result = screen(population, Request(start, start + round(hours * 3600) * SECOND_NS, volume), threads=threads)
        statistics = result.statistics
        return len(
            result.approaches
        ), f"{statistics.propagations / 1e6:.0f} M states, {statistics.candidates} candidates"

    return timed(f"{hours:g} h, {what}, {len(population):,} objects", f"ours, {threads} threads", run)


def one_ephemeris(elements: ElementArrays, start: int, days: int, threads: int) -> Row:
    population = Population(elements)
    index = int(np.flatnonzero((Propagator(elements).perigee_km > 500) & (Propagator(elements).apogee_km < 600))[0])
    instants = start + np.arange(0, days * 86_400 + 1, 60) * SECOND_NS
    r, v = states_at(population, index, instants)
    segment = EphemerisSegment(instants, r, v, int(instants[0]), int(instants[-1]))
    own = Ephemeris("benchmark", int(elements.norad_cat_id[index]), (segment,))
    population = Population(elements, [own])

    def run() -> tuple[int, str]:
        wanted = Request(start, int(instants[-1]), Volume("sphere", THRESHOLD_KM), primaries=[len(elements)])
        result = screen(population, wanted, threads=threads)
        return len(result.approaches), f"{result.statistics.propagations / 1e6:.1f} M states"

    return timed(f"{days} d, one ephemeris against the catalogue", f"ours, {threads} threads", run)


def with_clones(elements: ElementArrays, count: int = 23_000) -> ElementArrays:
    """The catalogue and clones of its Starlink-shell orbits with random node and anomaly, seed 1."""
    rng = np.random.default_rng(1)
    inclined = (
        np.min(np.abs(elements.inclination_deg[:, None] - np.array([43.0, 53.0, 53.2, 70.0, 97.6])), axis=1) < 0.2
    )
    low = (
        (elements.mean_motion_rev_day > 15.0) & (elements.mean_motion_rev_day < 15.7) & (elements.eccentricity < 0.001)
    )
    shell = np.flatnonzero(inclined & low)
    chosen = rng.choice(shell, count)
    clones = elements.take(chosen)
    columns = {name: np.concatenate([getattr(elements, name), getattr(clones, name)]) for name in vars(elements)}
    columns["norad_cat_id"][len(elements) :] = 900_000_000 + np.arange(count)
    for name in ("raan_deg", "mean_anomaly_deg"):
        columns[name][len(elements) :] = rng.uniform(0, 360, count)
    return ElementArrays(**columns)


def kd_tree(models: list[Satrec], start: int, hours: float) -> Row | None:
    """python-sgp4 every 10 s, a k-d tree per step, a straight line for the minimum: what one writes first."""
    if find_spec("scipy") is None:
        return None
    from scipy.spatial import cKDTree  # noqa: PLC0415

    step_s, fastest_km_s = 10.0, 15.6
    array = SatrecArray(models)

    def run() -> tuple[int, str]:
        found = 0
        steps = round(hours * 360)
        for begin in range(0, steps, 60):
            instants = start + (np.arange(begin, min(begin + 60, steps)) * step_s * 1e9).astype(np.int64)
            error, r, v = array.sgp4(*utc_julian_dates(instants))
            for k in range(len(instants)):
                sound = np.flatnonzero((error[:, k] == 0) & np.isfinite(r[:, k]).all(axis=1))
                tree = cKDTree(r[sound, k], leafsize=16, balanced_tree=False, compact_nodes=False)
                pairs = tree.query_pairs(THRESHOLD_KM + fastest_km_s * step_s / 2, output_type="ndarray")
                i, j = sound[pairs[:, 0]], sound[pairs[:, 1]]
                dr, dv = r[i, k] - r[j, k], v[i, k] - v[j, k]
                t = -np.einsum("ij,ij->i", dr, dv) / np.maximum(np.einsum("ij,ij->i", dv, dv), 1e-12)
                least = np.linalg.norm(dr + dv * t[:, None], axis=1)
                found += int(((least <= THRESHOLD_KM) & (t >= -step_s / 2) & (t < step_s / 2)).sum())
        return found, "10 s steps, unpolished"

    return timed(f"{hours:g} h, 5 km, {len(models):,} objects", "sgp4 + scipy k-d tree, 1 thread", run)


def astroz(lines: list[tuple[str, str]], start: int, hours: float) -> Row | None:
    if find_spec("astroz") is None:
        return None
    import astroz as peer  # noqa: PLC0415

    text = "\n".join(line for pair in lines for line in pair)
    day, fraction = utc_julian_dates(np.array([start]))

    def run() -> tuple[int, str]:
        found = peer.screen(
            peer.Constellation(text),
            np.arange(0.0, hours * 60 + 1e-9, 1.0),
            threshold=THRESHOLD_KM,
            start_time=float(day[0] + fraction[0]),
        )
        return len(found[0]), "1 min steps"

    return timed(f"{hours:g} h, 5 km, {len(lines):,} objects", "astroz", run)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("catalog", type=Path, nargs="?", default=CORPUS / "catalog" / "cat_20240917.3le.gz")
    parser.add_argument("--as-of", default="2024-09-17T12:00:00Z")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--peer-hours", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dense", action="store_true", help="also with 23,000 clones in the Starlink shells")
    options = parser.parse_args()

    start = parse_iso_utc(options.as_of)
    lines, elements, models = read(options.catalog)
    population = Population(elements)
    began = time.process_time()
    screening.warm_up()
    rows = [Row("first use: compile or load the kernels", "ours", time.process_time() - began, 0.0, 0)]
    sphere = Volume("sphere", THRESHOLD_KM)
    rows += propagation(elements, models, start)
    rows.append(all_against_all(population, start, options.hours, options.threads, sphere, "5 km"))
    rows.append(
        all_against_all(population, start, options.peer_hours, 1, Volume("box", 0.4, 44.0, 51.0), "box 0.4 x 44 x 51")
    )
    rows.append(one_ephemeris(elements, start, 3, options.threads))
    rows.append(one_ephemeris(elements, start, 7, options.threads))
    if options.dense:
        dense = Population(with_clones(elements))
        rows.append(all_against_all(dense, start, options.hours, options.threads, sphere, "5 km"))
    ours = all_against_all(population, start, options.peer_hours, 1, sphere, "5 km")
    rows.append(ours)
    for peer in (kd_tree(models, start, options.peer_hours), astroz(lines, start, options.peer_hours)):
        if peer is not None:
            peer.remark += f"; {peer.cpu_s / ours.cpu_s:.0f} times our CPU"
            rows.append(peer)

    print(f"{'work':48} {'who':32} {'CPU s':>8} {'wall s':>8} {'approaches':>11}  remark")
    for row in rows:
        print(f"{row.work:48} {row.who:32} {row.cpu_s:8.2f} {row.wall_s:8.2f} {row.approaches:11d}  {row.remark}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
