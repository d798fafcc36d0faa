"""The coefficients of one object as values, for compiled code: a loop over instants keeps them in registers.

Reading them from the record inside the loop would stop the compiler from vectorising it, for it can't know that the
states it stores don't overwrite them. Record and value have the same fields, so that functions take either.
"""

from typing import NamedTuple

from astrodynamics.jit import inlined


class NearEarth(NamedTuple):
    """Coefficients of SGP4, named as in AIAA 2006-6753."""

    mo: float
    mdot: float
    argpo: float
    argpdot: float
    nodeo: float
    nodedot: float
    nodecf: float
    cc1: float
    bcc4: float
    t2cof: float
    no_unkozai: float
    ao: float
    ecco: float
    inclo: float
    bcc5: float
    sinmao: float
    omgcof: float
    xmcof: float
    eta: float
    delmo: float
    d2: float
    d3: float
    d4: float
    t3cof: float
    t4cof: float
    t5cof: float
    sinio: float
    cosio: float
    aycof: float
    xlcof: float
    con41: float
    x1mth2: float
    x7thm1: float


@inlined
def near_earth(c: NearEarth) -> NearEarth:
    """Take the coefficients out of a record in memory."""
    return NearEarth(
        c.mo, c.mdot, c.argpo, c.argpdot, c.nodeo, c.nodedot, c.nodecf, c.cc1, c.bcc4, c.t2cof, c.no_unkozai,
        c.ao, c.ecco, c.inclo, c.bcc5, c.sinmao, c.omgcof, c.xmcof, c.eta, c.delmo, c.d2, c.d3, c.d4, c.t3cof,
        c.t4cof, c.t5cof, c.sinio, c.cosio, c.aycof, c.xlcof, c.con41, c.x1mth2, c.x7thm1,
    )  # fmt: skip


class DeepSpace(NamedTuple):
    """Coefficients of SDP4, named as in AIAA 2006-6753."""

    mo: float
    mdot: float
    argpo: float
    argpdot: float
    nodeo: float
    nodedot: float
    nodecf: float
    cc1: float
    bcc4: float
    t2cof: float
    no_unkozai: float
    ao: float
    ecco: float
    inclo: float
    gsto: float
    zmos: float
    zmol: float
    se2: float
    se3: float
    si2: float
    si3: float
    sl2: float
    sl3: float
    sl4: float
    sgh2: float
    sgh3: float
    sgh4: float
    sh2: float
    sh3: float
    ee2: float
    e3: float
    xi2: float
    xi3: float
    xl2: float
    xl3: float
    xl4: float
    xgh2: float
    xgh3: float
    xgh4: float
    xh2: float
    xh3: float
    dedt: float
    didt: float
    dmdt: float
    dnodt: float
    domdt: float
    resonance: float
    xlamo: float
    xfact: float
    del1: float
    del2: float
    del3: float
    d2201: float
    d2211: float
    d3210: float
    d3222: float
    d4410: float
    d4422: float
    d5220: float
    d5232: float
    d5421: float
    d5433: float


@inlined
def deep_space(c: DeepSpace) -> DeepSpace:
    """Take the coefficients out of a record in memory."""
    return DeepSpace(
        c.mo, c.mdot, c.argpo, c.argpdot, c.nodeo, c.nodedot, c.nodecf, c.cc1, c.bcc4, c.t2cof, c.no_unkozai,
        c.ao, c.ecco, c.inclo, c.gsto, c.zmos, c.zmol, c.se2, c.se3, c.si2, c.si3, c.sl2, c.sl3, c.sl4,
        c.sgh2, c.sgh3, c.sgh4, c.sh2, c.sh3, c.ee2, c.e3, c.xi2, c.xi3, c.xl2, c.xl3, c.xl4, c.xgh2, c.xgh3,
        c.xgh4, c.xh2, c.xh3, c.dedt, c.didt, c.dmdt, c.dnodt, c.domdt, c.resonance, c.xlamo, c.xfact, c.del1,
        c.del2, c.del3, c.d2201, c.d2211, c.d3210, c.d3222, c.d4410, c.d4422, c.d5220, c.d5232, c.d5421,
        c.d5433,
    )  # fmt: skip
