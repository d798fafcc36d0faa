"""Events between services: consumers, deliveries, dead letters, and the embedded bus on the deliveries table."""

from servicekit.bus.consumer import AlreadyHandled, Consumer, Delivery, Handler
from servicekit.bus.dispatcher import Dispatcher

__all__ = ["AlreadyHandled", "Consumer", "Delivery", "Dispatcher", "Handler"]
