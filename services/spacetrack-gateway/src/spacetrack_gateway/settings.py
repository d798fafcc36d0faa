"""Settings of the gateway: ``FAIRWAY_SPACE_TRACK__…``."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, SecretStr

from servicekit.settings import SettingsGroup, group

__all__ = ["SpaceTrackSettings"]


_SATELLITE_COLUMNS: Final = {
    "norad_cat_id": ("NORAD_CAT_ID", "NORAD_ID", "SATELLITE_NUMBER", "OBJECT_NUMBER", "SCC", "OBJECT_DESIGNATOR"),
    "name": ("OBJECT_NAME", "SATNAME", "SATELLITE_NAME", "COMMON_NAME", "NAME"),
    "status": ("OBJECT_STATUS", "SATELLITE_STATUS", "STATUS", "OPS_STATUS"),
    "maneuverable": ("MANEUVERABLE", "MANEUVERABILITY", "IS_MANEUVERABLE", "MANEUVERABLE_FLAG"),
    "hard_body_radius_m": (
        "OPERATOR_HARD_BODY_RADIUS",
        "OPERATOR_HBR",
        "HARD_BODY_RADIUS",
        "HARD_BODY_RADIUS_M",
        "HBR",
    ),
    "gid": ("GID", "ORG_ID", "ORGANIZATION_ID"),
}
_ORGANIZATION_COLUMNS: Final = {
    "gid": ("GID", "ORG_ID", "ORGANIZATION_ID"),
    "name": ("ORG_NAME", "ORGANIZATION_NAME", "ORGANIZATION"),
    "constellation": ("CONSTELLATION", "CONSTELLATION_NAME"),
    "info_type": ("INFO_TYPE", "CONTACT_TYPE"),
    "info_label": ("INFO_LABEL", "CONTACT_LABEL"),
    "info_value": ("INFO_VALUE", "CONTACT_VALUE"),
    "info_modified": ("INFO_MODIFIED", "MODIFIED"),
    "objects": ("OBJECT", "OBJECTS", "OBJECT_LIST"),
}


class SpaceTrackSettings(SettingsGroup):
    """Who is asked for what, how often, and how long is waited. Addresses and habits change: they are settings."""

    model_config = group("space_track")

    our_address: str = "space-track@localhost"
    """The address of ours that an operator adds under its Space-Track user management."""
    support_address: str = "support@localhost"
    """Who on our side confirms and finishes a link."""
    customer_service_address: str = "18spcs.doo.customerservice@us.af.mil"
    """Who at Space-Track grants access to an operator's folder."""
    orbital_safety_address: str = "19SDS.orbital.safety@spaceforce.mil"
    """Who is told of a special ephemeris, or of one for a high-interest event."""
    orbital_safety_telephone: str = "+1-540-284-3999"
    """The telephone of the same."""
    secret_key: SecretStr | None = None
    """32 bytes in base64: what account passwords and sessions are sealed with."""
    secret_key_file: Path | None = None
    """A file with the same."""
    base_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+$")] = "https://www.space-track.org"
    """Where a new account is, unless it says otherwise: production, Space-Track's test server, a simulator."""
    requests_a_minute: Annotated[int, Field(ge=1, lt=30)] = 25
    """At most so many requests of one account in any minute; Space-Track suspends at 30."""
    requests_an_hour: Annotated[int, Field(ge=1, lt=300)] = 250
    """At most so many requests of one account in any hour; Space-Track suspends at 300."""
    lease_s: Annotated[float, Field(ge=60)] = 180.0
    """How long the active gateway holds an account without saying that it lives."""
    connect_timeout_s: Annotated[float, Field(gt=0)] = 15.0
    """How long a connection may take to stand."""
    request_timeout_s: Annotated[float, Field(gt=0, le=600)] = 120.0
    """How long a request may take as a whole; shorter than the lease, so that nobody sends who has lost it."""
    answer_max_bytes: Annotated[int, Field(ge=1024)] = 64 * 1024 * 1024
    """A longer answer is broken off."""
    page_rows: Annotated[int, Field(ge=1, le=5000)] = 300
    """How many CDMs are asked for at once."""
    page_rows_least: Annotated[int, Field(ge=1)] = 20
    """How few are asked for where answers are too long."""
    look_after_s: Annotated[float, Field(ge=0)] = 60.0
    """How long after an upload it is looked for; its listing may lag."""
    looks: Annotated[int, Field(ge=2)] = 5
    """How often an upload that was not acknowledged is looked for, each time after a longer pause, before it is sent
    again."""
    upload_attempts: Annotated[int, Field(ge=1)] = 4
    """How often a file is handed over at most."""
    push_max_bytes: Annotated[int, Field(ge=1)] = 512 * 1024 * 1024
    """Largest file that is sent; Space-Track takes 512 MB at once."""
    not_screened_words: tuple[str, ...] = ("not screened", "reject", "invalid", "unable", "fail", "error", "expired")
    """A conjunction assessment result with one of these words in its code or description is none."""
    stop_words: tuple[str, ...] = ("suspend", "locked", "disabled", "deactivated", "terminated")
    """An error with one of these words stops the account until a person has seen to it."""
    satellite_columns: dict[str, tuple[str, ...]] = Field(_SATELLITE_COLUMNS)
    """Under which names Space-Track's class ``satellite`` may have each attribute, the best name first."""
    organization_columns: dict[str, tuple[str, ...]] = Field(_ORGANIZATION_COLUMNS)
    """The same for class ``organization``, which has a row for each thing that an organization lets others know."""
    gp_epoch_days: Annotated[float, Field(gt=0, le=365)] = 10.0
    """Element sets with an older epoch are not asked for; Space-Track asks its users to leave them out."""
    celestrak_group: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")] | None = None
    """Which of CelesTrak's groups takes the catalogue's place while Space-Track gives none; None asks CelesTrak
    nothing."""
    celestrak_url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")] = "https://celestrak.org/NORAD/elements/gp.php"
    """Where CelesTrak's general-perturbations data are."""
    celestrak_after_h: Annotated[float, Field(ge=2)] = 12.0
    """How old the newest catalogue has to be before CelesTrak is asked."""
    kept_requests_days: Annotated[float, Field(ge=1)] = 90.0
    """The ledger of requests is kept for so long."""
