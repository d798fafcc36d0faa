"""Settings of the public API: ``FAIRWAY_INGEST_API__…``."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from servicekit.settings import SettingsGroup, group

__all__ = ["IngestApiSettings"]


class IngestApiSettings(SettingsGroup):
    """How long people stay signed in."""

    model_config = group("ingest_api")

    sign_in_link_minutes: Annotated[float, Field(gt=0)] = 15.0
    """A sign-in link works for so long, and once."""
    session_hours: Annotated[float, Field(gt=0)] = 12.0
    """After so long a person signs in again."""

    @property
    def sign_in_link_lifetime(self) -> timedelta:
        """How long a sign-in link works."""
        return timedelta(minutes=self.sign_in_link_minutes)

    @property
    def session_lifetime(self) -> timedelta:
        """How long a session lasts."""
        return timedelta(hours=self.session_hours)
