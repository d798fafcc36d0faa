"""The Prefer header: how long a caller would wait for the result (RFC 7240)."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header

__all__ = ["LONGEST_WAIT_S", "Preferences", "PreferencesDep", "parse_prefer"]

LONGEST_WAIT_S = 60.0
_PREFERENCE = re.compile(r'\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]*))?\s*(?:;[^,]*)?')


@dataclass(frozen=True)
class Preferences:
    """What the caller would like; none of it binds."""

    wait_s: float | None = None
    """How long to wait for the result before answering without it."""
    respond_async: bool = False
    minimal: bool = False
    """An answer without content will do."""

    @property
    def applied(self) -> dict[str, str]:
        """The header that says that the waiting was honoured."""
        return {} if self.wait_s is None else {"Preference-Applied": f"wait={self.wait_s:g}"}


def parse_prefer(header: str) -> Preferences:
    """Read a Prefer header. What cannot be read is left out, and of a repeated preference the first counts."""
    found: dict[str, str] = {}
    for part in header.split(","):
        match = _PREFERENCE.fullmatch(part)
        if match:
            found.setdefault(match[1].lower(), (match[2] or "").strip('"'))
    wait = found.get("wait", "")
    return Preferences(
        wait_s=min(float(wait), LONGEST_WAIT_S) if re.fullmatch(r"[0-9]{1,6}", wait) else None,
        respond_async="respond-async" in found,
        minimal=found.get("return") == "minimal",
    )


async def _preferences(
    prefer: Annotated[str | None, Header(description="`wait=N`: wait up to N seconds for the result.")] = None,
) -> Preferences:
    return parse_prefer(prefer or "")


PreferencesDep = Annotated[Preferences, Depends(_preferences)]
