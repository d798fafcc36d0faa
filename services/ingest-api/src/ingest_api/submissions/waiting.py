"""Waiting for the validator while a caller holds the line."""

import asyncio

from records.ingest_api.reads.documents import has_verdict
from servicekit.store import Store

__all__ = ["wait_for_verdict"]

_FIRST_PAUSE_S = 0.02
_LONGEST_PAUSE_S = 0.25


async def wait_for_verdict(store: Store, document_id: str, seconds: float, stopping: asyncio.Event) -> bool:
    """Return whether the verdict came within `seconds`; give up early when the process is to stop."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    pause_s = _FIRST_PAUSE_S
    while True:
        async with store.read() as session:
            if await has_verdict(session, document_id):
                return True
        remaining_s = deadline - loop.time()
        if remaining_s <= 0 or stopping.is_set():
            return False
        try:
            await asyncio.wait_for(stopping.wait(), min(pause_s, remaining_s))
        except TimeoutError:
            pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
