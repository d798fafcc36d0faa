"""Whose eyes a query sees with."""

from typing import Final

from sqlalchemy import ColumnElement, or_, true
from sqlalchemy.orm import InstrumentedAttribute

__all__ = ["EVERYTHING", "View", "seen_by"]


class _Everything:
    """The view of staff: no row is left out."""


EVERYTHING: Final = _Everything()

type_of_owner = InstrumentedAttribute[str | None]

View = str | _Everything
"""An organization's identifier, or `EVERYTHING`. None is neither: a caller without an organization sees nothing."""


def seen_by(visible_to: View, *owners: type_of_owner) -> ColumnElement[bool]:
    """Return the condition that one of the `owners` columns names the organization that looks."""
    if isinstance(visible_to, _Everything):
        return true()
    return or_(*(owner == visible_to for owner in owners))
