"""The link to Space-Track: its checklist, what the organization allows, and what is on its way there."""

from typing import Annotated, Any, Literal

from fastapi import Query
from starlette.responses import Response

from dashboard.api import ApiProblem
from dashboard.resources import Organization, SpaceTrackLink
from dashboard.web import VisitDep, page_router, see_other

__all__ = ["router"]

router = page_router()

Cursor = Annotated[str | None, Query(max_length=1000)]
State = Literal[
    "",
    "held",
    "queued",
    "sent",
    "present",
    "screened",
    "not-screened",
    "failed",
    "superseded",
    "withdrawn",
    "deleting",
    "deleted",
]
MODES = ("off", "manual", "automatic")
POLICIES = ("operator-wins", "space-track-wins")


@router.get("/space-track")
async def space_track_page(visit: VisitDep) -> Response:
    """Show the organization's own checklist; to staff, every organization with how its link stands."""
    if not visit.session.is_staff and visit.session.organization_id is not None:
        return see_other(f"/space-track/{visit.session.organization_id}")
    organizations = await visit.api.organizations(limit=200)
    links: list[tuple[Organization, SpaceTrackLink | None]] = []
    for organization in organizations.items:
        if not organization.is_operations:
            try:
                links.append((organization, await visit.api.space_track_link(organization.id)))
            except ApiProblem:  # removed in the meantime, or the gateway is not there
                links.append((organization, None))
    return visit.page("space_track/list.html", links=links)


@router.get("/space-track/{organization_id}")
async def link_page(visit: VisitDep, organization_id: str) -> Response:
    """Show one organization's checklist."""
    link = await visit.api.space_track_link(organization_id)
    found = [each for each in (await visit.api.organizations(limit=200)).items if each.id == organization_id]
    is_own = visit.session.organization_id == organization_id and visit.session.may("space-track:write")
    return visit.page(
        "space_track/one.html",
        link=link,
        organization=found[0] if found else None,
        is_own=is_own,
        modes=MODES,
        policies=POLICIES,
    )


@router.post("/space-track/{organization_id}")
async def link_form(visit: VisitDep, organization_id: str) -> Response:
    """Take what the organization allows."""
    form = await visit.form()
    changes: dict[str, Any] = {}
    if form.get("push_mode") in MODES:
        changes["push_mode"] = form["push_mode"]
    if form.get("metadata_policy") in POLICIES:
        changes["metadata_policy"] = form["metadata_policy"]
    if "reads_folder" in form:
        changes["reads_folder"] = form["reads_folder"] == "yes"
    await visit.api.change_space_track_link(organization_id, changes)
    return see_other(f"/space-track/{organization_id}")


@router.post("/space-track/{organization_id}/steps/{code}")
async def step_form(visit: VisitDep, organization_id: str, code: str) -> Response:
    """Take the confirmation of a step."""
    form = await visit.form()
    await visit.api.confirm_space_track_step(organization_id, code, confirmed=form.get("confirmed") == "yes")
    return see_other(f"/space-track/{organization_id}")


@router.get("/submissions")
async def submissions_page(visit: VisitDep, state: State = "", cursor: Cursor = None) -> Response:
    """Show what is on its way to Space-Track, and how it stands."""
    page = await visit.api.submissions(state=state or None, cursor=cursor, limit=50)
    owners = (await visit.api.organizations(limit=200)).items if visit.session.is_staff else []
    return visit.page(
        "space_track/submissions.html",
        submissions=page.items,
        owners={organization.id: organization.name for organization in owners},
        next_cursor=page.next_cursor,
        shown_state=state,
        states=[each for each in State.__args__ if each],  # type: ignore[attr-defined]
    )


@router.post("/submissions/{submission_id}/release")
async def release_form(visit: VisitDep, submission_id: str) -> Response:
    """Have a held file sent."""
    await visit.form()
    await visit.api.release_submission(submission_id)
    return see_other("/submissions")


@router.post("/submissions/{submission_id}/delete")
async def delete_form(visit: VisitDep, submission_id: str) -> Response:
    """Have a file deleted at Space-Track."""
    await visit.form()
    await visit.api.delete_submission(submission_id)
    return see_other("/submissions")
