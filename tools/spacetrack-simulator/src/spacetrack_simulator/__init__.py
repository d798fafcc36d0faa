"""A local Space-Track that behaves as the real one does, faults included."""

from spacetrack_simulator.application import ConnectionDropped, ConnectionHung, create_app
from spacetrack_simulator.cdm_rows import cdm_from_states, row_from_cdm
from spacetrack_simulator.clock import Clock, MovableClock, SystemClock
from spacetrack_simulator.faults import Faults, Outage, Policing, RateLimits, RowFaults, Sessions, UploadFaults
from spacetrack_simulator.request_log import LoggedRequest, most_within
from spacetrack_simulator.settings import Settings
from spacetrack_simulator.simulator import Simulator

__all__ = [
    "Clock",
    "ConnectionDropped",
    "ConnectionHung",
    "Faults",
    "LoggedRequest",
    "MovableClock",
    "Outage",
    "Policing",
    "RateLimits",
    "RowFaults",
    "Sessions",
    "Settings",
    "Simulator",
    "SystemClock",
    "UploadFaults",
    "cdm_from_states",
    "create_app",
    "most_within",
    "row_from_cdm",
]
