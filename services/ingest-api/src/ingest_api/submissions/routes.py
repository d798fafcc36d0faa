"""The routes that take files."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from ingest_api.administration.errors import OrganizationNotFound
from ingest_api.parameters import UUID_PATTERN, caller
from ingest_api.submissions.errors import (
    ContentEncodingUnsupported,
    EmptyDocument,
    FileMissing,
    FileNameInvalid,
    FileNameMissing,
    UploadedForAnotherPurpose,
)
from ingest_api.submissions.fields import Designation as DesignationName
from ingest_api.submissions.fields import NoradCatId, Profile
from ingest_api.submissions.models import SubmittedDocument
from ingest_api.submissions.submit import Submission
from records.identity.permissions import Permission
from servicekit.auth import Principal
from servicekit.errors import InvalidRequest, StorageFull, TooLarge, UnsupportedMediaType
from servicekit.http import ContextDep, IdempotencyDep, PreferencesDep, accepts_upload, known_parameters_only, raises
from servicekit.http.idempotency import IdempotencyKeyInUse, IdempotencyKeyReused
from servicekit.http.problems import MalformedRequest

__all__ = ["router"]

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters_only)])

Uploader = Annotated[Principal, caller(Permission.DOCUMENTS_WRITE)]
CatalogueLoader = Annotated[Principal, caller(Permission.CATALOGUES_WRITE)]

_PROBLEMS = raises(
    ContentEncodingUnsupported,
    EmptyDocument,
    FileMissing,
    FileNameInvalid,
    FileNameMissing,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    InvalidRequest,
    MalformedRequest,
    OrganizationNotFound,
    StorageFull,
    TooLarge,
    UnsupportedMediaType,
    UploadedForAnotherPurpose,
)
_EXAMPLE_OEM = "CCSDS_OEM_VERS = 2.0\nCREATION_DATE = 2024-09-17T12:00:00\nORIGINATOR = NORTHERN\n…"
_EXAMPLE_3LE = "0 NORTH 1\n1 44391U 19037A   24261.50000000 …\n2 44391  97.5000 …"
_FILE_NAME_HEADER = {
    "name": "X-File-Name",
    "in": "header",
    "description": "Name of the file in a raw upload, percent-encoded where it is not ASCII. It is kept as it comes.",
    "schema": {"type": "string"},
    "example": "MEME_44391_NORTH1_2611200_operational_unclassified.oem",
}


def _form(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    file = {"type": "string", "contentMediaType": "application/octet-stream", "description": "The file."}
    return {
        "schema": {"type": "object", "required": ["file", *required], "properties": {"file": file, **properties}},
        "encoding": {"file": {"contentType": "application/octet-stream"}},
    }


_NUMBER = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
_FIELDS = {
    "norad_cat_id": _NUMBER,
    "profile": {"type": "string"},
    "designation": {"type": "string", "enum": ["operational", "special"]},
}


def _raw_or_form(fields: dict[str, Any], example: str) -> dict[str, Any]:
    return {
        "parameters": [_FILE_NAME_HEADER],
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": example},
                "text/plain": {"schema": {"type": "string"}, "example": example},
                "multipart/form-data": _form(fields, []),
            },
        },
    }


_FORM_OF_EPHEMERIDES = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": _form(
                {"object_id": {**_NUMBER, "description": "Catalogue number of the satellite."}, **_FIELDS},
                ["object_id"],
            )
        },
    }
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": SubmittedDocument, "description": "The verdict came in time, or the document was there already."},
    202: {
        "model": SubmittedDocument,
        "description": "The bytes are stored; the verdict is to come.",
        "headers": {"Location": {"description": "Where the document is.", "schema": {"type": "string"}}},
    },
}

NumberParameter = Annotated[NoradCatId | None, Query(description="Which object the file is about.")]
ProfileParameter = Annotated[Profile | None, Query(description="How strict the check is.")]
DesignationParameter = Annotated[DesignationName | None, Query(description="Where the file name does not say it.")]
ForOrganization = Annotated[
    str | None, Query(pattern=UUID_PATTERN, description="For whom staff uploads; else the caller's own.")
]


@router.post(
    "/documents",
    tags=["Documents"],
    status_code=202,
    response_model=None,
    responses={**_ANSWERS, **_PROBLEMS},
    openapi_extra=_raw_or_form(_FIELDS, _EXAMPLE_OEM),
)
@accepts_upload
async def upload_document(
    request: Request,
    context: ContextDep,
    principal: Uploader,
    idempotency: IdempotencyDep,
    preferences: PreferencesDep,
    norad_cat_id: NumberParameter = None,
    profile: ProfileParameter = None,
    designation: DesignationParameter = None,
    organization_id: ForOrganization = None,
) -> Response:
    """Upload an orbit file: as the raw body with X-File-Name, or as the part `file` of a form.

    The bytes are durable before the answer is sent. The same bytes under the same name from the same organization are
    the same document. With `Prefer: wait=N` the answer waits up to N seconds (at most 60) for the verdict.
    """
    submission = Submission(
        context=context,
        principal=principal,
        request=request,
        purpose="operator",
        idempotency=idempotency,
        preferences=preferences,
    )
    said = {
        "norad_cat_id": norad_cat_id,
        "profile": profile,
        "designation": designation,
        "organization_id": organization_id,
    }
    return await submission.take({name: str(value) for name, value in said.items() if value is not None})


@router.post(
    "/ephemerides",
    tags=["Ephemerides"],
    status_code=202,
    response_model=None,
    responses={**_ANSWERS, **_PROBLEMS},
    openapi_extra=_FORM_OF_EPHEMERIDES,
)
@accepts_upload
async def upload_ephemeris(
    request: Request,
    context: ContextDep,
    principal: Uploader,
    idempotency: IdempotencyDep,
    preferences: PreferencesDep,
) -> Response:
    """Upload an ephemeris by the form that other services use: `object_id` and `file`.

    The same as `POST /v1/documents`, where `object_id` is called `norad_cat_id`.
    """
    submission = Submission(
        context=context,
        principal=principal,
        request=request,
        purpose="operator",
        idempotency=idempotency,
        preferences=preferences,
        form_only=True,
    )
    return await submission.take({}, {"object_id": "norad_cat_id"}, required=("norad_cat_id",))


@router.post(
    "/catalogues",
    tags=["Catalogues"],
    status_code=202,
    response_model=None,
    responses={**_ANSWERS, **_PROBLEMS},
    openapi_extra=_raw_or_form({}, _EXAMPLE_3LE),
)
@accepts_upload
async def upload_catalogue(
    request: Request,
    context: ContextDep,
    principal: CatalogueLoader,
    idempotency: IdempotencyDep,
    preferences: PreferencesDep,
) -> Response:
    """Load a catalogue: TLE, 3LE or OMM, also compressed with gzip. Once accepted, screening uses it.

    The catalogue is a document like any other: its verdict says what could not be read.
    """
    submission = Submission(
        context=context,
        principal=principal,
        request=request,
        purpose="catalogue",
        idempotency=idempotency,
        preferences=preferences,
    )
    return await submission.take({})
