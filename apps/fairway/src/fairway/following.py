"""Following documents through the service by its change feed, until nothing more is to come of them."""

from dataclasses import dataclass, field
from typing import Any

from fairway.client import Client

__all__ = ["Followed", "follow", "is_waiting"]

_FINISHED_RUNS = frozenset({"completed", "failed", "refused"})
_LONG_POLL_S = 20


def is_waiting(run: dict[str, Any]) -> bool:
    """Whether a screening is planned, but cannot begin for a reason that it gives: no catalogue has been loaded."""
    return run["state"] == "requested" and bool(run["reason"])


@dataclass
class Followed:
    """A document on its way."""

    file_name: str
    document_id: str
    status: str
    ephemeris_id: str | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    """Findings of severity error."""
    runs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_finished(self) -> bool:
        """Whether its verdict stands and, if accepted, every screening planned for it has ended or waits."""
        if self.status in ("rejected", "withdrawn"):
            return True
        if self.status != "accepted":
            return False
        return self.ephemeris_id is None or (
            bool(self.runs) and all(run["state"] in _FINISHED_RUNS or is_waiting(run) for run in self.runs)
        )

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "file": self.file_name,
            "id": self.document_id,
            "status": self.status,
            "ephemeris_id": self.ephemeris_id,
            "findings": self.errors,
            "screenings": self.runs,
        }


async def follow(client: Client, documents: list[Followed], token: str) -> None:
    """Return when every document is finished; each answer of the change feed is a reason to look again.

    Each is looked at once at least: what was uploaded before is finished from the start, and has its results too.
    """
    await _look(client, documents)
    while not all(document.is_finished for document in documents):
        page = await client.get("changes", wait_s=_LONG_POLL_S, after=token)
        token = page["next_token"]
        if page["items"]:
            await _look(client, [document for document in documents if not document.is_finished])


async def _look(client: Client, documents: list[Followed]) -> None:
    for document in documents:
        now = await client.get(f"documents/{document.document_id}")
        document.status = now["status"]
        verdict = now.get("verdict")
        if verdict is not None:
            document.errors = [finding for finding in verdict["findings"] if finding["severity"] == "error"]
        document.ephemeris_id = now.get("ephemeris_id")
        if document.ephemeris_id is not None:
            document.runs = await client.every("screenings", ephemeris_id=document.ephemeris_id)
