"""Changes to feeds and submissions. Only spacetrack-gateway imports this."""

from collections.abc import Sequence
from typing import Any

from records.spacetrack_gateway.events import FeedUpdatedV1, SubmissionUpdatedV1
from records.spacetrack_gateway.tables import Feed, Submission
from records.validator.tables import Ephemeris
from servicekit.ids import new_id
from servicekit.store import UnitOfWork

__all__ = ["put_submission", "set_feed"]


async def put_submission(
    unit: UnitOfWork,
    ephemeris: Ephemeris,
    submission: Submission | None,
    *,
    state: str,
    reasons: Sequence[dict[str, Any]],
) -> bool:
    """Record how an ephemeris stands on its way to Space-Track, and tell of it; return whether that is news."""
    if submission is not None and submission.state == state and submission.reasons == list(reasons):
        return False
    if submission is None:
        submission = Submission(
            id=new_id(),
            ephemeris_id=ephemeris.id,
            organization_id=ephemeris.organization_id,
            state=state,
            reasons=list(reasons),
            created_at=unit.now,
            updated_at=unit.now,
            row_version=1,
        )
        unit.session.add(submission)
    else:
        submission.state = state
        submission.reasons = list(reasons)
        submission.updated_at = unit.now
        submission.row_version += 1
    unit.emit(SubmissionUpdatedV1(submission_id=submission.id, row_version=submission.row_version, state=state))
    unit.audit("submission.updated", "submission", submission.id, {"state": state, "ephemeris_id": ephemeris.id})
    await unit.change(
        "submission.updated",
        submission.id,
        [ephemeris.organization_id],
        {"state": state, "ephemeris_id": ephemeris.id, "norad_cat_id": ephemeris.norad_cat_id},
    )
    return True


async def set_feed(unit: UnitOfWork, name: str, *, state: str, missing: Sequence[dict[str, Any]]) -> bool:
    """Record how a feed stands, and tell of it where that is news; return whether it is."""
    feed = await unit.session.get(Feed, name)
    if feed is not None and feed.state == state and feed.missing == list(missing):
        feed.checked_at = unit.now
        return False
    if feed is None:
        feed = Feed(name=name, state=state, missing=list(missing), checked_at=unit.now, row_version=1)
        unit.session.add(feed)
    else:
        feed.state = state
        feed.missing = list(missing)
        feed.checked_at = unit.now
        feed.row_version += 1
    unit.emit(FeedUpdatedV1(name=name, row_version=feed.row_version, state=state))
    unit.audit("feed.updated", "feed", name, {"state": state})
    await unit.change("feed.updated", name, [], {"state": state})
    return True
