"""Three operators with two satellites each, and the files that they send."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

import ccsds
from assessment import ServiceLevel
from astrodynamics import frames, timescales
from astrodynamics.sgp4 import ElementArrays, Propagator

__all__ = ["OPERATORS", "File", "Operator", "broken_ephemeris", "good_ephemeris"]

Floats = NDArray[np.float64]

SPAN_HOURS = 72
STEP_S = 60
_COVARIANCE_STEP_S = 3600
_NS = 1_000_000_000


@dataclass(frozen=True)
class Operator:
    """An organization of the demonstration, and the person in it."""

    name: str
    space_track_title: str
    gid: str
    """Of the organization at Space-Track."""
    originator: str
    service_level: ServiceLevel
    person: str
    email: str
    sigma_m: tuple[float, float, float]
    """One-sigma position uncertainty, radial, in-track, cross-track, at the start of an ephemeris."""
    growth_m_h: float
    """How fast the in-track uncertainty grows."""


OPERATORS = (
    Operator(
        name="Aurora Imaging",
        space_track_title="AURORA IMAGING LTD",
        gid="2101",
        originator="AURI",
        service_level="advanced",
        person="Ada Lindqvist",
        email="orbits@aurora-imaging.example",
        sigma_m=(12.0, 60.0, 9.0),
        growth_m_h=4.0,
    ),
    Operator(
        name="Borealis Connect",
        space_track_title="BOREALIS CONNECT INC",
        gid="2102",
        originator="BORC",
        service_level="basic",
        person="Ben Okafor",
        email="flight@borealis-connect.example",
        sigma_m=(18.0, 90.0, 14.0),
        growth_m_h=6.0,
    ),
    Operator(
        name="Cirrus Weather",
        space_track_title="CIRRUS WEATHER CORP",
        gid="2103",
        originator="CIRW",
        service_level="basic",
        person="Chiara Conti",
        email="ops@cirrus-weather.example",
        sigma_m=(25.0, 140.0, 20.0),
        growth_m_h=9.0,
    ),
)


@dataclass(frozen=True)
class File:
    """A file as an operator sends it."""

    name: str
    content: bytes


def good_ephemeris(operator: Operator, elements: ElementArrays, object_name: str, start: datetime) -> File:
    """Return an OEM of the one object in `elements`: EME2000, 60 s steps, three days, a covariance every hour."""
    number = int(elements.norad_cat_id[0])
    begin = timescales.from_datetime(start)
    tai_ns = begin + _NS * np.arange(0, SPAN_HOURS * 3600 + 1, STEP_S, dtype=np.int64)
    r_teme_km, v_teme_km_s, error = Propagator(elements).propagate(tai_ns)
    if error.any():
        raise ArithmeticError(f"object {number} cannot be propagated over the span of its ephemeris")
    r_gcrf_km, v_gcrf_km_s = frames.to_gcrf(r_teme_km[0], v_teme_km_s[0], "TEME", tai_ns)
    r_km, v_km_s = frames.from_gcrf(r_gcrf_km, v_gcrf_km_s, "EME2000", tai_ns)
    epochs = timescales.from_tai_ns(tai_ns)
    with_covariance = slice(None, None, _COVARIANCE_STEP_S // STEP_S)
    oem = ccsds.Oem(
        header=ccsds.OemHeader(
            creation_date=epochs[0],
            originator=operator.originator,
            comments=("SYNTHETIC: made for a demonstration, not by the operator of the satellite",),
        ),
        segments=(
            ccsds.OemSegment(
                metadata=ccsds.OemMetadata(
                    object_name=object_name,
                    object_id=str(number),
                    ref_frame="EME2000",
                    start_time=epochs[0],
                    stop_time=epochs[-1],
                    interpolation="HERMITE",
                    interpolation_degree=7,
                ),
                epochs=epochs,
                positions_km=np.round(r_km, 6),
                velocities_km_s=np.round(v_km_s, 9),
                covariances=ccsds.OemCovariances(
                    epochs=epochs[with_covariance],
                    matrices=_covariances(operator, tai_ns[with_covariance] - begin),
                    frames=("RTN",) * len(epochs[with_covariance]),
                ),
            ),
        ),
    )
    return File(_file_name(number, object_name, start), ccsds.write(oem, "kvn"))


def broken_ephemeris(good: File) -> File:
    """Return the file as a hurried operator sends it: a letter among the digits, and a line cut short."""
    lines = good.content.split(b"\n")
    states = [i for i, line in enumerate(lines) if line[:2] == b"20"]
    typo, cut = states[40], states[90]
    epoch, x, rest = lines[typo].split(b" ", 2)
    lines[typo] = b" ".join((epoch, x[:1] + b"O" + x[2:], rest))
    lines[cut] = lines[cut].rsplit(b" ", 1)[0].rstrip()
    return File(good.name.replace("_operational_", "_special_"), b"\n".join(lines))


def _covariances(operator: Operator, since_start_ns: NDArray[np.int64]) -> Floats:
    """Return (m, 6, 6) covariances in RTN, km² and so on: in-track grows, velocities follow by the orbit's geometry."""
    hours = since_start_ns / (3600 * _NS)
    radial, in_track, cross_track = (sigma / 1000 for sigma in operator.sigma_m)
    sigma_km = np.stack(
        [
            np.full_like(hours, radial),
            in_track + operator.growth_m_h / 1000 * hours,
            np.full_like(hours, cross_track),
        ],
        axis=1,
    )
    mean_motion_rad_s = 1.1e-3
    sigma_km_s = sigma_km[:, [1, 0, 2]] * mean_motion_rad_s
    covariances = np.zeros((len(hours), 6, 6))
    for axis in range(3):
        covariances[:, axis, axis] = sigma_km[:, axis] ** 2
        covariances[:, axis + 3, axis + 3] = sigma_km_s[:, axis] ** 2
    for first, second, correlation in ((0, 1, -0.2), (1, 3, -0.85), (0, 4, -0.85)):
        deviation = np.sqrt(covariances[:, first, first] * covariances[:, second, second])
        covariances[:, first, second] = covariances[:, second, first] = correlation * deviation
    return covariances


def _file_name(number: int, object_name: str, start: datetime) -> str:
    name = "".join(letter for letter in object_name if letter.isalnum())[:20]
    return f"MEME_{number}_{name}_{start:%j%H%M}_operational_nomnvr_unclassified.txt"
