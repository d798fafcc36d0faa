"""Which services there are, and how a set of them becomes one application."""

from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from servicekit.events import Event
    from servicekit.runtime import ServiceModule
    from servicekit.settings import Settings

__all__ = ["EVENT_OWNERS", "SERVICES", "application", "events", "modules"]

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


EVENT_OWNERS = ("ingest_api", "validator", "screening", "notifier", "spacetrack_gateway")
"""Packages of records that declare events."""


def events() -> list[type["Event"]]:
    """Return every event that a service may emit, in the order of their topics."""
    found = [import_module(f"records.{owner}.events") for owner in EVENT_OWNERS]
    declared = [getattr(module, name) for module in found for name in module.__all__]
    return sorted((each for each in declared if hasattr(each, "topic")), key=lambda event: event.topic)


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
