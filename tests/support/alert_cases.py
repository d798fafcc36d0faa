"""For every alert: series that let it fire, and others that only just do not."""

from dataclasses import dataclass, field

__all__ = ["CASES", "Case"]

_SERVICES = ("ingest-api", "validator", "screening", "spacetrack-gateway", "notifier", "dashboard")
Series = dict[str, str]


def _always(value: float) -> str:
    """Return two days of one value, a minute each."""
    return f"{value:g}+0x2880"


def _growing(by: float) -> str:
    """Return two days of a counter that grows by so much a minute."""
    return f"0+{by:g}x2880"


@dataclass(frozen=True)
class Case:
    """What lets an alert fire after `at`, what just does not, and what it says."""

    alert: str
    at: str
    fires: Series
    silent: Series
    says: str
    labels: dict[str, str] = field(default_factory=dict)
    severity: str = "warning"


CASES = [
    Case(
        "FairwayProcessDown",
        "3m",
        {'up{job="fairway", instance="a:8080"}': _always(0)},
        {'up{job="fairway", instance="a:8080"}': "0 0 1+0x2880", 'up{job="other", instance="b"}': _always(0)},
        "fairway at a:8080 does not answer",
        {"job": "fairway", "instance": "a:8080"},
    ),
    *(
        Case(
            "FairwayServiceMissing",
            "6m",
            {f'fairway_build_info{{services="{other}"}}': _always(1) for other in _SERVICES if other != service},
            {f'fairway_build_info{{services="{",".join(_SERVICES)}"}}': _always(1)},
            f"no process runs {service}",
            {"service": service},
            "critical",
        )
        for service in _SERVICES
    ),
    Case(
        "FairwayRequestsFail",
        "20m",
        {
            'fairway_http_requests_total{method="GET", route="/v1/cdms", status="200"}': _growing(90),
            'fairway_http_requests_total{method="GET", route="/v1/cdms", status="503"}': _growing(10),
        },
        {
            'fairway_http_requests_total{method="GET", route="/v1/cdms", status="200"}': _growing(97),
            'fairway_http_requests_total{method="GET", route="/v1/cdms", status="503"}': _growing(3),
        },
        "10% of the requests are answered with an error of ours",
        severity="critical",
    ),
    Case(
        "FairwayUploadsSlow",
        "20m",
        {
            'fairway_http_request_duration_seconds_bucket{method="POST", route="/v1/documents", le="1"}': _growing(0),
            'fairway_http_request_duration_seconds_bucket{method="POST", route="/v1/documents", le="2"}': _growing(100),
            'fairway_http_request_duration_seconds_bucket{method="POST", route="/v1/documents", le="+Inf"}': _growing(
                100
            ),
        },
        {
            'fairway_http_request_duration_seconds_bucket{method="POST", route="/v1/documents", le="1"}': _growing(100),
            'fairway_http_request_duration_seconds_bucket{method="POST", route="/v1/documents", le="+Inf"}': _growing(
                100
            ),
        },
        "the slowest hundredth of the uploads takes 1.99s",
        {"method": "POST", "route": "/v1/documents"},
    ),
    Case(
        "FairwayNotMeasured",
        "20m",
        {'fairway_measurement_failures_total{part="screening"}': _growing(1)},
        {'fairway_measurement_failures_total{part="screening"}': _growing(0.2)},
        "screening cannot be measured: the alerts that need its figures are blind",
        {"part": "screening"},
    ),
    Case(
        "FairwayJobFails",
        "30m",
        {'fairway_job_runs_total{name="validator.reconcile", outcome="failed"}': _growing(1)},
        {
            'fairway_job_runs_total{name="validator.reconcile", outcome="failed"}': _growing(0.1),
            'fairway_job_runs_total{name="validator.reconcile", outcome="done"}': _growing(10),
        },
        "the job validator.reconcile fails again and again",
        {"name": "validator.reconcile"},
    ),
    Case(
        "FairwayTaskCrashes",
        "30m",
        {'fairway_task_crashes_total{task="bus"}': _growing(1)},
        {'fairway_task_crashes_total{task="bus"}': _growing(0.1)},
        "bus crashes and is started again and again",
        {"task": "bus"},
    ),
    Case(
        "FairwayVerdictLate",
        "2m",
        {"fairway_document_undecided_oldest_age_seconds": _always(301)},
        {"fairway_document_undecided_oldest_age_seconds": _always(300)},
        "a document has waited 5m 1s for its verdict",
        severity="critical",
    ),
    Case(
        "FairwayOutboxOld",
        "3m",
        {
            'fairway_outbox_oldest_age_seconds{instance="a"}': _always(61),
            'fairway_outbox_oldest_age_seconds{instance="b"}': _always(50),
        },
        {'fairway_outbox_oldest_age_seconds{instance="a"}': _always(60)},
        "an event has waited 1m 1s to be relayed",
        severity="critical",
    ),
    Case(
        "FairwayEventsWait",
        "6m",
        {'fairway_consumer_oldest_age_seconds{consumer="notifier.send"}': _always(660)},
        {
            'fairway_delivery_oldest_age_seconds{consumer="notifier.send"}': _always(600),
            'fairway_delivery_oldest_age_seconds{consumer="screening-worker.bulk"}': _always(7000),
        },
        "an event has waited 11m 0s for notifier.send",
        {"consumer": "notifier.send"},
    ),
    Case(
        "FairwayConsumerLags",
        "11m",
        {
            'fairway_consumer_lag{consumer="validator.decide", instance="a"}': _always(600),
            'fairway_consumer_lag{consumer="validator.decide", instance="b"}': _always(600),
        },
        {
            'fairway_consumer_lag{consumer="validator.decide", instance="a"}': _always(900),
            'fairway_consumer_lag{consumer="screening-worker.bulk", instance="b"}': _always(5000),
        },
        "validator.decide is 1200 events behind",
        {"consumer": "validator.decide"},
    ),
    Case(
        "FairwayDeadLetters",
        "2m",
        {
            'fairway_dead_letters{consumer="validator.decide", instance="a"}': _always(2),
            'fairway_dead_letters{consumer="validator.decide", instance="b"}': _always(2),
        },
        {'fairway_dead_letters{consumer="validator.decide", instance="a"}': _always(0)},
        "validator.decide has given up 2 events",
        {"consumer": "validator.decide"},
    ),
    Case(
        "FairwayUrgentSlicesWait",
        "3m",
        {'fairway_screening_task_oldest_wait_seconds{urgency="urgent"}': _always(301)},
        {
            'fairway_screening_task_oldest_wait_seconds{urgency="urgent"}': _always(300),
            'fairway_screening_task_oldest_wait_seconds{urgency="bulk"}': _always(3000),
        },
        "an urgent slice has waited 5m 1s",
        severity="critical",
    ),
    Case(
        "FairwayBulkSlicesWait",
        "11m",
        {'fairway_screening_task_oldest_wait_seconds{urgency="bulk"}': _always(7260)},
        {'fairway_screening_task_oldest_wait_seconds{urgency="bulk"}': _always(7200)},
        "a slice of the schedule has waited 2h 1m 0s",
    ),
    Case(
        "FairwayNoWorkers",
        "11m",
        {
            'fairway_screening_tasks_waiting{urgency="urgent", instance="a"}': _always(3),
            'fairway_screening_tasks_waiting{urgency="urgent", instance="b"}': _always(3),
            'fairway_screening_tasks_waiting{urgency="bulk", instance="a"}': _always(4),
            'fairway_screening_workers{state="idle", instance="a"}': _always(0),
            'fairway_screening_workers{state="busy", instance="a"}': _always(0),
        },
        {
            'fairway_screening_tasks_waiting{urgency="urgent", instance="a"}': _always(3),
            'fairway_screening_workers{state="idle", instance="a"}': _always(0),
            'fairway_screening_workers{state="busy", instance="a"}': _always(1),
        },
        "7 slices wait and no screening worker lives",
        severity="critical",
    ),
    Case(
        "FairwayRunStuck",
        "6m",
        {'fairway_screening_run_oldest_age_seconds{state="finalising"}': _always(3660)},
        {
            'fairway_screening_run_oldest_age_seconds{state="finalising"}': _always(3600),
            'fairway_screening_run_oldest_age_seconds{state="running"}': _always(9000),
        },
        "a screening has been finalising for 1h 1m 0s",
        {"state": "finalising"},
    ),
    Case(
        "FairwayScreeningFails",
        "2m",
        {"fairway_screening_runs_failed": _always(1)},
        {"fairway_screening_runs_failed": _always(0)},
        "1 screenings of the last day have failed",
    ),
    Case(
        "FairwayNoScreeningCompleted",
        "16m",
        {"fairway_screening_last_completed_age_seconds": _always(93660)},
        {"fairway_screening_last_completed_age_seconds": _always(93600)},
        "no screening has come to its end for 1d 2h 1m 0s",
        severity="critical",
    ),
    Case(
        "FairwayObjectsNotScreened",
        "6m",
        {
            'fairway_screening_latest_not_screened{kind="catalogue-catalogue"}': _always(600),
            'fairway_screening_latest_objects{kind="catalogue-catalogue"}': _always(10000),
        },
        {
            'fairway_screening_latest_not_screened{kind="catalogue-catalogue"}': _always(500),
            'fairway_screening_latest_objects{kind="catalogue-catalogue"}': _always(10000),
            'fairway_screening_latest_not_screened{kind="ephemeris-ephemerides"}': _always(0),
            'fairway_screening_latest_objects{kind="ephemeris-ephemerides"}': _always(0),
        },
        "6% of the objects of the newest catalogue-catalogue screening were not screened",
        {"kind": "catalogue-catalogue"},
    ),
    Case(
        "FairwayMemoryShort",
        "6m",
        {
            'fairway_memory_bytes{instance="a"}': _always(1.9e9),
            'fairway_memory_limit_bytes{instance="a"}': _always(2e9),
        },
        {
            'fairway_memory_bytes{instance="a"}': _always(1.7e9),
            'fairway_memory_limit_bytes{instance="a"}': _always(2e9),
            'fairway_memory_bytes{instance="without-a-limit"}': _always(1e12),
        },
        "a has 95% of the memory that it may have",
        {"instance": "a"},
    ),
    Case(
        "FairwayChildDies",
        "70m",
        {'fairway_child_deaths_total{child="compute"}': _growing(0.05)},
        {'fairway_child_deaths_total{child="compute"}': _growing(0.02)},
        "the compute process has died 3 times in an hour",
        {"child": "compute"},
    ),
    Case(
        "FairwayPullOld",
        "6m",
        {'fairway_space_track_pull_age_seconds{account="service"}': _always(32460)},
        {'fairway_space_track_pull_age_seconds{account="service"}': _always(32400)},
        "no CDMs were pulled with service for 9h 1m 0s",
        {"account": "service"},
        "critical",
    ),
    Case(
        "FairwayFeedFails",
        "11m",
        {'fairway_feed_failing{feed="space-track"}': _always(1)},
        {'fairway_feed_failing{feed="space-track"}': _always(0)},
        "the feed space-track does not work",
        {"feed": "space-track"},
        "critical",
    ),
    Case(
        "FairwayAccountStopped",
        "2m",
        {'fairway_space_track_account_stopped{account="service"}': _always(1)},
        {'fairway_space_track_account_stopped{account="service"}': _always(0)},
        "the Space-Track account service is not used until a person has seen to it",
        {"account": "service"},
        "critical",
    ),
    Case(
        "FairwayAccountUnattended",
        "11m",
        {
            'fairway_space_track_account_held{account="service"}': _always(0),
            'fairway_space_track_account_stopped{account="service"}': _always(0),
        },
        {
            'fairway_space_track_account_held{account="service"}': _always(1),
            'fairway_space_track_account_stopped{account="service"}': _always(0),
            'fairway_space_track_account_held{account="stopped"}': _always(0),
            'fairway_space_track_account_stopped{account="stopped"}': _always(1),
        },
        "no gateway works with the Space-Track account service",
        {"account": "service"},
        "critical",
    ),
    Case(
        "FairwayBudgetShort",
        "16m",
        {
            'fairway_space_track_budget_left{account="service", window="hour"}': _always(20),
            'fairway_space_track_budget{window="hour"}': _always(250),
        },
        {
            'fairway_space_track_budget_left{account="service", window="hour"}': _always(25),
            'fairway_space_track_budget_left{account="service", window="minute"}': _always(0),
            'fairway_space_track_budget{window="hour"}': _always(250),
        },
        "the account service has 8% of its requests of the hour left",
        {"account": "service"},
    ),
    Case(
        "FairwaySubmissionsWait",
        "11m",
        {"fairway_submission_oldest_queued_seconds": _always(3660)},
        {"fairway_submission_oldest_queued_seconds": _always(3600)},
        "a file has waited 1h 1m 0s to go to Space-Track",
    ),
    Case(
        "FairwayCatalogueOld",
        "31m",
        {"fairway_catalogue_age_seconds": _always(86460)},
        {"fairway_catalogue_age_seconds": _always(86400)},
        "the newest catalogue is 1d 0h 1m 0s old",
    ),
    Case(
        "FairwayMailsWait",
        "6m",
        {"fairway_mail_oldest_wait_seconds": _always(660)},
        {"fairway_mail_oldest_wait_seconds": _always(600)},
        "a mail has waited 11m 0s to be sent",
        severity="critical",
    ),
    Case(
        "FairwayMailsFail",
        "30m",
        {
            'fairway_mails_total{kind="verdict", outcome="sent"}': _growing(1),
            'fairway_mails_total{kind="verdict", outcome="failed"}': _growing(3),
        },
        {
            'fairway_mails_total{kind="verdict", outcome="sent"}': _growing(3),
            'fairway_mails_total{kind="verdict", outcome="failed"}': _growing(1),
        },
        "75% of the tries to send a mail fail",
        severity="critical",
    ),
    Case(
        "FairwayMailsGivenUp",
        "2m",
        {"fairway_mails_given_up": _always(2)},
        {"fairway_mails_given_up": _always(0)},
        "2 mails of the last day were given up",
    ),
    Case(
        "FairwayDiskLow",
        "11m",
        {'fairway_disk_free_bytes{instance="a"}': _always(8e9), 'fairway_disk_size_bytes{instance="a"}': _always(1e11)},
        {
            'fairway_disk_free_bytes{instance="a"}': _always(11e9),
            'fairway_disk_size_bytes{instance="a"}': _always(1e11),
        },
        "a has 8% of its disk left",
        {"instance": "a"},
    ),
    Case(
        "FairwayDiskFull",
        "2m",
        {'fairway_disk_free_bytes{instance="a"}': _always(2e9), 'fairway_disk_size_bytes{instance="a"}': _always(1e11)},
        {'fairway_disk_free_bytes{instance="a"}': _always(4e9), 'fairway_disk_size_bytes{instance="a"}': _always(1e11)},
        "a has 2% of its disk left",
        {"instance": "a"},
        "critical",
    ),
    Case(
        "FairwayConnectionPoolFull",
        "6m",
        {
            'fairway_database_pool_in_use{instance="a", pool="writing"}': _always(15),
            'fairway_database_pool_limit{instance="a", pool="writing"}': _always(15),
        },
        {
            'fairway_database_pool_in_use{instance="a", pool="writing"}': _always(13),
            'fairway_database_pool_limit{instance="a", pool="writing"}': _always(15),
        },
        "a uses 100% of its writing connections",
        {"instance": "a", "pool": "writing"},
    ),
    Case(
        "FairwayDatabaseConnectionsShort",
        "6m",
        {"fairway_database_connections": _always(90), "fairway_database_connections_limit": _always(100)},
        {"fairway_database_connections": _always(80), "fairway_database_connections_limit": _always(100)},
        "90% of the connections that PostgreSQL takes are in use",
        severity="critical",
    ),
    Case(
        "FairwayObjectStoreFails",
        "20m",
        {
            'fairway_object_operation_duration_seconds_count{operation="put", outcome="ok"}': _growing(90),
            'fairway_object_operation_duration_seconds_count{operation="put", outcome="failed"}': _growing(10),
        },
        {
            'fairway_object_operation_duration_seconds_count{operation="get", outcome="ok"}': _growing(97),
            'fairway_object_operation_duration_seconds_count{operation="get", outcome="not-found"}': _growing(50),
            'fairway_object_operation_duration_seconds_count{operation="put", outcome="failed"}': _growing(3),
        },
        "10% of the operations on the object store fail",
        severity="critical",
    ),
    Case(
        "FairwayCertificateEnds",
        "2h",
        {
            'fairway_certificate_not_after_timestamp_seconds{setting="FAIRWAY_KAFKA__CERT_FILE"}': _always(
                7200 + 86400
            ),
        },
        {
            'fairway_certificate_not_after_timestamp_seconds{setting="FAIRWAY_KAFKA__CERT_FILE"}': _always(15 * 86400),
        },
        "a certificate in the file of FAIRWAY_KAFKA__CERT_FILE is valid for 1d 0h 0m 0s more",
        {"setting": "FAIRWAY_KAFKA__CERT_FILE"},
    ),
]
