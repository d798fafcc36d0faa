"""The decision on an upload: a new document, one that was there already, or the answer that was given before."""

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from ingest_api.administration.errors import OrganizationNotFound
from ingest_api.measuring import RECEIVED, RECEIVED_BYTES
from ingest_api.submissions.envelope import content_key, envelope_key, put_envelope
from ingest_api.submissions.errors import UploadedForAnotherPurpose
from ingest_api.submissions.fields import UploadFields, upload_fields
from ingest_api.submissions.models import submitted_document
from ingest_api.submissions.upload import ReceivedFile, check_is_form, receive
from ingest_api.submissions.waiting import wait_for_verdict
from records.identity.reads import organization
from records.identity.visibility import Viewer
from records.ingest_api.reads.documents import document, just_received, same_document
from records.ingest_api.writes import NewDocument, add_document
from servicekit.auth import Principal
from servicekit.context import Context
from servicekit.errors import Forbidden, InvalidRequest
from servicekit.http import Idempotency, Preferences, fingerprint, json_answer
from servicekit.http.idempotency import IdempotencyKeyInUse
from servicekit.ids import new_id

__all__ = ["Submission"]

Purpose = Literal["operator", "catalogue"]


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One upload request on its way to a document."""

    context: Context
    principal: Principal
    request: Request
    purpose: Purpose
    idempotency: Idempotency
    preferences: Preferences
    form_only: bool = False
    """Whether the route takes nothing but a form."""

    async def take(
        self, query: dict[str, str], aliases: dict[str, str] | None = None, required: tuple[str, ...] = ()
    ) -> Response:
        """Store the file, then the row with its event, and answer; wait for the verdict where the caller prefers that.

        `query` is what the address says about the file; `aliases` are other names for fields of a form.
        """
        if self.form_only:
            check_is_form(self.request)
        document_id = new_id()
        objects = self.context.objects
        upload_fields(query, {}, aliases={})  # what the address says is wrong before a byte is read
        file = await receive(
            self.request, objects, content_key(document_id), max_bytes=self.context.settings.upload.max_bytes
        )
        try:
            fields = self._fields(query, file, aliases or {}, required)
            new = await self._new_document(document_id, file, fields)
            request_hash = _fingerprint(new)
            answered = await self.idempotency.answer(request_hash)
            known = None if answered else await self._document_like(new)
        except Exception:
            await objects.delete(file.object_key)
            raise
        if answered is not None or known is not None:
            await objects.delete(file.object_key)
            return answered or await self._duplicate(known or "")
        return await self._store(new, request_hash)

    def _fields(
        self, query: dict[str, str], file: ReceivedFile, aliases: dict[str, str], required: tuple[str, ...]
    ) -> UploadFields:
        if self.purpose == "catalogue" and file.fields:
            raise InvalidRequest(f"A catalogue's form has no field {next(iter(file.fields))[:40]!r}")
        return upload_fields(query, file.fields, aliases=aliases, required=required)

    async def _new_document(self, document_id: str, file: ReceivedFile, fields: UploadFields) -> NewDocument:
        return NewDocument(
            id=document_id,
            organization_id=await self._organization(fields.organization_id),
            source="dashboard" if self.principal.kind == "session" else "api",
            purpose=self.purpose,
            file_name=file.file_name,
            content_type=file.content_type,
            sha256=file.sha256,
            size_bytes=file.size_bytes,
            object_key=file.object_key,
            requested_norad_cat_id=fields.norad_cat_id,
            requested_profile=fields.profile,
            requested_designation=fields.designation,
        )

    async def _organization(self, named: str | None) -> str:
        own = self.principal.organization_id
        if named is None or named == own:
            if own is None:
                raise Forbidden("The caller belongs to no organization that a document could belong to")
            return own
        async with self.context.store.read() as session:
            exists = self.principal.is_staff and await organization(session, named) is not None
        if not exists:
            raise OrganizationNotFound(f"There is no organization {named}")
        return named

    async def _document_like(self, new: NewDocument) -> str | None:
        async with self.context.store.look() as session:
            row = await same_document(session, new.organization_id, new.sha256, new.file_name)
        if row is None:
            return None
        if row.purpose != self.purpose:
            raise UploadedForAnotherPurpose(f"{row.file_name} with these bytes came before as {row.purpose}")
        return row.id

    async def _store(self, new: NewDocument, request_hash: str) -> Response:
        context = self.context
        received_at = context.clock.now()
        await put_envelope(context.objects, new, self.principal.actor, received_at)
        try:
            async with context.store.write(self.principal.actor) as unit:
                unit.now = received_at  # a row made again from the envelope says the same
                added = await add_document(unit, new)
                if added is not None:
                    received = submitted_document(just_received(added), is_duplicate=False)
                    answer = json_answer(received, 202, _headers(new.id))
                    await self.idempotency.record(unit, request_hash, answer)
        except IdempotencyKeyInUse:  # nothing was committed
            await self._forget(new)
            raise
        if added is None:  # another upload of the same file has just ended
            await self._forget(new)
            return await self._duplicate(await self._document_like(new) or "")
        context.metrics.of(RECEIVED).labels(self.purpose, "new").inc()
        context.metrics.of(RECEIVED_BYTES).observe(new.size_bytes)
        if await self._has_verdict(new.id):
            return await self._answer(new.id, status=200, is_duplicate=False)
        return answer

    async def _forget(self, new: NewDocument) -> None:
        await self.context.objects.delete(new.object_key)
        await self.context.objects.delete(envelope_key(new.id))

    async def _duplicate(self, document_id: str) -> Response:
        self.context.metrics.of(RECEIVED).labels(self.purpose, "duplicate").inc()
        await self._has_verdict(document_id)
        return await self._answer(document_id, status=200, is_duplicate=True)

    async def _has_verdict(self, document_id: str) -> bool:
        seconds = self.preferences.wait_s
        if not seconds:
            return False
        return await wait_for_verdict(self.context.store, document_id, seconds, self.request.app.state.stopping)

    async def _answer(self, document_id: str, *, status: int, is_duplicate: bool) -> Response:
        async with self.context.store.read() as session:
            record = await document(session, _everything(), document_id)
        if record is None:
            raise LookupError(f"document {document_id} is gone")
        headers = _headers(document_id) | self.preferences.applied
        return json_answer(submitted_document(record, is_duplicate=is_duplicate), status, headers)


def _fingerprint(new: NewDocument) -> str:
    return fingerprint(
        new.sha256,
        new.file_name,
        new.organization_id,
        str(new.requested_norad_cat_id),
        new.requested_profile,
        new.requested_designation,
    )


def _everything() -> Viewer:
    """Who uploads a document may see it, also staff that uploads for an organization."""
    return Viewer(None, is_staff=True)


def _headers(document_id: str) -> dict[str, str]:
    return {"Location": f"/v1/documents/{document_id}"}
