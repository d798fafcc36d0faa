"""One reading of one file by one library, in a process of its own: prints seconds and memory as JSON.

    python benchmarks/message_reader.py LIBRARY WORK FILE [SECONDS]

Run by `ccsds_messages.py` in the environment of each library; it needs nothing but that library. Time is the least of
some rounds, in processor seconds; memory is the peak over what is resident after the imports, the file itself included.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 5
READINGS = {"cdm": 300}
"""How often a small document is read in a round: once is too short to be measured."""
Reader = Callable[[bytes, str], object]


def ours(work: str) -> Reader:
    import ccsds

    if work == "catalogue":
        return lambda data, _: ccsds.read_catalogue(data, profile="operational")
    ccsds.validate(b"CCSDS_OEM_VERS = 2.0\n")  # loads the reader: that is import, not reading
    ccsds.validate(b"CCSDS_CDM_VERS = 1.0\n")
    return lambda data, _: ccsds.validate(data, profile="strict")


def oem(work: str) -> Reader:  # noqa: ARG001 - it reads nothing else
    from oem import OrbitEphemerisMessage

    return lambda _, path: OrbitEphemerisMessage.open(path)


def ccsds_ndm(work: str) -> Reader:  # noqa: ARG001
    from ccsds_ndm.ndm_io import NdmIo

    reader = NdmIo()
    return lambda data, _: reader.from_bytes(data)


def ccsds_ndm_py(work: str) -> Reader:  # noqa: ARG001
    from ccsds_ndm import from_str

    return lambda data, _: from_str(data.decode())


def sgp4(work: str) -> Reader:  # noqa: ARG001
    import io

    from sgp4 import omm
    from sgp4.api import Satrec

    def from_records(records: object) -> list[Satrec]:
        satellites = []
        for fields in records:  # type: ignore[attr-defined]
            satellite = Satrec()
            omm.initialize(satellite, fields)
            satellites.append(satellite)
        return satellites

    def read(data: bytes, path: str) -> list[Satrec]:
        text = data.decode()
        if path.endswith(".csv"):
            return from_records(omm.parse_csv(io.StringIO(text)))
        if path.endswith(".json"):
            return from_records(json.loads(text))
        lines = text.splitlines()
        return [Satrec.twoline2rv(lines[i], lines[i + 1]) for i in range(1, len(lines), 3)]

    return read


LIBRARIES = {"ccsds": ours, "oem": oem, "ccsds-ndm": ccsds_ndm, "ccsds-ndm-py": ccsds_ndm_py, "sgp4": sgp4}


def memory_mb(field: str) -> float:
    """VmRSS, what is resident, or VmHWM, its peak since the program began (ru_maxrss knows its parent's too)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def main() -> None:
    library, work, path = sys.argv[1:4]
    budget_s = float(sys.argv[4]) if len(sys.argv) > 4 else 10.0
    read = LIBRARIES[library](work)
    gc.collect()
    before_mb = memory_mb("VmRSS")
    data = Path(path).read_bytes() if library != "oem" else b""
    first = read(data, path)
    after_mb = memory_mb("VmHWM")
    del first
    least_s, spent_s = float("inf"), 0.0
    readings = READINGS.get(work, 1)
    for _ in range(ROUNDS):
        begin = time.process_time()
        for _ in range(readings):
            read(data, path)
        taken = time.process_time() - begin
        least_s, spent_s = min(least_s, taken / readings), spent_s + taken
        if spent_s > budget_s:
            break
    print(json.dumps({"seconds": least_s, "mb": after_mb - before_mb}))


if __name__ == "__main__":
    main()
