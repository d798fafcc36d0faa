"""Ports on the loopback address that nobody listens on."""

import secrets
import socket
from collections.abc import Sequence

__all__ = ["free_port", "free_ports"]

_RANGE = range(10_500, 20_000)
"""As are the ports 10,000 above, these are below those that systems give to outgoing connections, 32,768 and above on
Linux: none of those takes one meanwhile."""


def free_port() -> int:
    """Return a port that is free now."""
    return free_ports(1)[0]


def free_ports(count: int, *, also_above: Sequence[int] = ()) -> list[int]:
    """Return `count` different ports that are free now, as are those that lie `also_above` above each of them.

    The search begins anywhere, so that processes that look at the same time seldom find the same ports.

    Raises
    ------
    OSError
        There are not so many.
    """
    start = secrets.randbelow(len(_RANGE))  # whatever seed a test has given to others
    found: list[int] = []
    for step in range(len(_RANGE)):
        port = _RANGE[(start + step) % len(_RANGE)]
        if all(_is_free(port + above) for above in (0, *also_above)):
            found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"there are no {count} free ports between {_RANGE.start} and {_RANGE.stop}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
