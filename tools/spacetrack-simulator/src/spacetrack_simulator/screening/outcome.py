"""What is asked of a screening and what it answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from assessment import ServiceLevel
from ccsds import Cdm

__all__ = ["RESULTS", "Order", "Outcome", "Result", "Screener"]

Result = Literal["conjunctions", "none", "unreadable", "past", "superseded"]

RESULTS: Final[dict[Result, tuple[int, str]]] = {
    "none": (0, "NO CONJUNCTIONS"),
    "conjunctions": (1, "CONJUNCTIONS FOUND"),
    "unreadable": (2, "NOT SCREENED: EPHEMERIS COULD NOT BE PROCESSED"),
    "past": (3, "NOT SCREENED: EPHEMERIS ENDS BEFORE THE SCREENING WINDOW"),
    "superseded": (4, "NOT SCREENED: SUPERSEDED BY A NEWER OPERATIONAL EPHEMERIS"),
}
"""CA_RESULT_CODE and CA_RESULT_SHORT_DESCRIPTION. The real codes are not public: these are ours."""


@dataclass(frozen=True, slots=True)
class Order:
    """One ephemeris to screen.

    Attributes
    ----------
    organization
        Title of its owner, for whom the messages are.
    hard_body_radius_m
        That the operator gave the site; None where it gave none.
    """

    file_id: int
    file_name: str
    content: bytes
    norad_cat_id: int
    object_name: str
    designation: str
    organization: str
    service_level: ServiceLevel
    hard_body_radius_m: float | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; `detail` goes behind the short description."""

    result: Result
    cdms: tuple[Cdm, ...] = ()
    detail: str = ""


class Screener(Protocol):
    """Anything that screens an ephemeris against the site's catalogue."""

    def screen(self, order: Order) -> Outcome:
        """Screen one ephemeris."""
        ...
