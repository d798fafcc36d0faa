"""SDP4 at one instant and over many, compiled (AIAA 2006-6753: ``dspace``, ``dpper``, ``sgp4``)."""

import math

import numpy as np

from astrodynamics.jit import inlined, inner
from astrodynamics.sgp4.coefficients import DeepSpace, deep_space
from astrodynamics.sgp4.constants import (
    EARTH_ROTATION_RAD_MIN,
    J3_OVER_J2,
    MOON_ECCENTRICITY,
    MOON_MEAN_MOTION_RAD_MIN,
    SUN_ECCENTRICITY,
    SUN_MEAN_MOTION_RAD_MIN,
    TWO_PI,
    XKE,
)
from astrodynamics.sgp4.elements import Floats
from astrodynamics.sgp4.initialisation import POLAR_SINGULARITY
from astrodynamics.sgp4.near_earth import (
    FEW_NEWTON_STEPS_BELOW_ECCENTRICITY,
    MOST_NEWTON_STEPS,
    State,
    kepler_step,
    kepler_to_convergence,
    longitude_terms,
    short_period_state,
    usable_eccentricity,
)
from astrodynamics.sgp4.trigonometry import sincos

TWO_THIRDS = 2.0 / 3.0
LYDDANE_INCLINATION_RAD = 0.2
RESONANCE_STEP_MIN = 720.0
RESONANCE_STEP_SQUARED_HALF = 259_200.0

Integrator = tuple[float, float, float, float, float, float]
"""How far the resonance integration has come: time since epoch (min), longitude, mean motion, and their rates there."""


@inlined
def resonance_at(c: DeepSpace, atime: float, xli: float, xni: float) -> Integrator:
    """Add to a point of the integration the first two derivatives of the mean motion and the rate of the longitude."""
    xldot = xni + c.xfact
    if c.resonance == 1.0:
        s1, c1 = sincos(xli - 0.13130908)
        s2, c2 = sincos(2.0 * (xli - 2.8843198))
        s3, c3 = sincos(3.0 * (xli - 0.37448087))
        xndt = c.del1 * s1 + c.del2 * s2 + c.del3 * s3
        xnddt = c.del1 * c1 + 2.0 * c.del2 * c2 + 3.0 * c.del3 * c3
    else:
        xomi = c.argpo + c.argpdot * atime
        s2201, c2201 = sincos(2.0 * xomi + xli - 5.7686396)
        s2211, c2211 = sincos(xli - 5.7686396)
        s3210, c3210 = sincos(xomi + xli - 0.95240898)
        s3222, c3222 = sincos(-xomi + xli - 0.95240898)
        s4410, c4410 = sincos(2.0 * xomi + 2.0 * xli - 1.8014998)
        s4422, c4422 = sincos(2.0 * xli - 1.8014998)
        s5220, c5220 = sincos(xomi + xli - 1.0508330)
        s5232, c5232 = sincos(-xomi + xli - 1.0508330)
        s5421, c5421 = sincos(xomi + 2.0 * xli - 4.4108898)
        s5433, c5433 = sincos(-xomi + 2.0 * xli - 4.4108898)
        xndt = (
            c.d2201 * s2201 + c.d2211 * s2211 + c.d3210 * s3210 + c.d3222 * s3222 + c.d4410 * s4410
            + c.d4422 * s4422 + c.d5220 * s5220 + c.d5232 * s5232 + c.d5421 * s5421 + c.d5433 * s5433
        )  # fmt: skip
        xnddt = (
            c.d2201 * c2201 + c.d2211 * c2211 + c.d3210 * c3210 + c.d3222 * c3222 + c.d5220 * c5220 + c.d5232 * c5232
            + 2.0 * (c.d4410 * c4410 + c.d4422 * c4422 + c.d5421 * c5421 + c.d5433 * c5433)
        )  # fmt: skip
    return atime, xli, xni, xndt, xnddt * xldot, xldot


@inner
def start_of_resonance(c: DeepSpace) -> Integrator:
    """Integrate from the epoch."""
    return resonance_at(c, 0.0, c.xlamo, c.no_unkozai)


