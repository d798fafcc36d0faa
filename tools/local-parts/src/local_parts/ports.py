"""Ports on the loopback address that nobody listens on."""

import os
import socket
from collections.abc import Sequence
from itertools import count

__all__ = ["free_port", "free_ports"]

_RANGE = range(10_500, 20_000)
"""As are the ports 10,000 above, these are below those that systems give to outgoing connections, 32,768 and above on
Linux: none of those takes one meanwhile."""
_APART = 997
_places = count(os.getpid() * _APART)
"""A process goes on from the port that it found last, and each begins somewhere else: who is given a port listens on it
a little later, and nobody else is to find it free until then."""


def free_port() -> int:
    """Return a port that is free now."""
    return free_ports(1)[0]


def free_ports(number: int, *, also_above: Sequence[int] = ()) -> list[int]:
    """Return so many different ports that are free now, as are those that lie `also_above` above each of them.

    Raises
    ------
    OSError
        There are not so many.
    """
    found: list[int] = []
    for _ in _RANGE:
        port = _RANGE[next(_places) % len(_RANGE)]
        if all(_is_free(port + above) for above in (0, *also_above)):
            found.append(port)
        if len(found) == number:
            return found
    raise OSError(f"there are no {number} free ports between {_RANGE.start} and {_RANGE.stop}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
