"""Whether the service does what it is for."""

from panels import Dashboard, Panel, Row, lines, number, series
from queries import WINDOW, fact, of_services, quantile, rate

__all__ = ["OVERVIEW"]


def _alerts() -> Panel:
    return lines(
        "Alerts",
        "Alerts that fire. The runbook has an entry for each.",
        ('count by (alertname, severity) (ALERTS{alertname=~"Fairway.*",alertstate="firing"})', "{{alertname}}"),
        width=16,
        height=8,
        is_stacked=True,
    )


_PROBES = 'route!~"/healthz|/readyz|/metrics"'
_ANSWERED_AT_ONCE = 'route!~"/healthz|/readyz|/metrics|/v1/changes"'
"""Who asks for changes waits for them."""


OVERVIEW = Dashboard(
    "fairway-overview",
    "Fairway: overview",
    "Whether the service does what it is for: files in, verdicts, screenings, mails out.",
    [
        Row(
            "Now",
            [
                number("Processes", "Processes that answer.", 'sum(up{job=~".*fairway.*"})'),
                number(
                    "Alerts",
                    "Alerts that fire.",
                    'count(ALERTS{alertname=~"Fairway.*",alertstate="firing"}) or vector(0)',
                    limits=[(1, "red")],
                ),
                number(
                    "Longest wait for a verdict",
                    "Of the documents that have none. It fires at 5 minutes.",
                    fact("fairway_document_undecided_oldest_age_seconds"),
                    unit="s",
                    limits=[(60, "orange"), (300, "red")],
                ),
                number(
                    "Slices waiting",
                    "Of all screenings.",
                    f"sum({fact('fairway_screening_tasks_waiting', 'namespace, urgency')})",
                ),
                number(
                    "Dead letters",
                    "Events that were given up.",
                    f"sum({fact('fairway_dead_letters', 'namespace, consumer')})",
                    limits=[(1, "red")],
                ),
                number(
                    "CDMs last pulled",
                    "Since the last good pull of the account that waits longest. It fires at 9 hours.",
                    fact("fairway_space_track_pull_age_seconds"),
                    unit="s",
                    limits=[(8 * 3600, "orange"), (9 * 3600, "red")],
                ),
            ],
        ),
        Row(
            "Requests: rate, errors, duration",
            [
                lines(
                    "Requests by route",
                    "Without probes.",
                    (rate("fairway_http_requests_total", "method, route", _PROBES), "{{method}} {{route}}"),
                    unit="reqps",
                ),
                lines(
                    "Answers by status",
                    "5xx are errors of ours.",
                    (rate("fairway_http_requests_total", "status", _PROBES), "{{status}}"),
                    unit="reqps",
                    is_stacked=True,
                ),
                lines(
                    "Duration",
                    "Over all routes without probes, and without the change feed, which is waited for.",
                    (quantile(0.5, "fairway_http_request_duration_seconds", "", _ANSWERED_AT_ONCE), "median"),
                    (
                        quantile(0.99, "fairway_http_request_duration_seconds", "", _ANSWERED_AT_ONCE),
                        "slowest hundredth",
                    ),
                    unit="s",
                ),
            ],
        ),
        Row(
            "The main job",
            [
                lines(
                    "Documents",
                    "Uploads acknowledged, and verdicts given.",
                    (rate("fairway_documents_received_total", "outcome"), "received: {{outcome}}"),
                    (rate("fairway_verdicts_total", "verdict"), "verdict: {{verdict}}"),
                    unit="cps",
                ),
                lines(
                    "Screenings under way",
                    "Runs by state.",
                    (fact("fairway_screening_runs", "state"), "{{state}}"),
                    is_stacked=True,
                ),
                lines(
                    "Mails",
                    "Tries to send one.",
                    (rate("fairway_mails_total", "outcome"), "{{outcome}}"),
                    unit="cps",
                ),
                lines(
                    "Conjunction events ahead",
                    "By level.",
                    (fact("fairway_conjunction_events_active", "level"), "{{level}}"),
                ),
                _alerts(),
            ],
        ),
        Row(
            "Processes",
            [
                lines(
                    "Memory",
                    "Resident, with child processes.",
                    (of_services(series("fairway_memory_bytes")), "{{services}} {{instance}}"),
                    unit="bytes",
                ),
                lines(
                    "Processor",
                    "Of the process itself; the engine's own is on the page of screening.",
                    (
                        of_services(f"rate({series('process_cpu_seconds_total')}[{WINDOW}])"),
                        "{{services}} {{instance}}",
                    ),
                    unit="percentunit",
                ),
                lines(
                    "Disk in use",
                    "Where the data folder is.",
                    (f"1 - {series('fairway_disk_free_bytes')} / {series('fairway_disk_size_bytes')}", "{{instance}}"),
                    unit="percentunit",
                    limits=[(0.9, "orange"), (0.97, "red")],
                ),
            ],
        ),
    ],
)
