"""Asking for a screening: who may ask for what, and what a request looks like until it is planned."""

from typing import Any

from assessment.errors import InvalidVolumeError
from assessment.volumes import parse_volume
from ingest_api.administration.errors import SatelliteNotFound
from ingest_api.parameters import viewer_of
from ingest_api.queries.errors import EphemerisNotFound, ScreeningRequestInvalid
from ingest_api.queries.screening_models import ScreeningOut, ScreeningRequestIn
from records.identity.visibility import Viewer
from records.ingest_api.reads.accepted import ephemeris
from records.ingest_api.reads.feed import audit_entry_of
from records.ingest_api.reads.satellites import owners, satellite
from records.screening.events import ScreeningRequestedV1
from servicekit.auth import Principal
from servicekit.context import Context
from servicekit.errors import Forbidden
from servicekit.store import UnitOfWork
from servicekit.store.plumbing import AuditEntry

__all__ = ["check_request", "request_screening", "requested_screening"]

_ACTION = "screening.requested"


async def check_request(context: Context, principal: Principal, asked: ScreeningRequestIn) -> str | None:
    """Return the organization whose primary it is (None: the catalogue's), if the caller may ask for this.

    Raises
    ------
    ScreeningRequestInvalid
        No primary or more than one, or no such volume.
    EphemerisNotFound, SatelliteNotFound
        The primary is not there for this caller.
    Forbidden
        The primary is somebody else's, or everything.
    """
    primaries = (asked.ephemeris_id is not None, asked.norad_cat_id is not None, asked.all)
    if sum(primaries) != 1:
        raise ScreeningRequestInvalid("Give exactly one of ephemeris_id, norad_cat_id and all")
    _check_volume("volume", asked.volume)
    for kind in asked.kinds or ():
        _check_volume(f"kinds: {kind.kind}", kind.volume)
    if len({kind.kind for kind in asked.kinds or ()}) < len(asked.kinds or ()):
        raise ScreeningRequestInvalid("kinds: one is named twice, give each kind one volume")
    if asked.ephemeris_id is not None:
        return await _owner_of_ephemeris(context, viewer_of(principal), asked.ephemeris_id)
    if asked.norad_cat_id is not None:
        return await _owner_of_satellite(context, principal, asked.norad_cat_id)
    if not principal.is_staff:
        raise Forbidden("Only staff screens the whole catalogue")
    return None


def _check_volume(where: str, volume: str | None) -> None:
    if volume is None:
        return
    try:
        parse_volume(volume)
    except InvalidVolumeError as error:
        raise ScreeningRequestInvalid(f"{where}: {error}") from error


async def _owner_of_ephemeris(context: Context, viewer: Viewer, ephemeris_id: str) -> str:
    async with context.store.read() as session:
        row = await ephemeris(session, viewer, ephemeris_id)
    if row is None:
        raise EphemerisNotFound(f"There is no ephemeris {ephemeris_id}")
    return row.organization_id


async def _owner_of_satellite(context: Context, principal: Principal, norad_cat_id: int) -> str | None:
    async with context.store.read() as session:
        owner = (await owners(session, [norad_cat_id])).get(norad_cat_id)
        record = await satellite(session, viewer_of(principal), norad_cat_id)
    if principal.is_staff or (owner is not None and owner == principal.organization_id):
        return owner
    if record is None:
        raise SatelliteNotFound(f"Nothing is recorded of the satellite {norad_cat_id}")
    raise Forbidden(f"The satellite {norad_cat_id} is not your organization's")


async def request_screening(
    unit: UnitOfWork, run_id: str, asked: ScreeningRequestIn, organization_id: str | None, *, is_replay: bool
) -> ScreeningOut:
    """Ask screening for a run in this transaction, and return how it stands."""
    request = asked.model_dump(mode="json", exclude_none=True)
    unit.emit(
        ScreeningRequestedV1(
            run_id=run_id, requested_by=unit.actor.id, organization_id=organization_id, request=request
        )
    )
    detail = {"request": request, "organization_id": organization_id, "is_replay": is_replay}
    unit.audit(_ACTION, "screening", run_id, detail)
    await unit.change(_ACTION, run_id, [organization_id], {"request": request})
    return _requested(run_id, unit.actor.id, unit.now, detail)


async def requested_screening(context: Context, viewer: Viewer, run_id: str) -> ScreeningOut | None:
    """Return a screening that has been asked for and has no row yet, if `viewer` may see it.

    The audit log tells of it from the transaction of the request on.
    """
    async with context.store.read() as session:
        entry: AuditEntry | None = await audit_entry_of(session, _ACTION, "screening", run_id)
    if entry is None:
        return None
    owner = entry.detail.get("organization_id")
    if not (viewer.is_staff or (owner is not None and owner == viewer.organization_id)):
        return None
    return _requested(run_id, entry.actor_id, entry.at, entry.detail)


def _requested(run_id: str, requested_by: str, requested_at: Any, detail: dict[str, Any]) -> ScreeningOut:
    request = detail["request"]
    against = "ephemerides" if request.get("against") == "ephemerides" else "catalogue"
    primary = "ephemeris" if "ephemeris_id" in request else "catalogue"
    nothing_yet = (
        "reason",
        "catalogue_id",
        "start_time",
        "stop_time",
        "object_count",
        "screened_count",
        "not_screened_count",
        "approach_count",
        "known_pair_approach_count",
        "cdm_count",
        "started_at",
        "completed_at",
        "cpu_s",
    )
    return ScreeningOut(
        **dict.fromkeys(nothing_yet),
        id=run_id,
        kind=f"{primary}-{against}",
        state="requested",
        organization_id=detail["organization_id"],
        requested_by=requested_by,
        requested_at=requested_at,
        ephemeris_id=request.get("ephemeris_id"),
        norad_cat_id=request.get("norad_cat_id"),
        request=request,
        volume=request.get("volume", ""),
        task_count=0,
        tasks_done=0,
        exception_counts={},
        is_replay=detail["is_replay"],
        row_version=0,
    )
