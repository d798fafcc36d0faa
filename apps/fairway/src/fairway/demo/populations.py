"""What is in orbit, as published statistics say: shells, constellations, debris families, MEO, GEO, HEO.

Counts and orbits follow the European Space Agency's Annual Space Environment Report (2025, sections 2 and 3) and
J. McDowell's General Catalog of Artificial Space Objects, rounded. No object of the real catalogue is copied.
"""

from dataclasses import dataclass
from typing import Literal

__all__ = ["POPULATIONS", "Population"]


@dataclass(frozen=True, kw_only=True)
class Population:
    """Objects that share an orbit up to a spread; each value is drawn from a normal distribution."""

    name: str
    count: int
    perigee_km: float
    """Mean height of the perigee above the equatorial radius."""
    perigee_spread_km: float
    apogee_km: float
    """Mean height of the apogee; never below the perigee."""
    apogee_spread_km: float
    inclination_deg: float
    inclination_spread_deg: float
    bstar: float
    """Mean drag term, 1/earth radii; drawn log-normally."""
    planes: int | None = None
    """Of a constellation: the number of planes, equally spaced, with satellites equally spaced in them."""
    kind: Literal["PAYLOAD", "DEBRIS", "ROCKET BODY"] = "PAYLOAD"


def _shell(name: str, count: int, height_km: float, inclination_deg: float, planes: int) -> Population:
    return Population(
        name=name,
        count=count,
        perigee_km=height_km - 1.0,
        perigee_spread_km=0.8,
        apogee_km=height_km + 1.0,
        apogee_spread_km=0.8,
        inclination_deg=inclination_deg,
        inclination_spread_deg=0.01,
        bstar=2e-4,
        planes=planes,
    )


def _debris(
    name: str, count: int, perigee_km: float, apogee_km: float, inclination_deg: float, spread_km: float = 90.0
) -> Population:
    return Population(
        name=name,
        count=count,
        perigee_km=perigee_km,
        perigee_spread_km=spread_km,
        apogee_km=apogee_km,
        apogee_spread_km=1.6 * spread_km,
        inclination_deg=inclination_deg,
        inclination_spread_deg=0.6,
        bstar=6e-4,
        kind="DEBRIS",
    )


def _navigation(name: str, count: int, height_km: float, inclination_deg: float, planes: int) -> Population:
    return Population(
        name=name,
        count=count,
        perigee_km=height_km - 60.0,
        perigee_spread_km=40.0,
        apogee_km=height_km + 60.0,
        apogee_spread_km=40.0,
        inclination_deg=inclination_deg,
        inclination_spread_deg=0.8,
        bstar=0.0,
        planes=planes,
    )


POPULATIONS: tuple[Population, ...] = (
    _shell("SHELL 550/53", 1580, 550.0, 53.05, 72),
    _shell("SHELL 540/53", 1560, 540.0, 53.22, 72),
    _shell("SHELL 530/43", 2240, 530.0, 43.00, 56),
    _shell("SHELL 570/70", 700, 570.0, 70.00, 35),
    _shell("SHELL 560/98", 480, 560.0, 97.66, 10),
    _shell("SHELL 1200/88", 640, 1200.0, 87.90, 18),
    _shell("SHELL 780/86", 75, 780.0, 86.40, 6),
    _shell("SHELL 1414/52", 85, 1414.0, 52.00, 8),
    Population(
        name="SUN-SYNCHRONOUS",
        count=2400,
        perigee_km=560.0,
        perigee_spread_km=85.0,
        apogee_km=580.0,
        apogee_spread_km=90.0,
        inclination_deg=97.9,
        inclination_spread_deg=0.5,
        bstar=3e-4,
    ),
    Population(
        name="LEO VARIOUS",
        count=1500,
        perigee_km=620.0,
        perigee_spread_km=160.0,
        apogee_km=700.0,
        apogee_spread_km=190.0,
        inclination_deg=64.0,
        inclination_spread_deg=16.0,
        bstar=3e-4,
    ),
    _debris("FAMILY 865/99", 2450, 800.0, 905.0, 98.9),
    _debris("FAMILY 790/74", 1000, 745.0, 830.0, 74.0),
    _debris("FAMILY 780/86", 300, 735.0, 790.0, 86.4, 45.0),
    _debris("FAMILY 840/99", 1100, 800.0, 850.0, 98.7, 45.0),
    _debris("FAMILY 740/100", 700, 610.0, 820.0, 100.2),
    _debris("LEO DEBRIS 82", 2300, 880.0, 980.0, 82.6, 130.0),
    _debris("LEO DEBRIS 98", 1900, 690.0, 800.0, 98.2, 110.0),
    _debris("LEO DEBRIS 65", 900, 830.0, 1010.0, 65.3, 140.0),
    _debris("LEO DEBRIS 1450", 700, 1400.0, 1500.0, 74.0, 60.0),
    Population(
        name="ROCKET BODIES",
        count=760,
        perigee_km=790.0,
        perigee_spread_km=150.0,
        apogee_km=900.0,
        apogee_spread_km=170.0,
        inclination_deg=82.0,
        inclination_spread_deg=9.0,
        bstar=4e-4,
        kind="ROCKET BODY",
    ),
    Population(
        name="DECAYING",
        count=7,
        perigee_km=140.0,
        perigee_spread_km=4.0,
        apogee_km=160.0,
        apogee_spread_km=8.0,
        inclination_deg=65.0,
        inclination_spread_deg=10.0,
        bstar=2e-2,
        kind="DEBRIS",
    ),
    _navigation("MEO 20180/55", 45, 20180.0, 55.2, 6),
    _navigation("MEO 19130/65", 42, 19130.0, 64.9, 3),
    _navigation("MEO 23222/56", 30, 23222.0, 56.1, 3),
    _navigation("MEO 21528/55", 33, 21528.0, 55.1, 3),
    Population(
        name="GEO",
        count=560,
        perigee_km=35780.0,
        perigee_spread_km=4.0,
        apogee_km=35793.0,
        apogee_spread_km=4.0,
        inclination_deg=0.06,
        inclination_spread_deg=0.04,
        bstar=0.0,
    ),
    Population(
        name="GEO DRIFTING",
        count=640,
        perigee_km=35600.0,
        perigee_spread_km=180.0,
        apogee_km=35960.0,
        apogee_spread_km=180.0,
        inclination_deg=9.0,
        inclination_spread_deg=4.5,
        bstar=0.0,
    ),
    Population(
        name="HEO 63",
        count=180,
        perigee_km=1400.0,
        perigee_spread_km=500.0,
        apogee_km=38600.0,
        apogee_spread_km=900.0,
        inclination_deg=63.6,
        inclination_spread_deg=0.9,
        bstar=1e-4,
    ),
    Population(
        name="TRANSFER",
        count=700,
        perigee_km=620.0,
        perigee_spread_km=210.0,
        apogee_km=33500.0,
        apogee_spread_km=4200.0,
        inclination_deg=14.0,
        inclination_spread_deg=8.0,
        bstar=2e-4,
        kind="ROCKET BODY",
    ),
)
