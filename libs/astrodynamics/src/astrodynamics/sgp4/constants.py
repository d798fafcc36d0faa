"""Constants of SGP4 and the records of per-object coefficients that its initialisation leaves for propagation.

Field names are those of AIAA 2006-6753, so that the formulas can be read beside it. Units: earth radii, radians,
minutes.
"""

import math
from typing import Final

import numpy as np

EARTH_RADIUS_KM: Final = 6378.135
"""WGS-72."""
MU_KM3_S2: Final = 398600.8
"""WGS-72."""
J2: Final = 0.001082616
J3: Final = -0.00000253881
J4: Final = -0.00000165597
J3_OVER_J2: Final = J3 / J2
XKE: Final = 60.0 / math.sqrt(EARTH_RADIUS_KM**3 / MU_KM3_S2)
"""Square root of the gravitational parameter in earth radii and minutes."""
KM_S: Final = EARTH_RADIUS_KM * XKE / 60.0
"""Unit of velocity, km/s."""
DEEP_SPACE_PERIOD_MIN: Final = 225.0
TWO_PI: Final = 2.0 * math.pi

EARTH_ROTATION_RAD_MIN: Final = 4.37526908801129966e-3
SUN_MEAN_MOTION_RAD_MIN: Final = 1.19459e-5
SUN_ECCENTRICITY: Final = 0.01675
MOON_MEAN_MOTION_RAD_MIN: Final = 1.5835218e-4
MOON_ECCENTRICITY: Final = 0.05490

COMMON_FIELDS: Final = (
    "mo", "mdot", "argpo", "argpdot", "nodeo", "nodedot", "nodecf", "cc1", "bcc4", "t2cof", "no_unkozai", "ao",
    "ecco", "inclo",
)  # fmt: skip
"""Secular motion of any object. ``bcc4`` is the product of B* and C4, ``ao`` the semi-major axis."""

NEAR_EARTH_FIELDS: Final = (
    *COMMON_FIELDS,
    "bcc5", "sinmao", "omgcof", "xmcof", "eta", "delmo", "d2", "d3", "d4", "t3cof", "t4cof", "t5cof",
    "sinio", "cosio", "aycof", "xlcof", "con41", "x1mth2", "x7thm1",
)  # fmt: skip

DEEP_SPACE_FIELDS: Final = (
    *COMMON_FIELDS,
    "gsto", "zmos", "zmol", "se2", "se3", "si2", "si3", "sl2", "sl3", "sl4", "sgh2", "sgh3", "sgh4", "sh2", "sh3",
    "ee2", "e3", "xi2", "xi3", "xl2", "xl3", "xl4", "xgh2", "xgh3", "xgh4", "xh2", "xh3",
    "dedt", "didt", "dmdt", "dnodt", "domdt",
    "resonance", "xlamo", "xfact", "del1", "del2", "del3",
    "d2201", "d2211", "d3210", "d3222", "d4410", "d4422", "d5220", "d5232", "d5421", "d5433",
)  # fmt: skip
"""``resonance``: 0 none, 1 with one day, 2 with half a day."""

NEAR_EARTH_RECORD: Final = np.dtype([(name, np.float64) for name in NEAR_EARTH_FIELDS])
DEEP_SPACE_RECORD: Final = np.dtype([(name, np.float64) for name in DEEP_SPACE_FIELDS])
