"""That events from a broker are in hand: written down once handling takes long enough for anybody to ask."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from servicekit.bus import deliveries
from servicekit.bus.handling import Envelope
from servicekit.observability import logger
from servicekit.store import Store

__all__ = ["Beginning"]

_log = logger(__name__)
_SHOWN_AFTER_S = 0.5
"""Most events are settled sooner, and cost the database nothing."""


class Beginning:
    """A block around the handling of events; they stand as ``begun`` in the deliveries table if it takes long.

    A broker's event is in no table while it is handled, so that nobody could see of a large file that it is being read.
    """

    def __init__(self, store: Store, consumer: str, envelopes: Sequence[Envelope], *, is_written: bool) -> None:
        self.is_written = is_written
        """Whether rows may stand in the table: whoever settles the events takes them back."""
        self._store = store
        self._consumer = consumer
        self._envelopes = envelopes
        self._writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if not self.is_written:
            self._writing = asyncio.create_task(self._write_if_it_takes_long(), name=f"{self._consumer}.beginning")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writing is None:
            return
        if not self.is_written:
            self._writing.cancel()
        await asyncio.wait([self._writing])  # what is being written is taken back afterwards, not at the same time

    async def _write_if_it_takes_long(self) -> None:
        await asyncio.sleep(_SHOWN_AFTER_S)
        self.is_written = True
        try:
            await deliveries.begin(self._store, self._consumer, self._envelopes)
        except Exception:  # noqa: BLE001 - it is shown to nobody, and handled all the same
            _log.warning("that an event was begun could not be written down", consumer=self._consumer)
