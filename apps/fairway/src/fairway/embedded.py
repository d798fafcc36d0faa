"""Settings of the one process that has everything in a folder."""

import socket
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from servicekit.settings import Settings

__all__ = ["embedded_settings"]


def embedded_settings(data: Path, host: str, port: int, as_of: datetime | None) -> "Settings":
    """Return the environment's settings with what the command line says; port 0 is any free one.

    The port is chosen here and not when it is listened on: links in mails and pages must name it.
    """
    from servicekit.settings import LogSettings, Settings, read_settings

    given: dict[str, object] = {"data": data}
    if as_of is not None:
        given["as_of"] = as_of
    settings = read_settings(Settings, **given)
    http = settings.http.model_copy(update={"host": host, "port": port or _free_port(host)})
    changes: dict[str, object] = {"http": http}
    if "log" not in settings.model_fields_set:
        changes["log"] = LogSettings(level="warning", format="text")
    return settings.model_copy(update=changes)


def _free_port(host: str) -> int:
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        return int(probe.getsockname()[1])
