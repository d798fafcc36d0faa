"""A log for readers of KVN whose lines were made of XML or JSON: findings go to where the text came from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ccsds.messages.value import override
from ccsds.report import FindingLog
from ccsds.tree.document import NOWHERE, Comment, Place, Statement
from ccsds.tree.kvn_writing import Origin

__all__ = ["PlacedLog"]

LINE_IN_MESSAGE = re.compile(r"\bline ([0-9]+)\b")


class PlacedLog(FindingLog):
    """Passes findings on, with the place of the source instead of the line that was made.

    Parameters
    ----------
    log
        The log of the document.
    origins
        What each line was made of.
    moot
        Keys of rules that say nothing about the source's syntax.
    """

    def __init__(self, log: FindingLog, origins: Sequence[Origin], moot: frozenset[str]) -> None:
        super().__init__(log.profile, 0)
        self._log = log
        self._origins = origins
        self._moot = moot

    @override
    def __setattr__(self, name: str, value: object) -> None:
        """Keep the document's log in step: what is lossy here is lossy there."""
        super().__setattr__(name, value)
        if name == "lossy" and value:
            self._log.lossy = True

    @override
    def has_room(self, key: str) -> bool:
        """As the document's log answers."""
        return self._log.has_room(key)

    @override
    def add(
        self,
        key: str,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,  # noqa: ARG002 - of a line that the source does not have
        path: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Report a finding at the place that the line was made of."""
        if key in self._moot:
            return
        place = NOWHERE if line is None else self._place(line)
        message = LINE_IN_MESSAGE.sub(lambda match: self._named(int(match[1])), message)
        self._log.add(key, message, line=place.line, column=place.column, path=path or place.path, hint=hint)
        self.error_count = self._log.error_count

    def _named(self, line: int) -> str:
        place = self._place(line)
        return f"line {place.line}" if place.line is not None else str(place.path or "its beginning")

    def _place(self, line: int) -> Place:
        """The place of a line; a line that was made of nothing has that of the one before."""
        for index in range(min(line, len(self._origins)) - 1, -1, -1):
            origin = self._origins[index]
            if isinstance(origin, Statement | Comment):
                return origin.place
            if isinstance(origin, tuple):
                rows, row = origin
                return rows.place_of(row)
        return NOWHERE
