"""Keywords, frames and time systems of the OEM (CCSDS 502.0-B-3 tables 5-2, 5-3, 5-5 and annex B)."""

from __future__ import annotations

import re

from ccsds.tables.keyword import KeywordTable, keyword_table

__all__ = [
    "COVARIANCE_FRAMES",
    "FRAME_ALIASES",
    "HEADER",
    "METADATA",
    "OBJECT_ID",
    "REF_FRAMES",
    "SPACE_TRACK_FRAME_PAIRS",
    "TIME_SYSTEMS",
    "VERSIONS",
    "normalised",
]

VERSIONS = ("1.0", "2.0", "3.0")

HEADER: KeywordTable = keyword_table(
    (
        "header",
        """
        CCSDS_OEM_VERS M
        CLASSIFICATION O
        CREATION_DATE M
        ORIGINATOR M
        MESSAGE_ID O
        """,
    )
)
METADATA: KeywordTable = keyword_table(
    (
        "metadata",
        """
        OBJECT_NAME M
        OBJECT_ID M
        CENTER_NAME M
        REF_FRAME M
        REF_FRAME_EPOCH C
        TIME_SYSTEM M
        START_TIME M
        USEABLE_START_TIME O
        USEABLE_STOP_TIME O
        STOP_TIME M
        INTERPOLATION O
        INTERPOLATION_DEGREE C
        """,
    )
)

TIME_SYSTEMS = frozenset(["GMST", "GPS", "MET", "MRT", "SCLK", "TAI", "TCB", "TDB", "TCG", "TT", "UT1", "UTC"])
REF_FRAMES = frozenset(
    ["EME2000", "GCRF", "GRC", "ICRF", "ITRF2000", "ITRF-93", "ITRF-97", "MCI", "TDR", "TEME", "TOD"]
)
COVARIANCE_FRAMES = REF_FRAMES | frozenset({"RSW", "RTN", "TNW"})
FRAME_ALIASES = {
    "UVW": "RTN",
    "QSW": "RSW",
    "RIC": "RTN",
    "J2000": "EME2000",
    "MEME2000": "EME2000",
}
SPACE_TRACK_FRAME_PAIRS = frozenset(
    {(state, cov) for state in ("EME2000", "J2000") for cov in ("EME2000", "J2000", "RTN", "RSW", "UVW")}
    | {("ITRF", "ITRF")}
    | {("TEME", cov) for cov in ("RTN", "RSW", "UVW")}
)
OBJECT_ID = re.compile(r"[0-9]{4}-[0-9]{3}[A-Z]{1,3}\Z")

RUNS = re.compile(r"[ _]+")


def normalised(text: str) -> str:
    """Text as CCSDS compares it: case, underscores and runs of blanks carry no meaning (7.5.3, 7.5.9)."""
    return RUNS.sub(" ", text).strip().upper()
