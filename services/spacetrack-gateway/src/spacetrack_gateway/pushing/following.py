"""What became of the files that are present: Space-Track's class ``car`` has a row for each one that was looked at.

The values of its codes are not public, so that words of its description decide, and they are a setting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select

from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackTask, Submission
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.cadence import every
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.client.addresses import query_of
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.pushing.reasons import not_heard_of, not_screened, only_withdrawn
from spacetrack_gateway.recurring import RecurringTask

__all__ = ["FOLLOW", "Assessment", "assessments_in", "was_screened"]

_INTERVAL: Final = timedelta(hours=1)
_LONGEST_DELAY: Final = timedelta(minutes=10)
_FOLLOWED_FOR: Final = timedelta(days=3)
_MOST_ROWS: Final = 2000
_MOST_PAGES: Final = 10


@dataclass(frozen=True)
class Assessment:
    """What Space-Track says of its screening of one file."""

    code: str
    description: str
    created: str

    def as_data(self) -> dict[str, str]:
        """Return it as it is stored."""
        return {"code": self.code, "description": self.description, "created": self.created}


def assessments_in(rows: Sequence[Mapping[str, Any]]) -> dict[str, Assessment]:
    """Return what rows of class ``car`` say, by the names of the files; the last row of a file counts."""
    found: dict[str, Assessment] = {}
    for row in rows:
        assessment = Assessment(
            str(row.get("CA_RESULT_CODE") or ""),
            str(row.get("CA_RESULT_SHORT_DESCRIPTION") or ""),
            str(row.get("CREATION_DATE") or ""),
        )
        for column in ("SAT1_EPHEMERIS_NAME", "SAT2_EPHEMERIS_NAME"):
            name = str(row.get(column) or "").strip()
            if name and name.upper() != "NONE":
                found[name] = assessment
    return found


def was_screened(assessment: Assessment, words: Sequence[str]) -> bool:
    """Whether an assessment says that the file was screened: it has none of the words that say that it was not."""
    said = f"{assessment.code} {assessment.description}".lower()
    return not any(word in said for word in words)


async def follow(desk: Desk, _task: SpaceTrackTask) -> bool:
    """Ask for the assessments of everything that is present and has none yet, all in one query, page by page."""
    waiting = await _waiting(desk)
    if not waiting:
        return True
    since = min(present_at for _, present_at in waiting.values()) - timedelta(hours=1)
    found: dict[str, Assessment] = {}
    for begin in range(0, _MOST_PAGES * _MOST_ROWS, _MOST_ROWS):
        rows = await desk.session.rows(_path(since, begin), purpose="car", priority=Priority.SYNC)
        found |= assessments_in(rows)
        if len(rows) < _MOST_ROWS:
            break
    for name, assessment in found.items():
        if name in waiting:
            await _record(desk, waiting[name][0], assessment)
    long_ago = desk.ctx.clock.now() - _FOLLOWED_FOR
    for name, (submission_id, present_at) in waiting.items():
        if name not in found and present_at <= long_ago:
            await _give_up(desk, submission_id)
    return True


def _path(since: datetime, begin: int) -> str:
    return query_of(
        "expandedspacedata",
        "car",
        ("CREATION_DATE", f">{since:%Y-%m-%d %H:%M:%S}"),
        ("orderby", "CREATION_DATE asc"),
        ("limit", f"{_MOST_ROWS},{begin}" if begin else _MOST_ROWS),
        ("format", "json"),
        ("emptyresult", "show"),
    )


async def _waiting(desk: Desk) -> dict[str, tuple[str, datetime]]:
    """Return what is present, or known by CDMs alone, and waits for its assessment: by name, with when it arrived."""
    now = desk.ctx.clock.now()
    query = select(Submission).where(
        Submission.account_id == desk.account_id,
        Submission.kind == "ephemeris",
        # What is present is asked for once more when its time is over: an outage of theirs is no silence of theirs.
        or_(
            Submission.state == "present",
            (Submission.state == "screened") & (Submission.present_at > now - _FOLLOWED_FOR),
        ),
        Submission.present_at.is_not(None),
    )
    async with desk.ctx.store.read() as session:
        rows = (await session.scalars(query.order_by(Submission.present_at, Submission.id))).all()
    return {
        row.remote_name: (row.id, row.present_at)
        for row in rows
        if row.remote_name and row.present_at and "assessment" not in row.result
    }


async def _record(desk: Desk, submission_id: str, assessment: Assessment) -> None:
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await unit.session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)
        result = row.result | {"assessment": assessment.as_data()}
        is_screened = was_screened(assessment, desk.settings.not_screened_words) or "cdms" in row.result
        said = [] if is_screened else [not_screened(assessment.code, assessment.description).as_data()]
        reasons = [*only_withdrawn(row.reasons), *said]
        await writes.change_submission(
            unit,
            row,
            state="screened" if is_screened else "not-screened",
            reasons=reasons,
            result=result,
            result_at=unit.now,
        )


async def _give_up(desk: Desk, submission_id: str) -> None:
    """Say of a file that is there that nothing was heard of it; what is known by CDMs needs no word more."""
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await unit.session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)
        if row.state == "present":
            reasons = [*only_withdrawn(row.reasons), not_heard_of(_FOLLOWED_FOR.days).as_data()]
            await writes.change_submission(unit, row, state="not-screened", reasons=reasons, result_at=unit.now)


FOLLOW = RecurringTask(name="car", priority=Priority.SYNC, cadence=every(_INTERVAL, _LONGEST_DELAY), step=follow)
