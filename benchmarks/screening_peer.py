"""One peer's screening, in the peer's environment: `astroz`, or `kd-tree` (python-sgp4 with scipy).

    python screening_peer.py PEER CATALOG.3le.gz JULIAN_DAY JULIAN_FRACTION HOURS THRESHOLD_KM

Prints JSON: processor and wall seconds, approaches, and peak memory.
"""

import gzip
import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNIX_EPOCH_JULIAN = 2_440_587.5
STEP_S = 10.0
FASTEST_KM_S = 15.6


def read(path: Path) -> list[tuple[str, str]]:
    """Pairs of lines of a 3LE file."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("ascii").splitlines()
    first = [line for line in text if line.startswith("1 ")]
    return list(zip(first, [line for line in text if line.startswith("2 ")], strict=True))


def astroz(lines: list[tuple[str, str]], julian: tuple[float, float], hours: float, threshold_km: float) -> int:
    """One-minute steps, as its documentation has it."""
    import astroz as peer

    found = peer.screen(
        peer.Constellation("\n".join(line for pair in lines for line in pair)),
        hours * 60.0,
        threshold=threshold_km,
        step=1.0,
        start_time=UNIX_EPOCH + timedelta(days=julian[0] - UNIX_EPOCH_JULIAN + julian[1]),
    )
    return len(found.i)


def kd_tree(lines: list[tuple[str, str]], julian: tuple[float, float], hours: float, threshold_km: float) -> int:
    """python-sgp4 every 10 s, a k-d tree per step, a straight line for the minimum: what one writes first."""
    from scipy.spatial import cKDTree
    from sgp4.api import Satrec, SatrecArray

    array = SatrecArray([Satrec.twoline2rv(*pair) for pair in lines])
    found = 0
    steps = round(hours * 3600.0 / STEP_S)
    for begin in range(0, steps, 60):
        offsets = np.arange(begin, min(begin + 60, steps)) * STEP_S / 86_400.0
        error, r, v = array.sgp4(np.full(len(offsets), julian[0]), julian[1] + offsets)
        for k in range(len(offsets)):
            sound = np.flatnonzero((error[:, k] == 0) & np.isfinite(r[:, k]).all(axis=1))
            tree = cKDTree(r[sound, k], leafsize=16, balanced_tree=False, compact_nodes=False)
            pairs = tree.query_pairs(threshold_km + FASTEST_KM_S * STEP_S / 2, output_type="ndarray")
            i, j = sound[pairs[:, 0]], sound[pairs[:, 1]]
            dr, dv = r[i, k] - r[j, k], v[i, k] - v[j, k]
            t = -np.einsum("ij,ij->i", dr, dv) / np.maximum(np.einsum("ij,ij->i", dv, dv), 1e-12)
            least = np.linalg.norm(dr + dv * t[:, None], axis=1)
            found += int(((least <= threshold_km) & (t >= -STEP_S / 2) & (t < STEP_S / 2)).sum())
    return found


def main() -> None:
    """Run one peer."""
    name, path, day, fraction, hours, threshold_km = sys.argv[1:]
    lines = read(Path(path))
    run = {"astroz": astroz, "kd-tree": kd_tree}[name]
    wall, cpu = time.perf_counter(), time.process_time()
    approaches = run(lines, (float(day), float(fraction)), float(hours), float(threshold_km))
    print(
        json.dumps(
            {
                "cpu_s": time.process_time() - cpu,
                "wall_s": time.perf_counter() - wall,
                "approaches": approaches,
                "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
            }
        )
    )


if __name__ == "__main__":
    main()
