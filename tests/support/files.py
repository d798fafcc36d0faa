"""Files as operators send them, made by hand so that a test can say what is wrong with each."""

import gzip
from datetime import UTC, datetime, timedelta
from math import cos, pi, sin, sqrt

__all__ = ["ISS", "oem", "packed", "tle"]

_MU_KM3_S2 = 398600.4418
_RADIUS_KM = 6878.0

ISS = (
    "ISS (ZARYA)",
    "1 25544U 98067A   24260.51782528  .00016717  00000+0  30074-3 0  9993",
    "2 25544  51.6393 160.4574 0003580 140.6673 205.7250 15.50543268472613",
)


def oem(
    *,
    object_id: str = "25544",
    start: datetime = datetime(2024, 9, 17, 12, tzinfo=UTC),
    states: int = 30,
    step_s: int = 60,
    ref_frame: str = "EME2000",
    time_system: str = "UTC",
    center: str = "EARTH",
    covariance: bool = False,
    segments: int = 1,
    originator: str = "NORTH",
) -> bytes:
    """Return an OEM in KVN of a circular orbit at 500 km."""
    lines = [
        "CCSDS_OEM_VERS = 2.0",
        "CREATION_DATE = 2024-09-17T11:00:00",
        f"ORIGINATOR = {originator}",
    ]
    for number in range(segments):
        first = start + timedelta(seconds=number * states * step_s)
        epochs = [first + timedelta(seconds=index * step_s) for index in range(states)]
        lines += [
            "",
            "META_START",
            "OBJECT_NAME = NORTH 1",
            f"OBJECT_ID = {object_id}",
            f"CENTER_NAME = {center}",
            f"REF_FRAME = {ref_frame}",
            f"TIME_SYSTEM = {time_system}",
            f"START_TIME = {_text(epochs[0])}",
            f"STOP_TIME = {_text(epochs[-1])}",
            "META_STOP",
            "",
            *(_state(epoch, start) for epoch in epochs),
        ]
        if covariance:
            lines += ["", "COVARIANCE_START", f"EPOCH = {_text(epochs[0])}", "COV_REF_FRAME = RTN", *_covariance()]
            lines += ["COVARIANCE_STOP"]
    return ("\n".join(lines) + "\n").encode()


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000")


def _state(epoch: datetime, start: datetime) -> str:
    rate_rad_s = sqrt(_MU_KM3_S2 / _RADIUS_KM**3)
    angle = rate_rad_s * (epoch - start).total_seconds() % (2 * pi)
    speed_km_s = rate_rad_s * _RADIUS_KM
    values = (
        _RADIUS_KM * cos(angle),
        _RADIUS_KM * sin(angle) * 0.6,
        _RADIUS_KM * sin(angle) * 0.8,
        -speed_km_s * sin(angle),
        speed_km_s * cos(angle) * 0.6,
        speed_km_s * cos(angle) * 0.8,
    )
    return " ".join([_text(epoch), *(f"{value:.9f}" for value in values)])


def _covariance() -> list[str]:
    diagonal = (1e-4, 4e-3, 1e-4, 1e-9, 1e-10, 1e-10)
    return [
        " ".join("0.0" for _ in range(row)) + (" " if row else "") + f"{value:.12f}"
        for row, value in enumerate(diagonal)
    ]


def tle(*, names: bool = True, count: int = 1, first_number: int = 25544) -> bytes:
    """Return element sets of `count` objects on the orbit of the ISS, each with its own number."""
    lines = []
    for number in range(first_number, first_number + count):
        if names:
            lines.append(f"OBJECT {number}")
        lines += [_line(ISS[1], number), _line(ISS[2], number)]
    return ("\r\n".join(lines) + "\r\n").encode()


def _line(line: str, number: int) -> str:
    text = f"{line[:2]}{number:05d}{line[7:68]}"
    return text + str(sum(int(each) if each.isdigit() else each == "-" for each in text) % 10)


def packed(content: bytes) -> bytes:
    """Return the content as a gzip file, the same each time."""
    return gzip.compress(content, mtime=0)
