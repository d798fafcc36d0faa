"""Files that arrive at a steady rate, whatever becomes of those before: an open loop."""

import asyncio
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from types import TracebackType
from typing import Self

import httpx
from support.files import oem

__all__ = ["Flow", "Sent"]

_PATIENCE_S = 300.0
_AGAIN_S = 0.5


@dataclass
class Sent:
    """What became of the files of one flow."""

    acknowledged: list[str] = field(default_factory=list)
    """Documents, as the answers named them."""
    refused: list[str] = field(default_factory=list)
    """Answers that were neither 202 nor 200, and files that got none at all."""
    repeated: int = 0
    """Requests that got no answer and were sent again, with the same Idempotency-Key."""
    latencies_s: list[float] = field(default_factory=list)
    """From when a file was due until its answer, repetitions with it."""

    def quantile_s(self, share: float) -> float:
        """Return a quantile of the latencies."""
        ordered = sorted(self.latencies_s)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Flow:
    """Uploads while the block runs: each file its own, each request on a connection of its own.

    A connection of its own for each: whoever comes new must always find a pod.
    """

    def __init__(self, url: str, token: str, *, rate_hz: float, label: str) -> None:
        self.sent = Sent()
        self._url = url
        self._token = token
        self._interval_s = 1 / rate_hz
        self._label = label
        self._told = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="uploads")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._told.set()
        self._thread.join()

    async def _run(self) -> None:
        started = monotonic()
        limits = httpx.Limits(max_keepalive_connections=0)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "text/plain"}
        client = httpx.AsyncClient(base_url=self._url, headers=headers, limits=limits, timeout=30, trust_env=False)
        async with client, asyncio.TaskGroup() as uploads:
            number = 0
            while not self._told.is_set():
                due = started + number * self._interval_s
                await asyncio.sleep(max(0.0, due - monotonic()))
                uploads.create_task(self._upload(client, number, due))
                number += 1

    async def _upload(self, client: httpx.AsyncClient, number: int, due: float) -> None:
        content = oem(start=datetime(2024, 9, 17, 12, tzinfo=UTC) + timedelta(minutes=number), originator=self._label)
        headers = {
            "X-File-Name": f"MEME_25544_{self._label}{number:05d}_2611200_operational_unclassified.oem",
            "Idempotency-Key": f"{self._label}-{number}",
        }
        while True:
            try:
                answer = await client.post("/v1/documents", content=content, headers=headers)
            except httpx.HTTPError as error:
                reason = repr(error)
            else:
                if answer.status_code in (200, 202):
                    self.sent.acknowledged.append(answer.json()["id"])
                    self.sent.latencies_s.append(monotonic() - due)
                    return
                reason = f"{answer.status_code} {answer.text[:200]}"
                if answer.status_code < 500:
                    self.sent.refused.append(reason)
                    return
            if monotonic() - due > _PATIENCE_S:
                self.sent.refused.append(reason)
                return
            self.sent.repeated += 1
            await asyncio.sleep(_AGAIN_S)
