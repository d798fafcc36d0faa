"""What the simulated site does wrong on purpose; each is set over `/_sim/faults` or from Python."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = ["Faults", "Outage", "OutageStyle", "Policing", "RateLimits", "RowFaults", "Sessions", "UploadFaults"]

OutageStyle = Literal[
    "502", "503", "504", "500-html", "200-html", "reset", "hang", "drip", "truncated", "cut", "oversized"
]


class _Knobs(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class Outage(_Knobs):
    """Some requests fail.

    Attributes
    ----------
    path
        Regular expression; searched in the decoded path.
    style
        A status; an HTML page; the connection reset, silent (`hang`) or dropped in the middle of the body (`cut`);
        a body that ends in its middle though HTTP says all is well (`truncated`); bytes that trickle (`drip`); a body
        of `bytes` (`oversized`).
    skip
        Matching requests that go well first.
    count
        Requests that fail; None is all of them.
    seconds
        How long, from when it was set; None is for ever.
    bytes, pause_s
        Size of an oversized body; pause between two drops of a trickle.
    """

    path: str = ".*"
    style: OutageStyle = "503"
    skip: int = Field(default=0, ge=0)
    count: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0)
    bytes: int = Field(default=200 * 1024 * 1024, ge=1)
    pause_s: float = Field(default=0.05, ge=0)

    @field_validator("path")
    @classmethod
    def _compiles(cls, text: str) -> str:
        try:
            re.compile(text)
        except re.error as error:
            raise ValueError(f"{text!r} is no regular expression: {error}") from error
        return text


class RateLimits(_Knobs):
    """Limits per account, and how the site says that one was passed.

    Attributes
    ----------
    per_minute, per_hour
        Fewer than this many are allowed.
    style
        `200-list` and `200-object` answer 200 with the error as data, which clients take for no rows.
    refuse_next
        Requests that are refused whatever the count says.
    per_hour_refuses
        The real site writes a mail and goes on answering.
    """

    per_minute: int = 30
    per_hour: int = 300
    style: Literal["500-text", "200-list", "200-object", "429"] = "500-text"
    refuse_next: int = Field(default=0, ge=0)
    per_hour_refuses: bool = False


class Policing(_Knobs):
    """What happens to an account that asks too often.

    Attributes
    ----------
    cadence
        Whether the intervals per class are watched.
    strikes
        Violation mails after which the account is locked.
    quiet_minutes
        General perturbations may not be asked for this close to the full and the half hour.
    tolerance_s
        By how much an interval may be shorter.
    repeats, repeats_within_s
        How often the very same query may come again, this soon, without being taken for another pull: a client whose
        connection broke cannot but ask again.
    """

    cadence: bool = True
    strikes: int = Field(default=3, ge=1)
    quiet_minutes: float = 1.0
    tolerance_s: float = 0.0
    repeats: int = Field(default=3, ge=0)
    repeats_within_s: float = 1200.0


class Sessions(_Knobs):
    """Sessions end when they are idle; `expiry` is what a request in an ended one gets."""

    idle_timeout_s: float = 7200.0
    expiry: Literal["401", "html"] = "401"


class RowFaults(_Knobs):
    """What is odd about rows of class `cdm` and of the others named.

    Attributes
    ----------
    classes
        That are affected.
    duplicate_every
        Every n-th row comes twice.
    unordered
        `orderby` is ignored: rows come newest first.
    unknown_columns, missing_columns, renamed_columns
        Schema drift, in rows and in `modeldef`.
    null_covariance
        Covariance columns are null.
    probability
        COLLISION_PROBABILITY is "0" or null.
    dates
        How times are written; `mixed` uses two ways in one row, `fraction` the oldest way with its column of fractions.
    line_ends
        Of csv, kvn and tle.
    """

    classes: set[str] = Field(default_factory=lambda: {"cdm", "cdm_public"})
    duplicate_every: int | None = Field(default=None, ge=1)
    unordered: bool = False
    unknown_columns: dict[str, str | None] = Field(default_factory=dict)
    missing_columns: set[str] = Field(default_factory=set)
    renamed_columns: dict[str, str] = Field(default_factory=dict)
    null_covariance: bool = False
    probability: Literal["as-is", "0", "null"] = "as-is"
    dates: Literal["as-is", "iso", "microseconds", "seconds", "fraction", "mixed"] = "as-is"
    line_ends: Literal["crlf", "lf"] = "crlf"


class UploadFaults(_Knobs):
    """What goes wrong with uploads.

    Attributes
    ----------
    reject
        Refuse uploads for this reason, whatever they hold.
    reject_next
        How many; None is all of them.
    rejection_status
        Status of any refusal; some are told with 200.
    reply
        What an accepted upload is answered with. The real body is not public: a client may not build on it.
    acknowledgement_lost
        So many uploads are stored, and then the connection is dropped.
    dropped_before_storing
        So many uploads are dropped before anything is stored.
    listing_lag_s
        A listing shows a file only this long after the upload.
    damaged
        So many uploads are stored with their last byte missing.
    """

    reject: Literal["name", "size", "count", "permission", "originator", "field"] | None = None
    reject_next: int | None = Field(default=None, ge=1)
    rejection_status: int = 200
    reply: Literal["names", "empty-string", "list", "text"] = "names"
    acknowledgement_lost: int = Field(default=0, ge=0)
    dropped_before_storing: int = Field(default=0, ge=0)
    listing_lag_s: float = Field(default=0.0, ge=0)
    damaged: int = Field(default=0, ge=0)


class Faults(_Knobs):
    """All of them; the defaults are a site on a good day."""

    rate_limits: RateLimits = Field(default_factory=RateLimits)
    policing: Policing = Field(default_factory=Policing)
    sessions: Sessions = Field(default_factory=Sessions)
    rows: RowFaults = Field(default_factory=RowFaults)
    uploads: UploadFaults = Field(default_factory=UploadFaults)
