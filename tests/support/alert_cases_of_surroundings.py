"""Alerts of Space-Track, mails and the parts underneath."""

from support.alert_case import Case, always, growing

__all__ = ["CASES_OF_SURROUNDINGS"]

CASES_OF_SURROUNDINGS = [
    Case(
        "FairwayPullOld",
        "6m",
        {'fairway_space_track_pull_age_seconds{account="service"}': always(32460)},
        {'fairway_space_track_pull_age_seconds{account="service"}': always(32400)},
        "no CDMs were pulled with service for 9h 1m 0s",
        {"account": "service"},
        "critical",
    ),
    Case(
        "FairwayFeedFails",
        "11m",
        {'fairway_feed_failing{feed="space-track"}': always(1)},
        {'fairway_feed_failing{feed="space-track"}': always(0)},
        "the feed space-track does not work",
        {"feed": "space-track"},
        "critical",
    ),
    Case(
        "FairwayAccountStopped",
        "2m",
        {'fairway_space_track_account_stopped{account="service"}': always(1)},
        {'fairway_space_track_account_stopped{account="service"}': always(0)},
        "the Space-Track account service is not used until a person has seen to it",
        {"account": "service"},
        "critical",
    ),
    Case(
        "FairwayAccountUnattended",
        "11m",
        {
            'fairway_space_track_account_held{account="service"}': always(0),
            'fairway_space_track_account_stopped{account="service"}': always(0),
        },
        {
            'fairway_space_track_account_held{account="service"}': always(1),
            'fairway_space_track_account_stopped{account="service"}': always(0),
            'fairway_space_track_account_held{account="stopped"}': always(0),
            'fairway_space_track_account_stopped{account="stopped"}': always(1),
        },
        "no gateway works with the Space-Track account service",
        {"account": "service"},
        "critical",
    ),
    Case(
        "FairwayBudgetShort",
        "16m",
        {
            'fairway_space_track_budget_left{account="service", window="hour"}': always(20),
            'fairway_space_track_budget{window="hour"}': always(250),
        },
        {
            'fairway_space_track_budget_left{account="service", window="hour"}': always(25),
            'fairway_space_track_budget_left{account="service", window="minute"}': always(0),
            'fairway_space_track_budget{window="hour"}': always(250),
        },
        "the account service has 8% of its requests of the hour left",
        {"account": "service"},
    ),
    Case(
        "FairwaySubmissionsWait",
        "11m",
        {"fairway_submission_oldest_queued_seconds": always(3660)},
        {"fairway_submission_oldest_queued_seconds": always(3600)},
        "a file has waited 1h 1m 0s to go to Space-Track",
    ),
    Case(
        "FairwayCatalogueOld",
        "31m",
        {"fairway_catalogue_age_seconds": always(86460)},
        {"fairway_catalogue_age_seconds": always(86400)},
        "the newest catalogue is 1d 0h 1m 0s old",
    ),
    Case(
        "FairwayMailsWait",
        "6m",
        {"fairway_mail_oldest_wait_seconds": always(660)},
        {"fairway_mail_oldest_wait_seconds": always(600)},
        "a mail has waited 11m 0s to be sent",
        severity="critical",
    ),
    Case(
        "FairwayMailsFail",
        "30m",
        {
            'fairway_mails_total{kind="verdict", outcome="sent"}': growing(1),
            'fairway_mails_total{kind="verdict", outcome="failed"}': growing(3),
        },
        {
            'fairway_mails_total{kind="verdict", outcome="sent"}': growing(3),
            'fairway_mails_total{kind="verdict", outcome="failed"}': growing(1),
        },
        "75% of the tries to send a mail fail",
        severity="critical",
    ),
    Case(
        "FairwayMailsGivenUp",
        "2m",
        {"fairway_mails_given_up": always(2)},
        {"fairway_mails_given_up": always(0)},
        "2 mails of the last day were given up",
    ),
    Case(
        "FairwayDiskLow",
        "11m",
        {'fairway_disk_free_bytes{instance="a"}': always(8e9), 'fairway_disk_size_bytes{instance="a"}': always(1e11)},
        {
            'fairway_disk_free_bytes{instance="a"}': always(11e9),
            'fairway_disk_size_bytes{instance="a"}': always(1e11),
        },
        "a has 8% of its disk left",
        {"instance": "a"},
    ),
    Case(
        "FairwayDiskFull",
        "2m",
        {'fairway_disk_free_bytes{instance="a"}': always(2e9), 'fairway_disk_size_bytes{instance="a"}': always(1e11)},
        {'fairway_disk_free_bytes{instance="a"}': always(4e9), 'fairway_disk_size_bytes{instance="a"}': always(1e11)},
        "a has 2% of its disk left",
        {"instance": "a"},
        "critical",
    ),
    Case(
        "FairwayConnectionPoolFull",
        "6m",
        {
            'fairway_database_pool_in_use{instance="a", pool="writing"}': always(15),
            'fairway_database_pool_limit{instance="a", pool="writing"}': always(15),
        },
        {
            'fairway_database_pool_in_use{instance="a", pool="writing"}': always(13),
            'fairway_database_pool_limit{instance="a", pool="writing"}': always(15),
        },
        "a uses 100% of its writing connections",
        {"instance": "a", "pool": "writing"},
    ),
    Case(
        "FairwayDatabaseConnectionsShort",
        "6m",
        {"fairway_database_connections": always(90), "fairway_database_connections_limit": always(100)},
        {"fairway_database_connections": always(80), "fairway_database_connections_limit": always(100)},
        "90% of the connections that PostgreSQL takes are in use",
        severity="critical",
    ),
    Case(
        "FairwayObjectStoreFails",
        "20m",
        {
            'fairway_object_operation_duration_seconds_count{operation="put", outcome="ok"}': growing(90),
            'fairway_object_operation_duration_seconds_count{operation="put", outcome="failed"}': growing(10),
        },
        {
            'fairway_object_operation_duration_seconds_count{operation="get", outcome="ok"}': growing(97),
            'fairway_object_operation_duration_seconds_count{operation="get", outcome="not-found"}': growing(50),
            'fairway_object_operation_duration_seconds_count{operation="put", outcome="failed"}': growing(3),
        },
        "10% of the operations on the object store fail",
        severity="critical",
    ),
    Case(
        "FairwayCertificateEnds",
        "2h",
        {
            'fairway_certificate_not_after_timestamp_seconds{setting="FAIRWAY_KAFKA__CERT_FILE"}': always(7200 + 86400),
        },
        {
            'fairway_certificate_not_after_timestamp_seconds{setting="FAIRWAY_KAFKA__CERT_FILE"}': always(15 * 86400),
        },
        "a certificate in the file of FAIRWAY_KAFKA__CERT_FILE is valid for 1d 0h 0m 0s more",
        {"setting": "FAIRWAY_KAFKA__CERT_FILE"},
    ),
]
