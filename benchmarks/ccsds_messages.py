"""Reading messages measured: ours beside its peers, every file made here, each reading in a process of its own.

    python benchmarks/ccsds_messages.py [--without-peers]

Prints one table. Ours validates in the profile `strict` (catalogues: `operational`); no peer validates as much, and the
one in Rust hardly at all. Seconds are those of the processor.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from environments import peer_python

import ccsds

ROOT = Path(__file__).parents[1]
READER = Path(__file__).with_name("message_reader.py")
CDM = ROOT / "tests" / "data" / "ccsds" / "synthetic" / "006_cdm_BASE_valid.kvn"
MU_KM3_S2 = 398_600.4418
RADIUS_KM = 6_878.0
CATALOGUE_SIZE = 27_000
PATIENCE_S = 20.0


@dataclass(frozen=True)
class Work:
    """One line of the table: what is read, what it may cost, and who else reads it."""

    name: str
    kind: str
    file: str
    bound_s: float
    bound_mb: float | None
    peers: tuple[str, ...]


WORKS = (
    Work("OEM, 7 d at 60 s, covariances", "oem", "week.oem", 0.20, 60, ("oem", "ccsds-ndm", "ccsds-ndm-py")),
    Work("OEM, 3 d at 5 s", "oem", "three_days.oem", 0.20, 60, ("oem", "ccsds-ndm-py")),
    Work("OEM, 3 d at 5 s, covariances", "oem", "three_days_covariance.oem", 1.0, 150, ("oem", "ccsds-ndm-py")),
    Work("catalogue of 27,000, CSV", "catalogue", "gp.csv", 0.5, None, ("sgp4",)),
    Work("catalogue of 27,000, JSON", "catalogue", "gp.json", 0.5, None, ("sgp4",)),
    Work("catalogue of 27,000, 3LE", "catalogue", "gp.3le", 0.5, None, ("sgp4",)),
    Work("one CDM", "cdm", "one.cdm", 1 / 1500, None, ("ccsds-ndm", "ccsds-ndm-py")),
)


def oem_lines(days: float, step_s: int, *, covariances: bool) -> Iterator[str]:
    """A circular orbit; with a covariance at every state where asked for."""
    count = int(days * 86_400 / step_s) + 1
    seconds = np.arange(count) * step_s
    epochs = np.datetime_as_string(np.datetime64("2026-01-01T00:00:00") + seconds.astype("timedelta64[s]"), "ms")
    rate = np.sqrt(MU_KM3_S2 / RADIUS_KM**3)
    c, s = np.cos(rate * seconds), np.sin(rate * seconds)
    states = np.column_stack((
        RADIUS_KM * c, RADIUS_KM * s * 0.6, RADIUS_KM * s * 0.8,
        -RADIUS_KM * rate * s, RADIUS_KM * rate * c * 0.6, RADIUS_KM * rate * c * 0.8,
    ))  # fmt: skip
    yield from (
        "CCSDS_OEM_VERS = 2.0", "CREATION_DATE = 2026-01-01T00:00:00", "ORIGINATOR = BENCHMARK", "META_START",
        "OBJECT_NAME = ORBITER", "OBJECT_ID = 2026-001A", "CENTER_NAME = EARTH", "REF_FRAME = EME2000",
        "TIME_SYSTEM = UTC", f"START_TIME = {epochs[0]}", f"STOP_TIME = {epochs[-1]}", "META_STOP",
    )  # fmt: skip
    for epoch, state in zip(epochs.tolist(), states.tolist(), strict=True):
        yield f"{epoch} " + " ".join([f"{x:.9f}" for x in state])
    if not covariances:
        return
    yield "COVARIANCE_START"
    rows = [" ".join(f"{10.0 ** (-4 - row - column):.10e}" for column in range(row + 1)) for row in range(6)]
    diagonal = [" ".join(f"{(1e-4 if column == row else 1e-9):.10e}" for column in range(row + 1)) for row in range(6)]
    for number, epoch in enumerate(epochs.tolist()):
        yield f"EPOCH = {epoch}"
        yield "COV_REF_FRAME = RTN"
        yield from diagonal if number % 2 else rows_of_diagonal_dominance(rows)
    yield "COVARIANCE_STOP"


def rows_of_diagonal_dominance(rows: list[str]) -> list[str]:
    """The rows with a diagonal that makes the matrix positive definite."""
    return [" ".join([*row.split()[:-1], f"{1e-2 / 10 ** (i // 3 * 4):.10e}"]) for i, row in enumerate(rows)]


def element_sets(count: int) -> ccsds.ElementSets:
    """Element sets as a catalogue has them, drawn with one seed."""
    draw = np.random.default_rng(1)
    epochs = np.datetime64("2026-01-01T00:00:00", "ns") - draw.integers(0, 3 * 86_400_000, count) * np.timedelta64(
        1_000_000, "ns"
    )
    return ccsds.ElementSets(
        norad_cat_id=np.arange(1, count + 1),
        object_name=tuple(f"OBJECT {number}" for number in range(count)),
        object_id=tuple(f"{1960 + number % 60}-{number % 900 + 1:03d}A" for number in range(count)),
        epoch=epochs,
        mean_motion_rev_day=np.round(draw.uniform(1.0, 16.0, count), 8),
        eccentricity=np.round(draw.uniform(0.0, 0.1, count), 7),
        inclination_deg=np.round(draw.uniform(0.0, 110.0, count), 4),
        ra_of_asc_node_deg=np.round(draw.uniform(0.0, 360.0, count), 4),
        arg_of_pericenter_deg=np.round(draw.uniform(0.0, 359.9, count), 4),
        mean_anomaly_deg=np.round(draw.uniform(0.0, 359.9, count), 4),
        bstar=np.round(draw.uniform(0.0, 1e-3, count), 8),
        mean_motion_dot=np.round(draw.uniform(0.0, 1e-4, count), 8),
        mean_motion_ddot=np.zeros(count),
        ephemeris_type=np.zeros(count, dtype=np.int64),
        classification=np.full(count, "U"),
        element_set_no=np.full(count, 999),
        rev_at_epoch=draw.integers(0, 99_999, count),
    )


def make_files(folder: Path) -> None:
    """Write every file that is read."""
    for name, days, step_s, covariances in (
        ("week.oem", 7, 60, True),
        ("three_days.oem", 3, 5, False),
        ("three_days_covariance.oem", 3, 5, True),
    ):
        (folder / name).write_text("\n".join(oem_lines(days, step_s, covariances=covariances)) + "\n")
    catalogue = element_sets(CATALOGUE_SIZE)
    for name, text_format in (("gp.csv", "csv"), ("gp.json", "json"), ("gp.3le", "tle")):
        (folder / name).write_bytes(ccsds.write(catalogue, text_format))
    (folder / "one.cdm").write_bytes(CDM.read_bytes())


def reading(library: str, work: Work, file: Path) -> dict[str, float] | None:
    """Seconds and megabytes of one library at one work; None where it fails."""
    python = Path(sys.executable) if library in {"ccsds", "sgp4"} else peer_python(library)
    command = [str(python), str(READER), library, work.kind, str(file), str(PATIENCE_S)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        print(f"{library} at {work.name}: {ended.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    measured: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return measured


def import_seconds() -> tuple[float, float]:
    """Processor seconds that `import numpy` takes, and what `import ccsds` adds; the least of some."""

    def taken(statement: str) -> float:
        program = f"import time; b = time.process_time(); {statement}; print(time.process_time() - b)"
        runs = [subprocess.run([sys.executable, "-c", program], capture_output=True, check=True) for _ in range(7)]
        return min(float(run.stdout) for run in runs)

    alone = taken("import numpy")
    return alone, taken("import numpy, ccsds") - alone


def rate(measured: dict[str, float] | None, kind: str) -> str:
    if measured is None:
        return "fails"
    if kind == "cdm":
        return f"{1 / measured['seconds']:.0f} a second"
    memory = f", {measured['mb']:.0f} MB" if kind == "oem" else ""
    return f"{measured['seconds']:.3f} s{memory}"


def main() -> None:
    arguments = argparse.ArgumentParser(description="Reading of messages, ours beside its peers.")
    arguments.add_argument("--without-peers", action="store_true")
    with_peers = not arguments.parse_args().without_peers
    print(f"{'work':32} {'size':>9} {'must':>16} {'ours':>18}  peers")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_files(folder)
        for work in WORKS:
            file = folder / work.file
            must = f"{work.bound_s:.2f} s" if work.kind != "cdm" else f"{1 / work.bound_s:.0f} a second"
            must += f", {work.bound_mb} MB" if work.bound_mb else ""
            mine = rate(reading("ccsds", work, file), work.kind)
            others = [f"{peer} {rate(reading(peer, work, file), work.kind)}" for peer in work.peers if with_peers]
            size = f"{file.stat().st_size / 1e6:.1f} MB"
            print(f"{work.name:32} {size:>9} {must:>16} {mine:>18}  {'; '.join(others)}", flush=True)
    numpy_s, ours_s = import_seconds()
    print(f"import ccsds, over numpy's {numpy_s * 1e3:.0f} ms: {ours_s * 1e3:.0f} ms (must: 50 ms)")


if __name__ == "__main__":
    main()
