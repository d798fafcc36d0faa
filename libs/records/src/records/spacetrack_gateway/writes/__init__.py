"""Changes to everything of the Space-Track gateway. Only spacetrack-gateway imports this."""

from records.spacetrack_gateway.writes.accounts import (
    add_account,
    add_request,
    forget_requests,
    locked_account,
    put_link,
    record_answer,
    task_of,
)
from records.spacetrack_gateway.writes.feeds import locked_feed, set_feed
from records.spacetrack_gateway.writes.metadata import (
    open_difference,
    put_directory_entry,
    record_facts,
    settle_difference,
)
from records.spacetrack_gateway.writes.pulled import NewDocument, add_cdm_rows, add_document, put_file
from records.spacetrack_gateway.writes.submissions import add_submission, change_submission

__all__ = [
    "NewDocument",
    "add_account",
    "add_cdm_rows",
    "add_document",
    "add_request",
    "add_submission",
    "change_submission",
    "forget_requests",
    "locked_account",
    "locked_feed",
    "open_difference",
    "put_directory_entry",
    "put_file",
    "put_link",
    "record_answer",
    "record_facts",
    "set_feed",
    "settle_difference",
    "task_of",
]
