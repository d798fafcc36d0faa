"""What the checklist is made from, read from the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.tables import Organization
from records.ingest_api.reads.satellites import facts as facts_of_satellites
from records.ingest_api.tables import Satellite
from records.screening.tables import Cdm
from records.spacetrack_gateway import reads
from records.spacetrack_gateway.tables import (
    MetadataDifference,
    SpaceTrackAccount,
    SpaceTrackDirectoryEntry,
    SpaceTrackLink,
    SpaceTrackTask,
    Submission,
)
from records.validator.tables import Ephemeris
from spacetrack_gateway.budget.admission import HOUR, Limits, remaining
from spacetrack_gateway.checklist import Item, OrganizationFacts, SatelliteFacts, checklist, satellite_checklist
from spacetrack_gateway.pulling.storing import TASK as PULL
from spacetrack_gateway.pushing.review import account_of
from spacetrack_gateway.settings import SpaceTrackSettings
from spacetrack_gateway.syncing.satellites import TASK as SYNC

__all__ = ["Inspection", "SatelliteInspection", "budget_of", "inspect"]

_RECENT = timedelta(days=7)
_PROVED = ("present", "screened", "not-screened")


@dataclass(frozen=True, kw_only=True)
class SatelliteInspection:
    """A satellite's checklist."""

    norad_cat_id: int
    name: str | None
    items: Sequence[Item]


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """Everything about an organization's link."""

    link: SpaceTrackLink | None
    items: Sequence[Item]
    satellites: Sequence[SatelliteInspection]
    differences: Sequence[MetadataDifference]
    directory: Sequence[SpaceTrackDirectoryEntry]
    not_registered: Sequence[int]
    """Objects that Space-Track counts as the organization's and that are not registered here as its own."""


async def budget_of(
    session: AsyncSession, account_id: str, now: datetime, settings: SpaceTrackSettings
) -> tuple[int, int]:
    """Return how many requests an account may still make within this minute and this hour."""
    limits = Limits(settings.requests_a_minute, settings.requests_an_hour)
    return remaining(await reads.request_times(session, account_id, now - HOUR), now, limits)


async def inspect(
    session: AsyncSession, organization: Organization, settings: SpaceTrackSettings, now: datetime, *, is_replay: bool
) -> Inspection:
    """Return an organization's checklist and that of each of its satellites."""
    link = await reads.link(session, organization.id)
    account = account_of(link, await reads.accounts(session))
    tasks = {} if account is None else {task.name: task for task in await reads.tasks(session, account.id)}
    listed = {int(number) for number in _cursor(tasks.get(SYNC)).get("listed", {})}
    query = select(Satellite).where(Satellite.organization_id == organization.id).order_by(Satellite.norad_cat_id)
    own = [satellite.norad_cat_id for satellite in await session.scalars(query)]
    differences = await reads.differences(session, organization.id)
    directory = await reads.directory_entries(session, organization.id)
    known = await facts_of_satellites(session, own)
    cdms, pushes = await _last_cdms(session, own), await _pushes(session, organization.id)
    waiting: dict[int, Sequence[Mapping[str, Any]]] = {}
    for number, submission in await _held(session, organization.id):
        waiting.setdefault(number, submission.reasons)
    facts = OrganizationFacts(
        title=organization.space_track_title or organization.name,
        is_replay=is_replay,
        listed=len(listed & set(own)),
        differences=len(differences),
        last_push_at=max(pushes.values(), default=None),
        failed_pushes=await _failed(session, organization.id, now - _RECENT),
        **await _of_account(session, account, tasks, now, settings),
        **_of_link(link),
    )
    satellites = [
        SatelliteInspection(
            norad_cat_id=number,
            name=_value(known.get(number, {}), "name"),
            items=satellite_checklist(
                SatelliteFacts(
                    norad_cat_id=number,
                    is_listed=number in listed,
                    is_synchronized=facts.synchronized_at is not None,
                    maneuverable=_value(known.get(number, {}), "maneuverable"),
                    hard_body_radius_m=_value(known.get(number, {}), "hard_body_radius_m"),
                    last_cdm_at=cdms.get(number),
                    last_push_at=pushes.get(number),
                    push_reasons=waiting.get(number, ()),
                    differences=[row.attribute for row in differences if row.norad_cat_id == number],
                    is_pushed=facts.push_mode != "off",
                ),
                now,
            ),
        )
        for number in own
    ]
    theirs = {number for entry in directory for number in entry.objects}
    return Inspection(
        link=link,
        items=checklist(facts, settings, now),
        satellites=satellites,
        differences=differences,
        directory=directory,
        not_registered=sorted(theirs - set(own)),
    )


