"""One peer's probabilities of given encounters, timed; run by the interpreter of the peer's own environment.

    PYTHON benchmarks/probability_peer.py {orekit:METHOD|ssatk} ENCOUNTERS.npz SECONDS

The file holds states (km, km/s), covariances (km²) and radii (m). Prints JSON: values (null where the peer raises or
has not come that far) and encounters a second. What the peer lacks between states and its own function is numpy, and
counts.
"""

import json
import math
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

Encounter = tuple[Any, ...]


def plane_axes(position: Any, velocity: Any) -> Any:
    """Axes of the encounter plane, the first along the miss vector."""
    y = np.cross(position, velocity)
    y /= np.linalg.norm(y)
    x = np.cross(velocity, y)
    return np.stack((x / np.linalg.norm(x), y))


def orekit(method: str) -> Callable[[Encounter], float]:
    """Orekit's function of miss vector, standard deviations and radius in the plane."""
    import orekit_jpype

    orekit_jpype.initVM()
    from org.orekit.ssa.collision.shorttermencounter.probability import twod

    compute = getattr(twod, method)().compute

    def probability(encounter: Encounter) -> float:
        r1, v1, c1, r2, v2, c2, radius = encounter
        axes = plane_axes(r2 - r1, v2 - v1)
        variances, vectors = np.linalg.eigh(axes @ (c1 + c2) @ axes.T)
        miss = np.array([np.linalg.norm(r2 - r1), 0.0]) @ vectors * 1e3
        sigmas = np.sqrt(variances) * 1e3
        found = compute(float(miss[0]), float(miss[1]), float(sigmas[0]), float(sigmas[1]), float(radius))
        return float(found.getValue())

    return probability


def ssatk() -> Callable[[Encounter], float]:
    """Its own chain; the covariances are made symmetric to the last bit, without which it refuses them."""
    from ssatk.ssa.conjunction import encounter_frame, probability_of_collision, relative_encounter_covariance

    def probability(encounter: Encounter) -> float:
        r1, v1, c1, r2, v2, c2, radius = encounter
        first, second = (0.5e6 * (c + c.T) for c in (c1, c2))
        position = (r2 - r1) * 1e3
        frame = encounter_frame(position, (v2 - v1) * 1e3)
        covariance = relative_encounter_covariance(first, second, frame)
        return float(probability_of_collision(frame.T @ position, covariance, float(radius)))

    return probability


def main() -> None:
    """Compute, and print what came out."""
    name, file, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    library, _, method = name.partition(":")
    probability = orekit(method) if library == "orekit" else ssatk()
    given = np.load(file)
    columns = [given[key] for key in ("r1", "v1", "c1", "r2", "v2", "c2", "radius")]
    encounters = list(zip(*columns, strict=True))
    for encounter in encounters[:50]:
        _value(probability, encounter)
    values: list[float | None] = [None] * len(encounters)
    began = time.perf_counter()
    done = 0
    for i, encounter in enumerate(encounters):
        values[i] = _value(probability, encounter)
        done = i + 1
        if time.perf_counter() - began > seconds:
            break
    spent = time.perf_counter() - began
    sys.stdout.write(json.dumps({"values": values, "done": done, "per_second": done / spent}))


def _value(probability: Callable[[Encounter], float], encounter: Encounter) -> float | None:
    try:
        value = probability(encounter)
    except Exception:  # noqa: BLE001 - whatever a peer raises, it has no value for the encounter
        return None
    return value if math.isfinite(value) else None


if __name__ == "__main__":
    main()
