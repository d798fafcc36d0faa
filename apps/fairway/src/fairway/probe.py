"""Whether the service in this container can work: ``python -m fairway.probe``, for health checks without curl.

It asks ``/readyz`` on the port that FAIRWAY_HTTP__PORT names, prints what is not ready, and exits with 1 then. Nothing
of the service is imported: it runs every few seconds in every container.
"""

import http.client
import json
import os
import sys
from typing import Final

__all__ = ["main", "probe"]

_TIMEOUT_S: Final = 8.0  # the service gives each of its parts five seconds


def probe(host: str, port: int) -> list[str]:
    """Return what is wrong with the service on `port`: nothing, where it is ready."""
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return [f"port {port} does not answer ({type(error).__name__})"]
    finally:
        connection.close()
    if answer.status == http.HTTPStatus.OK:
        return []
    try:
        checks = dict(json.loads(body)["checks"])
    except (ValueError, KeyError, TypeError):
        return [f"port {port} answers {answer.status}"]
    return [f"{name}: {state}" for name, state in checks.items() if state != "ok"]


def main() -> int:
    """Probe the service of this container and return the exit code."""
    wrong = probe("127.0.0.1", int(os.environ.get("FAIRWAY_HTTP__PORT", "8080")))
    print("; ".join(wrong) or "ready")  # noqa: T201 - the engine keeps what a health check prints
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