async def _of_account(
    session: AsyncSession,
    account: SpaceTrackAccount | None,
    tasks: dict[str, SpaceTrackTask],
    now: datetime,
    settings: SpaceTrackSettings,
) -> dict[str, Any]:
    if account is None:
        nothing = ("account_error", "account_ok_at", "clock_skew_s", "budget_minute", "budget_hour", "pulled_at")
        return dict.fromkeys(nothing) | {"has_account": False, "synchronized_at": None, "columns_missing": ()}
    minute, hour = await budget_of(session, account.id, now, settings)
    error = account.stopped_reason if account.state == "stopped" else None
    if error is None and account.failing_since is not None:
        error = account.last_error
    pull, sync = tasks.get(PULL), tasks.get(SYNC)
    return {
        "has_account": True,
        "account_error": error,
        "account_ok_at": account.last_ok_at,
        "clock_skew_s": account.clock_skew_s,
        "budget_minute": minute,
        "budget_hour": hour,
        "pulled_at": None if pull is None else pull.succeeded_at,
        "synchronized_at": None if sync is None else sync.succeeded_at,
        "columns_missing": tuple(_cursor(sync).get("missing", ())),
    }


def _of_link(link: SpaceTrackLink | None) -> dict[str, Any]:
    return {
        "has_folder": link is not None and link.ephemeris_folder_id is not None,
        "folders_seen_at": None if link is None else link.folders_seen_at,
        "confirmed": {} if link is None else link.confirmed,
        "last_cdm_at": None if link is None else link.last_cdm_at,
        "push_mode": "off" if link is None else link.push_mode,
        "consented_by": None if link is None else link.push_consented_by,
        "consented_at": None if link is None else link.push_consented_at,
    }


async def _last_cdms(session: AsyncSession, numbers: Sequence[int]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for column in (Cdm.norad_cat_id_1, Cdm.norad_cat_id_2):
        query = select(column, func.max(Cdm.creation_date)).where(Cdm.source == "space-track", column.in_(numbers))
        for number, at in await session.execute(query.group_by(column)):
            found[number] = max(at, found.get(number, at))
    return found


async def _pushes(session: AsyncSession, organization_id: str) -> dict[int, datetime]:
    """Return when the last file of each satellite was proved to be there."""
    query = (
        select(Ephemeris.norad_cat_id, func.max(Submission.present_at))
        .join(Ephemeris, Submission.ephemeris_id == Ephemeris.id)
        .where(Submission.organization_id == organization_id, Submission.state.in_(_PROVED))
        .group_by(Ephemeris.norad_cat_id)
    )
    return {number: at for number, at in await session.execute(query) if at is not None}


async def _held(session: AsyncSession, organization_id: str) -> Sequence[tuple[int, Submission]]:
    """Return what does not go on, the newest first."""
    query = (
        select(Ephemeris.norad_cat_id, Submission)
        .join(Ephemeris, Submission.ephemeris_id == Ephemeris.id)
        .where(
            Submission.organization_id == organization_id,
            Ephemeris.is_active,
            or_(Submission.state == "held", Submission.state == "failed"),
        )
        .order_by(Submission.created_at.desc())
    )
    return [(number, submission) for number, submission in await session.execute(query) if submission.reasons]


async def _failed(session: AsyncSession, organization_id: str, since: datetime) -> int:
    query = select(func.count()).where(
        Submission.organization_id == organization_id, Submission.state == "failed", Submission.updated_at > since
    )
    return int(await session.scalar(query) or 0)


def _cursor(task: SpaceTrackTask | None) -> dict[str, Any]:
    return {} if task is None else task.cursor


def _value(facts: Any, attribute: str) -> Any:
    return facts[attribute].value if attribute in facts else None
