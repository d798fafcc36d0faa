"""The screening worker: the engine on tasks, in two queues, so that a run somebody waits for overtakes the schedule."""

from screening.worker.engine import warm_engine
from screening.worker.handler import CONSUMERS
from servicekit.context import Context
from servicekit.runtime import ServiceModule

__all__ = ["MODULE"]


async def _warm(ctx: Context) -> None:
    await ctx.compute.run(warm_engine)


MODULE = ServiceModule(
    name="screening-worker",
    consumers=CONSUMERS,
    warm=_warm,
)
