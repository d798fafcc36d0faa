"""What somebody asked to have screened, read from the event that carries it."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from assessment.errors import InvalidVolumeError
from assessment.object_kinds import ObjectKind
from assessment.volumes import parse_volume

__all__ = ["KindRequest", "RefusedError", "ScreeningRequest", "check_volume", "read_request"]


class RefusedError(Exception):
    """A run that cannot be; the message is a sentence for whoever asked."""


class KindRequest(BaseModel):
    """A volume of its own for secondaries of a kind; which objects those are is known, or listed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ObjectKind
    volume: str
    norad_cat_ids: tuple[int, ...] | None = None


class ScreeningRequest(BaseModel):
    """A request as the API takes it: one primary, or all of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ephemeris_id: str | None = None
    norad_cat_id: int | None = None
    all: bool = False
    against: Literal["catalogue", "ephemerides"] | tuple[int, ...] = "catalogue"
    start: AwareDatetime | None = None
    hours: float | None = Field(default=None, gt=0)
    volume: str | None = None
    kinds: tuple[KindRequest, ...] = ()

    @property
    def wanted_numbers(self) -> tuple[int, ...] | None:
        """The secondaries by number, where the request lists them."""
        return None if isinstance(self.against, str) else tuple(sorted(set(self.against)))


def read_request(given: dict[str, Any]) -> ScreeningRequest:
    """Read a request.

    Raises
    ------
    RefusedError
        It cannot be read, or it does not say whom to screen.
    """
    try:
        request = ScreeningRequest.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "request"
        raise RefusedError(f"The request cannot be read: {where}: {first['msg']}.") from error
    primaries = (request.ephemeris_id is not None, request.norad_cat_id is not None, request.all)
    if sum(primaries) != 1:
        raise RefusedError("The request names no primary, or more than one: give ephemeris_id, norad_cat_id or all.")
    if request.wanted_numbers is not None and not request.wanted_numbers:
        raise RefusedError("The list of objects to screen against is empty: name one, or say catalogue.")
    if len({each.kind for each in request.kinds}) < len(request.kinds):
        raise RefusedError("A kind of secondary is named twice: give each kind one volume.")
    return request


def check_volume(text: str) -> str:
    """Return the canonical spelling of a volume.

    Raises
    ------
    RefusedError
        There is no such volume.
    """
    try:
        return parse_volume(text).text
    except InvalidVolumeError as error:
        raise RefusedError(str(error)) from error
