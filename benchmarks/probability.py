"""Probability of collision measured: ours beside its peers, on the same encounters and the same machine in one go.

    python benchmarks/probability.py [--without-peers] [--encounters 100000] [--seconds 20]

Prints two tables: speed from states and covariances on one core, and accuracy against values of 40 digits (a thousand
conjunctions of Armellin and the cases of NASA CARA, Orekit and Alfano whose exact value is known). Processor time is
counted for ours, for other processes disturb wall time. Peers run in environments of their own (`benchmarks/peers`),
Orekit if there is a Java; who cannot be had is said.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from environments import peer_python
from support.probability_cases import EXACT_KILOMETRE, armellin, cases, encounter_of, inputs_of

from astrodynamics import probability

Floats = npt.NDArray[np.float64]

PEERS = (
    ("orekit-jpype", "orekit:Laas2015"),
    ("orekit-jpype", "orekit:Patera2005"),
    ("orekit-jpype", "orekit:Alfano2005"),
    ("ssatk", "ssatk"),
)
PEER = Path(__file__).with_name("probability_peer.py")
OURS = ("disk", "square", "patera", "laas", "alfano", "chan", "foster")
ONE_BY_ONE = ("nc_2d", "nc_3d", "multistep")
PATIENCE_S = 1200.0


@dataclass(frozen=True)
class Encounters:
    """Encounters with their exact values; states in one unit of length, radii in a thousandth of it."""

    columns: tuple[Floats, ...]
    truth: Floats


def known() -> Encounters:
    """Every encounter of the collection whose exact value is known, the thousand first."""
    batch = armellin()
    rows = [[*row] for row in zip(*batch.states, batch.hard_body_radius_m, strict=True)]
    truth = list(batch.truth)
    for case in cases().values():
        inputs, refined = inputs_of(case)
        if "truth_mp" in case and not refined and float(case["truth_mp"]) > 0.0:
            *states, radius = encounter_of(inputs, EXACT_KILOMETRE)
            rows.append([*(value[:3, :3] if value.ndim == 2 else value for value in states), radius])
            truth.append(float(case["truth_mp"]))
    return Encounters(tuple(np.array(column) for column in zip(*rows, strict=True)), np.array(truth))


def accuracy(values: Floats, truth: Floats) -> str:
    """Columns of the second table."""
    errors = np.abs(values / truth - 1.0)[~np.isnan(values)]
    within = " ".join(f"{np.sum(errors <= limit):>6}" for limit in (1e-8, 1e-6, 1e-3, 1e-2))
    return f"{errors.size:>6} {within}   {np.max(errors, initial=0.0):8.1e}"


def ours(method: str, columns: tuple[Floats, ...], count: int) -> float:
    """Encounters a processor second of one core, from states and covariances, the best of three."""
    repeats = -(-count // len(columns[0]))
    many = tuple(np.concatenate([column] * repeats)[:count] for column in columns)
    rates = []
    for _ in range(3):
        began = time.process_time()
        probability.collision_probability(*many, method=method)
        rates.append(count / (time.process_time() - began))
    return max(rates)


def peer(environment: str, name: str, encounters: Encounters, seconds: float) -> dict | str:
    """What the peer printed, or why there is nothing."""
    try:
        python = peer_python(environment)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        return f"its environment cannot be made: {error}"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "encounters.npz"
        names = ("r1", "v1", "c1", "r2", "v2", "c2", "radius")
        np.savez(file, **dict(zip(names, encounters.columns, strict=True)))
        ended = subprocess.run(
            [python, PEER, name, file, str(seconds)], capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
    if ended.returncode:
        return f"it ended with {ended.stderr.strip().splitlines()[-1] if ended.stderr.strip() else ended.returncode}"
    return json.loads(ended.stdout.splitlines()[-1])


def main() -> int:
    """Run ours and the peers, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--encounters", type=int, default=100_000, help="in a batch of ours")
    parser.add_argument("--seconds", type=float, default=20.0, help="for each peer")
    given = parser.parse_args()
    encounters = known()
    probability.warm_up()
    conjunctions = tuple(column[:1000] for column in encounters.columns)
    speeds: list[tuple[str, float, str]] = []
    values: list[tuple[str, Floats]] = []
    for method in OURS:
        count = given.encounters if method in {"disk", "square"} else max(given.encounters // 20, 1000)
        ours(method, conjunctions, 1000)
        speeds.append((f"fairway {method}", ours(method, conjunctions, count), f"batch of {count:,}, one core"))
    for method in ONE_BY_ONE:
        few = tuple(column[:5] for column in with_velocity(conjunctions))
        probability.collision_probability(*(column[:1] for column in few), method=method)
        speeds.append((f"fairway {method}", ours(method, few, 5), "one after the other, one core"))
    for method in ("disk", "foster", "patera", "laas", "alfano", "chan"):
        found = probability.collision_probability(*encounters.columns, method=method, refine_tca=False)
        values.append((f"fairway {method}", np.asarray(found.probability)))
    absent = []
    for environment, name in () if given.without_peers else PEERS:
        answer = peer(environment, name, encounters, given.seconds)
        if isinstance(answer, str):
            absent.append(f"{name}: {answer}")
            continue
        speeds.append((name, answer["per_second"], "single calls, one core"))
        found = np.array([np.nan if value is None else value for value in answer["values"]])
        values.append((f"{name} (of {answer['done']})", found))
    out = sys.stdout.write
    out(f"{'speed':<34}{'a second':>12}   how\n")
    for name, rate, how in speeds:
        out(f"{name:<34}{rate:>12,.0f}   {how}\n")
    out(f"\n{f'accuracy, {len(encounters.truth)} encounters':<34}values <=1e-8 <=1e-6 <=1e-3 <=1e-2   worst\n")
    for name, found in values:
        out(f"{name:<34}{accuracy(found, encounters.truth)}\n")
    for line in absent:
        out(f"not run: {line}\n")
    return 0


def with_velocity(columns: tuple[Floats, ...]) -> tuple[Floats, ...]:
    """The encounters with uncertainties of velocity, which methods that follow the orbits need: 1 cm/s each way."""
    r1, v1, c1, r2, v2, c2, radius = columns
    both = []
    for covariance in (c1, c2):
        full = np.zeros((len(covariance), 6, 6))
        full[:, :3, :3] = covariance
        full[:, [3, 4, 5], [3, 4, 5]] = 1e-10
        both.append(full)
    return r1, v1, both[0], r2, v2, both[1], radius


if __name__ == "__main__":
    raise SystemExit(main())
