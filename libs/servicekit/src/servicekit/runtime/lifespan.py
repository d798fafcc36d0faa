"""The life of a process: what is opened in which order, and closed in the reverse one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from servicekit.auth import Authenticator
from servicekit.bus import Bus, Consumer, EmbeddedBus
from servicekit.child import ChildProcess
from servicekit.clock import ReplayClock, SharedClock, SystemClock
from servicekit.context import Context
from servicekit.mail import EmlDirectory, MailTransport
from servicekit.objects import DirectoryObjects, ObjectStore
from servicekit.observability import Metrics, logger
from servicekit.observability.observed_parts import ObservedMail, ObservedObjects
from servicekit.runtime.folder_lock import lock_folder
from servicekit.runtime.health import Progress
from servicekit.runtime.housekeeping import HOUSEKEEPING
from servicekit.runtime.module import ServiceModule
from servicekit.runtime.replay import clock_of_folder
from servicekit.runtime.shared_time import KEEPING_STEP, compare_clocks
from servicekit.runtime.supervision import Supervisor
from servicekit.settings import Settings
from servicekit.store import Store
from servicekit.store.engine import sqlite_url

__all__ = ["DATABASE_FILE", "Migrate", "lifespan_of", "open_context"]

Migrate = Callable[[Store], Awaitable[None]]

_log = logger(__name__)
DATABASE_FILE = "fairway.db"
_LONGEST_END_S = 5.0


@asynccontextmanager
async def open_context(
    settings: Settings,
    *,
    authenticator: Authenticator,
    migrate: Migrate | None = None,
    metrics: Metrics | None = None,
    wake: Callable[[], None] = lambda: None,
) -> AsyncIterator[Context]:
    """Open the parts that the settings name, for as long as the block runs; no consumer and no job runs yet.

    Raises
    ------
    FolderInUse
        Another process works on the same embedded data folder.
    ReplayMismatch
        The folder's time is not the one that is asked for.
    """
    metrics = metrics or Metrics()
    async with AsyncExitStack() as stack:
        url = settings.database.url.get_secret_value() if settings.database.url else None
        if url is None:
            stack.enter_context(lock_folder(settings.data))
        file = settings.data / DATABASE_FILE
        clock = clock_of_folder(settings.data, settings.as_of, is_new=not file.exists())
        objects = await stack.enter_async_context(_open_objects(settings, is_alone=url is None))
        mail = await stack.enter_async_context(_open_mail(settings, is_replay=isinstance(clock, ReplayClock)))
        if url is not None and isinstance(clock, SystemClock):
            clock = SharedClock(clock)
        store = Store(url or sqlite_url(file), clock, settings.database)
        stack.push_async_callback(store.close)
        if migrate is not None:
            await migrate(store)
        if not store.is_sqlite:
            await compare_clocks(store, clock)
        compute = ChildProcess("compute", on_death=metrics.child_died)
        stack.push_async_callback(compute.close)
        parsing = ChildProcess("parsing", on_death=metrics.child_died)
        stack.push_async_callback(parsing.close)
        yield Context(
            settings=settings,
            clock=clock,
            replay=isinstance(clock, ReplayClock),
            store=store,
            objects=ObservedObjects(objects, metrics),
            mail=ObservedMail(mail, metrics),
            compute=compute,
            parsing=parsing,
            metrics=metrics,
            authenticator=authenticator,
            wake=wake,
        )


@asynccontextmanager
async def _open_objects(settings: Settings, *, is_alone: bool) -> AsyncIterator[ObjectStore]:
    if settings.s3.bucket is not None:
        from servicekit.objects.s3 import open_s3_objects  # noqa: PLC0415 - half a second that one machine need not wait

        async with open_s3_objects(settings.s3) as bucket:
            yield bucket
        return
    directory = DirectoryObjects(settings.data / "objects")
    if is_alone:
        directory.remove_partial()
    yield directory


@asynccontextmanager
async def _open_mail(settings: Settings, *, is_replay: bool) -> AsyncIterator[MailTransport]:
    """The mail server that is named; in a replay files all the same, for nobody is told of a time gone by."""
    if settings.mail.smtp.host is not None and not is_replay:
        from servicekit.mail.smtp import open_smtp  # noqa: PLC0415

        async with open_smtp(settings.mail.smtp) as transport:
            yield transport
        return
    yield EmlDirectory(settings.data / "mail")


@asynccontextmanager
async def _tracing(settings: Settings, services: Sequence[str], version: str) -> AsyncIterator[None]:
    if settings.tracing.otlp_endpoint is None:
        yield
        return
    from servicekit.observability.traces import recording_traces  # noqa: PLC0415 - only who traces pays for it

    async with recording_traces(settings.tracing, services, version):
        yield


def lifespan_of(
    modules: Sequence[ServiceModule],
    settings: Settings,
    *,
    authenticator: Authenticator,
    migrate: Migrate | None,
    metrics: Metrics,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return the lifespan of an application that runs `modules`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.progress = progress = Progress()
        app.state.stopping = stopping = asyncio.Event()
        services = [module.name for module in modules]
        async with (
            _tracing(settings, services, app.version),
            open_context(
                settings, authenticator=authenticator, migrate=migrate, metrics=metrics, wake=progress.wake
            ) as context,
        ):
            progress.migrated = True
            app.state.context = context
            await context.store.fill_pools()
            for module in modules:
                if module.start is not None:
                    await module.start(context)
            supervisor = Supervisor(metrics, stopping)
            try:
                _start(supervisor, modules, context, progress)
                _log.info("started", services=services, replay=context.replay)
                yield
            finally:
                progress.stop()
                stopping.set()
                await supervisor.stop(settings.http.shutdown_s)
                await _end(modules, context)
                _log.info("stopped")

    return lifespan


def _start(supervisor: Supervisor, modules: Sequence[ServiceModule], context: Context, progress: Progress) -> None:
    consumers = [consumer for module in modules for consumer in module.consumers]

    async def deliver() -> None:
        progress.bus = _bus(context, consumers)
        await progress.bus.run()

    supervisor.keep_running("bus", deliver)
    for module in modules:
        for job in module.jobs:
            supervisor.repeat(job, context)
        if module.warm is not None:
            progress.warming.add(module.name)
            supervisor.keep_running(f"{module.name}.warm", _warming(module, context, progress), is_expendable=True)
    supervisor.repeat(HOUSEKEEPING, context)
    if not context.store.is_sqlite:
        supervisor.repeat(KEEPING_STEP, context)


async def _end(modules: Sequence[ServiceModule], context: Context) -> None:
    """Let each module end; one that cannot keeps neither the others nor the process from it."""
    for module in modules:
        if module.stop is None:
            continue
        try:
            async with asyncio.timeout(_LONGEST_END_S):
                await module.stop(context)
        except Exception:  # noqa: BLE001 - whatever it is, the process ends
            _log.exception("a module did not end as it should", module=module.name)


def _bus(context: Context, consumers: Sequence[Consumer]) -> Bus:
    """Return the broker's bus where one is named; in a replay the database all the same: its events are nobody's."""
    if context.settings.kafka.bootstrap_servers is None or context.replay:
        return EmbeddedBus(context, consumers)
    from servicekit.bus.kafka import KafkaBus  # noqa: PLC0415 - one machine need not wait for a client it has no use for

    return KafkaBus(context, consumers)


def _warming(module: ServiceModule, context: Context, progress: Progress) -> Callable[[], Awaitable[None]]:
    async def warm() -> None:
        if module.warm is not None:
            await module.warm(context)
        progress.warming.discard(module.name)

    return warm
