"""The screening worker: the engine on tasks, in two queues, so that a run somebody waits for overtakes the schedule."""

from records.screening.events import ScreeningTaskBulkV1, ScreeningTaskUrgentV1
from screening.worker.engine import warm_engine
from screening.worker.handler import on_task
from servicekit.bus import Consumer
from servicekit.context import Context
from servicekit.runtime import ServiceModule

__all__ = ["MODULE"]


async def _warm(ctx: Context) -> None:
    await ctx.compute.run(warm_engine)


MODULE = ServiceModule(
    name="screening-worker",
    consumers=(
        Consumer(name="screening-worker.urgent", event=ScreeningTaskUrgentV1, handler=on_task),
        Consumer(name="screening-worker.bulk", event=ScreeningTaskBulkV1, handler=on_task),
    ),
    warm=_warm,
)
