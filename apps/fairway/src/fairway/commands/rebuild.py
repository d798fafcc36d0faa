"""``fairway rebuild`` and ``fairway release-outbound``: after the database was restored from a backup."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairway.console import OutputFormat, answer_json, notes, say
from fairway.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from ingest_api.submissions.rebuild import Rebuilt
    from servicekit.context import Context

__all__ = ["rebuild", "release"]

DataOption = Annotated[Path | None, typer.Option(help="Data folder, where a part is embedded.")]
Output = Annotated[OutputFormat, typer.Option("--format", help="Output.")]


def rebuild(data: DataOption = None, output: Output = OutputFormat.TEXT) -> None:
    """Record again the documents that a restored database does not know of, from the objects; hold what leaves.

    Run it before the services start on the restored database. They derive verdicts, ephemerides, screenings and events
    anew. Until fairway release-outbound no mail is sent, nothing is asked of or sent to Space-Track, no object is
    swept. Running it again goes on where it was, or does nothing.
    """
    counts, again = asyncio.run(_rebuild(data))
    if output is OutputFormat.JSON:
        answer_json({**asdict(counts), "events_published_again": again})
    else:
        say(f"{counts.rebuilt} documents recorded again, {counts.known} known already")
        if counts.organizations:
            say(f"{counts.organizations} organizations made by their identifiers: give them names and satellites")
        if counts.unfinished:
            say(f"{counts.unfinished} uploads without an envelope were never acknowledged")
        for document_id in counts.damaged:
            say(f"document {document_id}: its bytes are missing or are not those that came; it is left alone")
        if again:
            say(f"{again} events are published again")
        say("what leaves is held: start the services, look at what they make of it, then: fairway release-outbound")
    raise typer.Exit(ExitCode.NEGATIVE if counts.damaged else ExitCode.GOOD)


def release(
    data: DataOption = None,
    drop_mails: Annotated[
        bool, typer.Option("--drop-mails", help="Give up the mails that were held: they were sent before the restore.")
    ] = False,
) -> None:
    """Let mails and what goes to Space-Track leave again, after fairway rebuild."""
    if not asyncio.run(_release(data, drop_mails=drop_mails)):
        raise CommandError("nothing is held")
    say("what was held leaves again, within a minute or two" + (", without the mails" if drop_mails else ""))


async def _rebuild(data: Path | None) -> "tuple[Rebuilt, int]":
    from ingest_api.submissions.rebuild import rebuild_documents
    from servicekit.bus.lost_time import record_restore
    from servicekit.bus.outbox import publish_again
    from servicekit.holds import hold_outbound
    from servicekit.store import Actor

    async with _context(data) as context:
        async with context.store.write(Actor("system", "rebuild")) as unit:
            record_restore(unit)
            await hold_outbound(unit, "the database was restored and rebuilt from the objects")
        with notes.status("reading the objects") as status:
            counts = await rebuild_documents(
                context, lambda done: status.update(f"{done.rebuilt} recorded again, {done.known} known")
            )
        again = 0
        if context.settings.kafka.bootstrap_servers is not None:  # the broker is ahead of the restored database
            async with context.store.write(Actor("system", "rebuild")) as unit:
                again = await publish_again(unit)
        return counts, again


async def _release(data: Path | None, *, drop_mails: bool) -> bool:
    from servicekit.holds import release_outbound
    from servicekit.store import Actor

    async with _context(data) as context, context.store.write(Actor("system", "rebuild")) as unit:
        return await release_outbound(unit, drop_mails=drop_mails)


@asynccontextmanager
async def _context(data: Path | None) -> "AsyncIterator[Context]":
    from fairway.database import bring_up_to_date
    from records.identity.authentication import DatabaseAuthenticator
    from servicekit.runtime import open_context
    from servicekit.settings import Settings, read_settings

    settings = read_settings(Settings, **({"data": data} if data else {}))
    async with open_context(settings, authenticator=DatabaseAuthenticator(), migrate=bring_up_to_date) as context:
        yield context
