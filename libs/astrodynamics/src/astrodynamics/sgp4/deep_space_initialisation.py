"""Coefficients of SDP4: lunar and solar periodics, secular third-body rates, resonance with the earth's rotation.

AIAA 2006-6753: ``dscom`` and ``dsinit``; Hujsak, "A Restricted Four Body Solution for Resonating Satellites without
Drag", Spacetrack Report #1 (1979).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from astrodynamics.sgp4.constants import (
    EARTH_ROTATION_RAD_MIN,
    MOON_ECCENTRICITY,
    MOON_MEAN_MOTION_RAD_MIN,
    SUN_ECCENTRICITY,
    SUN_MEAN_MOTION_RAD_MIN,
    TWO_PI,
    XKE,
)
from astrodynamics.sgp4.elements import Floats

SUN_COEFFICIENT = 2.9864797e-6
MOON_COEFFICIENT = 4.7968065e-7
SIN_OBLIQUITY = 0.39785416
COS_OBLIQUITY = 0.91744867
COS_SUN_PERIGEE = 0.1945905
SIN_SUN_PERIGEE = -0.98088458
NEARLY_EQUATORIAL_RAD = 5.2359877e-2

Q22, Q31, Q33 = 1.7891679e-6, 2.1460748e-6, 2.2123015e-7
ROOT22, ROOT32, ROOT44, ROOT52, ROOT54 = 1.7891679e-6, 3.7393792e-7, 7.3636953e-9, 1.1428639e-7, 2.1765803e-9


@dataclass(frozen=True, eq=False)
class ThirdBody:
    """Geometry of one perturbing body against the orbit: s1 to s7 and z of the report."""

    s1: Floats
    s2: Floats
    s3: Floats
    s4: Floats
    s5: Floats
    s6: Floats
    s7: Floats
    z1: Floats
    z2: Floats
    z3: Floats
    z11: Floats
    z12: Floats
    z13: Floats
    z21: Floats
    z22: Floats
    z23: Floats
    z31: Floats
    z32: Floats
    z33: Floats


def fill_deep_space(record: npt.NDArray[np.void], c: dict[str, Floats]) -> None:
    """Fill the records of deep-space objects from the coefficients that all objects have."""
    for name in set(record.dtype.names or ()) & c.keys():
        record[name] = c[name]
    sun, moon = _sun_and_moon(record, c)
    _periodics(record, c["ecco"], sun, moon)
    _secular_rates(record, c, sun, moon)
    _resonances(record, c)


def _sun_and_moon(record: npt.NDArray[np.void], c: dict[str, Floats]) -> tuple[ThirdBody, ThirdBody]:
    day = c["days_since_1950"] + 18_261.5
    moon_node = np.mod(4.5236020 - 9.2422029e-4 * day, TWO_PI)
    sin_node, cos_node = np.sin(moon_node), np.cos(moon_node)
    zcosil = 0.91375164 - 0.03568096 * cos_node
    zsinil = np.sqrt(1.0 - zcosil * zcosil)
    zsinhl = 0.089683511 * sin_node / zsinil
    zcoshl = np.sqrt(1.0 - zsinhl * zsinhl)
    gam = 5.8351514 + 0.0019443680 * day
    zx = (
        gam
        - moon_node
        + np.arctan2(SIN_OBLIQUITY * sin_node / zsinil, zcoshl * cos_node + COS_OBLIQUITY * zsinhl * sin_node)
    )
    record["zmol"] = np.mod(4.7199672 + 0.22997150 * day - gam, TWO_PI)
    record["zmos"] = np.mod(6.2565837 + 0.017201977 * day, TWO_PI)

    snodm, cnodm = np.sin(c["nodeo"]), np.cos(c["nodeo"])
    sun = _third_body(c, COS_SUN_PERIGEE, SIN_SUN_PERIGEE, COS_OBLIQUITY, SIN_OBLIQUITY, cnodm, snodm, SUN_COEFFICIENT)
    moon = _third_body(
        c, np.cos(zx), np.sin(zx), zcosil, zsinil,
        zcoshl * cnodm + zsinhl * snodm, snodm * zcoshl - cnodm * zsinhl, MOON_COEFFICIENT,
    )  # fmt: skip
    return sun, moon


def _third_body(
    c: dict[str, Floats],
    zcosg: Floats | float,
    zsing: Floats | float,
    zcosi: Floats | float,
    zsini: Floats | float,
    zcosh: Floats,
    zsinh: Floats,
    coefficient: float,
) -> ThirdBody:
    em, cosim, sinim = c["ecco"], c["cosio"], c["sinio"]
    cosomm, sinomm = np.cos(c["argpo"]), np.sin(c["argpo"])
    emsq = em * em
    betasq = 1.0 - emsq
    rtemsq = np.sqrt(betasq)

    a1 = zcosg * zcosh + zsing * zcosi * zsinh
    a3 = -zsing * zcosh + zcosg * zcosi * zsinh
    a7 = -zcosg * zsinh + zsing * zcosi * zcosh
    a8 = zsing * zsini
    a9 = zsing * zsinh + zcosg * zcosi * zcosh
    a10 = zcosg * zsini
    a2 = cosim * a7 + sinim * a8
    a4 = cosim * a9 + sinim * a10
    a5 = -sinim * a7 + cosim * a8
    a6 = -sinim * a9 + cosim * a10

    x1 = a1 * cosomm + a2 * sinomm
    x2 = a3 * cosomm + a4 * sinomm
    x3 = -a1 * sinomm + a2 * cosomm
    x4 = -a3 * sinomm + a4 * cosomm
    x5, x6, x7, x8 = a5 * sinomm, a6 * sinomm, a5 * cosomm, a6 * cosomm

    z31 = 12.0 * x1 * x1 - 3.0 * x3 * x3
    z32 = 24.0 * x1 * x2 - 6.0 * x3 * x4
    z33 = 12.0 * x2 * x2 - 3.0 * x4 * x4
    z1 = 2.0 * (3.0 * (a1 * a1 + a2 * a2) + z31 * emsq) + betasq * z31
    z2 = 2.0 * (6.0 * (a1 * a3 + a2 * a4) + z32 * emsq) + betasq * z32
    z3 = 2.0 * (3.0 * (a3 * a3 + a4 * a4) + z33 * emsq) + betasq * z33
    s3 = coefficient / c["no_unkozai"]
    s4 = s3 * rtemsq
    return ThirdBody(
        s1=-15.0 * em * s4,
        s2=-0.5 * s3 / rtemsq,
        s3=s3,
        s4=s4,
        s5=x1 * x3 + x2 * x4,
        s6=x2 * x3 + x1 * x4,
        s7=x2 * x4 - x1 * x3,
        z1=z1,
        z2=z2,
        z3=z3,
        z11=-6.0 * a1 * a5 + emsq * (-24.0 * x1 * x7 - 6.0 * x3 * x5),
        z12=-6.0 * (a1 * a6 + a3 * a5) + emsq * (-24.0 * (x2 * x7 + x1 * x8) - 6.0 * (x3 * x6 + x4 * x5)),
        z13=-6.0 * a3 * a6 + emsq * (-24.0 * x2 * x8 - 6.0 * x4 * x6),
        z21=6.0 * a2 * a5 + emsq * (24.0 * x1 * x5 - 6.0 * x3 * x7),
        z22=6.0 * (a4 * a5 + a2 * a6) + emsq * (24.0 * (x2 * x5 + x1 * x6) - 6.0 * (x4 * x7 + x3 * x8)),
        z23=6.0 * a4 * a6 + emsq * (24.0 * x2 * x6 - 6.0 * x4 * x8),
        z31=z31,
        z32=z32,
        z33=z33,
    )


def _periodics(record: npt.NDArray[np.void], ecco: Floats, sun: ThirdBody, moon: ThirdBody) -> None:
    long_term = -21.0 - 9.0 * ecco * ecco
    terms = ("e2", "e3", "i2", "i3", "l2", "l3", "l4", "gh2", "gh3", "gh4", "h2", "h3")
    names_of_sun = [f"s{term}" for term in terms]
    names_of_moon = ["ee2", "e3", *(f"x{term}" for term in terms[2:])]
    for body, eccentricity, (e2, e3, i2, i3, l2, l3, l4, g2, g3, g4, h2, h3) in (
        (sun, SUN_ECCENTRICITY, names_of_sun),
        (moon, MOON_ECCENTRICITY, names_of_moon),
    ):
        record[e2] = 2.0 * body.s1 * body.s6
        record[e3] = 2.0 * body.s1 * body.s7
        record[i2] = 2.0 * body.s2 * body.z12
        record[i3] = 2.0 * body.s2 * (body.z13 - body.z11)
        record[l2] = -2.0 * body.s3 * body.z2
        record[l3] = -2.0 * body.s3 * (body.z3 - body.z1)
        record[l4] = -2.0 * body.s3 * long_term * eccentricity
        record[g2] = 2.0 * body.s4 * body.z32
        record[g3] = 2.0 * body.s4 * (body.z33 - body.z31)
        record[g4] = -18.0 * body.s4 * eccentricity
        record[h2] = -2.0 * body.s2 * body.z22
        record[h3] = -2.0 * body.s2 * (body.z23 - body.z21)


def _secular_rates(record: npt.NDArray[np.void], c: dict[str, Floats], sun: ThirdBody, moon: ThirdBody) -> None:
    long_term = 14.0 + 6.0 * c["ecco"] ** 2
    equatorial = (c["inclo"] < NEARLY_EQUATORIAL_RAD) | (c["inclo"] > np.pi - NEARLY_EQUATORIAL_RAD)
    sine = np.where(c["sinio"] != 0.0, c["sinio"], 1.0)
    for name in ("dedt", "didt", "dmdt", "dnodt", "domdt"):
        record[name] = 0.0
    for body, rate in ((sun, SUN_MEAN_MOTION_RAD_MIN), (moon, MOON_MEAN_MOTION_RAD_MIN)):
        node_rate = np.where(equatorial, 0.0, -rate * body.s2 * (body.z21 + body.z23)) / sine
        record["dedt"] += body.s1 * rate * body.s5
        record["didt"] += body.s2 * rate * (body.z11 + body.z13)
        record["dmdt"] += -rate * body.s3 * (body.z1 + body.z3 - long_term)
        record["domdt"] += body.s4 * rate * (body.z31 + body.z33 - 6.0) - c["cosio"] * node_rate
        record["dnodt"] += node_rate


def _resonances(record: npt.NDArray[np.void], c: dict[str, Floats]) -> None:
    no = c["no_unkozai"]
    one_day = (no > 0.0034906585) & (no < 0.0052359877)
    half_day = (no >= 8.26e-3) & (no <= 9.24e-3) & (c["ecco"] >= 0.5)
    record["resonance"] = np.where(half_day, 2.0, np.where(one_day, 1.0, 0.0))
    _one_day(record, c, one_day)
    _half_day(record, c, half_day)


def _one_day(record: npt.NDArray[np.void], c: dict[str, Floats], where: npt.NDArray[np.bool_]) -> None:
    no, em, cosim, sinim = (c[name][where] for name in ("no_unkozai", "ecco", "cosio", "sinio"))
    emsq = em * em
    aonv = (no / XKE) ** (2.0 / 3.0)
    g200 = 1.0 + emsq * (-2.5 + 0.8125 * emsq)
    g310 = 1.0 + 2.0 * emsq
    g300 = 1.0 + emsq * (-6.0 + 6.60937 * emsq)
    f220 = 0.75 * (1.0 + cosim) ** 2
    f311 = 0.9375 * sinim * sinim * (1.0 + 3.0 * cosim) - 0.75 * (1.0 + cosim)
    f330 = 1.875 * (1.0 + cosim) ** 3
    del1 = 3.0 * no * no * aonv * aonv
    record["del1"][where] = del1 * f311 * g310 * Q31 * aonv
    record["del2"][where] = 2.0 * del1 * f220 * g200 * Q22
    record["del3"][where] = 3.0 * del1 * f330 * g300 * Q33 * aonv
    record["xlamo"][where] = np.mod((c["mo"] + c["nodeo"] + c["argpo"] - c["gsto"])[where], TWO_PI)
    record["xfact"][where] = (
        (c["mdot"] + c["argpdot"] + c["nodedot"] - EARTH_ROTATION_RAD_MIN)[where]
        + (record["dmdt"] + record["domdt"] + record["dnodt"])[where]
        - no
    )


def _half_day(record: npt.NDArray[np.void], c: dict[str, Floats], where: npt.NDArray[np.bool_]) -> None:
    no, em, cosim, sinim = (c[name][where] for name in ("no_unkozai", "ecco", "cosio", "sinio"))
    emsq = em * em
    eoc = em * emsq
    cosisq = cosim * cosim
    sini2 = sinim * sinim

    def cubic(a: float, b: float, d: float, e: float) -> Floats:
        return np.asarray(a + b * em + d * emsq + e * eoc)

    low = em <= 0.65
    g201 = -0.306 - (em - 0.64) * 0.440
    g211 = np.where(low, cubic(3.616, -13.2470, 16.2900, 0.0), cubic(-72.099, 331.819, -508.738, 266.724))
    g310 = np.where(low, cubic(-19.302, 117.3900, -228.4190, 156.5910), cubic(-346.844, 1582.851, -2415.925, 1246.113))
    g322 = np.where(low, cubic(-18.9068, 109.7927, -214.6334, 146.5816), cubic(-342.585, 1554.908, -2366.899, 1215.972))
    g410 = np.where(low, cubic(-41.122, 242.6940, -471.0940, 313.9530), cubic(-1052.797, 4758.686, -7193.992, 3651.957))
    g422 = np.where(
        low, cubic(-146.407, 841.8800, -1629.014, 1083.4350), cubic(-3581.690, 16178.110, -24462.770, 12422.520)
    )
    g520 = np.where(
        low,
        cubic(-532.114, 3017.977, -5740.032, 3708.2760),
        np.where(em > 0.715, cubic(-5149.66, 29936.92, -54087.36, 31324.56), cubic(1464.74, -4664.75, 3763.64, 0.0)),
    )
    below = em < 0.7
    g533 = np.where(
        below, cubic(-919.22770, 4988.6100, -9064.7700, 5542.21), cubic(-37995.780, 161616.52, -229838.20, 109377.94)
    )
    g521 = np.where(
        below, cubic(-822.71072, 4568.6173, -8491.4146, 5337.524), cubic(-51752.104, 218913.95, -309468.16, 146349.42)
    )
    g532 = np.where(
        below, cubic(-853.66600, 4690.2500, -8624.7700, 5341.4), cubic(-40023.880, 170470.89, -242699.48, 115605.82)
    )

    f220 = 0.75 * (1.0 + 2.0 * cosim + cosisq)
    f221 = 1.5 * sini2
    f321 = 1.875 * sinim * (1.0 - 2.0 * cosim - 3.0 * cosisq)
    f322 = -1.875 * sinim * (1.0 + 2.0 * cosim - 3.0 * cosisq)
    f441 = 35.0 * sini2 * f220
    f442 = 39.3750 * sini2 * sini2
    f522 = (
        9.84375 * sinim
        * (sini2 * (1.0 - 2.0 * cosim - 5.0 * cosisq) + 0.33333333 * (-2.0 + 4.0 * cosim + 6.0 * cosisq))
    )  # fmt: skip
    f523 = sinim * (
        4.92187512 * sini2 * (-2.0 - 4.0 * cosim + 10.0 * cosisq) + 6.56250012 * (1.0 + 2.0 * cosim - 3.0 * cosisq)
    )
    f542 = 29.53125 * sinim * (2.0 - 8.0 * cosim + cosisq * (-12.0 + 8.0 * cosim + 10.0 * cosisq))
    f543 = 29.53125 * sinim * (-2.0 - 8.0 * cosim + cosisq * (12.0 + 8.0 * cosim - 10.0 * cosisq))

    aonv = (no / XKE) ** (2.0 / 3.0)
    second = 3.0 * no * no * aonv * aonv
    third = second * aonv
    fourth = third * aonv
    fifth = fourth * aonv
    for name, value in (
        ("d2201", second * ROOT22 * f220 * g201),
        ("d2211", second * ROOT22 * f221 * g211),
        ("d3210", third * ROOT32 * f321 * g310),
        ("d3222", third * ROOT32 * f322 * g322),
        ("d4410", 2.0 * fourth * ROOT44 * f441 * g410),
        ("d4422", 2.0 * fourth * ROOT44 * f442 * g422),
        ("d5220", fifth * ROOT52 * f522 * g520),
        ("d5232", fifth * ROOT52 * f523 * g532),
        ("d5421", 2.0 * fifth * ROOT54 * f542 * g521),
        ("d5433", 2.0 * fifth * ROOT54 * f543 * g533),
    ):
        record[name][where] = value
    record["xlamo"][where] = np.mod((c["mo"] + 2.0 * (c["nodeo"] - c["gsto"]))[where], TWO_PI)
    record["xfact"][where] = (
        (c["mdot"] + record["dmdt"])[where]
        + 2.0 * (c["nodedot"] + record["dnodt"] - EARTH_ROTATION_RAD_MIN)[where]
        - no
    )
