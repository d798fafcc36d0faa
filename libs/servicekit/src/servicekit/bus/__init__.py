"""Events between services: consumers, deliveries, dead letters, and the buses that carry them.

The embedded bus is the deliveries table; ``servicekit.bus.kafka`` is imported where a broker is named.
"""

from servicekit.bus.consumer import AlreadyHandled, Batch, BatchHandler, Consumer, Delivery, GivenBack, Handler
from servicekit.bus.embedded import EmbeddedBus
from servicekit.bus.port import Bus, BusFigures

__all__ = [
    "AlreadyHandled",
    "Batch",
    "BatchHandler",
    "Bus",
    "BusFigures",
    "Consumer",
    "Delivery",
    "EmbeddedBus",
    "GivenBack",
    "Handler",
]
