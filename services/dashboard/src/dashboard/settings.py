"""Settings of the dashboard: ``FAIRWAY_DASHBOARD__…``."""

from typing import Annotated

from pydantic import Field

from servicekit.settings import SettingsGroup, group

__all__ = ["DashboardSettings"]


class DashboardSettings(SettingsGroup):
    """Where the API is that the pages are made from."""

    model_config = group("dashboard")

    api_url: Annotated[str | None, Field(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")] = None
    """Address of the API, without ``/v1``. None: the API runs in this process."""
    space_track_url: Annotated[str | None, Field(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")] = None
    """Address of the gateway to Space-Track, without ``/v1``, where its routes are not at the API's address."""
    timeout_s: Annotated[float, Field(gt=0)] = 30.0
    """How long the API may take to begin its answer."""
