"""The repositories of identity and ingest-api on SQLite and on real PostgreSQL."""

from datetime import timedelta

import pytest
from support import rows

from records.identity.authentication import DatabaseAuthenticator
from records.identity.permissions import Permission, Role
from records.identity.reads import organizations, tokens, users
from records.identity.tables import Organization
from records.identity.visibility import Viewer
from records.identity.writes import (
    add_membership,
    add_organization,
    add_session,
    add_sign_in_link,
    add_token,
    add_user,
    revoke_token,
    use_sign_in_link,
)
from records.ingest_api.reads.accepted import EphemerisFilter, catalogues, ephemerides
from records.ingest_api.reads.documents import DocumentFilter, DocumentStatus, documents
from records.ingest_api.reads.feed import AuditFilter, audit_entries
from records.ingest_api.reads.satellites import owners, satellites
from records.ingest_api.writes import NewDocument, add_document, assign_satellite, record_facts, withdraw_document
from servicekit.auth import hash_secret
from servicekit.ids import new_id
from servicekit.store import Actor, Store

ACTOR = Actor("token", "someone")
STAFF = Viewer(None, is_staff=True)
HOUR = timedelta(hours=1)


@pytest.fixture
async def owner(store: Store) -> Organization:
    async with store.write(ACTOR) as unit:
        return await add_organization(unit, name="Northern Orbits")


def new_document(owner: Organization, name: str = "a.oem") -> NewDocument:
    document_id = new_id()
    return NewDocument(
        id=document_id,
        organization_id=owner.id,
        source="api",
        purpose="operator",
        file_name=name,
        content_type=None,
        sha256="0" * 64,
        size_bytes=1,
        object_key=f"documents/{document_id}",
        requested_norad_cat_id=44391,
        requested_profile=None,
        requested_designation=None,
    )


async def test_a_token_is_its_organizations_until_it_ends(store: Store, owner: Organization) -> None:
    known = DatabaseAuthenticator()
    async with store.write(ACTOR) as unit:
        row, secret = await add_token(unit, organization_id=owner.id, name="t", role=Role.OPERATOR)
        _, narrow = await add_token(
            unit,
            organization_id=owner.id,
            name="narrow",
            role=Role.OPERATOR,
            scopes=[Permission.DOCUMENTS_READ, Permission.AUDIT_READ],
        )
        _, short = await add_token(
            unit, organization_id=owner.id, name="short", role=Role.OPERATOR, expires_at=unit.now + HOUR
        )
        now = unit.now
    async with store.read() as session:
        principal = await known.authenticate_token(session, secret, now)
        assert principal is not None
        assert (principal.subject_id, principal.organization_id, principal.is_staff) == (row.id, owner.id, False)
        limited = await known.authenticate_token(session, narrow, now)
        assert limited is not None
        assert limited.permissions == {Permission.DOCUMENTS_READ}, "a scope beyond the role gives nothing"
        assert await known.authenticate_token(session, short, now) is not None
        assert await known.authenticate_token(session, short, now + HOUR) is None
        assert await known.authenticate_token(session, secret + "x", now) is None
    async with store.write(ACTOR) as unit:
        await revoke_token(unit, row.id)
    async with store.read() as session:
        assert await known.authenticate_token(session, secret, now) is None


async def test_staffs_roles_count_only_in_the_organization_that_runs_the_service(
    store: Store, owner: Organization
) -> None:
    async with store.write(ACTOR) as unit:
        operations = await add_organization(unit, name="Operations", is_operations=True)
        _, ours = await add_token(unit, organization_id=operations.id, name="t", role=Role.ANALYST)
        _, theirs = await add_token(unit, organization_id=owner.id, name="t", role=Role.ANALYST)
    async with store.read() as session:
        for secret, is_staff in ((ours, True), (theirs, False)):
            principal = await DatabaseAuthenticator().authenticate_token(session, secret, store.clock.now())
            assert principal is not None
            assert principal.is_staff is is_staff


async def test_a_session_has_the_role_of_now_and_a_link_works_once(store: Store, owner: Organization) -> None:
    async with store.write(ACTOR) as unit:
        person = await add_user(unit, name="Ada", email="ada@northern.example")
        await add_membership(unit, person.id, owner.id, Role.OPERATOR)
        _, link = await add_sign_in_link(unit, user_id=person.id, organization_id=owner.id, lifetime=HOUR)
    async with store.write(ACTOR) as unit:
        assert await use_sign_in_link(unit, hash_secret(link))
        assert not await use_sign_in_link(unit, hash_secret(link))
        session_row, cookie = await add_session(unit, user_id=person.id, organization_id=owner.id, lifetime=HOUR)
        await add_membership(unit, person.id, owner.id, Role.OPERATOR_ADMIN)
        now = unit.now
    async with store.read() as session:
        known = DatabaseAuthenticator()
        principal = await known.authenticate_session(session, cookie, now)
        assert principal is not None
        assert (principal.role, principal.csrf) == ("operator-admin", session_row.csrf)
        assert await known.authenticate_session(session, cookie, now + HOUR) is None
        assert await known.authenticate_session(session, "x", now) is None


