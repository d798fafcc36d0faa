"""Settings of the notifier: ``FAIRWAY_NOTIFIER__…``."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from servicekit.settings import SettingsGroup, group

__all__ = ["NotifierSettings"]


class NotifierSettings(SettingsGroup):
    """How mails are written and sent."""

    model_config = group("notifier")

    reply_to: str | None = None
    """Where answers go; no Reply-To where it is None."""
    message_id_domain: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9.-]+$")] = None
    """The part of a Message-ID after the @; that of the sender's address where it is None."""
    sending_lease_s: Annotated[float, Field(gt=0)] = 120.0
    """For so long one mail is left to whoever is sending it."""
    reconcile_after_s: Annotated[float, Field(gt=0)] = 120.0
    """A mail that is still unsent so long after it was due is brought up again."""
    longest_table: Annotated[int, Field(ge=1)] = 50
    """Rows of a table in a mail; it says how many more there are."""

    @property
    def sending_lease(self) -> timedelta:
        """The lease as a length of time."""
        return timedelta(seconds=self.sending_lease_s)

    @property
    def reconcile_after(self) -> timedelta:
        """The wait before a mail is brought up again, as a length of time."""
        return timedelta(seconds=self.reconcile_after_s)
