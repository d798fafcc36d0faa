"""When an uploaded ephemeris is screened, and what the site then shows of it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from ccsds import Cdm, parse_file_name
from spacetrack_simulator.clock import Clock, sql_time
from spacetrack_simulator.fileshare import FileShare, Folder, StoredFile
from spacetrack_simulator.screening.outcome import RESULTS, Order, Outcome, Screener
from spacetrack_simulator.settings import Settings
from spacetrack_simulator.store import Row, Store

__all__ = ["ScreeningDesk"]


class ScreeningDesk:
    """Takes in ephemerides, screens them when they are due, writes `car` rows and CDMs."""

    def __init__(
        self,
        store: Store,
        files: FileShare,
        clock: Clock,
        settings: Settings,
        *,
        screener: Screener,
        add_car: Callable[[dict[str, Any], int], None],
        add_cdms: Callable[[Sequence[Cdm], int], None],
    ) -> None:
        self._store = store
        self._files = files
        self._clock = clock
        self._settings = settings
        self.screener = screener
        self._add_car = add_car
        self._add_cdms = add_cdms
        self._working = Lock()

    def took_in(self, folder: Folder, file: StoredFile) -> None:
        """Plan the screening of a file; a newer operational one takes the place of those that still wait."""
        name = parse_file_name(file.name)
        if not self._settings.screen_uploads or name.norad_cat_id is None or name.designation is None:
            return
        now = self._clock.now()
        if name.designation == "operational":
            waiting = self._store.select(
                "SELECT * FROM screenings WHERE done_at IS NULL AND designation = 'operational' AND norad_cat_id = ?",
                (name.norad_cat_id,),
            )
            for row in waiting:
                self._conclude(row, Outcome("superseded"))
        self._store.execute(
            "INSERT INTO screenings (file_id, due_at, designation, norad_cat_id, gid) VALUES (?, ?, ?, ?, ?)",
            (file.file_id, sql_time(self._due(now, name.designation)), name.designation, name.norad_cat_id, folder.gid),
        )

    def has_due(self) -> bool:
        """Whether something is to be screened now."""
        return bool(self._due_rows())

    def screen_due(self) -> int:
        """Screen what has come due; give the number of files."""
        with self._working:
            due = self._due_rows()
            for row in due:
                found = self._files.read(row["file_id"])
                if found is None:  # deleted in the meantime
                    self._mark_done(row)
                    continue
                self._conclude(row, self.screener.screen(self._order(row, *found)))
            return len(due)

    def _due_rows(self) -> list[Row]:
        return self._store.select(
            "SELECT * FROM screenings WHERE done_at IS NULL AND due_at <= ? ORDER BY due_at, file_id",
            (sql_time(self._clock.now()),),
        )

    def _due(self, now: datetime, designation: str) -> datetime:
        if designation == "special":
            return now + timedelta(seconds=self._settings.special_latency_s)
        if not self._settings.operational_slots_h:
            return now + timedelta(seconds=self._settings.operational_latency_s)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        slots = (
            midnight + timedelta(days=day, hours=hour) for day in (0, 1) for hour in self._settings.operational_slots_h
        )
        return min(slot for slot in slots if slot >= now) + timedelta(seconds=self._settings.operational_latency_s)

    def _order(self, row: Row, file: StoredFile, content: bytes) -> Order:
        organization = self._organization(row["gid"])
        satellite = self._satellite(row["norad_cat_id"])
        radius = satellite.get("OPERATOR_HARD_BODY_RADIUS")
        return Order(
            file_id=file.file_id,
            file_name=file.name,
            content=content,
            norad_cat_id=row["norad_cat_id"],
            object_name=satellite.get("OBJECT_NAME") or f"OBJECT {row['norad_cat_id']}",
            designation=row["designation"],
            organization=organization["name"],
            service_level=organization["service_level"],
            hard_body_radius_m=None if radius is None else float(radius),
            now=self._clock.now(),
        )

    def _conclude(self, row: Row, outcome: Outcome) -> None:
        file = self._files.read(row["file_id"])
        if file is not None:
            code, text = RESULTS[outcome.result]
            now = sql_time(self._clock.now())
            car = {
                "ORIGINATOR": self._settings.originator,
                "EPHEMERIS_FILE_UPLOAD": file[0].uploaded_at,
                "CREATION_DATE": now,
                "INSERT_EPOCH": now,
                "OBJECT_DESIGNATOR": str(row["norad_cat_id"]),
                "INTERNATIONAL_DESIGNATOR": None,
                "ORG_ID": row["gid"],
                "CONSTELLATION": self._organization(row["gid"])["constellation"],
                "CA_RESULT_CODE": code,
                "CA_RESULT_SHORT_DESCRIPTION": f"{text}: {outcome.detail}"[:255] if outcome.detail else text,
                "SAT1_EPHEMERIS_NAME": file[0].name,
                "SAT2_EPHEMERIS_NAME": "NONE",
            }
            self._add_cdms(outcome.cdms, row["gid"])
            self._add_car(car, row["gid"])
        self._mark_done(row)

    def _mark_done(self, row: Row) -> None:
        self._store.execute(
            "UPDATE screenings SET done_at = ? WHERE file_id = ?", (sql_time(self._clock.now()), row["file_id"])
        )

    def _organization(self, gid: int) -> Row:
        return self._store.one("SELECT * FROM organizations WHERE gid = ?", (gid,)) or {}

    def _satellite(self, number: int) -> Row:
        return self._store.one("SELECT * FROM expandedspacedata_satellite WHERE NORAD_CAT_ID = ?", (number,)) or {}
