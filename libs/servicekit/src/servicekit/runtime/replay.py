"""Whether a data folder lives now or replays archived days; what it is is decided once, when it is made."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from servicekit.clock import Clock, ReplayClock, SystemClock
from servicekit.durable_files import make_directory, publish
from servicekit.errors import FairwayError

__all__ = ["ReplayMismatch", "clock_of_folder"]

_FILE = "replay.json"


class ReplayMismatch(FairwayError):
    """The folder's time and the time asked for do not go together."""

    code = "replay-mismatch"
    status = 409
    title = "The folder has another time"
    remedy = "Leave --as-of out to go on in this folder, or choose a new folder with --data."


def clock_of_folder(folder: Path, as_of: datetime | None, *, is_new: bool) -> Clock:
    """Return the clock of a data folder: the system's, or that of its replay, which goes on across restarts.

    Raises
    ------
    ReplayMismatch
        The folder exists and was made with another time, or for the present.
    """
    kept = folder / _FILE
    if kept.exists():
        content = json.loads(kept.read_text())
        if as_of is not None and datetime.fromisoformat(content["as_of"]) != as_of:
            raise ReplayMismatch(f"The folder {folder} replays from {content['as_of']}, not from {as_of.isoformat()}")
        return ReplayClock(timedelta(seconds=content["offset_s"]))
    if as_of is None:
        return SystemClock()
    if not is_new:
        raise ReplayMismatch(f"The folder {folder} lives in the present; it cannot replay from {as_of.isoformat()}")
    clock = ReplayClock.starting_at(as_of)
    _keep(kept, as_of, clock)
    return clock


def _keep(kept: Path, as_of: datetime, clock: ReplayClock) -> None:
    make_directory(kept.parent)
    written = kept.with_suffix(".partial")
    written.write_text(json.dumps({"as_of": as_of.isoformat(), "offset_s": clock.offset.total_seconds()}))
    publish(written, kept, "replay")
