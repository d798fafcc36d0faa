"""From the upload to the verdict."""

from panels import Dashboard, Row, lines, series
from queries import fact, in_an_hour, quantile, rate

__all__ = ["INGESTION"]

_DECIDES = 'consumer=~"validator[.]decide.*"'

INGESTION = Dashboard(
    "fairway-ingestion",
    "Fairway: ingestion",
    "From the upload to the verdict.",
    [
        Row(
            "Uploads",
            [
                lines(
                    "Uploads",
                    "Acknowledged ones; a duplicate is a file that was there.",
                    (rate("fairway_documents_received_total", "purpose, outcome"), "{{purpose}}: {{outcome}}"),
                    unit="cps",
                ),
                lines(
                    "Time to the acknowledgement",
                    "Of POST /v1/documents. The bound is 250 ms at 30 uploads a second.",
                    *(
                        (
                            quantile(
                                share,
                                "fairway_http_request_duration_seconds",
                                "",
                                'method="POST"',
                                'route="/v1/documents"',
                            ),
                            legend,
                        )
                        for share, legend in ((0.5, "median"), (0.95, "95 %"), (0.99, "99 %"))
                    ),
                    unit="s",
                    limits=[(0.25, "orange"), (1, "red")],
                ),
                lines(
                    "Size",
                    "Of acknowledged uploads.",
                    (quantile(0.5, "fairway_document_size_bytes"), "median"),
                    (quantile(0.95, "fairway_document_size_bytes"), "95 %"),
                    unit="bytes",
                ),
                lines(
                    "Refused requests",
                    "By route and status.",
                    (
                        rate("fairway_http_requests_total", "route, status", 'status=~"4..|5.."'),
                        "{{status}} {{route}}",
                    ),
                    unit="reqps",
                    width=12,
                ),
                lines(
                    "Requests in hand",
                    "Of all processes.",
                    (f"sum({series('fairway_http_requests_in_flight')})", "requests"),
                    width=12,
                ),
            ],
        ),
        Row(
            "Verdicts",
            [
                lines(
                    "Verdicts",
                    "By kind of document.",
                    (rate("fairway_verdicts_total", "verdict, kind"), "{{kind}}: {{verdict}}"),
                    unit="cps",
                ),
                lines(
                    "Time to the verdict",
                    "From the receipt of the file; pages of messages are not among them.",
                    (quantile(0.5, "fairway_verdict_wait_seconds"), "median"),
                    (quantile(0.99, "fairway_verdict_wait_seconds"), "99 %"),
                    unit="s",
                    limits=[(5, "orange"), (300, "red")],
                ),
                lines(
                    "Without a verdict",
                    "Documents of the last 24 hours.",
                    (fact("fairway_documents_undecided"), "documents"),
                ),
                lines(
                    "Reading and deciding",
                    "Time of one handling by the validator: files, and pages of messages.",
                    (quantile(0.5, "fairway_delivery_duration_seconds", "consumer", _DECIDES), "{{consumer}}: median"),
                    (quantile(0.99, "fairway_delivery_duration_seconds", "consumer", _DECIDES), "{{consumer}}: 99 %"),
                    unit="s",
                ),
                lines(
                    "Age of the catalogue",
                    "Since the newest one was accepted.",
                    (fact("fairway_catalogue_age_seconds"), "catalogue"),
                    unit="s",
                    limits=[(86400, "red")],
                ),
                lines(
                    "Child processes that died",
                    "Of the parser and of the engine.",
                    (in_an_hour("fairway_child_deaths_total", "child"), "{{child}}"),
                ),
            ],
        ),
        Row(
            "Mails",
            [
                lines(
                    "Mails by kind",
                    "Sent ones.",
                    (rate("fairway_mails_total", "kind", 'outcome="sent"'), "{{kind}}"),
                    unit="cps",
                    is_stacked=True,
                ),
                lines(
                    "Waiting mails",
                    "By state, and the longest wait.",
                    (fact("fairway_mails_waiting", "state"), "{{state}}"),
                    (fact("fairway_mail_oldest_wait_seconds"), "longest wait (s)"),
                ),
                lines(
                    "Mail server",
                    "Time of handing one mail over.",
                    (quantile(0.5, "fairway_mail_send_duration_seconds", "outcome"), "median: {{outcome}}"),
                    (quantile(0.99, "fairway_mail_send_duration_seconds", "outcome"), "99 %: {{outcome}}"),
                    unit="s",
                ),
            ],
        ),
    ],
)
