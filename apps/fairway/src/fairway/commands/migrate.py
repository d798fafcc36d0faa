"""``fairway migrate``: the database at the newest revision, and the topics of the broker as the code declares them."""

import asyncio
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairway.console import OutputFormat, answer_json, say
from fairway.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from servicekit.bus.topics import TopicChanges
    from servicekit.settings import Settings

__all__ = ["migrate"]


def migrate(
    data: Annotated[Path | None, typer.Option(help="Data folder of the embedded database.")] = None,
    output: Annotated[OutputFormat, typer.Option("--format", help="Output.")] = OutputFormat.TEXT,
) -> None:
    """Bring the database that the environment names (or the one in --data) to the newest revision.

    Where it names a broker, the topics are made that are missing, and widened where they have too few partitions. The
    events of the last two days that a missing topic had are published again: consumers may not have handled them yet.
    A database that a newer release has migrated is left as it is: its migrations only add.
    """
    from fairway.database import database_in_use, database_url
    from records.migrations import MIGRATIONS
    from servicekit.clock import SystemClock
    from servicekit.runtime import lock_folder
    from servicekit.settings import Settings, read_settings
    from servicekit.store import Store

    settings = read_settings(Settings, **({"data": data} if data else {}))

    async def run() -> tuple[str | None, str]:
        store = Store(database_url(settings), SystemClock())
        try:
            with database_in_use():
                before = await MIGRATIONS.current(store)
                if before is not None and not MIGRATIONS.knows(before):
                    return before, before
                await MIGRATIONS.upgrade(store)
            return before, MIGRATIONS.newest
        finally:
            await store.close()

    with lock_folder(settings.data) if settings.database.url is None else nullcontext():
        before, now = asyncio.run(run())
    topics = asyncio.run(_topics(settings)) if settings.kafka.bootstrap_servers is not None else None
    again = asyncio.run(_publish_again(settings, topics)) if topics is not None and topics.made else 0
    if output is OutputFormat.JSON:
        answer: dict[str, object] = {"before": before, "now": now}
        if topics is not None:
            answer["topics"] = {"made": list(topics.made), "widened": list(topics.widened)}
            answer["events_published_again"] = again
        answer_json(answer)
        return
    say(f"the database is at revision {now} (it was {'empty' if before is None else f'at {before}'})")
    if topics is not None:
        done = [
            f"{word} {name}" for word, names in (("made", topics.made), ("widened", topics.widened)) for name in names
        ]
        say(f"topics: {', '.join(done) or 'nothing to do'}")
        if again:
            say(f"{again} events are published again, that the missing topics had")


async def _topics(settings: "Settings") -> "TopicChanges":
    from fairway.composition import events
    from servicekit.bus.topics import BrokerUnavailable, make_topics, topics_of

    try:
        return await make_topics(settings.kafka, topics_of(events(), settings.kafka.topic_prefix))
    except BrokerUnavailable as error:
        raise CommandError(error.sentence, ExitCode.UNAVAILABLE) from error


async def _publish_again(settings: "Settings", topics: "TopicChanges") -> int:
    """Have the events of topics that were made anew published again: in a new database there are none."""
    from fairway.database import database_in_use, database_url
    from servicekit.bus.outbox import publish_again
    from servicekit.clock import SystemClock
    from servicekit.store import Actor, Store

    store = Store(database_url(settings), SystemClock())
    names = [name.removeprefix(settings.kafka.topic_prefix) for name in topics.made]
    try:
        with database_in_use():
            async with store.write(Actor("system", "migrate")) as unit:
                return await publish_again(unit, names)
    finally:
        await store.close()
