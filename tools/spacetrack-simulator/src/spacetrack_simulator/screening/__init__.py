"""Uploaded ephemerides are screened as 19 SDS does it: by schedule, a result for each, and CDMs that name the file."""

from spacetrack_simulator.screening.engine import EngineScreener
from spacetrack_simulator.screening.outcome import Order, Outcome, Screener
from spacetrack_simulator.screening.schedule import ScreeningDesk

__all__ = ["EngineScreener", "Order", "Outcome", "Screener", "ScreeningDesk"]
