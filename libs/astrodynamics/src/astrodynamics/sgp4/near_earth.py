"""SGP4 at one instant and over many, compiled (AIAA 2006-6753: ``sgp4``).

Both forms share every formula. `near_earth_states` runs over instants in one vectorised loop: sines by polynomials, a
fixed number of Newton steps, no branch and no arctangent (the short-period change of the argument of latitude is
applied as a small rotation).
"""

import math

from astrodynamics.jit import inlined, inner
from astrodynamics.sgp4.coefficients import NearEarth, near_earth
from astrodynamics.sgp4.constants import EARTH_RADIUS_KM, J2, KM_S, TWO_PI
from astrodynamics.sgp4.elements import Floats
from astrodynamics.sgp4.trigonometry import sincos

State = tuple[float, float, float, float, float, float]

FEW_NEWTON_STEPS_BELOW_ECCENTRICITY = 0.1
"""Up to here three Newton steps from a first-order start solve Kepler's equation to rounding: the error after n steps
is about e ** (2 ** (n + 1))."""

MOST_NEWTON_STEPS = 9


@inlined
def mean_elements_of_date(c: NearEarth, t: float) -> tuple[float, float, float, float, float]:
    """Semi-major axis, eccentricity, node, argument of perigee and mean anomaly after gravity and drag."""
    t2 = t * t
    xmdf = c.mo + c.mdot * t
    nodem = c.nodeo + c.nodedot * t + c.nodecf * t2
    _, cos_xmdf = sincos(xmdf)
    delmtemp = 1.0 + c.eta * cos_xmdf
    temp = c.omgcof * t + c.xmcof * (delmtemp * delmtemp * delmtemp - c.delmo)
    mm = xmdf + temp
    argpm = c.argpo + c.argpdot * t - temp
    sin_mm, _ = sincos(mm)
    tempa = 1.0 - t * (c.cc1 + t * (c.d2 + t * (c.d3 + t * c.d4)))
    tempe = c.bcc4 * t + c.bcc5 * (sin_mm - c.sinmao)
    templ = t2 * (c.t2cof + t * (c.t3cof + t * (c.t4cof + t * c.t5cof)))
    return c.ao * tempa * tempa, c.ecco - tempe, nodem, argpm, mm + c.no_unkozai * templ


@inlined
def kepler_in_few_steps(u: float, axnl: float, aynl: float) -> tuple[float, float]:
    """Sine and cosine of the eccentric longitude for small eccentricities."""
    s, c = sincos(u)
    eo1 = u + axnl * s - aynl * c
    s, c = sincos(eo1)
    eo1 += (u - aynl * c + axnl * s - eo1) / (1.0 - c * axnl - s * aynl)
    s, c = sincos(eo1)
    eo1 += (u - aynl * c + axnl * s - eo1) / (1.0 - c * axnl - s * aynl)
    s, c = sincos(eo1)
    last = (u - aynl * c + axnl * s - eo1) / (1.0 - c * axnl - s * aynl)
    shrink = 1.0 - 0.5 * last * last
    return s * shrink + c * last, c * shrink - s * last


@inlined
def kepler_step(u: float, axnl: float, aynl: float, eo1: float) -> float:
    """One Newton step, of at most 0.95 rad, towards the eccentric longitude."""
    s, c = sincos(eo1)
    step = (u - aynl * c + axnl * s - eo1) / (1.0 - c * axnl - s * aynl)
    return eo1 + min(max(step, -0.95), 0.95)


@inlined
def kepler_to_convergence(u: float, axnl: float, aynl: float) -> tuple[float, float]:
    """Sine and cosine of the eccentric longitude, by at most nine Newton steps (the original's tenth isn't used)."""
    eo1 = u
    for _ in range(MOST_NEWTON_STEPS):
        before = eo1
        eo1 = kepler_step(u, axnl, aynl, before)
        if abs(eo1 - before) < 1.0e-12:
            break
    return sincos(eo1)


@inlined
def longitude_terms(
    am: float, ep: float, argpp: float, mp: float, aycof: float, xlcof: float
) -> tuple[float, float, float]:
    """Long-period periodics: argument of Kepler's equation (reduced to a turn) and the eccentricity vector."""
    sin_argp, cos_argp = sincos(argpp)
    axnl = ep * cos_argp
    temp = 1.0 / (am * (1.0 - ep * ep))
    aynl = ep * sin_argp + temp * aycof
    u = mp + argpp + temp * xlcof * axnl
    return u - TWO_PI * math.floor(u * (1.0 / TWO_PI)), axnl, aynl


