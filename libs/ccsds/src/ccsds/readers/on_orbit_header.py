"""The four header lines of Generic On-Orbit and Modified ITC ephemerides; the fourth names the covariance's frame.

The handbook leaves the first three to the operator. Where they carry `created:`, `ephemeris_start:`, `ephemeris_stop:`
and `step_size:`, as Starlink's do, these are read and judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from ccsds.readers.text_ephemeris import first_state_line
from ccsds.readers.text_layout import Layout
from ccsds.readers.text_oem import TextHeader
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.syntax.numbers import number_problem
from ccsds.syntax.packed_times import HEADER_DATE

__all__ = ["COVARIANCE_FRAMES", "HeaderRules", "read_on_orbit_header"]

COVARIANCE_FRAMES = ("UVW", "RTN", "RSW", "RIC", "QSW", "EME2000", "J2000", "MEME2000")
"""Frames that a covariance beside states in EME2000 may have: table 8, and other names of the same frames."""
FIELD = re.compile(r"(created|ephemeris_start|ephemeris_stop|step_size|ephemeris_source):")
WORD = re.compile(r"[A-Za-z0-9]+")
FRAME_LINE = 3


@dataclass(frozen=True, slots=True)
class HeaderRules:
    """Keys of the rules for the number of header lines, a value in them, and the frame."""

    lines: str
    value: str
    frame: str


def read_on_orbit_header(
    lines: Lines, layout: Layout, rules: HeaderRules, log: FindingLog, covariance_comments: tuple[str, ...] = ()
) -> tuple[TextHeader, int]:
    """Read the header; returns it and the index of the line behind it."""
    first = first_state_line(lines, layout)
    count = layout.header_lines
    stop = count if first is None else min(first, count)
    if first is None and len(lines) < count:
        stop = len(lines)
        message = f"the document ends after {stop} lines; {count} header lines and the records must stand there"
        log.add(rules.lines, message, line=stop or 1)
    elif stop < count:
        message = f"{stop} lines precede the first state; {count} must, the last of them with the covariance's frame"
        log.add(rules.lines, message, line=stop + 1, column=1)
    texts = [lines.text(index) for index in range(stop)]
    values, span_line = _fields(texts, rules, log)
    frame = _frame(texts[FRAME_LINE], rules, log) if len(texts) > FRAME_LINE else None
    header = TextHeader(
        lines=tuple(text.strip() for text in texts),
        creation_date=values.get("created"),
        start_time=values.get("ephemeris_start"),
        stop_time=values.get("ephemeris_stop"),
        covariance_frame=frame,
        span_line=span_line,
        covariance_comments=covariance_comments,
    )
    return header, stop


def _fields(texts: list[str], rules: HeaderRules, log: FindingLog) -> tuple[dict[str, np.datetime64], int | None]:
    """The times of the header, and the line of the span."""
    values: dict[str, np.datetime64] = {}
    span_line = None
    for number, text in enumerate(texts[:FRAME_LINE], start=1):
        found = list(FIELD.finditer(text))
        for match, after in zip_longest(found, found[1:]):
            name = match[1]
            value = text[match.end() : after.start() if after else None].strip()
            column = match.end() + 1
            if name == "step_size":
                step, _ = number_problem(value)
                if step is None or step <= 0:
                    message = f"step_size: {value!r} is no number of seconds above 0"
                    log.add(rules.value, message, line=number, column=column)
            elif name != "ephemeris_source":
                time = HEADER_DATE.read(value.removesuffix("UTC").strip())
                if time.ns is None:
                    log.add(rules.value, f"{name}: {time.message}", line=number, column=column)
                    continue
                values[name] = time.epoch
                span_line = number if name != "created" else span_line
    return values, span_line


def _frame(text: str, rules: HeaderRules, log: FindingLog) -> str | None:
    """The frame that the fourth line names."""
    words = [match.group().upper() for match in WORD.finditer(text)]
    known = next((word for word in words if word in COVARIANCE_FRAMES), None)
    if known is None:
        message = f"line {FRAME_LINE + 1} holds {text.strip()!r}; it must name one of {', '.join(COVARIANCE_FRAMES)}"
        log.add(rules.frame, message, line=FRAME_LINE + 1, column=1)
    return known
