"""Coefficients of SGP4 from mean elements, for all objects at once (AIAA 2006-6753: ``initl``, ``sgp4init``)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from astrodynamics.sgp4.constants import (
    DEEP_SPACE_PERIOD_MIN,
    DEEP_SPACE_RECORD,
    EARTH_RADIUS_KM,
    J2,
    J3_OVER_J2,
    J4,
    NEAR_EARTH_RECORD,
    TWO_PI,
    XKE,
)
from astrodynamics.sgp4.deep_space_initialisation import fill_deep_space
from astrodynamics.sgp4.elements import ElementArrays, Floats
from astrodynamics.timescales import utc_julian_dates

SMALL_ECCENTRICITY = 1.0e-4
POLAR_SINGULARITY = 1.5e-12
"""Stands for 1 + cos(i) at an inclination of 180 degrees."""


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Records of the near-earth and of the deep-space objects, each in the order of the elements."""

    is_deep_space: npt.NDArray[np.bool_]
    near_earth: npt.NDArray[np.void]
    deep_space: npt.NDArray[np.void]


def initialise(elements: ElementArrays) -> Coefficients:
    """Compute the coefficients of every object; impossible elements give NaN, which propagation then reports."""
    with np.errstate(all="ignore"):
        values = _secular(elements)
        deep = TWO_PI / values["no_unkozai"] >= DEEP_SPACE_PERIOD_MIN
        _drag(values)
        near_earth = np.zeros(int((~deep).sum()), dtype=NEAR_EARTH_RECORD)
        for name in NEAR_EARTH_RECORD.names or ():
            near_earth[name] = values[name][~deep]
        deep_space = np.zeros(int(deep.sum()), dtype=DEEP_SPACE_RECORD)
        fill_deep_space(deep_space, {name: column[deep] for name, column in values.items()})
    return Coefficients(deep, near_earth, deep_space)


def _secular(elements: ElementArrays) -> dict[str, Floats]:
    """Mean motion in the sense of Brouwer, and secular rates by the zonal harmonics."""
    ecco = elements.eccentricity
    inclo, nodeo, argpo, mo = (
        np.radians(angle)
        for angle in (
            elements.inclination_deg,
            elements.raan_deg,
            elements.arg_of_perigee_deg,
            elements.mean_anomaly_deg,
        )
    )
    no_kozai = elements.mean_motion_rev_day * (TWO_PI / 1440.0)
    cosio, sinio = np.cos(inclo), np.sin(inclo)
    cosio2 = cosio * cosio
    cosio4 = cosio2 * cosio2
    omeosq = 1.0 - ecco * ecco
    rteosq = np.sqrt(omeosq)

    ak = (XKE / no_kozai) ** (2.0 / 3.0)
    d1 = 0.75 * J2 * (3.0 * cosio2 - 1.0) / (rteosq * omeosq)
    delta = d1 / (ak * ak)
    adel = ak * (1.0 - delta * delta - delta * (1.0 / 3.0 + 134.0 * delta * delta / 81.0))
    no = no_kozai / (1.0 + d1 / (adel * adel))
    ao = (XKE / no) ** (2.0 / 3.0)

    posq = (ao * omeosq) ** 2
    con42 = 1.0 - 5.0 * cosio2
    con41 = -con42 - cosio2 - cosio2
    temp1 = 1.5 * J2 / posq * no
    temp2 = 0.5 * temp1 * J2 / posq
    temp3 = -0.46875 * J4 / (posq * posq) * no
    xhdot1 = -temp1 * cosio
    day, fraction = utc_julian_dates(elements.epoch_tai_ns)
    return {
        "days_since_1950": (day - 2_433_281.5) + fraction,
        "gsto": _greenwich_sidereal_time(day, fraction),
        "bstar": elements.bstar, "mo": mo, "argpo": argpo, "nodeo": nodeo, "ecco": ecco, "inclo": inclo,
        "no_unkozai": no, "ao": ao, "cosio": cosio, "sinio": sinio, "cosio2": cosio2, "omeosq": omeosq,
        "con41": con41, "x1mth2": 1.0 - cosio2, "x7thm1": 7.0 * cosio2 - 1.0, "xhdot1": xhdot1,
        "mdot": no + 0.5 * temp1 * rteosq * con41
        + 0.0625 * temp2 * rteosq * (13.0 - 78.0 * cosio2 + 137.0 * cosio4),
        "argpdot": -0.5 * temp1 * con42
        + 0.0625 * temp2 * (7.0 - 114.0 * cosio2 + 395.0 * cosio4)
        + temp3 * (3.0 - 36.0 * cosio2 + 49.0 * cosio4),
        "nodedot": xhdot1 + (0.5 * temp2 * (4.0 - 19.0 * cosio2) + 2.0 * temp3 * (3.0 - 7.0 * cosio2)) * cosio,
        "aycof": -0.5 * J3_OVER_J2 * sinio,
        "xlcof": -0.25 * J3_OVER_J2 * sinio * (3.0 + 5.0 * cosio)
        / np.where(np.abs(cosio + 1.0) > POLAR_SINGULARITY, 1.0 + cosio, POLAR_SINGULARITY),
    }  # fmt: skip


