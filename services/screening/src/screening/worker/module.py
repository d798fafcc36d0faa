"""The screening worker: the engine on tasks, in two queues, so that a run somebody waits for overtakes the schedule."""

from datetime import timedelta

import records.identity.tables
import records.ingest_api.tables
import records.validator.tables  # noqa: F401 - whom the tables of screening refer to
from screening.measuring import measure
from screening.worker.engine import warm_engine
from screening.worker.handler import CONSUMERS
from screening.worker.status import STATUS, seconds_since_start, tell_alive
from servicekit.context import Context
from servicekit.runtime import Job, ServiceModule

__all__ = ["MODULE"]


async def _warm(ctx: Context) -> None:
    await ctx.compute.run(warm_engine)
    STATUS.kernels_ready_s = seconds_since_start()
    if STATUS.state == "warming":
        STATUS.end(ctx.clock.now())
    await STATUS.tell(ctx)


MODULE = ServiceModule(
    name="screening-worker",
    consumers=CONSUMERS,
    jobs=(Job(name="screening-worker.tell-alive", every=timedelta(seconds=1), run=tell_alive),),
    warm=_warm,
    measure=measure,
)
