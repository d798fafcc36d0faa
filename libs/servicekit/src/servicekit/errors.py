"""One hierarchy of errors: each has a stable code, an HTTP status, and says what to do.

The message says what is wrong and where; `remedy` says what to do about it. Classes register themselves, so that the
problem pages and the documentation are made from the code and cannot fall behind it.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

__all__ = [
    "Conflict",
    "FairwayError",
    "Forbidden",
    "Gone",
    "InternalError",
    "InvalidRequest",
    "InvalidSettings",
    "MethodNotAllowed",
    "NotFound",
    "PreconditionFailed",
    "StorageFull",
    "TooLarge",
    "Unauthenticated",
    "Unavailable",
    "UnsupportedMediaType",
    "catalogue",
]

_registered: dict[str, type["FairwayError"]] = {}


class FairwayError(Exception):
    """Something that a caller can be told about.

    A subclass defines at least `code` and `title`; `status` and `remedy` are inherited where they fit.
    """

    code: ClassVar[str] = ""
    """Stable and unique, in words with hyphens: ``document-not-found``."""
    status: ClassVar[int] = 500
    title: ClassVar[str] = ""
    """What kind of problem this is, the same for every occurrence."""
    remedy: ClassVar[str] = ""
    """What to do about it, in one sentence."""

    def __init__(
        self, detail: str | None = None, *, headers: Mapping[str, str] | None = None, **extensions: Any
    ) -> None:
        self.detail = detail or self.title
        self.headers = dict(headers or {})
        """Further headers of the response, for example ``Retry-After``."""
        self.extensions = extensions
        """Further members of the problem document, for example ``findings``."""
        super().__init__(self.detail)

    @override
    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__ or "title" not in cls.__dict__:
            raise TypeError(f"{cls.__qualname__} needs a code and a title of its own")
        known = _registered.get(cls.code)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(
                f"the code {cls.code!r} belongs to {known.__qualname__} already: give {cls.__qualname__} its own"
            )
        _registered[cls.code] = cls

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, for a terminal."""
        return f"{self.detail.rstrip('.')}. {self.remedy}".rstrip()

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.detail, self.headers, self.extensions), dict(self.__dict__)


def _revive(kind: type[FairwayError], detail: str, headers: dict[str, str], extensions: dict[str, Any]) -> FairwayError:
    error = kind.__new__(kind)
    FairwayError.__init__(error, detail, headers=headers, **extensions)
    return error


def catalogue() -> Mapping[str, type[FairwayError]]:
    """Return every error class that has been imported, by code, in the order of the codes."""
    return dict(sorted(_registered.items()))


class NotFound(FairwayError):
    """What was asked for is not there, or the caller may not see it."""

    code = "not-found"
    status = 404
    title = "Not found"
    remedy = "Check the address; what you may not see is answered like what is not there."


class MethodNotAllowed(FairwayError):
    """The address exists, but not with this method."""

    code = "method-not-allowed"
    status = 405
    title = "Method not allowed"
    remedy = "Use one of the methods that the Allow header names."


class Unauthenticated(FairwayError):
    """Nobody is signed in, or the token is not valid."""

    code = "unauthenticated"
    status = 401
    title = "Not signed in"
    remedy = "Send a valid token in the header Authorization: Bearer TOKEN, or sign in."


class Forbidden(FairwayError):
    """The caller's role lacks the permission that the route needs."""

    code = "forbidden"
    status = 403
    title = "Not permitted"
    remedy = "Ask an administrator of your organization for the permission."


class Conflict(FairwayError):
    """The request does not go with the present state."""

    code = "conflict"
    status = 409
    title = "Conflict with the present state"
    remedy = "Read the present state and decide again."


class Gone(FairwayError):
    """It was there and has been deleted for good."""

    code = "gone"
    status = 410
    title = "Deleted for good"
    remedy = "Its record remains; the content does not."


class PreconditionFailed(FairwayError):
    """The thing has changed since the caller read it."""

    code = "precondition-failed"
    status = 412
    title = "Changed in the meantime"
    remedy = "Read it again and repeat the change with the new ETag in If-Match."


class TooLarge(FairwayError):
    """The body is larger than this route takes."""

    code = "too-large"
    status = 413
    title = "Request body too large"
    remedy = "Send a smaller body; the limit stands in the detail."


class UnsupportedMediaType(FairwayError):
    """The body's content type is not one that the route reads."""

    code = "unsupported-media-type"
    status = 415
    title = "Unsupported content type"
    remedy = "Send one of the content types that the API description names."


class InvalidRequest(FairwayError):
    """The request cannot be read as what the route expects."""

    code = "invalid-request"
    status = 422
    title = "Invalid request"
    remedy = "Correct the fields that errors names, and send it again."


class InternalError(FairwayError):
    """A fault of ours; the log has the rest under the trace identifier."""

    code = "internal-error"
    status = 500
    title = "Internal error"
    remedy = "Report the trace_id; nothing of the request was kept unless the answer says so."


class Unavailable(FairwayError):
    """Something that is needed does not answer now."""

    code = "unavailable"
    status = 503
    title = "Temporarily unavailable"
    remedy = "Try again after a while."


class StorageFull(FairwayError):
    """There is no room left where objects or rows are kept."""

    code = "storage-full"
    status = 507
    title = "Storage full"
    remedy = "Nothing was stored; tell the operator of the service, and try again when there is room."


class InvalidSettings(FairwayError):
    """The environment holds a setting that cannot be used."""

    code = "invalid-settings"
    title = "Invalid settings"
    remedy = "Correct the named variable and start again."
