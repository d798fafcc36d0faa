"""The metrics that every process has: requests, events, jobs, parts, and what they stand on."""

from servicekit.observability.declarations import counter, gauge, histogram

__all__ = [
    "BUILD",
    "CERTIFICATE_ENDS",
    "CHILD_DEATHS",
    "CONSUMER_LAG",
    "CONSUMER_OLDEST_AGE_S",
    "CRASHES",
    "DATABASE_BYTES",
    "DATABASE_CONNECTIONS",
    "DATABASE_CONNECTIONS_LIMIT",
    "DEAD_LETTERS",
    "DELIVERIES",
    "DELIVERIES_WAITING",
    "DELIVERY_OLDEST_AGE_S",
    "DELIVERY_S",
    "DELIVERY_WAIT_S",
    "DISK_FREE_BYTES",
    "DISK_SIZE_BYTES",
    "JOB_LAST_SUCCESS",
    "JOB_RUNS",
    "JOB_S",
    "MAIL_SEND_S",
    "MEASUREMENT_FAILURES",
    "MEMORY_BYTES",
    "MEMORY_LIMIT_BYTES",
    "OBJECT_OPERATION_S",
    "OUTBOX_AGE_S",
    "OUTBOX_WAITING",
    "POOL_IN_USE",
    "POOL_LIMIT",
    "REQUESTS",
    "REQUESTS_IN_FLIGHT",
    "REQUEST_S",
]

_REQUEST_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_WAIT_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)

_METHOD = {"method": "GET, POST, …; OTHER for what is none"}
_ROUTE = {"route": "template of the route; unmatched where there is none"}
_CONSUMER = {"consumer": "name of the consumer"}
_JOB = {"name": "name of the job; Prometheus has another meaning for the label job"}
_POOL = {"pool": "reading, writing"}

BUILD = gauge("fairway_build_info", "Always 1.", {"version": "version of Fairway", "services": "what the process runs"})

REQUESTS = counter(
    "fairway_http_requests_total", "Requests answered.", {**_METHOD, **_ROUTE, "status": "status of the answer"}
)
REQUEST_S = histogram(
    "fairway_http_request_duration_seconds", "Time to the end of the answer.", {**_METHOD, **_ROUTE}, _REQUEST_BUCKETS_S
)
REQUESTS_IN_FLIGHT = gauge("fairway_http_requests_in_flight", "Requests being answered now.")

DELIVERIES = counter(
    "fairway_deliveries_total",
    "Events handled.",
    {**_CONSUMER, "outcome": "done, retried, dead (a dead letter), dropped (after a restore)"},
)
DELIVERY_S = histogram("fairway_delivery_duration_seconds", "Time of one handling of an event.", _CONSUMER)
DELIVERY_WAIT_S = histogram(
    "fairway_delivery_wait_seconds",
    "Time from the event's emission to the beginning of its first handling.",
    _CONSUMER,
    _WAIT_BUCKETS_S,
)
OUTBOX_WAITING = gauge("fairway_outbox_waiting", "Events not yet relayed.", scope="database")
OUTBOX_AGE_S = gauge(
    "fairway_outbox_oldest_age_seconds",
    "Age of the oldest event not yet relayed; 0 where there is none.",
    scope="database",
)
DELIVERIES_WAITING = gauge(
    "fairway_deliveries_waiting",
    "Deliveries in the database that are pending or running; with a broker: those that are tried again.",
    _CONSUMER,
    scope="database",
)
DELIVERY_OLDEST_AGE_S = gauge(
    "fairway_delivery_oldest_age_seconds",
    "Age of the oldest event among the deliveries that are pending or running.",
    _CONSUMER,
    scope="database",
)
DEAD_LETTERS = gauge("fairway_dead_letters", "Deliveries that were given up.", _CONSUMER, scope="database")
CONSUMER_LAG = gauge(
    "fairway_consumer_lag", "Events in the broker behind the last settled one, of this process's partitions.", _CONSUMER
)
CONSUMER_OLDEST_AGE_S = gauge(
    "fairway_consumer_oldest_age_seconds", "Age of the oldest event that was fetched and is not settled.", _CONSUMER
)

JOB_RUNS = counter("fairway_job_runs_total", "Runs of periodic jobs.", {**_JOB, "outcome": "done, failed"})
JOB_S = histogram("fairway_job_duration_seconds", "Time of one run of a job.", _JOB)
JOB_LAST_SUCCESS = gauge("fairway_job_last_success_timestamp_seconds", "When a job last ended well.", _JOB)
CRASHES = counter(
    "fairway_task_crashes_total", "Background tasks that raised and were started again.", {"task": "name of the task"}
)
CHILD_DEATHS = counter(
    "fairway_child_deaths_total",
    "Child processes that died while they worked.",
    {"child": "compute, parsing"},
    first=[("compute",), ("parsing",)],
)

OBJECT_OPERATION_S = histogram(
    "fairway_object_operation_duration_seconds",
    "Time of one operation of the object store.",
    {"operation": "create, put, get, local_file, exists, stat, delete", "outcome": "ok, not-found, failed"},
    _REQUEST_BUCKETS_S,
)
MAIL_SEND_S = histogram(
    "fairway_mail_send_duration_seconds",
    "Time of handing one mail to the mail server.",
    {"outcome": "ok, failed"},
    _REQUEST_BUCKETS_S,
    first=[("ok",), ("failed",)],
)

POOL_IN_USE = gauge("fairway_database_pool_in_use", "Database connections of this process that are in use.", _POOL)
POOL_LIMIT = gauge("fairway_database_pool_limit", "How many connections this process may have.", _POOL)
DATABASE_CONNECTIONS = gauge(
    "fairway_database_connections", "Connections to the PostgreSQL server, of everybody.", scope="database"
)
DATABASE_CONNECTIONS_LIMIT = gauge(
    "fairway_database_connections_limit", "How many connections the PostgreSQL server takes.", scope="database"
)
DATABASE_BYTES = gauge("fairway_database_size_bytes", "Size of the database.", scope="database")
DISK_FREE_BYTES = gauge(
    "fairway_disk_free_bytes", "Free space where the data folder is, or temporary files where there is none."
)
DISK_SIZE_BYTES = gauge("fairway_disk_size_bytes", "Size of that file system.")
MEMORY_BYTES = gauge("fairway_memory_bytes", "Resident memory of the process and its children.")
MEMORY_LIMIT_BYTES = gauge(
    "fairway_memory_limit_bytes", "How much memory the process and its children may take; absent without a limit."
)
CERTIFICATE_ENDS = gauge(
    "fairway_certificate_not_after_timestamp_seconds",
    "When the first of the certificates in a file that a setting names is valid no longer.",
    {"setting": "the setting that names the file"},
)
MEASUREMENT_FAILURES = counter(
    "fairway_measurement_failures_total",
    "Times that the state of a part could not be measured.",
    {"part": "platform, or name of the service"},
)
