"""Screening: plans runs, joins what the workers found, keeps conjunction events."""

from datetime import timedelta

from screening.conjunctions.upkeep import let_events_pass
from screening.handlers import foreign_cdms, planning
from screening.measuring import measure
from screening.runs import finalise
from screening.runs.reconcile import reconcile_runs
from screening.runs.schedule import plan_scheduled_runs
from screening.runs.sweep import sweep
from servicekit.runtime import Job, ServiceModule

__all__ = ["MODULE"]

MODULE = ServiceModule(
    name="screening",
    consumers=(*planning.CONSUMERS, *finalise.CONSUMERS, *foreign_cdms.CONSUMERS),
    measure=measure,
    jobs=(
        Job(name="screening.reconcile", every=timedelta(seconds=30), run=reconcile_runs),
        Job(name="screening.plan-waiting", every=timedelta(minutes=1), run=planning.plan_waiting_runs),
        Job(name="screening.plan-scheduled", every=timedelta(minutes=1), run=plan_scheduled_runs),
        Job(name="screening.let-events-pass", every=timedelta(minutes=1), run=let_events_pass),
        Job(name="screening.sweep", every=timedelta(hours=6), run=sweep),
    ),
)
