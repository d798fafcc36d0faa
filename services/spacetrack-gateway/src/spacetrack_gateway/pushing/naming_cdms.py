"""CDMs that name a file of ours show that it was screened, and what came of it."""

from collections.abc import Mapping

from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import Submission
from servicekit.store import UnitOfWork
from spacetrack_gateway.pushing.reasons import only_withdrawn

__all__ = ["count_cdms"]


async def count_cdms(unit: UnitOfWork, named: Mapping[str, int]) -> None:
    """Add to each submission how many more CDMs name it."""
    for submission_id, count in sorted(named.items()):
        submission = await unit.session.get(Submission, submission_id, with_for_update=True)
        if submission is None:
            continue
        result = submission.result | {"cdms": submission.result.get("cdms", 0) + count}
        values = {"result": result, "result_at": submission.result_at or unit.now}
        if submission.state in ("sent", "present", "not-screened"):
            values |= {"state": "screened", "reasons": only_withdrawn(submission.reasons)}
        await writes.change_submission(unit, submission, **values)
