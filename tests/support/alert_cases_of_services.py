"""Alerts of processes, events and screening."""

from support.alert_case import SERVICES, Case, always, growing

__all__ = ["CASES_OF_SERVICES"]

CASES_OF_SERVICES = [
    Case(
        "FairwayProcessDown",
        "3m",
        {'up{job="fairway", instance="a:8080"}': always(0)},
        {'up{job="fairway", instance="a:8080"}': "0 0 1+0x2880", 'up{job="other", instance="b"}': always(0)},
        "fairway at a:8080 does not answer",
        {"job": "fairway", "instance": "a:8080"},
    ),
    *(
        Case(
            "FairwayServiceMissing",
            "6m",
            {f'fairway_build_info{{services="{other}"}}': always(1) for other in SERVICES if other != service},
            {f'fairway_build_info{{services="{",".join(SERVICES)}"}}': always(1)},
            f"no process runs {service}",
            {"service": service},
            "critical",
        )
        for service in SERVICES
    ),
    Case(
        "FairwayRequestsFail",
        "20m",
        {
            'fairway_http_requests_total{method="GET", route="/v1/cdms", status="200"}': growing(90),
            'fairway_http_requests_total{method="GET", route="/v1/cdms", status="503"}': growing(10),
        },
        {
            'fairway_http_requests_total{method="GET", route="/v1/cdms", status="200"}': growing(97),
            'fairway_http_requests_total{method="GET", route="/v1/cdms", status="503"}': growing(3),
        },
        "10% of the requests are answered with an error of ours",
        severity="critical",
    ),
    Case(
        "FairwayUploadsSlow",
        "20m",
        {
            'fairway_http_request_duration_seconds_bucket{method="POST", route="/v1/documents", le="1"}': growing(0),
            'fairway_http_request_duration_seconds_bucket{method="POST", route="/v1/documents", le="2"}': growing(100),
            'fairway_http_request_duration_seconds_bucket{method="POST", route="/v1/documents", le="+Inf"}': growing(
                100
            ),
        },
        {
            'fairway_http_request_duration_seconds_bucket{method="POST", route="/v1/documents", le="1"}': growing(100),
            'fairway_http_request_duration_seconds_bucket{method="POST", route="/v1/documents", le="+Inf"}': growing(
                100
            ),
        },
        "the slowest hundredth of the uploads takes 1.99s",
        {"method": "POST", "route": "/v1/documents"},
    ),
    Case(
        "FairwayNotMeasured",
        "20m",
        {'fairway_measurement_failures_total{part="screening"}': growing(1)},
        {'fairway_measurement_failures_total{part="screening"}': growing(0.2)},
        "screening cannot be measured: the alerts that need its figures are blind",
        {"part": "screening"},
    ),
    Case(
        "FairwayJobFails",
        "30m",
        {'fairway_job_runs_total{name="validator.reconcile", outcome="failed"}': growing(1)},
        {
            'fairway_job_runs_total{name="validator.reconcile", outcome="failed"}': growing(0.1),
            'fairway_job_runs_total{name="validator.reconcile", outcome="done"}': growing(10),
        },
        "the job validator.reconcile fails again and again",
        {"name": "validator.reconcile"},
    ),
    Case(
        "FairwayTaskCrashes",
        "30m",
        {'fairway_task_crashes_total{task="bus"}': growing(1)},
        {'fairway_task_crashes_total{task="bus"}': growing(0.1)},
        "bus crashes and is started again and again",
        {"task": "bus"},
    ),
    Case(
        "FairwayVerdictLate",
        "2m",
        {"fairway_document_undecided_oldest_age_seconds": always(301)},
        {"fairway_document_undecided_oldest_age_seconds": always(300)},
        "a document has waited 5m 1s for its verdict",
        severity="critical",
    ),
    Case(
        "FairwayOutboxOld",
        "3m",
        {
            'fairway_outbox_oldest_age_seconds{instance="a"}': always(61),
            'fairway_outbox_oldest_age_seconds{instance="b"}': always(50),
        },
        {'fairway_outbox_oldest_age_seconds{instance="a"}': always(60)},
        "an event has waited 1m 1s to be relayed",
        severity="critical",
    ),
    Case(
        "FairwayEventsWait",
        "6m",
        {'fairway_consumer_oldest_age_seconds{consumer="notifier.send"}': always(660)},
        {
            'fairway_delivery_oldest_age_seconds{consumer="notifier.send"}': always(600),
            'fairway_delivery_oldest_age_seconds{consumer="screening-worker.bulk"}': always(7000),
        },
        "an event has waited 11m 0s for notifier.send",
        {"consumer": "notifier.send"},
    ),
    Case(
        "FairwayConsumerLags",
        "11m",
        {
            'fairway_consumer_lag{consumer="validator.decide", instance="a"}': always(600),
            'fairway_consumer_lag{consumer="validator.decide", instance="b"}': always(600),
        },
        {
            'fairway_consumer_lag{consumer="validator.decide", instance="a"}': always(900),
            'fairway_consumer_lag{consumer="screening-worker.bulk", instance="b"}': always(5000),
        },
        "validator.decide is 1200 events behind",
        {"consumer": "validator.decide"},
    ),
    Case(
        "FairwayDeadLetters",
        "2m",
        {
            'fairway_dead_letters{consumer="validator.decide", instance="a"}': always(2),
            'fairway_dead_letters{consumer="validator.decide", instance="b"}': always(2),
        },
        {'fairway_dead_letters{consumer="validator.decide", instance="a"}': always(0)},
        "validator.decide has given up 2 events",
        {"consumer": "validator.decide"},
    ),
    Case(
        "FairwayUrgentSlicesWait",
        "3m",
        {'fairway_screening_task_oldest_wait_seconds{urgency="urgent"}': always(301)},
        {
            'fairway_screening_task_oldest_wait_seconds{urgency="urgent"}': always(300),
            'fairway_screening_task_oldest_wait_seconds{urgency="bulk"}': always(3000),
        },
        "an urgent slice has waited 5m 1s",
        severity="critical",
    ),
    Case(
        "FairwayBulkSlicesWait",
        "11m",
        {'fairway_screening_task_oldest_wait_seconds{urgency="bulk"}': always(7260)},
        {'fairway_screening_task_oldest_wait_seconds{urgency="bulk"}': always(7200)},
        "a slice of the schedule has waited 2h 1m 0s",
    ),
    Case(
        "FairwayNoWorkers",
        "11m",
        {
            'fairway_screening_tasks_waiting{urgency="urgent", instance="a"}': always(3),
            'fairway_screening_tasks_waiting{urgency="urgent", instance="b"}': always(3),
            'fairway_screening_tasks_waiting{urgency="bulk", instance="a"}': always(4),
            'fairway_screening_workers{state="idle", instance="a"}': always(0),
            'fairway_screening_workers{state="busy", instance="a"}': always(0),
        },
        {
            'fairway_screening_tasks_waiting{urgency="urgent", instance="a"}': always(3),
            'fairway_screening_workers{state="idle", instance="a"}': always(0),
            'fairway_screening_workers{state="busy", instance="a"}': always(1),
        },
        "7 slices wait and no screening worker lives",
        severity="critical",
    ),
    Case(
        "FairwayRunStuck",
        "6m",
        {'fairway_screening_run_oldest_age_seconds{state="finalising"}': always(3660)},
        {
            'fairway_screening_run_oldest_age_seconds{state="finalising"}': always(3600),
            'fairway_screening_run_oldest_age_seconds{state="running"}': always(9000),
        },
        "a screening has been finalising for 1h 1m 0s",
        {"state": "finalising"},
    ),
    Case(
        "FairwayScreeningFails",
        "2m",
        {"fairway_screening_runs_failed": always(1)},
        {"fairway_screening_runs_failed": always(0)},
        "1 screenings of the last day have failed",
    ),
    Case(
        "FairwayNoScreeningCompleted",
        "16m",
        {"fairway_screening_last_completed_age_seconds": always(93660)},
        {"fairway_screening_last_completed_age_seconds": always(93600)},
        "no screening has come to its end for 1d 2h 1m 0s",
        severity="critical",
    ),
    Case(
        "FairwayObjectsNotScreened",
        "6m",
        {
            'fairway_screening_latest_not_screened{kind="catalogue-catalogue"}': always(600),
            'fairway_screening_latest_objects{kind="catalogue-catalogue"}': always(10000),
        },
        {
            'fairway_screening_latest_not_screened{kind="catalogue-catalogue"}': always(500),
            'fairway_screening_latest_objects{kind="catalogue-catalogue"}': always(10000),
            'fairway_screening_latest_not_screened{kind="ephemeris-ephemerides"}': always(0),
            'fairway_screening_latest_objects{kind="ephemeris-ephemerides"}': always(0),
        },
        "6% of the objects of the newest catalogue-catalogue screening were not screened",
        {"kind": "catalogue-catalogue"},
    ),
    Case(
        "FairwayMemoryShort",
        "6m",
        {
            'fairway_memory_bytes{instance="a"}': always(1.9e9),
            'fairway_memory_limit_bytes{instance="a"}': always(2e9),
        },
        {
            'fairway_memory_bytes{instance="a"}': always(1.7e9),
            'fairway_memory_limit_bytes{instance="a"}': always(2e9),
            'fairway_memory_bytes{instance="without-a-limit"}': always(1e12),
        },
        "a has 95% of the memory that it may have",
        {"instance": "a"},
    ),
    Case(
        "FairwayChildDies",
        "70m",
        {'fairway_child_deaths_total{child="compute"}': growing(0.05)},
        {'fairway_child_deaths_total{child="compute"}': growing(0.02)},
        "the compute process has died 3 times in an hour",
        {"child": "compute"},
    ),
]
