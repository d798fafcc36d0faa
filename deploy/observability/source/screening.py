"""Runs, slices, workers and what they find."""

from panels import Dashboard, Row, bars, lines, number
from queries import fact, in_an_hour, quantile, rate, share

__all__ = ["SCREENING"]

SCREENING = Dashboard(
    "fairway-screening",
    "Fairway: screening",
    "Runs, slices and the workers that compute them.",
    [
        Row(
            "Now",
            [
                number(
                    "Workers",
                    "That have said lately that they live.",
                    f"sum({fact('fairway_screening_workers', 'namespace, state')})",
                ),
                number("Busy", "Workers with a slice in hand.", fact("fairway_screening_workers", "", 'state="busy"')),
                number(
                    "Urgent slices",
                    "That wait.",
                    fact("fairway_screening_tasks_waiting", "", 'urgency="urgent"'),
                ),
                number("Bulk slices", "That wait.", fact("fairway_screening_tasks_waiting", "", 'urgency="bulk"')),
                number(
                    "Longest urgent wait",
                    "It fires at 5 minutes.",
                    fact("fairway_screening_task_oldest_wait_seconds", "", 'urgency="urgent"'),
                    unit="s",
                    limits=[(60, "orange"), (300, "red")],
                ),
                number(
                    "Failed runs",
                    "Of the last 24 hours.",
                    fact("fairway_screening_runs_failed"),
                    limits=[(1, "red")],
                ),
            ],
        ),
        Row(
            "Runs",
            [
                lines("Runs", "By state.", (fact("fairway_screening_runs", "state"), "{{state}}"), is_stacked=True),
                lines(
                    "From request to end",
                    "Of completed runs.",
                    (
                        quantile(0.5, "fairway_screening_run_duration_seconds", "kind, urgency"),
                        "median: {{kind}}, {{urgency}}",
                    ),
                    unit="s",
                ),
                lines(
                    "Since the last completed run",
                    "It fires at 26 hours: the nightly run is missing.",
                    (fact("fairway_screening_last_completed_age_seconds"), "last"),
                    unit="s",
                    limits=[(93600, "red")],
                ),
            ],
        ),
        Row(
            "Slices",
            [
                lines(
                    "Slices done",
                    "By urgency.",
                    (rate("fairway_screening_task_duration_seconds_count", "urgency"), "{{urgency}}"),
                    unit="cps",
                ),
                lines(
                    "Time of a slice",
                    "A slice is cut to take at most 30 s.",
                    (quantile(0.5, "fairway_screening_task_duration_seconds", "urgency"), "median: {{urgency}}"),
                    (quantile(0.99, "fairway_screening_task_duration_seconds", "urgency"), "99 %: {{urgency}}"),
                    unit="s",
                    limits=[(30, "red")],
                ),
                lines(
                    "Wait of a slice",
                    "From its event to a worker: urgent ones overtake.",
                    (quantile(0.5, "fairway_screening_task_wait_seconds", "urgency"), "median: {{urgency}}"),
                    (quantile(0.99, "fairway_screening_task_wait_seconds", "urgency"), "99 %: {{urgency}}"),
                    unit="s",
                ),
                lines(
                    "Waiting slices",
                    "By urgency.",
                    (fact("fairway_screening_tasks_waiting", "urgency"), "{{urgency}}"),
                    is_stacked=True,
                ),
                lines(
                    "Workers",
                    "By state.",
                    (fact("fairway_screening_workers", "state"), "{{state}}"),
                    is_stacked=True,
                ),
                lines(
                    "Processors that compute",
                    "Processor time of the engine, a second.",
                    (rate("fairway_screening_task_cpu_seconds_total", "urgency"), "{{urgency}}"),
                    is_stacked=True,
                ),
                lines(
                    "Memory of a slice",
                    "Most that the engine's process held.",
                    (quantile(0.5, "fairway_screening_task_peak_memory_bytes"), "median"),
                    (quantile(0.99, "fairway_screening_task_peak_memory_bytes"), "99 %"),
                    unit="bytes",
                ),
            ],
        ),
        Row(
            "Results",
            [
                lines(
                    "Objects not screened",
                    "Of the newest completed run of each kind, of its objects.",
                    (
                        share(
                            fact("fairway_screening_latest_not_screened", "kind"),
                            fact("fairway_screening_latest_objects", "kind"),
                        ),
                        "{{kind}}",
                    ),
                    unit="percentunit",
                    limits=[(0.05, "red")],
                ),
                lines(
                    "Why not screened",
                    "Objects an hour, by reason.",
                    (in_an_hour("fairway_objects_not_screened_total", "reason"), "{{reason}}"),
                    is_stacked=True,
                ),
                lines(
                    "CDMs made",
                    "An hour.",
                    (in_an_hour("fairway_cdms_made_total"), "CDMs"),
                ),
                bars(
                    "Events ahead",
                    "By level.",
                    fact("fairway_conjunction_events_active", "level"),
                    "{{level}}",
                ),
            ],
        ),
    ],
)
