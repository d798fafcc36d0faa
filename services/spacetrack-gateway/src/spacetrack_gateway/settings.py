"""Settings of the gateway: ``FAIRWAY_SPACE_TRACK__…``."""

from servicekit.settings import SettingsGroup, group

__all__ = ["SpaceTrackSettings"]


class SpaceTrackSettings(SettingsGroup):
    """Who is asked for what. Addresses change, so that they are settings."""

    model_config = group("space_track")

    our_address: str = "space-track@localhost"
    """The address of ours that an operator adds under its Space-Track user management."""
    support_address: str = "support@localhost"
    """Who on our side confirms and finishes a link."""
    customer_service_address: str = "18spcs.doo.customerservice@us.af.mil"
    """Who at Space-Track grants access to an operator's folder."""
