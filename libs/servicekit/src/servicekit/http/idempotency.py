"""Idempotency keys: a request that is sent again because its answer was lost has its effect once.

A handler writes the answer in the same transaction as the effect::

    if (answer := await idempotency.answer(fingerprint)) is not None:
        return answer
    async with context.store.write(principal.actor) as unit:
        ...
        response = json_answer(...)
        await idempotency.record(unit, fingerprint, response)
    return response

Without the header both calls do nothing.
"""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request
from starlette.responses import Response

from servicekit.errors import Conflict
from servicekit.http.dependencies import ContextDep, OptionalPrincipalDep
from servicekit.store import Store, UnitOfWork, insert_into
from servicekit.store.plumbing import IdempotencyKey

__all__ = ["Idempotency", "IdempotencyDep", "IdempotencyKeyInUse", "IdempotencyKeyReused", "fingerprint"]

_KEPT_HEADERS = ("content-type", "location", "etag")


class IdempotencyKeyReused(Conflict):
    """The key came before with another request."""

    code = "idempotency-key-reused"
    title = "Idempotency-Key used for another request"
    remedy = "Use a new key for a new request."


class IdempotencyKeyInUse(Conflict):
    """The same request has been answered while this one was being handled."""

    code = "idempotency-key-in-use"
    title = "Idempotency-Key in use"
    remedy = "Send the same request again: it gets the answer that the first one got."


def fingerprint(*parts: str | bytes | None) -> str:
    """Return what tells one request from another: the SHA-256 over the parts that make its meaning."""
    digest = hashlib.sha256()
    for part in parts:
        content = b"\x00" if part is None else b"\x01" + (part.encode() if isinstance(part, str) else part)
        digest.update(len(content).to_bytes(8) + content)
    return digest.hexdigest()


@dataclass(frozen=True)
class Idempotency:
    """The request's Idempotency-Key, in the scope of its organization and route."""

    key: str | None
    scope: str
    store: Store

    async def answer(self, request_hash: str) -> Response | None:
        """Return the answer that this request got before, or None.

        Raises
        ------
        IdempotencyKeyReused
            The key came with another request.
        """
        if self.key is None:
            return None
        async with self.store.read() as session:
            row = await session.get(IdempotencyKey, (self.scope, self.key))
        if row is None:
            return None
        if row.request_hash != request_hash:
            raise IdempotencyKeyReused(f"The Idempotency-Key {self.key!r} came before with another request")
        return Response(row.body, status_code=row.status or 200, headers={**row.headers, "Idempotent-Replayed": "true"})

    async def record(self, unit: UnitOfWork, request_hash: str, response: Response) -> None:
        """Keep `response` in the transaction of the effect, for whoever sends the same request again.

        Raises
        ------
        IdempotencyKeyInUse
            Somebody else has recorded this key since `answer` was asked; the transaction is to be rolled back.
        """
        if self.key is None:
            return
        values = insert_into(unit.session, IdempotencyKey).values(
            scope=self.scope,
            key=self.key,
            request_hash=request_hash,
            status=response.status_code,
            headers={name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
            body=bytes(response.body),
            created_at=unit.now,
        )
        inserted = await unit.session.execute(values.on_conflict_do_nothing().returning(IdempotencyKey.key))
        if inserted.first() is None:
            raise IdempotencyKeyInUse(f"The Idempotency-Key {self.key!r} has just been used")


async def _idempotency(
    request: Request,
    context: ContextDep,
    principal: OptionalPrincipalDep,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="The same key with the same request gets the same answer, and the effect happens once.",
        ),
    ] = None,
) -> Idempotency:
    owner = "nobody" if principal is None else principal.organization_id or principal.subject_id
    return Idempotency(idempotency_key, f"{owner} {request.method} {request.url.path}"[:200], context.store)


IdempotencyDep = Annotated[Idempotency, Depends(_idempotency)]
