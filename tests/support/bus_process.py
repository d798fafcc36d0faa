"""A consumer on the broker as a process of its own: ``python -m support.bus_process SETTINGS FOLDER``."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any, ClassVar

from support.buses import kafka_context
from typing_extensions import override

from servicekit.bus import Consumer, Delivery
from servicekit.bus.kafka import KafkaBus
from servicekit.context import Context
from servicekit.events import Event
from servicekit.settings import KafkaSettings

__all__ = ["NumberDrawnV1", "noting"]


class NumberDrawnV1(Event):
    """A number was drawn, and noting it takes its time."""

    topic: ClassVar[str] = "number.drawn.v1"
    partitions: ClassVar[int] = 4
    number: int
    pause_s: float = 0.0

    @override
    def partition_ordinal(self) -> int:
        return self.number


def noting() -> Consumer:
    """Return the consumer that notes numbers."""

    async def note(_context: Context, delivery: Delivery[Any]) -> None:
        sys.stdout.write(f"{delivery.event.number}\n")
        sys.stdout.flush()
        await asyncio.sleep(delivery.event.pause_s)
        async with delivery.transaction() as unit:
            unit.audit("noted", "number", str(delivery.event.number))

    return Consumer(name="lottery.notes", event=NumberDrawnV1, handler=note)


async def run(given: dict[str, Any], folder: Path) -> None:
    """Run until SIGTERM."""
    url = given.pop("url")
    async with kafka_context(url, KafkaSettings.model_validate(given), folder) as context:
        bus = KafkaBus(context, [noting()])
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, bus.stop)
        await bus.run()


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.argv[1]), Path(sys.argv[2])))
