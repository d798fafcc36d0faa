"""The simulator as one thing: the site, what it holds, and the ways to fill it, to look at it and to disturb it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import ccsds
from assessment import Catalogue, ServiceLevel, catalogue_from_sets
from ccsds import Cdm, ElementSets
from spacetrack_simulator.accounts import Accounts
from spacetrack_simulator.cdm_rows import public_row, row_from_cdm
from spacetrack_simulator.classes import ClassDefinition, find_class
from spacetrack_simulator.clock import Clock, SystemClock, put_forward, sql_time
from spacetrack_simulator.element_rows import gp_rows, satcat_rows
from spacetrack_simulator.faults import Faults, Outage
from spacetrack_simulator.fileshare import FileShare, Folder, FolderKind, StoredFile
from spacetrack_simulator.maneuver_rows import maneuver_row
from spacetrack_simulator.policing import Police
from spacetrack_simulator.query.operators import normal_time
from spacetrack_simulator.rendering import render, written_rows
from spacetrack_simulator.request_log import RequestLog
from spacetrack_simulator.screening import EngineScreener, Screener, ScreeningDesk
from spacetrack_simulator.serving.outages import Outages
from spacetrack_simulator.serving.replies import Incoming, Reply
from spacetrack_simulator.serving.site import Site
from spacetrack_simulator.serving.uploads import FileActions
from spacetrack_simulator.settings import Settings
from spacetrack_simulator.store import EVERYONE, Store
from spacetrack_simulator.upload_checks import opm_fields

__all__ = ["Simulator"]


class Simulator:
    """A Space-Track of one's own.

    Attributes
    ----------
    faults
        What it does wrong on purpose; change it in place or with `set_faults`.
    accounts, files, log, police, outages
        Accounts and sessions, folders and files, the request log, violation mails, requests that fail.
    """

    def __init__(
        self, settings: Settings | None = None, clock: Clock | None = None, *, screener: Screener | None = None
    ) -> None:
        self.settings = settings or Settings()
        self.clock: Clock = clock or SystemClock()
        self.faults = Faults()
        self.store = Store(self.settings.database)
        self.accounts = Accounts(self.store, self.clock)
        self.files = FileShare(self.store, self.clock)
        self.log = RequestLog(self.store, self.clock)
        self.outages = Outages(self.clock)
        self.police = Police(self.store, self.clock, self.log, self.accounts, self.faults)
        self.screenings = ScreeningDesk(
            self.store,
            self.files,
            self.clock,
            self.settings,
            screener=screener or EngineScreener(self.settings, self.catalogue),
            add_car=lambda row, gid: self.add_rows("car", [row], gid=gid, visible_from=self.clock.now()),
            add_cdms=self._publish,
        )
        self._catalogue: Catalogue | None = None
        actions = FileActions(self.store, self.files, self.settings, on_upload=self._uploaded)
        self._site = Site(
            self.settings,
            self.clock,
            self.store,
            accounts=self.accounts,
            log=self.log,
            police=self.police,
            outages=self.outages,
            files=actions,
            faults=self.faults,
        )

    def answer(self, request: Incoming) -> Reply:
        """Answer a request to the imitated interface."""
        return self._site.answer(request)

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    # --- time and faults ---------------------------------------------------------------------------------------------

    def advance(self, by: timedelta) -> datetime:
        """Put the clock forward and do what has come due; give the time.

        Raises
        ------
        WouldNotMoveError
            The clock goes by itself.

        """
        put_forward(self.clock, by)
        self.tick()
        return self.clock.now()

    def tick(self) -> int:
        """Screen what has come due; give the number of files. Every request does so too."""
        return self.screenings.screen_due()

    def set_faults(self, faults: Faults) -> None:
        """Do these things wrong from now on."""
        for name in Faults.model_fields:
            setattr(self.faults, name, getattr(faults, name))

    def fail(self, outage: Outage) -> None:
        """Let requests fail from now on."""
        self.outages.begin(outage)

    # --- what the site holds -----------------------------------------------------------------------------------------

    def add_organization(
        self,
        name: str,
        *,
        constellation: str | None = None,
        gid: int | None = None,
        objects: Iterable[int] = (),
        service_level: ServiceLevel = "advanced",
    ) -> int:
        """Add an organization with its entry in the directory; give its GID."""
        chosen = self.store.insert(
            "INSERT INTO organizations (gid, name, constellation, service_level) VALUES (?, ?, ?, ?)",
            (gid, name, constellation or name, service_level),
        )
        numbers = sorted(objects)
        for label, value in (("Operations", f"+1 555 {chosen:04d}"), ("E-mail", f"ops-{chosen}@operator.example")):
            self.add_rows(
                "organization",
                [
                    {
                        "GID": chosen,
                        "ORG_NAME": name,
                        "CONSTELLATION": constellation or name,
                        "INFO_ID": 1
                        + int(self.store.value("SELECT max(INFO_ID) FROM expandedspacedata_organization") or 0),
                        "INFO_TYPE": "CONTACT",
                        "INFO_LABEL": label,
                        "INFO_VALUE": value,
                        "INFO_MODIFIED": sql_time(self.clock.now()),
                        "OBJECT_COUNT": len(numbers),
                        "OBJECT": ",".join(map(str, numbers)),
                    }
                ],
            )
        return chosen

    def add_account(self, identity: str, password: str, *, gids: Iterable[int] = ()) -> None:
        """Add an account that is a user of some organizations; their data is its to read from now on."""
        self.accounts.add(identity, password)
        for gid in gids:
            self.accounts.join(identity, gid)

    def add_folder(
        self,
        path: str,
        *,
        gid: int,
        kind: FolderKind = "ephemeris",
        grants: Mapping[str, str] | None = None,
    ) -> int:
        """Add a folder and let accounts use it (`r`, `w`, `rw`); give its number."""
        folder_id = self.files.add_folder(path, gid, kind)
        for identity, permissions in (grants or {}).items():
            self.files.grant(identity, folder_id, permissions)
        return folder_id

    def add_satellite(
        self,
        norad_cat_id: int,
        name: str,
        *,
        gid: int,
        maneuverable: str | None = "Y",
        hard_body_radius_m: float | None = None,
        status: str = "ACTIVE",
    ) -> None:
        """Add a satellite to an organization, or change what the site says of it."""
        definition = _class("satellite")
        self.store.execute(f"DELETE FROM {definition.table} WHERE NORAD_CAT_ID = ?", (norad_cat_id,))  # noqa: S608 - our own table
        row = {
            "NORAD_CAT_ID": norad_cat_id,
            "OBJECT_NAME": name,
            "OBJECT_STATUS": status,
            "MANEUVERABLE": maneuverable,
            "OPERATOR_HARD_BODY_RADIUS": None if hard_body_radius_m is None else f"{hard_body_radius_m:.2f}",
            "CONSTELLATION": self._constellation(gid),
            "GID": gid,
        }
        self.store.add_rows(definition, [row], scope=f"operator:{gid}", visible_from=_ALWAYS)

    def add_cdm(
        self,
        message: Cdm | Mapping[str, Any],
        *,
        gid: int,
        cdm_id: int | None = None,
        visible_from: datetime | None = None,
        public: bool = False,
    ) -> int:
        """Add a message to an organization's feed; give its CDM_ID.

        Parameters
        ----------
        message
            A message, or a row that is taken as it is.
        cdm_id
            The next one where it is not given; the same one may be given for several organizations.
        visible_from
            When queries begin to show it; a later number can be shown before an earlier one.
        public
            Whether `cdm_public` shows it too.

        """
        return self.add_cdms([message], gid=gid, first_id=cdm_id, visible_from=visible_from, public=public)[0]

    def add_cdms(
        self,
        messages: Sequence[Cdm | Mapping[str, Any]],
        *,
        gid: int,
        first_id: int | None = None,
        visible_from: datetime | None = None,
        public: bool = False,
    ) -> list[int]:
        """Add messages with numbers in a row, as `add_cdm` does one."""
        now = self.clock.now()
        begin = first_id if first_id is not None else self.highest_cdm_id() + 1
        rows = []
        for cdm_id, message in enumerate(messages, start=begin):
            row = dict(row_from_cdm(message) if isinstance(message, Cdm) else message)
            site = {"CDM_ID": cdm_id, "GID": gid, "CONSTELLATION": self._constellation(gid)}
            rows.append({"INSERT_EPOCH": sql_time(now), **row, **site})
        self.add_rows("cdm", rows, gid=gid, visible_from=visible_from or now)
        if public:
            self.add_rows("cdm_public", [public_row(row) for row in rows], visible_from=visible_from or now)
        return [row["CDM_ID"] for row in rows]

    def highest_cdm_id(self) -> int:
        """The highest CDM_ID so far."""
        return int(self.store.value("SELECT max(CDM_ID) FROM expandedspacedata_cdm") or 0)

    def load_catalogue(self, content: bytes | ElementSets) -> int:
        """Replace `gp` and `satcat` by a catalogue (TLE, 3LE, OMM); give the number of objects."""
        sets = content if isinstance(content, ElementSets) else ccsds.read_catalogue(content)[0]
        first = 1 + int(self.store.value("SELECT max(GP_ID) FROM basicspacedata_gp_history") or 0)
        rows = list(gp_rows(sets, first))
        self.store.execute("DELETE FROM basicspacedata_gp")
        self.store.execute("DELETE FROM basicspacedata_satcat")
        self.add_rows("gp", rows)
        self.add_rows("gp_history", rows)
        self.add_rows("satcat", satcat_rows(rows))
        self._catalogue = catalogue_from_sets(sets)
        return len(sets)

    def catalogue(self) -> Catalogue | None:
        """What is screened against; None where no catalogue was loaded."""
        if self._catalogue is None:
            rows = self.store.select("SELECT * FROM basicspacedata_gp")
            if rows:
                definition = _class("gp")
                written = written_rows(definition, definition.columns, rows, self.faults.rows)
                body = render("gp", definition.columns, written, "json", line_end="\n")
                self._catalogue = catalogue_from_sets(ccsds.read_catalogue(body)[0])
        return self._catalogue

    def add_rows(
        self,
        class_name: str,
        rows: Iterable[Mapping[str, Any]],
        *,
        gid: int | None = None,
        visible_from: datetime | None = None,
    ) -> None:
        """Add rows of any class, for everyone or for one organization; their times may be written in any ISO way."""
        definition = _class(class_name)
        times = [column.name for column in definition.columns if column.sort == "time"]
        self.store.add_rows(
            definition,
            [_with_normal_times(row, times, self.clock.now()) for row in rows],
            scope=EVERYONE if gid is None else f"organization:{gid}",
            visible_from=_ALWAYS if visible_from is None else sql_time(visible_from),
        )

    def _constellation(self, gid: int) -> str | None:
        value = self.store.value("SELECT constellation FROM organizations WHERE gid = ?", (gid,))
        return None if value is None else str(value)

    def _uploaded(self, folder: Folder, file: StoredFile, content: bytes) -> None:
        """Do what an upload sets off."""
        if folder.kind == "ephemeris":
            self.screenings.took_in(folder, file)
        elif folder.kind == "maneuvers":
            row = maneuver_row(opm_fields(content), file.name, self.clock.now())
            gid = None if row["USER_DEFINED_RELEASABILITY"] == "PUBLIC" else folder.gid
            for class_name in ("maneuver", "maneuver_history"):
                self.add_rows(class_name, [row], gid=gid, visible_from=None if gid is None else self.clock.now())

    def _publish(self, cdms: Sequence[Cdm], gid: int) -> None:
        if cdms:
            self.add_cdms(cdms, gid=gid, public=True)


_ALWAYS = "0001-01-01"


def _class(name: str) -> ClassDefinition:
    for controller in ("expandedspacedata", "basicspacedata", "fileshare"):
        definition = find_class(controller, name)
        if definition is not None:
            return definition
    raise LookupError(f"there is no class {name}")


def _with_normal_times(row: Mapping[str, Any], times: Sequence[str], now: datetime) -> dict[str, Any]:
    values = dict(row)
    for name in times:
        if isinstance(values.get(name), str):
            try:
                values[name] = normal_time(values[name], now)
            except ValueError:
                continue  # what is no time is kept as it is: clients meet such rows too
    return values