@inlined
def short_period_state(
    am: float,
    axnl: float,
    aynl: float,
    sin_eo1: float,
    cos_eo1: float,
    node: float,
    sin_i: float,
    cos_i: float,
    con41: float,
    x1mth2: float,
    x7thm1: float,
) -> State:
    """Short-period periodics, then position (km) and velocity (km/s); NaN without a state (errors 4 and 6)."""
    ecose = axnl * cos_eo1 + aynl * sin_eo1
    esine = axnl * sin_eo1 - aynl * cos_eo1
    el2 = axnl * axnl + aynl * aynl
    pl = am * (1.0 - el2)
    rl = am * (1.0 - ecose)
    inverse_rl = 1.0 / rl
    root_am = math.sqrt(am)
    rdotl = root_am * esine * inverse_rl
    rvdotl = math.sqrt(pl) * inverse_rl
    betal = math.sqrt(1.0 - el2)
    temp = esine / (1.0 + betal)
    sinu = am * inverse_rl * (sin_eo1 - aynl - axnl * temp)
    cosu = am * inverse_rl * (cos_eo1 - axnl + aynl * temp)
    sin2u = 2.0 * cosu * sinu
    cos2u = 1.0 - 2.0 * sinu * sinu
    inverse_pl = 1.0 / pl
    temp1 = 0.5 * J2 * inverse_pl
    temp2 = temp1 * inverse_pl

    mrt = rl * (1.0 - 1.5 * temp2 * betal * con41) + 0.5 * temp1 * x1mth2 * cos2u
    sin_su, cos_su = turned(sinu, cosu, -0.25 * temp2 * x7thm1 * sin2u)
    sini, cosi = turned(sin_i, cos_i, 1.5 * temp2 * cos_i * sin_i * cos2u)
    snod, cnod = sincos(node + 1.5 * temp2 * cos_i * sin2u)
    nm_over_xke = 1.0 / (am * root_am)
    mvt = rdotl - nm_over_xke * temp1 * x1mth2 * sin2u
    rvdot = rvdotl + nm_over_xke * temp1 * (x1mth2 * cos2u + 1.5 * con41)

    xmx = -snod * cosi
    xmy = cnod * cosi
    ux = xmx * sin_su + cnod * cos_su
    uy = xmy * sin_su + snod * cos_su
    uz = sini * sin_su
    vx = xmx * cos_su - cnod * sin_su
    vy = xmy * cos_su - snod * sin_su
    vz = sini * cos_su
    r = mrt * EARTH_RADIUS_KM if mrt >= 1.0 else math.nan
    return (
        r * ux,
        r * uy,
        r * uz,
        (mvt * ux + rvdot * vx) * KM_S,
        (mvt * uy + rvdot * vy) * KM_S,
        (mvt * uz + rvdot * vz) * KM_S,
    )


@inlined
def turned(sine: float, cosine: float, angle: float) -> tuple[float, float]:
    """Sine and cosine after a further angle."""
    s, c = sincos(angle)
    return sine * c + cosine * s, cosine * c - sine * s


@inlined
def usable_eccentricity(em: float) -> float:
    """Eccentricity within the theory's limits, NaN outside them (error 1)."""
    if em < -0.001 or em >= 1.0:
        return math.nan
    return max(em, 1.0e-6)


@inner
def near_earth_state(c: NearEarth, t: float) -> State:
    """State (km, km/s, TEME) of one object ``t`` minutes after its epoch; NaN where SGP4 fails."""
    am, em, nodem, argpm, mm = mean_elements_of_date(c, t)
    u, axnl, aynl = longitude_terms(am, usable_eccentricity(em), argpm, mm, c.aycof, c.xlcof)
    sin_eo1, cos_eo1 = kepler_to_convergence(u, axnl, aynl)
    return short_period_state(am, axnl, aynl, sin_eo1, cos_eo1, nodem, c.sinio, c.cosio, c.con41, c.x1mth2, c.x7thm1)


@inner
def near_earth_states(record: NearEarth, minutes: Floats, states: Floats) -> None:
    """States of one object at many instants into ``states``, shape (6, t)."""
    if record.ecco >= FEW_NEWTON_STEPS_BELOW_ECCENTRICITY:
        for m in range(minutes.size):
            state = near_earth_state(record, minutes[m])
            for k in range(6):
                states[k, m] = state[k]
        return
    c = near_earth(record)
    for m in range(minutes.size):
        am, em, nodem, argpm, mm = mean_elements_of_date(c, minutes[m])
        u, axnl, aynl = longitude_terms(am, usable_eccentricity(em), argpm, mm, c.aycof, c.xlcof)
        sin_eo1, cos_eo1 = kepler_in_few_steps(u, axnl, aynl)
        state = short_period_state(
            am, axnl, aynl, sin_eo1, cos_eo1, nodem, c.sinio, c.cosio, c.con41, c.x1mth2, c.x7thm1
        )
        states[0, m] = state[0]
        states[1, m] = state[1]
        states[2, m] = state[2]
        states[3, m] = state[3]
        states[4, m] = state[4]
        states[5, m] = state[5]


@inner
def near_earth_error(c: NearEarth, t: float) -> int:
    """Error number of SGP4 at an instant, 0 where there is a state."""
    am, em, _, argpm, mm = mean_elements_of_date(c, t)
    if math.isnan(usable_eccentricity(em)):
        return 1
    _, axnl, aynl = longitude_terms(am, usable_eccentricity(em), argpm, mm, c.aycof, c.xlcof)
    if axnl * axnl + aynl * aynl > 1.0:
        return 4
    return 6 if math.isnan(near_earth_state(c, t)[0]) else 0
