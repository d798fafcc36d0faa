"""The catalogue that screening uses: general-perturbations elements (class ``gp``, OMM in JSON), every hour.

The answer becomes a document with the purpose ``catalogue`` and goes the way of every other one, through the validator.
"""

import gzip
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import ccsds
from records.identity.reads import operations_organization
from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackTask
from servicekit.context import Context
from servicekit.observability import logger
from servicekit.threads import in_thread
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.cadence import every, off_the_half_hour
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.client.addresses import query_of
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.documents import Pulled, put_document
from spacetrack_gateway.recurring import RecurringTask, UnusableAnswerError

__all__ = ["ELEMENTS", "TASK", "packed", "put_catalogue"]

_log = logger(__name__)
TASK: Final = "gp"
_LONGEST_DELAY: Final = timedelta(minutes=8)
_COLUMNS: Final = (*ccsds.OMM_CATALOGUE_KEYWORDS, "CREATION_DATE")
"""What an OMM for SGP4 consists of; the rest of the class, its lines too, would triple the answer."""


async def sync_elements(desk: Desk, task: SpaceTrackTask) -> bool:
    """Ask for the newest elements of everything in orbit, in one query, and hand them to the validator."""
    path = query_of(
        "basicspacedata",
        "gp",
        ("DECAY_DATE", "null-val"),
        ("EPOCH", f">now-{desk.settings.gp_epoch_days:g}"),
        ("orderby", "NORAD_CAT_ID asc"),
        ("predicates", ",".join(_COLUMNS)),
        ("format", "json"),
        ("emptyresult", "show"),
    )
    reply = await desk.session.ask(path, "rows", purpose=TASK, priority=Priority.SYNC)
    if not reply.rows:
        raise UnusableAnswerError(f"class gp has no elements of the last {desk.settings.gp_epoch_days:g} days")
    name = f"space-track-gp-{_newest_epoch(reply.rows)}.json.gz"
    is_new = await put_catalogue(desk.ctx, name, await in_thread(packed, reply.body), source="space-track", desk=desk)
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await writes.task_of(unit, desk.account_id, task.name)
        row.cursor = {"objects": len(reply.rows), "file_name": name}
    _log.info("elements are pulled", objects=len(reply.rows), is_new=is_new)
    return True


async def put_catalogue(ctx: Context, file_name: str, content: bytes, *, source: str, desk: Desk | None = None) -> bool:
    """Make a catalogue a document of the organization that runs the service; return whether it is a new one."""
    async with ctx.store.read() as session:
        operations = await operations_organization(session)
    if operations is None:
        raise LookupError("there is no organization that runs this service: start ingest-api once")
    pulled = Pulled(
        organization_id=operations.id,
        purpose="catalogue",
        source=source,
        file_name=file_name,
        content_type="application/gzip",
        content=content,
    )
    document = await put_document(ctx.objects, pulled, ctx.clock.now())
    async with ctx.store.write(ACTOR) as unit:
        if desk is not None:
            await held_account(unit, desk.lease)
        return await writes.add_document(unit, document) is not None


def packed(body: bytes) -> bytes:
    """Return an answer compressed; the same answer gives the same bytes."""
    return gzip.compress(body, compresslevel=6, mtime=0)


def _newest_epoch(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the newest epoch as it stands in a file name; catalogues with the same content get the same name."""
    newest = max(str(row.get("EPOCH") or "") for row in rows)
    return "".join(letter for letter in newest.replace(" ", "T")[:19] if letter.isalnum()) or "unknown"


def _first(now: Any, _seed: str) -> Any:
    return off_the_half_hour(now)


ELEMENTS = RecurringTask(
    name=TASK,
    priority=Priority.SYNC,
    cadence=every(timedelta(hours=1), _LONGEST_DELAY),
    step=sync_elements,
    first=_first,
    allowed=off_the_half_hour,
)
