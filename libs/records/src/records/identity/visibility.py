"""Who may see what: the one place where that is decided. Every listing and every single read passes through here.

An operator sees its own satellites and documents, and the conjunction events that they are in; of such an event it
also sees the other satellite's record and the CDMs, but never its ephemeris. Staff sees everything. What one may not
see is answered like what is not there.
"""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import ColumnElement, false, or_, select, true

from records.ingest_api.tables import Document, Satellite
from records.notifier.tables import Notification
from records.screening.tables import Cdm, ConjunctionEvent, ScreeningRun
from records.spacetrack_gateway.tables import Submission
from records.validator.tables import Ephemeris, Maneuver
from servicekit.auth import Principal
from servicekit.store.plumbing import Change, ChangeAudience

__all__ = ["Viewer"]


@dataclass(frozen=True)
class Viewer:
    """For whom something is read. Its methods are conditions for the WHERE of a query."""

    organization_id: str | None
    is_staff: bool

    @classmethod
    def of(cls, principal: Principal) -> Self:
        """Return the viewer that a caller is."""
        return cls(principal.organization_id, principal.is_staff)

    @property
    def sees_nothing(self) -> bool:
        """Whether it is nobody's viewer: neither staff nor of any organization."""
        return not self.is_staff and self.organization_id is None

    def _everything_or(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        if self.is_staff:
            return true()
        return false() if self.organization_id is None else condition

    def documents(self) -> ColumnElement[bool]:
        """Documents, their bytes and verdicts: the owner's."""
        return self._everything_or(Document.organization_id == self.organization_id)

    def ephemerides(self) -> ColumnElement[bool]:
        """Ephemerides: the owner's."""
        return self._everything_or(Ephemeris.organization_id == self.organization_id)

    def maneuvers(self) -> ColumnElement[bool]:
        """Maneuvers: the owner's, and those that their owner made public."""
        return self._everything_or(or_(Maneuver.organization_id == self.organization_id, Maneuver.is_public))

    def events(self) -> ColumnElement[bool]:
        """Conjunction events: those in which one of the two satellites is the viewer's."""
        own = self.organization_id
        return self._everything_or(
            or_(ConjunctionEvent.organization_id_low == own, ConjunctionEvent.organization_id_high == own)
        )

    def cdms(self) -> ColumnElement[bool]:
        """CDMs: those addressed to the viewer, and those about a satellite of its own.

        So it sees the messages of every event that it sees: a message's owners are those of its event.
        """
        own = self.organization_id
        return self._everything_or(
            or_(
                Cdm.recipient_id == own,
                Cdm.organization_id_1 == own,
                Cdm.organization_id_2 == own,
            )
        )

    def satellites(self) -> ColumnElement[bool]:
        """Satellites: the viewer's own, and the other one of each event that it sees."""
        low = select(ConjunctionEvent.norad_cat_id_low).where(self.events())
        high = select(ConjunctionEvent.norad_cat_id_high).where(self.events())
        return self._everything_or(
            or_(
                Satellite.organization_id == self.organization_id,
                Satellite.norad_cat_id.in_(low),
                Satellite.norad_cat_id.in_(high),
            )
        )

    def screenings(self) -> ColumnElement[bool]:
        """Runs: those whose primary is the viewer's; a catalogue's runs are for staff."""
        return self._everything_or(ScreeningRun.organization_id == self.organization_id)

    def notifications(self) -> ColumnElement[bool]:
        """Mails: those to the viewer's organization."""
        return self._everything_or(Notification.organization_id == self.organization_id)

    def submissions(self) -> ColumnElement[bool]:
        """Submissions to Space-Track: the owner's."""
        return self._everything_or(Submission.organization_id == self.organization_id)

    def changes(self) -> ColumnElement[bool]:
        """Entries of the change feed: those that name the viewer's organization in their audience."""
        audience = select(ChangeAudience.change_id).where(
            ChangeAudience.change_id == Change.id, ChangeAudience.organization_id == self.organization_id
        )
        return self._everything_or(audience.exists())

    def organization(self, organization_id: str) -> bool:
        """Whether an organization's own record is the viewer's to read."""
        return self.is_staff or organization_id == self.organization_id
