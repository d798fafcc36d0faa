"""Screening: plans runs, joins what the workers found, keeps conjunction events."""

from datetime import timedelta

from records.screening.events import ScreeningFinaliseV1, ScreeningRequestedV1
from records.validator.events import ElementsAcceptedV1, EphemerisAcceptedV1
from screening.conjunctions.upkeep import let_events_pass
from screening.handlers.planning import (
    on_elements_accepted,
    on_ephemeris_accepted,
    on_screening_requested,
    plan_waiting_runs,
)
from screening.runs.finalise import on_finalise
from screening.runs.reconcile import reconcile_runs
from servicekit.bus import Consumer
from servicekit.runtime import Job, ServiceModule

__all__ = ["MODULE"]

MODULE = ServiceModule(
    name="screening",
    consumers=(
        Consumer(name="screening.plan-ephemeris", event=EphemerisAcceptedV1, handler=on_ephemeris_accepted),
        Consumer(name="screening.plan-catalogue", event=ElementsAcceptedV1, handler=on_elements_accepted),
        Consumer(name="screening.plan-request", event=ScreeningRequestedV1, handler=on_screening_requested),
        Consumer(name="screening.finalise", event=ScreeningFinaliseV1, handler=on_finalise),
    ),
    jobs=(
        Job(name="screening.reconcile", every=timedelta(seconds=30), run=reconcile_runs),
        Job(name="screening.plan-waiting", every=timedelta(minutes=1), run=plan_waiting_runs),
        Job(name="screening.let-events-pass", every=timedelta(minutes=1), run=let_events_pass),
    ),
)
