"""Element sets whose blanks were collapsed on the way, as web pages and mails do, back in their columns.

Strict verification of a TLE refuses such lines; without it they are put back where every field shows where it belongs.
"""

from __future__ import annotations

import re

__all__ = ["realigned"]

NUMBER = re.compile(r"[0-9A-Z][0-9]{0,4}(?P<classification>[UCS]?)\Z")
DESIGNATOR = re.compile(r"[0-9]{5}[A-Z]{1,3}\Z")
LINE_1_FIELDS = 9
LINE_2_FIELDS = 8


def realigned(text: str) -> str | None:
    """Put the fields of line 1 or 2 into their columns; None where they do not show which is which."""
    fields = text.split()
    if text.startswith("1"):
        return _line_1(fields)
    return _line_2(fields)


def _line_1(fields: list[str]) -> str | None:
    if len(fields) == LINE_1_FIELDS - 1:
        fields.insert(2, "")  # a blank designator
    if len(fields) != LINE_1_FIELDS:
        return None
    _, number, designator, epoch, dot, ddot, bstar, ephemeris_type, rest = fields
    match = NUMBER.match(number)
    if match is None or not match["classification"] or (designator and DESIGNATOR.match(designator) is None):
        return None
    line = (
        f"1 {number[:-1]:>5}{number[-1]} {designator:<8} {epoch:>14} {dot:>10} {ddot:>8} {bstar:>8} "
        f"{ephemeris_type:>1} {rest[:-1]:>4}{rest[-1]}"
    )
    return line if len(line) == 69 else None


def _line_2(fields: list[str]) -> str | None:
    if len(fields) == LINE_2_FIELDS + 1:
        motion, revolution = fields[-2:]
        fields[-2:] = [f"{motion:<11}{revolution[:-1]:>5}{revolution[-1]}"]
    if len(fields) != LINE_2_FIELDS or NUMBER.match(fields[1]) is None:
        return None
    _, number, inclination, node, eccentricity, perigee, anomaly, motion = fields
    line = f"2 {number:>5} {inclination:>8} {node:>8} {eccentricity:>7} {perigee:>8} {anomaly:>8} {motion:>17}"
    return line if len(line) == 69 else None