async def test_the_same_document_is_added_once(store: Store, owner: Organization) -> None:
    first, second = new_document(owner), new_document(owner)
    async with store.write(ACTOR) as unit:
        assert await add_document(unit, first)
    async with store.write(ACTOR) as unit:
        assert not await add_document(unit, second)
    async with store.read() as session:
        (record,) = await documents(session, STAFF, which=DocumentFilter(), after=None, limit=10)
        entries = await audit_entries(session, which=AuditFilter(action="document.received"), after=None, limit=10)
    assert (record.document.id, record.status) == (first.id, DocumentStatus.RECEIVED)
    assert [entry.subject_id for entry in entries] == [first.id]


@pytest.mark.parametrize("status", DocumentStatus)
async def test_documents_are_listed_by_their_status(store: Store, owner: Organization, status: DocumentStatus) -> None:
    made = {name: rows.document(owner, name.value) for name in DocumentStatus}
    await rows.add(store, *made.values())
    await rows.add(store, rows.verdict(made[DocumentStatus.ACCEPTED], norad_cat_id=44391))
    await rows.add(store, rows.verdict(made[DocumentStatus.REJECTED], verdict="invalid"))
    await rows.add(
        store,
        rows.delivery(made[DocumentStatus.VALIDATING].received_event_id, "validator.decide", state="running"),
    )
    async with store.write(ACTOR) as unit:
        await withdraw_document(unit, made[DocumentStatus.WITHDRAWN])
    async with store.read() as session:
        found = await documents(session, STAFF, which=DocumentFilter(status=status), after=None, limit=10)
    assert [(record.document.file_name, record.status) for record in found] == [(status.value, status)]


async def test_lists_go_on_behind_a_key(store: Store, owner: Organization) -> None:
    made = [rows.document(owner, f"{number}.oem", received_at=rows.NOON + number * HOUR) for number in range(5)]
    await rows.add(store, *made)
    await rows.add(store, *(rows.ephemeris(document, 44391, accepted_at=document.received_at) for document in made))
    await rows.add(store, *(rows.catalogue(document, accepted_at=document.received_at) for document in made))
    async with store.read() as session:
        first = await documents(session, STAFF, which=DocumentFilter(), after=None, limit=2)
        key = (first[-1].document.received_at, first[-1].document.id)
        rest = await documents(session, STAFF, which=DocumentFilter(), after=key, limit=9)
        assert [record.document.file_name for record in (*first, *rest)] == [f"{n}.oem" for n in (4, 3, 2, 1, 0)]
        some = await ephemerides(session, STAFF, which=EphemerisFilter(norad_cat_id=44391), after=None, limit=2)
        others = await ephemerides(
            session, STAFF, which=EphemerisFilter(), after=(some[-1].accepted_at, some[-1].id), limit=9
        )
        assert len({row.id for row in (*some, *others)}) == 5
        newest = await catalogues(session, after=None, limit=1)
        older = await catalogues(session, after=(newest[0].accepted_at, newest[0].id), limit=9)
        assert [row.label for row in (*newest, *older)] == [f"{n}.oem" for n in (4, 3, 2, 1, 0)]


async def test_each_viewer_sees_its_own(store: Store, owner: Organization) -> None:
    async with store.write(ACTOR) as unit:
        other = await add_organization(unit, name="Southern Orbits")
        person = await add_user(unit, name="Ada", email="ada@northern.example")
        for organization in (owner, other):
            await add_membership(unit, person.id, organization.id, Role.OPERATOR)
            await add_token(unit, organization_id=organization.id, name="t", role=Role.OPERATOR)
        for number, organization in ((44391, owner), (55555, other), (66666, other)):
            await record_facts(unit, await assign_satellite(unit, number, organization.id), {"name": "X"}, "admin")
    await rows.add(store, rows.document(owner), rows.document(other))
    await rows.add(store, rows.conjunction_event(44391, 55555, organization_id_low=owner.id))
    viewer = Viewer(owner.id, is_staff=False)
    async with store.read() as session:
        for eyes, documents_seen, satellites_seen, others_seen in (
            (viewer, 1, [44391, 55555], 1),
            (STAFF, 2, [44391, 55555, 66666], 2),
            (Viewer(None, is_staff=False), 0, [], 0),
        ):
            found = await documents(session, eyes, which=DocumentFilter(), after=None, limit=9)
            assert len(found) == documents_seen
            listed = await satellites(session, eyes, organization_id=None, after=None, limit=9)
            assert [record.satellite.norad_cat_id for record in listed] == satellites_seen
            assert len(await tokens(session, eyes, after=None, limit=9)) == others_seen
            assert len(await users(session, eyes, after=None, limit=9)) == others_seen
            assert len(await organizations(session, eyes, after=None, limit=9)) == others_seen
        assert await owners(session, [44391, 55555, 1]) == {44391: owner.id, 55555: other.id}
