"""Settings of screening: ``FAIRWAY_SCREENING__…``."""

import os
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from assessment.covariance_model import CovarianceModel
from servicekit.settings import SettingsGroup, group, read_settings

__all__ = ["ScreeningSettings", "screening_settings"]

Slot = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Hours = Annotated[float, Field(gt=0, le=720)]


class ScreeningSettings(SettingsGroup):
    """What is screened how far ahead, in which volumes, and how large a task is."""

    model_config = group("screening")

    ephemeris_volume: str = "ephemeris"
    """Volume around an ephemeris where the request names none."""
    catalogue_volume: str = "hac"
    """Volume around objects of the catalogue where the request names none."""
    manned_objects: tuple[Annotated[int, Field(ge=1, le=999_999_999)], ...] = (25544, 48274)
    """Crewed objects where a request for that kind lists none: the two stations, as of 2026."""
    near_earth_ephemeris_hours: Hours = 7 * 24.0
    deep_space_ephemeris_hours: Hours = 10 * 24.0
    again_after_hours: Annotated[float, Field(ge=0, le=720)] = 8.0
    """An operational ephemeris is screened again against a newer catalogue once its last run is so old. Elements may
    come every hour, and each run sends mail."""
    catalogue_hours: Hours = 5 * 24.0
    """Span of a catalogue's run where the request names none."""
    catalogue_slot: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|never)$")] = "00:00"
    """When the whole catalogue is screened against itself, once a day (HH:MM, or never)."""
    concern_list_slots: tuple[Slot, ...] = ("08:00", "16:00")
    """When the concern list is screened again: pairs with an event in the next five days whose probability or bound is
    at least 1e-7 (near earth), or that come within 5 km (deep space). An empty list switches it off."""
    operational_slots: tuple[Slot, ...] = ("04:00", "12:00", "20:00")
    """When current operational ephemerides are screened against each other again. An empty list switches it off."""
    schedule_zone: str = "America/New_York"
    """Where the slots of the schedule are told by the clock, daylight saving and all."""
    longest_hours: Hours = 10 * 24.0
    """No request may ask for more."""
    past_tolerance_minutes: Annotated[float, Field(ge=0)] = 15.0
    """A request may begin so far in the past: it was written a moment ago."""
    task_s: Annotated[float, Field(gt=0)] = 30.0
    """How long one task may take: what turns out to be longer is cut into more."""
    task_aim_s: Annotated[float, Field(gt=0)] = 10.0
    """How long a task should take when a run is cut: an estimate may be wrong by the rest."""
    task_retry_minutes: Annotated[float, Field(gt=0)] = 5.0
    """A task that has had no result for so long is handed out again; the next time after twice as long, and so on."""
    task_silence_s: Annotated[float, Field(gt=0)] = 300.0
    """An engine that has said nothing for so long is stuck: it is killed, and the task tried again by a new one."""
    threads: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=lambda: len(os.sched_getaffinity(0)))
    """Threads of the engine."""
    worker_memory_mib: Annotated[int, Field(ge=64)] = 3072
    """What the engine's process may take. A slice that needs more fails with that reason."""
    worker_heartbeat_s: Annotated[float, Field(gt=0)] = 10.0
    """How often a worker says that it lives; one that is silent for three times as long is not counted."""
    longest_element_age_days: Annotated[float, Field(gt=0)] = 30.0
    """Older element sets are not propagated: their object is not screened, and that is said."""
    coverage_rows: Annotated[int, Field(ge=0)] = 2000
    """So many rows of what was not screened stand in the database; the run's coverage object has all."""
    covariance_model: CovarianceModel | None = None
    """Beside what is known: what the probability would be with a modelled covariance of objects that have none
    (``flohrer-2008``). It stands in CDMs and on pages as modelled, and decides no criterion."""
    originator: str = "FAIRWAY"
    """ORIGINATOR of the CDMs that we make."""

    @property
    def worker_silence(self) -> timedelta:
        """A worker that has said nothing for so long is not counted."""
        return timedelta(seconds=3 * self.worker_heartbeat_s)


def screening_settings() -> ScreeningSettings:
    """Return the settings as the environment has them."""
    return read_settings(ScreeningSettings)
