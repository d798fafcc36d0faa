"""Changes to submissions."""

from typing import Any

from records.spacetrack_gateway.events import SubmissionUpdatedV1
from records.spacetrack_gateway.tables import Submission
from servicekit.ids import derived_id
from servicekit.store import UnitOfWork

__all__ = ["add_submission", "change_submission"]


async def add_submission(
    unit: UnitOfWork,
    *,
    kind: str,
    document_id: str,
    ephemeris_id: str | None,
    organization_id: str,
    designation: str,
) -> Submission:
    """Add the submission of a document, held; `change_submission` says how it stands, and tells of it."""
    submission = Submission(
        id=derived_id("submission", document_id),
        kind=kind,
        document_id=document_id,
        ephemeris_id=ephemeris_id,
        organization_id=organization_id,
        designation=designation,
        state="held",
        reasons=[],
        attempts=0,
        looks=0,
        is_acknowledged=False,
        result={},
        created_at=unit.now,
        updated_at=unit.now,
        row_version=0,
    )
    unit.session.add(submission)
    await unit.session.flush()
    return submission


async def change_submission(unit: UnitOfWork, submission: Submission, **values: Any) -> bool:
    """Set columns of a submission; tell of it where its state, reasons or result change. Return whether they do."""
    told = ("state", "reasons", "result")
    is_news = submission.row_version == 0 or any(
        name in values and getattr(submission, name) != values[name] for name in told
    )
    for name, value in values.items():
        setattr(submission, name, value)
    if not is_news:
        return False
    submission.updated_at = unit.now
    submission.row_version += 1
    await _tell(unit, submission)
    return True


async def _tell(unit: UnitOfWork, submission: Submission) -> None:
    detail = {
        "state": submission.state,
        "kind": submission.kind,
        "ephemeris_id": submission.ephemeris_id,
        "document_id": submission.document_id,
        "reasons": [reason["code"] for reason in submission.reasons],
    }
    unit.emit(
        SubmissionUpdatedV1(submission_id=submission.id, row_version=submission.row_version, state=submission.state)
    )
    unit.audit("submission.updated", "submission", submission.id, detail)
    await unit.change("submission.updated", submission.id, [submission.organization_id], detail)
