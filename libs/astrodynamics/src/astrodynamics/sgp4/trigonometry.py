"""Sine and cosine together, without branches, so that loops over them can be vectorised."""

import math

from astrodynamics.jit import inlined

TWO_OVER_PI = 2.0 / math.pi
HALF_PI_HIGH = 1.57079632673412561417
"""The first 33 bits of pi / 2: products with small integers are exact."""
HALF_PI_LOW = 6.07710050650619224932e-11


@inlined
def sincos(x: float) -> tuple[float, float]:
    """Sine and cosine to about 1 ulp for ``|x|`` up to 1e6.

    Reduction by Cody and Waite to [-pi/4, pi/4], then minimax polynomials (coefficients of the Cephes library,
    Moshier).
    """
    quadrant = math.floor(x * TWO_OVER_PI + 0.5)
    y = (x - quadrant * HALF_PI_HIGH) - quadrant * HALF_PI_LOW
    z = y * y
    s = 1.58962301576546568060e-10
    s = s * z - 2.50507477628578072866e-8
    s = s * z + 2.75573136213857245213e-6
    s = s * z - 1.98412698295895385996e-4
    s = s * z + 8.33333333332211858878e-3
    s = s * z - 1.66666666666666307295e-1
    sine = y + y * z * s
    c = -1.13585365213876817300e-11
    c = c * z + 2.08757008419747316778e-9
    c = c * z - 2.75573141792967388112e-7
    c = c * z + 2.48015872888517045348e-5
    c = c * z - 1.38888888888730564116e-3
    c = c * z + 4.16666666666665929218e-2
    cosine = 1.0 - 0.5 * z + z * z * c
    quarter = quadrant - 4.0 * math.floor(quadrant * 0.25)
    odd = abs(quarter - 2.0) == 1.0
    a = cosine if odd else sine
    b = sine if odd else cosine
    return (-a if quarter >= 2.0 else a), (-b if abs(quarter - 1.5) < 1.0 else b)
