"""What a caller may say about a file beside the file itself."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ccsds.profiles import PROFILE_NAMES
from servicekit.errors import InvalidRequest

__all__ = ["Designation", "NoradCatId", "Profile", "UploadFields", "upload_fields"]

NoradCatId = Annotated[int, Field(ge=1, le=999_999_999, description="Catalogue number, of up to nine digits.")]
Designation = Literal["operational", "special"]


def _known_profile(value: Any) -> Any:
    if value is not None and value not in PROFILE_NAMES:
        raise ValueError(f"is no profile; there are {', '.join(PROFILE_NAMES)}")
    return value


Profile = Annotated[str, BeforeValidator(_known_profile), Field(json_schema_extra={"enum": list(PROFILE_NAMES)})]


class UploadFields(BaseModel):
    """The same in the query of a raw upload and in the form of a multipart one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    norad_cat_id: NoradCatId | None = None
    profile: Profile | None = None
    designation: Designation | None = None
    organization_id: Annotated[str | None, Field(max_length=36, pattern=r"^[0-9a-f-]+$")] = None
    """For whom staff uploads."""


def upload_fields(
    query: dict[str, str], form: dict[str, str], *, aliases: dict[str, str], required: tuple[str, ...] = ()
) -> UploadFields:
    """Return what query and form say together; `aliases` renames fields of the form.

    Raises
    ------
    InvalidRequest
        A field is unknown, is missing, cannot be read, or stands in both with two values.
    """
    given = dict(query)
    for name, value in form.items():
        known = aliases.get(name, name)
        if given.setdefault(known, value) != value:
            raise InvalidRequest(f"{name} is given twice, as {given[known][:40]!r} and as {value[:40]!r}")
    for name in required:
        if name not in given:
            called = next((alias for alias, known in aliases.items() if known == name), name)
            raise InvalidRequest(f"The form has no field {called}")
    try:
        return UploadFields.model_validate(given)
    except ValidationError as error:
        faults = [
            {"location": f"upload.{'.'.join(map(str, fault['loc']))}", "message": fault["msg"], "kind": fault["type"]}
            for fault in error.errors()
        ]
        first = faults[0]
        raise InvalidRequest(f"{first['location']}: {first['message']}", errors=faults) from None
