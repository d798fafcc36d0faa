"""What a piece of the gateway's work is given."""

from dataclasses import dataclass

from servicekit.context import Context
from spacetrack_gateway.accounts.vault import Vault
from spacetrack_gateway.budget.lease import Lease
from spacetrack_gateway.client.session import AccountSession
from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["Desk"]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One account in the hands of the gateway that holds its lease."""

    ctx: Context
    settings: SpaceTrackSettings
    session: AccountSession
    lease: Lease
    vault: Vault

    @property
    def account_id(self) -> str:
        """The account."""
        return self.lease.account_id
