"""Events between the services, and what they stand on."""

from panels import Dashboard, Row, bars, lines, series
from queries import fact, in_an_hour, quantile, rate

__all__ = ["BUS_AND_DATABASE"]

BUS_AND_DATABASE = Dashboard(
    "fairway-bus-and-database",
    "Fairway: bus and database",
    "Events between the services, and what they stand on: database, object store, jobs.",
    [
        Row(
            "Events",
            [
                lines(
                    "Outbox",
                    "Age of the oldest event that was not relayed. It fires at one minute.",
                    (fact("fairway_outbox_oldest_age_seconds"), "oldest"),
                    unit="s",
                    limits=[(60, "red")],
                ),
                lines("Events in the outbox", "Not relayed yet.", (fact("fairway_outbox_waiting"), "events")),
                lines(
                    "Consumer lag",
                    "Events in the broker behind the last settled one.",
                    (f"sum by (consumer) ({series('fairway_consumer_lag')})", "{{consumer}}"),
                ),
                lines(
                    "Deliveries in the database",
                    "Without a broker all that wait; with one those that are tried again.",
                    (fact("fairway_deliveries_waiting", "consumer"), "{{consumer}}"),
                ),
                lines(
                    "Oldest event",
                    "By consumer, in the database and in the broker.",
                    (fact("fairway_delivery_oldest_age_seconds", "consumer"), "{{consumer}}"),
                    (fact("fairway_consumer_oldest_age_seconds", "consumer"), "{{consumer}} (broker)"),
                    unit="s",
                    limits=[(600, "red")],
                ),
                bars(
                    "Dead letters",
                    "Events that were given up.",
                    fact("fairway_dead_letters", "consumer"),
                    "{{consumer}}",
                    limits=[(1, "red")],
                ),
                lines(
                    "Handled",
                    "By outcome.",
                    (rate("fairway_deliveries_total", "outcome"), "{{outcome}}"),
                    unit="cps",
                ),
                lines(
                    "Wait before the first handling",
                    "99 % by consumer.",
                    (quantile(0.99, "fairway_delivery_wait_seconds", "consumer"), "{{consumer}}"),
                    unit="s",
                ),
                lines(
                    "Time of a handling",
                    "99 % by consumer.",
                    (quantile(0.99, "fairway_delivery_duration_seconds", "consumer"), "{{consumer}}"),
                    unit="s",
                ),
            ],
        ),
        Row(
            "Database",
            [
                lines(
                    "Connections in use",
                    "Share of what each process may have.",
                    (
                        f"{series('fairway_database_pool_in_use')} / {series('fairway_database_pool_limit')}",
                        "{{instance}} {{pool}}",
                    ),
                    unit="percentunit",
                    limits=[(0.9, "red")],
                ),
                lines(
                    "Connections to PostgreSQL",
                    "Of everybody, and how many it takes.",
                    (fact("fairway_database_connections"), "in use"),
                    (fact("fairway_database_connections_limit"), "limit"),
                ),
                lines("Size", "Of the database.", (fact("fairway_database_size_bytes"), "database"), unit="bytes"),
            ],
        ),
        Row(
            "Object store",
            [
                lines(
                    "Operations",
                    "A second.",
                    (rate("fairway_object_operation_duration_seconds_count", "operation"), "{{operation}}"),
                    unit="ops",
                ),
                lines(
                    "Failures",
                    "A second; what is not there is no failure.",
                    (
                        rate("fairway_object_operation_duration_seconds_count", "operation", 'outcome="failed"'),
                        "{{operation}}",
                    ),
                    unit="ops",
                ),
                lines(
                    "Duration",
                    "99 % by operation.",
                    (quantile(0.99, "fairway_object_operation_duration_seconds", "operation"), "{{operation}}"),
                    unit="s",
                ),
            ],
        ),
        Row(
            "Jobs",
            [
                lines(
                    "Jobs that failed",
                    "An hour.",
                    (
                        in_an_hour("fairway_job_runs_total", "name", 'outcome="failed"'),
                        "{{name}}",
                    ),
                ),
                lines(
                    "Since the last good run",
                    "By job.",
                    (f"time() - {fact('fairway_job_last_success_timestamp_seconds', 'name')}", "{{name}}"),
                    unit="s",
                ),
                lines(
                    "Tasks started again",
                    "Background work that crashed, an hour.",
                    (in_an_hour("fairway_task_crashes_total", "task"), "{{task}}"),
                ),
                lines(
                    "Certificates",
                    "Until the first certificate of each file ends.",
                    (
                        f"min by (setting) ({series('fairway_certificate_not_after_timestamp_seconds')}) - time()",
                        "{{setting}}",
                    ),
                    unit="s",
                    width=12,
                ),
                lines(
                    "What could not be measured",
                    "An hour, by part.",
                    (in_an_hour("fairway_measurement_failures_total", "part"), "{{part}}"),
                    width=12,
                ),
            ],
        ),
    ],
)