@inner
def advance_resonance(c: DeepSpace, t: float, reached: Integrator) -> Integrator:
    """Euler-Maclaurin integration in half days from the epoch, either way, to less than a step from ``t``."""
    atime, xli, xni, xndt, xnddt, xldot = reached
    if t * atime < 0.0 or abs(t) < abs(atime):
        atime, xli, xni, xndt, xnddt, xldot = start_of_resonance(c)
    delta = RESONANCE_STEP_MIN if t > 0.0 else -RESONANCE_STEP_MIN
    while abs(t - atime) >= RESONANCE_STEP_MIN:
        xli += xldot * delta + xndt * RESONANCE_STEP_SQUARED_HALF
        xni += xndt * delta + xnddt * RESONANCE_STEP_SQUARED_HALF
        atime, xli, xni, xndt, xnddt, xldot = resonance_at(c, atime + delta, xli, xni)
    return atime, xli, xni, xndt, xnddt, xldot


@inlined
def mean_motion_and_anomaly(c: DeepSpace, t: float, reached: Integrator) -> tuple[float, float]:
    """Mean motion (rad/min) and mean anomaly with secular rates, drag and resonance."""
    nm = c.no_unkozai
    mm = c.mo + (c.mdot + c.dmdt) * t
    if c.resonance != 0.0:
        atime, xli, xni, xndt, xnddt, xldot = reached
        ft = t - atime
        nm = xni + ft * (xndt + 0.5 * xnddt * ft)
        xl = xli + ft * (xldot + 0.5 * xndt * ft)
        node, perigee = node_and_perigee(c, t)
        theta = truncated_turn(c.gsto + t * EARTH_ROTATION_RAD_MIN)
        mm = xl - node - perigee + theta if c.resonance == 1.0 else xl - 2.0 * node + 2.0 * theta
    return nm, mm + c.no_unkozai * c.t2cof * t * t


@inlined
def node_and_perigee(c: DeepSpace, t: float) -> tuple[float, float]:
    """Node and argument of perigee with their secular rates."""
    return c.nodeo + t * (c.nodedot + c.dnodt + c.nodecf * t), c.argpo + t * (c.argpdot + c.domdt)


@inlined
def semi_major_axis(c: DeepSpace, t: float, nm: float) -> float:
    """Earth radii, after drag; NaN where the mean motion is not positive (error 2)."""
    tempa = 1.0 - c.cc1 * t
    return math.pow(XKE / nm, TWO_THIRDS) * tempa * tempa if nm > 0.0 else math.nan


@inlined
def periodics(c: DeepSpace, t: float) -> tuple[float, float, float, float, float]:
    """Lunar and solar periodics of eccentricity, inclination, anomaly, perigee and node (``dpper``)."""
    zm = c.zmos + SUN_MEAN_MOTION_RAD_MIN * t
    s, _ = sincos(zm)
    sinzf, coszf = sincos(zm + 2.0 * SUN_ECCENTRICITY * s)
    f2 = 0.5 * sinzf * sinzf - 0.25
    f3 = -0.5 * sinzf * coszf
    pe = c.se2 * f2 + c.se3 * f3
    pinc = c.si2 * f2 + c.si3 * f3
    pl = c.sl2 * f2 + c.sl3 * f3 + c.sl4 * sinzf
    pgh = c.sgh2 * f2 + c.sgh3 * f3 + c.sgh4 * sinzf
    ph = c.sh2 * f2 + c.sh3 * f3
    zm = c.zmol + MOON_MEAN_MOTION_RAD_MIN * t
    s, _ = sincos(zm)
    sinzf, coszf = sincos(zm + 2.0 * MOON_ECCENTRICITY * s)
    f2 = 0.5 * sinzf * sinzf - 0.25
    f3 = -0.5 * sinzf * coszf
    pe += c.ee2 * f2 + c.e3 * f3
    pinc += c.xi2 * f2 + c.xi3 * f3
    pl += c.xl2 * f2 + c.xl3 * f3 + c.xl4 * sinzf
    pgh += c.xgh2 * f2 + c.xgh3 * f3 + c.xgh4 * sinzf
    ph += c.xh2 * f2 + c.xh3 * f3
    return pe, pinc, pl, pgh, ph


