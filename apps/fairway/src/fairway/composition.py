"""Which services there are, and how a set of them becomes one application."""

from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from servicekit.runtime import ServiceModule
    from servicekit.settings import Settings

__all__ = ["SERVICES", "application", "modules"]

SERVICES = {
    "ingest-api": "ingest_api.module",
    "validator": "validator.module",
    "screening": "screening.module",
    "screening-worker": "screening.worker.module",
    "spacetrack-gateway": "spacetrack_gateway.module",
    "notifier": "notifier.module",
    "dashboard": "dashboard.module",
}
"""Name of a service, and where its MODULE stands. Only what is named at the start is imported."""


def modules(names: Sequence[str]) -> list["ServiceModule"]:
    """Return the modules of the named services.

    Raises
    ------
    KeyError
        There is no service of that name.
    """
    found: list[ServiceModule] = [import_module(SERVICES[name]).MODULE for name in names]
    return found


def application(settings: "Settings", names: Sequence[str] = tuple(SERVICES)) -> "FastAPI":
    """Return the application that runs the named services on what the settings name."""
    from fairway.database import bring_up_to_date
    from records.identity.authentication import DatabaseAuthenticator
    from servicekit.runtime import create_app

    return create_app(
        modules(names),
        settings,
        authenticator=DatabaseAuthenticator(),
        migrate=bring_up_to_date,
        version=version("fairway-ca"),
    )
