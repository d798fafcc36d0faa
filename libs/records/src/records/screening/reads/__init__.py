"""Queries on runs, workers, coverage, CDMs and conjunction events, for whoever imports `records`.

Each takes a session and, where the answer depends on who asks, a `Viewer`; `EVERYTHING` is that of our own services.
Rows come back as they are stored. Lists are read by keyset: ``after`` is the key of the last row that the caller has.
"""

from records.screening.reads.conjunctions import (
    CdmFilter,
    ConjunctionFilter,
    cdm,
    cdms,
    cdms_of_event,
    cdms_of_run,
    conjunction,
    conjunctions,
    conjunctions_of_run,
)
from records.screening.reads.objects import cdm_objects, cdm_page_objects, run_objects, runs_under_way
from records.screening.reads.runs import (
    EVERYTHING,
    RunFilter,
    completed_runs,
    coverage_exceptions,
    run,
    runs,
    runs_of_ephemeris,
    tasks,
)
from records.screening.reads.workers import workers, workers_gone

__all__ = [
    "EVERYTHING",
    "CdmFilter",
    "ConjunctionFilter",
    "RunFilter",
    "cdm",
    "cdm_objects",
    "cdm_page_objects",
    "cdms",
    "cdms_of_event",
    "cdms_of_run",
    "completed_runs",
    "conjunction",
    "conjunctions",
    "conjunctions_of_run",
    "coverage_exceptions",
    "run",
    "run_objects",
    "runs",
    "runs_of_ephemeris",
    "runs_under_way",
    "tasks",
    "workers",
    "workers_gone",
]