@inlined
def truncated_turn(angle: float) -> float:
    """Angle reduced to one turn towards zero, keeping its sign."""
    return angle - TWO_PI * math.trunc(angle * (1.0 / TWO_PI))


@inlined
def arctangent(y: float, x: float) -> float:
    """Angle of (x, y) in (-pi, pi], without branches (Cephes library, Moshier)."""
    ax = abs(x)
    ay = abs(y)
    ratio = min(ax, ay) / (max(ax, ay) + 1.0e-300)
    reduced = ratio > 0.66
    t = (ratio - 1.0) / (ratio + 1.0) if reduced else ratio
    z = t * t
    p = -8.750608600031904122785e-1
    p = p * z - 1.615753718733365076637e1
    p = p * z - 7.500855792314704667340e1
    p = p * z - 1.228866684490136173410e2
    p = p * z - 6.485021904942025371773e1
    q = z + 2.485846490142306297962e1
    q = q * z + 1.650270098316988542046e2
    q = q * z + 4.328810604912902668951e2
    q = q * z + 4.853903996359136964868e2
    q = q * z + 1.945506571482613964425e2
    angle = t + t * z * p / q + (math.pi / 4.0 if reduced else 0.0)
    angle = math.pi / 2.0 - angle if ay > ax else angle
    angle = math.pi - angle if x < 0.0 else angle
    return -angle if y < 0.0 else angle


@inlined
def perturbed(c: DeepSpace, t: float, em: float, mm: float) -> tuple[float, float, float, float, float]:
    """Eccentricity, inclination, node, argument of perigee and mean anomaly with the lunar and solar periodics.

    Below 0.2 rad of inclination, where the node is ill defined, the periodics are applied in Lyddane's variables. Both
    ways are computed and one is chosen, so that the loop can be vectorised. The eccentricity is NaN where it leaves
    [0, 1] (error 3).
    """
    pe, pinc, pl, pgh, ph = periodics(c, t)
    nodem, argpm = node_and_perigee(c, t)
    ep = em + pe
    inclp = c.inclo + c.didt * t + pinc
    sinip, cosip = sincos(inclp)

    node_change = ph / sinip
    argp_change = pgh - cosip * node_change

    sinop, cosop = sincos(nodem)
    alfdp = sinip * sinop + ph * cosop + pinc * cosip * sinop
    betdp = sinip * cosop - ph * sinop + pinc * cosip * cosop
    before = truncated_turn(nodem)
    node_lyddane = arctangent(alfdp, betdp)
    turn = TWO_PI if node_lyddane < before else -TWO_PI
    node_lyddane = node_lyddane + turn if abs(before - node_lyddane) > math.pi else node_lyddane
    argp_lyddane = argpm + pgh + (cosip - pinc * sinip) * before - cosip * node_lyddane

    direct = inclp >= LYDDANE_INCLINATION_RAD
    nodep = nodem + node_change if direct else node_lyddane
    argpp = argpm + argp_change if direct else argp_lyddane
    nodep = nodep + math.pi if inclp < 0.0 else nodep
    argpp = argpp - math.pi if inclp < 0.0 else argpp
    possible = (ep >= 0.0) & (ep <= 1.0)
    return (ep if possible else math.nan), abs(inclp), nodep, argpp, mm + pl


@inlined
def long_period_coefficients(sinip: float, cosip: float) -> tuple[float, float]:
    """Coefficients ``aycof`` and ``xlcof`` for the perturbed inclination."""
    one_plus_cosine = 1.0 + cosip if abs(cosip + 1.0) > POLAR_SINGULARITY else POLAR_SINGULARITY
    return -0.5 * J3_OVER_J2 * sinip, -0.25 * J3_OVER_J2 * sinip * (3.0 + 5.0 * cosip) / one_plus_cosine


@inlined
def secular_eccentricity(c: DeepSpace, t: float) -> float:
    """Mean eccentricity with its lunar and solar rate and drag; NaN outside the theory's limits (error 1)."""
    return usable_eccentricity(c.ecco + (c.dedt - c.bcc4) * t)


