"""What is asked of Space-Track, and what is left of the budget."""

from panels import Dashboard, Row, bars, lines
from queries import fact, quantile, rate

__all__ = ["SPACE_TRACK"]

SPACE_TRACK = Dashboard(
    "fairway-space-track",
    "Fairway: Space-Track",
    "What is asked of Space-Track, what it gives, and what is left of the budget.",
    [
        Row(
            "Accounts",
            [
                lines(
                    "Requests left this hour",
                    "Of 250; Space-Track suspends at 300.",
                    (fact("fairway_space_track_budget_left", "account", 'window="hour"'), "{{account}}"),
                ),
                lines(
                    "Requests left this minute",
                    "Of 25; Space-Track suspends at 30.",
                    (fact("fairway_space_track_budget_left", "account", 'window="minute"'), "{{account}}"),
                ),
                lines(
                    "Since the last good pull",
                    "A pull is due every eight hours.",
                    (fact("fairway_space_track_pull_age_seconds", "account"), "{{account}}"),
                    unit="s",
                    limits=[(28800, "orange"), (32400, "red")],
                ),
                bars(
                    "Stopped",
                    "1: not used until a person has seen to it.",
                    fact("fairway_space_track_account_stopped", "account"),
                    "{{account}}",
                    limits=[(1, "red")],
                    height=6,
                ),
                bars(
                    "Attended",
                    "1: a gateway works with it.",
                    fact("fairway_space_track_account_held", "account"),
                    "{{account}}",
                    height=6,
                ),
                bars(
                    "Feeds that fail",
                    "1: it fails; its page says why.",
                    fact("fairway_feed_failing", "feed"),
                    "{{feed}}",
                    limits=[(1, "red")],
                    height=6,
                ),
            ],
        ),
        Row(
            "Requests",
            [
                lines(
                    "Requests by purpose",
                    "A minute.",
                    (f"60 * {rate('fairway_space_track_requests_total', 'purpose')}", "{{purpose}}"),
                    is_stacked=True,
                ),
                lines(
                    "Outcomes",
                    "A minute.",
                    (f"60 * {rate('fairway_space_track_requests_total', 'outcome')}", "{{outcome}}"),
                    is_stacked=True,
                ),
                lines(
                    "Duration",
                    "Of a request.",
                    (quantile(0.5, "fairway_space_track_request_duration_seconds"), "median"),
                    (quantile(0.99, "fairway_space_track_request_duration_seconds"), "99 %"),
                    unit="s",
                ),
                lines(
                    "Age of what was asked for",
                    "Since each task last ended well.",
                    (fact("fairway_space_track_task_age_seconds", "account, task"), "{{account}}: {{task}}"),
                    unit="s",
                    width=24,
                ),
            ],
        ),
        Row(
            "Files on their way there",
            [
                lines(
                    "Submissions",
                    "By state.",
                    (fact("fairway_submissions", "state"), "{{state}}"),
                    width=12,
                ),
                lines(
                    "Longest wait",
                    "Of a file that may go and has not gone.",
                    (fact("fairway_submission_oldest_queued_seconds"), "wait"),
                    unit="s",
                    width=12,
                    limits=[(3600, "red")],
                ),
            ],
        ),
    ],
)
