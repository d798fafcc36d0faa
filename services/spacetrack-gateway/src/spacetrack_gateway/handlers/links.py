"""Routes on an organization's link to Space-Track: its checklist, what it allows, its submissions."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import select

from records.identity.permissions import Permission
from records.identity.reads import organization
from records.identity.tables import Organization
from records.identity.visibility import Viewer
from records.spacetrack_gateway.tables import Submission
from servicekit.auth import Principal
from servicekit.context import Context
from servicekit.errors import Forbidden
from servicekit.http import ContextDep, RequestModel, ResponseModel, UtcTimestamp, known_parameters_only, raises
from servicekit.settings import read_settings
from spacetrack_gateway.checklist import CONFIRMED_BY_ADMINISTRATORS, CONFIRMED_BY_OPERATORS, Item, State, overall
from spacetrack_gateway.consents import (
    NotHeldForRelease,
    SubmissionNotFound,
    allow_reading,
    confirm_step,
    delete_at_space_track,
    release,
    set_metadata_policy,
    set_push_mode,
)
from spacetrack_gateway.errors import LinkNotFound, NoSuchStep
from spacetrack_gateway.handlers.parameters import Identifier, Text, caller
from spacetrack_gateway.inspection import Inspection, inspect
from spacetrack_gateway.pushing.deleting import NothingToDelete
from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["router"]

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters_only)], tags=["Space-Track"])

Reader = Annotated[Principal, caller(Permission.FEEDS_READ)]
Keeper = Annotated[Principal, caller(Permission.SPACE_TRACK_WRITE)]


class ItemOut(ResponseModel):
    """One line of a checklist."""

    code: str
    state: State = Field(description="`waiting`: nothing is wrong, and there is nothing to show yet.")
    what: str
    who: str | None = Field(description="Who must do what; null where nobody needs to.")
    evidence: str | None
    at: UtcTimestamp | None
    can_confirm: bool = Field(description="Whether the caller can confirm it, as no machine can see it.")


class SatelliteChecklistOut(ResponseModel):
    """A satellite's checklist."""

    norad_cat_id: int
    name: str | None
    state: State
    items: list[ItemOut]


class DifferenceOut(ResponseModel):
    """A value of which Space-Track says something else than the operator does."""

    norad_cat_id: int
    attribute: str
    operator_value: Any
    space_track_value: Any
    found_at: UtcTimestamp


class ContactOut(ResponseModel):
    """What an organization lets others know in Space-Track's directory."""

    type: str
    label: str
    value: str
    modified: str


class DirectoryOut(ResponseModel):
    """The organization in Space-Track's directory."""

    gid: str
    name: str
    constellation: str | None
    contacts: list[ContactOut]
    objects: list[int]


class LinkOut(ResponseModel):
    """An organization's link to Space-Track."""

    organization_id: str
    state: State
    push_mode: str = Field(description="`off`, `manual` or `automatic`.")
    push_consented_by: str | None
    push_consented_at: UtcTimestamp | None
    reads_folder: bool
    metadata_policy: str = Field(description="`operator-wins` or `space-track-wins`.")
    items: list[ItemOut]
    satellites: list[SatelliteChecklistOut]
    differences: list[DifferenceOut]
    directory: list[DirectoryOut]
    not_registered: list[int] = Field(description="Objects that Space-Track counts as its own and that we do not.")


class LinkChange(RequestModel):
    """What an organization allows; what is left out stays."""

    push_mode: Literal["off", "manual", "automatic"] | None = Field(
        None, description="Anything but `off` is the organization's consent that its files are sent, on record."
    )
    reads_folder: bool | None = Field(
        None, description="Whether the newest ephemeris in the organization's folder is taken in."
    )
    metadata_policy: Literal["operator-wins", "space-track-wins"] | None = None


class Confirmation(RequestModel):
    """That a step of the checklist is done, or is not any more."""

    confirmed: bool


class SubmissionStateOut(ResponseModel):
    """How a submission stands."""

    id: str
    state: str
    reasons: list[dict[str, Any]]


@router.get("/space-track/organizations/{organization_id}", responses=raises(LinkNotFound))
async def get_link(context: ContextDep, principal: Reader, organization_id: Identifier) -> LinkOut:
    """Show an organization's link to Space-Track: what is there, what is missing, and who must do what."""
    return await _shown(context, principal, organization_id)


@router.patch("/space-track/organizations/{organization_id}", responses=raises(LinkNotFound))
async def update_link(
    context: ContextDep, principal: Keeper, organization_id: Identifier, change: LinkChange
) -> LinkOut:
    """Say what the organization allows. Only it can consent; an administrator can end what it allowed."""
    await _found(context, principal, organization_id)
    gives = change.push_mode not in (None, "off") or bool(change.reads_folder)
    if gives and principal.organization_id != organization_id:
        raise Forbidden("Only an operator-admin of the organization itself consents")
    if change.push_mode is not None:
        await set_push_mode(context, principal.actor, organization_id, change.push_mode)
    if change.reads_folder is not None:
        await allow_reading(context, principal.actor, organization_id, allowed=change.reads_folder)
    if change.metadata_policy is not None:
        await set_metadata_policy(context, principal.actor, organization_id, change.metadata_policy)
    return await _shown(context, principal, organization_id)


