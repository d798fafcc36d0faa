"""Health, readiness and metrics of a process."""

import asyncio
from dataclasses import dataclass, field

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from servicekit.bus import Bus
from servicekit.context import Context
from servicekit.errors import NotFound
from servicekit.http import ContextDep, public_route
from servicekit.observability.metrics import CONTENT_TYPE_LATEST

__all__ = ["Progress", "Readiness", "check_readiness", "router"]

_CHECK_S = 5.0
_FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"})

router = APIRouter(dependencies=[Depends(public_route())], tags=["Operations"])


@dataclass
class Progress:
    """How far the start of the process has come, and its bus, which exists a little later than the context."""

    migrated: bool = False
    warming: set[str] = field(default_factory=set)
    """Services that are not warm yet."""
    stopping: bool = False
    bus: Bus | None = None

    @property
    def consumers(self) -> str:
        """``ok`` while events are being delivered, else what is wrong."""
        if self.bus is None or not self.bus.running:
            return "the consumers are not running"
        return self.bus.problem or "ok"

    def wake(self) -> None:
        """Have the bus look for work now."""
        if self.bus is not None:
            self.bus.wake()

    def stop(self) -> None:
        """Be ready for no more requests, and have the bus begin with nothing new."""
        self.stopping = True
        if self.bus is not None:
            self.bus.stop()


class Health(BaseModel):
    """The process answers."""

    status: str


class Readiness(BaseModel):
    """Whether the process can do its work, check by check: ``ok`` or what is wrong."""

    ready: bool
    checks: dict[str, str]


@router.get("/healthz")
async def get_health() -> Health:
    """Say that the event loop turns; nothing else is looked at, so that no outage elsewhere restarts the process."""
    return Health(status="ok")


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness, "description": "Not ready"}})
async def get_readiness(request: Request, context: ContextDep) -> Response:
    """Say whether the process can do its work: migrated, store and objects usable, consumers running, warm."""
    readiness = await check_readiness(context, request.app.state.progress)
    return JSONResponse(readiness.model_dump(), status_code=200 if readiness.ready else 503)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def get_metrics(request: Request, context: ContextDep) -> Response:
    """Give all metrics in the form that Prometheus reads, to whoever asks this process itself.

    Through a proxy there is nothing here: an ingress leads every path inside, and cannot leave one out.
    """
    if _FORWARDED & set(request.headers):
        raise NotFound("There is nothing at /metrics")
    await request.app.state.measuring.measure(context, request.app.state.progress.bus)
    return Response(context.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)


async def check_readiness(context: Context, progress: Progress) -> Readiness:
    """Look at every part once."""
    checks = {
        "migrated": "ok" if progress.migrated else "the database is being migrated",
        "store": await _check_store(context),
        "objects": await _check_objects(context),
        "consumers": progress.consumers,
        "warm": "ok" if not progress.warming else f"warming up: {', '.join(sorted(progress.warming))}",
        "process": "ok" if not progress.stopping else "the process is stopping",
    }
    return Readiness(ready=all(state == "ok" for state in checks.values()), checks=checks)


async def _check_store(context: Context) -> str:
    try:
        async with asyncio.timeout(_CHECK_S), context.store.read() as session:
            await session.execute(text("SELECT 1"))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        return f"the database does not answer ({type(error).__name__})"
    return "ok"


async def _check_objects(context: Context) -> str:
    try:
        async with asyncio.timeout(_CHECK_S):
            await context.objects.check()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        return f"objects cannot be written ({type(error).__name__})"
    return "ok"
