"""Settings of the validator: ``FAIRWAY_VALIDATOR__…``."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from servicekit.settings import SettingsGroup, group

__all__ = ["ValidatorSettings"]

MEBIBYTE = 1024 * 1024


class ValidatorSettings(SettingsGroup):
    """How documents are read."""

    model_config = group("validator")

    child_above_bytes: Annotated[int, Field(ge=0)] = 200_000
    """Documents larger than this, and compressed ones, are read in the child process."""
    unpacked_max_bytes: Annotated[int, Field(ge=1)] = 512 * MEBIBYTE
    """Size of an unpacked catalogue at most."""
    unpacked_max_ratio: Annotated[float, Field(gt=1)] = 100.0
    """Unpacked size over packed size at most; texts of elements reach about 10."""
    refused_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    """A catalogue in which a larger part of the records cannot be used is refused as a whole."""
    default_profile: str = "operational"
    """The profile where neither the request nor the organization names one."""
    reconcile_after_s: Annotated[float, Field(gt=0)] = 600.0
    """A document that has no verdict so long after it was received is brought up again."""

    @property
    def reconcile_after(self) -> timedelta:
        """The wait before a document is brought up again, as a length of time."""
        return timedelta(seconds=self.reconcile_after_s)