@router.put("/space-track/organizations/{organization_id}/steps/{code}", responses=raises(LinkNotFound, NoSuchStep))
async def put_step(
    context: ContextDep, principal: Keeper, organization_id: Identifier, code: Text, given: Confirmation
) -> LinkOut:
    """Confirm a step of the checklist that no machine can see, or take it back."""
    await _found(context, principal, organization_id)
    if code not in _confirmable(principal):
        raise NoSuchStep(f"The checklist has no step {code!r} that you can confirm")
    await confirm_step(context, principal.actor, organization_id, code, confirmed=given.confirmed)
    return await _shown(context, principal, organization_id)


@router.post(
    "/submissions/{submission_id}/release",
    status_code=202,
    responses=raises(SubmissionNotFound, NotHeldForRelease),
)
async def release_submission(context: ContextDep, principal: Keeper, submission_id: Identifier) -> SubmissionStateOut:
    """Have a held submission sent."""
    await _own_submission(context, principal, submission_id)
    await release(context, principal.actor, submission_id)
    return await _submission(context, principal, submission_id)


@router.delete("/submissions/{submission_id}", status_code=202, responses=raises(SubmissionNotFound, NothingToDelete))
async def delete_submission(context: ContextDep, principal: Keeper, submission_id: Identifier) -> SubmissionStateOut:
    """Have the file of a submission deleted at Space-Track."""
    await _own_submission(context, principal, submission_id)
    await delete_at_space_track(context, principal.actor, submission_id)
    return await _submission(context, principal, submission_id)


async def _found(context: Context, principal: Principal, organization_id: str) -> Organization:
    async with context.store.read() as session:
        row = await organization(session, organization_id)
    if row is None or not Viewer.of(principal).organization(organization_id):
        raise LinkNotFound(f"There is no organization {organization_id}")
    return row


async def _submission(context: Context, principal: Principal, submission_id: str) -> SubmissionStateOut:
    query = select(Submission).where(Submission.id == submission_id, Viewer.of(principal).submissions())
    async with context.store.read() as session:
        row = (await session.scalars(query)).one_or_none()
    if row is None:
        raise SubmissionNotFound(f"There is no submission {submission_id}")
    return SubmissionStateOut(id=row.id, state=row.state, reasons=row.reasons)


async def _own_submission(context: Context, principal: Principal, submission_id: str) -> None:
    """Make sure that the caller acts for the owner: to send or to delete is the organization's own decision."""
    query = select(Submission.organization_id).where(Submission.id == submission_id, Viewer.of(principal).submissions())
    async with context.store.read() as session:
        owner = await session.scalar(query)
    if owner is None:
        raise SubmissionNotFound(f"There is no submission {submission_id}")
    if owner != principal.organization_id:
        raise Forbidden("Only an operator-admin of the organization itself decides on its files")


def _confirmable(principal: Principal) -> frozenset[str]:
    if principal.may(Permission.SPACE_TRACK_ACCOUNTS):
        return CONFIRMED_BY_ADMINISTRATORS
    return CONFIRMED_BY_OPERATORS if principal.may(Permission.SPACE_TRACK_WRITE) else frozenset()


async def _shown(context: Context, principal: Principal, organization_id: str) -> LinkOut:
    row = await _found(context, principal, organization_id)
    settings = read_settings(SpaceTrackSettings)
    async with context.store.read() as session:
        found = await inspect(session, row, settings, context.clock.now(), is_replay=context.replay)
    return _link_out(row.id, found, _confirmable(principal))


def _link_out(organization_id: str, found: Inspection, confirmable: frozenset[str]) -> LinkOut:
    link = found.link
    return LinkOut(
        organization_id=organization_id,
        state=overall(found.items),
        push_mode="off" if link is None else link.push_mode,
        push_consented_by=None if link is None else link.push_consented_by,
        push_consented_at=None if link is None else link.push_consented_at,
        reads_folder=link is not None and link.reads_folder,
        metadata_policy="operator-wins" if link is None else link.metadata_policy,
        items=[_item_out(item, confirmable) for item in found.items],
        satellites=[
            SatelliteChecklistOut(
                norad_cat_id=satellite.norad_cat_id,
                name=satellite.name,
                state=overall(satellite.items),
                items=[_item_out(item, frozenset()) for item in satellite.items],
            )
            for satellite in found.satellites
        ],
        differences=[DifferenceOut.model_validate(row) for row in found.differences],
        directory=[DirectoryOut.model_validate(row) for row in found.directory],
        not_registered=list(found.not_registered),
    )


def _item_out(item: Item, confirmable: frozenset[str]) -> ItemOut:
    return ItemOut(**vars(item), can_confirm=item.code in confirmable)