@inner
def deep_space_state(c: DeepSpace, t: float) -> State:
    """State (km, km/s, TEME) of one object ``t`` minutes after its epoch; NaN where SDP4 fails."""
    nm, mm = mean_motion_and_anomaly(c, t, advance_resonance(c, t, start_of_resonance(c)))
    am = semi_major_axis(c, t, nm)
    ep, inclp, nodep, argpp, mp = perturbed(c, t, secular_eccentricity(c, t), mm)
    sinip, cosip = sincos(inclp)
    aycof, xlcof = long_period_coefficients(sinip, cosip)
    u, axnl, aynl = longitude_terms(am, ep, argpp, mp, aycof, xlcof)
    sin_eo1, cos_eo1 = kepler_to_convergence(u, axnl, aynl)
    square = cosip * cosip
    return short_period_state(
        am, axnl, aynl, sin_eo1, cos_eo1, nodep, sinip, cosip, 3.0 * square - 1.0, 1.0 - square, 7.0 * square - 1.0
    )


@inner
def deep_space_states(record: DeepSpace, minutes: Floats, states: Floats) -> None:
    """States of one object at many instants, in order of time, into ``states``, shape (6, t).

    Only the resonance integration goes instant by instant; the loops after it are vectorised.
    """
    c = deep_space(record)
    n = minutes.size
    am = np.empty(n)
    mm = np.empty(n)
    reached = start_of_resonance(record)
    for m in range(n):
        if c.resonance != 0.0:
            reached = advance_resonance(record, minutes[m], reached)
        nm, mm[m] = mean_motion_and_anomaly(c, minutes[m], reached)
        am[m] = semi_major_axis(c, minutes[m], nm)

    node = np.empty(n)
    inclination = np.empty(n)
    argument = np.empty(n)
    axnl = np.empty(n)
    aynl = np.empty(n)
    for m in range(n):
        t = minutes[m]
        ep, inclp, nodep, argpp, mp = perturbed(c, t, secular_eccentricity(c, t), mm[m])
        sinip, cosip = sincos(inclp)
        aycof, xlcof = long_period_coefficients(sinip, cosip)
        u, x, y = longitude_terms(am[m], ep, argpp, mp, aycof, xlcof)
        argument[m] = u
        axnl[m] = x
        aynl[m] = y
        node[m] = nodep
        inclination[m] = inclp

    longitude = argument.copy()
    for _ in range(4 if c.ecco < FEW_NEWTON_STEPS_BELOW_ECCENTRICITY else MOST_NEWTON_STEPS):
        for m in range(n):
            longitude[m] = kepler_step(argument[m], axnl[m], aynl[m], longitude[m])

    for m in range(n):
        sin_eo1, cos_eo1 = sincos(longitude[m])
        sinip, cosip = sincos(inclination[m])
        square = cosip * cosip
        state = short_period_state(
            am[m], axnl[m], aynl[m], sin_eo1, cos_eo1, node[m], sinip, cosip,
            3.0 * square - 1.0, 1.0 - square, 7.0 * square - 1.0,
        )  # fmt: skip
        states[0, m] = state[0]
        states[1, m] = state[1]
        states[2, m] = state[2]
        states[3, m] = state[3]
        states[4, m] = state[4]
        states[5, m] = state[5]


@inner
def deep_space_error(c: DeepSpace, t: float) -> int:
    """Error number of SDP4 at an instant, 0 where there is a state."""
    nm, mm = mean_motion_and_anomaly(c, t, advance_resonance(c, t, start_of_resonance(c)))
    if not nm > 0.0:
        return 2
    em = secular_eccentricity(c, t)
    if math.isnan(em):
        return 1
    ep, inclp, _, argpp, mp = perturbed(c, t, em, mm)
    if math.isnan(ep):
        return 3
    sinip, cosip = sincos(inclp)
    aycof, xlcof = long_period_coefficients(sinip, cosip)
    _, axnl, aynl = longitude_terms(semi_major_axis(c, t, nm), ep, argpp, mp, aycof, xlcof)
    if axnl * axnl + aynl * aynl > 1.0:
        return 4
    return 6 if math.isnan(deep_space_state(c, t)[0]) else 0