def _drag(c: dict[str, Floats]) -> None:
    """Coefficients of the power-density atmosphere; the higher ones vanish in deep space and for low perigees."""
    ecco, ao, no, bstar = c["ecco"], c["ao"], c["no_unkozai"], c["bstar"]
    perigee_km = (ao * (1.0 - ecco) - 1.0) * EARTH_RADIUS_KM
    s_km = np.where(perigee_km < 98.0, 20.0, np.where(perigee_km < 156.0, perigee_km - 78.0, 78.0))
    s = s_km / EARTH_RADIUS_KM + 1.0
    qzms24 = ((120.0 - s_km) / EARTH_RADIUS_KM) ** 4

    tsi = 1.0 / (ao - s)
    eta = ao * ecco * tsi
    etasq = eta * eta
    eeta = ecco * eta
    psisq = np.abs(1.0 - etasq)
    coef = qzms24 * tsi**4
    coef1 = coef / psisq**3.5
    cc2 = (
        coef1 * no
        * (ao * (1.0 + 1.5 * etasq + eeta * (4.0 + etasq))
           + 0.375 * J2 * tsi / psisq * c["con41"] * (8.0 + 3.0 * etasq * (8.0 + etasq)))
    )  # fmt: skip
    cc1 = bstar * cc2
    eccentric = ecco > SMALL_ECCENTRICITY
    cc3 = np.where(eccentric, -2.0 * coef * tsi * J3_OVER_J2 * no * c["sinio"] / ecco, 0.0)
    cc4 = (
        2.0 * no * coef1 * ao * c["omeosq"]
        * (eta * (2.0 + 0.5 * etasq) + ecco * (0.5 + 2.0 * etasq)
           - J2 * tsi / (ao * psisq)
           * (-3.0 * c["con41"] * (1.0 - 2.0 * eeta + etasq * (1.5 - 0.5 * eeta))
              + 0.75 * c["x1mth2"] * (2.0 * etasq - eeta * (1.0 + etasq)) * np.cos(2.0 * c["argpo"])))
    )  # fmt: skip
    cc5 = 2.0 * coef1 * ao * c["omeosq"] * (1.0 + 2.75 * (etasq + eeta) + eeta * etasq)

    full = perigee_km >= 220.0
    cc1sq = cc1 * cc1
    d2 = 4.0 * ao * tsi * cc1sq
    temp = d2 * tsi * cc1 / 3.0
    d3 = (17.0 * ao + s) * temp
    d4 = 0.5 * temp * ao * tsi * (221.0 * ao + 31.0 * s) * cc1
    c.update(
        cc1=cc1,
        eta=eta,
        bcc4=bstar * cc4,
        t2cof=1.5 * cc1,
        nodecf=3.5 * c["omeosq"] * c["xhdot1"] * cc1,
        sinmao=np.sin(c["mo"]),
        delmo=(1.0 + eta * np.cos(c["mo"])) ** 3,
        bcc5=np.where(full, bstar * cc5, 0.0),
        omgcof=np.where(full, bstar * cc3 * np.cos(c["argpo"]), 0.0),
        xmcof=np.where(full & eccentric, -2.0 / 3.0 * coef * bstar / eeta, 0.0),
        d2=np.where(full, d2, 0.0),
        d3=np.where(full, d3, 0.0),
        d4=np.where(full, d4, 0.0),
        t3cof=np.where(full, d2 + 2.0 * cc1sq, 0.0),
        t4cof=np.where(full, 0.25 * (3.0 * d3 + cc1 * (12.0 * d2 + 10.0 * cc1sq)), 0.0),
        t5cof=np.where(
            full, 0.2 * (3.0 * d4 + 12.0 * cc1 * d3 + 6.0 * d2 * d2 + 15.0 * cc1sq * (2.0 * d2 + cc1sq)), 0.0
        ),
    )


def _greenwich_sidereal_time(day: Floats, fraction: Floats) -> Floats:
    """Greenwich mean sidereal time of 1982 at the epoch (``gstime``), UTC standing for UT1 as SGP4 has it; radians."""
    centuries = ((day - 2_451_545.0) + fraction) / 36_525.0
    seconds = (
        67_310.54841
        + (876_600.0 * 3600.0 + 8_640_184.812866) * centuries
        + 0.093104 * centuries**2
        - 6.2e-6 * centuries**3
    )
    return np.asarray(np.mod(np.radians(seconds / 240.0), TWO_PI))
