"""Reading one small document before the first one comes: imports, tables and kernels are loaded then."""

from datetime import UTC, datetime

from servicekit.context import Context
from validator.question import Limits, Question
from validator.reading import decide

__all__ = ["read_sample", "warm_up"]

_OEM = b"""CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2024-01-01T00:00:00
ORIGINATOR = FAIRWAY
META_START
OBJECT_NAME = SAMPLE
OBJECT_ID = 1
CENTER_NAME = EARTH
REF_FRAME = EME2000
TIME_SYSTEM = UTC
START_TIME = 2024-01-01T00:00:00
STOP_TIME = 2024-01-01T00:01:00
META_STOP
2024-01-01T00:00:00 6878.0 0.0 0.0 0.0 7.612608 0.0
2024-01-01T00:01:00 6862.8 456.4 0.0 -0.5052 7.5958 0.0
COVARIANCE_START
EPOCH = 2024-01-01T00:00:00
COV_REF_FRAME = RTN
1e-6
0.0 1e-6
0.0 0.0 1e-6
0.0 0.0 0.0 1e-12
0.0 0.0 0.0 0.0 1e-12
0.0 0.0 0.0 0.0 0.0 1e-12
COVARIANCE_STOP
"""
_QUESTION = Question(
    document_id="sample",
    file_name="sample.oem",
    sha256="",
    received_at=datetime(2024, 1, 1, tzinfo=UTC),
    purpose="operator",
    profile="operational",
    requested_norad_cat_id=None,
    requested_designation=None,
    own=frozenset({1}),
    registered=frozenset({1}),
    designators={},
    limits=Limits(unpacked_max_bytes=1_000_000, unpacked_max_ratio=100.0, refused_share=0.1),
)


def read_sample() -> bool:
    """Read the sample and return whether its states were extracted."""
    return decide(_OEM, _QUESTION).ephemeris is not None


async def warm_up(ctx: Context) -> None:
    """Have the child process ready for the first document."""
    await ctx.parsing.run(read_sample)
