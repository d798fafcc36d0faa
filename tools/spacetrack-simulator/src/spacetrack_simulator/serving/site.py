"""The site: each request through log, outages, session, limits, and what it asks for."""

from dataclasses import replace
from typing import Final

from spacetrack_simulator.accounts import Account, Accounts
from spacetrack_simulator.classes import ClassDefinition, Format, find_class
from spacetrack_simulator.clock import Clock
from spacetrack_simulator.faults import Faults
from spacetrack_simulator.policing import Police
from spacetrack_simulator.query.addresses import Address, Limit, parse_address
from spacetrack_simulator.query.errors import BadQueryError
from spacetrack_simulator.query.selection import Selected, select
from spacetrack_simulator.rendering import render, written_rows
from spacetrack_simulator.rendering.bodies import MEDIA_TYPES
from spacetrack_simulator.rendering.values import drifted_modeldef
from spacetrack_simulator.request_log import RequestLog
from spacetrack_simulator.serving import pages
from spacetrack_simulator.serving.outages import Outages, damaged, instead
from spacetrack_simulator.serving.replies import Incoming, Reply, json_reply, text_reply
from spacetrack_simulator.serving.uploads import FileActions
from spacetrack_simulator.settings import Settings
from spacetrack_simulator.store import Store

__all__ = ["Site"]

LOGIN: Final = ["ajaxauth", "login"]
LOGOUT: Final = ["ajaxauth", "logout"]


class Site:
    """The imitated interface."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        store: Store,
        *,
        accounts: Accounts,
        log: RequestLog,
        police: Police,
        outages: Outages,
        files: FileActions,
        faults: Faults,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._store = store
        self._accounts = accounts
        self._log = log
        self._police = police
        self._outages = outages
        self._files = files
        self._faults = faults

    def answer(self, request: Incoming) -> Reply:
        """Answer a request; it is in the log before anything else happens."""
        segments = [part for part in request.segments if part]
        is_login = segments[:2] == LOGIN
        identity = request.form.get("identity") if is_login else self._accounts.owner_of(request.cookie)
        number = self._log.arrived(request.method, request.path, identity, _class_label(segments))
        outage = self._outages.hitting(request)
        reply = instead(outage) if outage is not None else None
        if reply is None:
            reply = self._login(request) if is_login else self._logged_in(request, segments)
            if outage is not None:
                reply = damaged(outage, reply)
            elif reply.seen is not None and identity is not None:
                self._police.saw(identity, reply.seen, request.path, reply.rows or 0)
        self._log.answered(number, reply.status or None, reply.outcome, reply.rows, len(reply.body) * reply.repeat)
        return reply

    def _login(self, request: Incoming) -> Reply:
        identity = request.form.get("identity", "")
        account = self._accounts.find(identity)
        if account is not None and self._police.refuses(identity):
            return self._rate_limited()
        account = self._accounts.find(identity)  # a lock may have come with the last request
        cookie = self._accounts.login(identity, request.form.get("password", ""))
        if cookie is None or account is None:
            return json_reply(pages.LOGIN_FAILED, outcome="login failed")
        if account.locked is not None:
            return json_reply(pages.LOCKED, outcome="locked")
        query = request.form.get("query")
        if query:
            _, _, path = query.partition("://")
            segments = path.strip("/").split("/")[1:]
            return self._asked(account, segments, request)
        return json_reply("", cookie=cookie, outcome="ok")

    def _logged_in(self, request: Incoming, segments: list[str]) -> Reply:
        if segments[:2] == LOGOUT:
            self._accounts.logout(request.cookie)
            return json_reply("Successfully logged out", cookie="")
        account = self._accounts.use_session(request.cookie, self._faults.sessions.idle_timeout_s)
        if account is None:
            return self._expired()
        if self._police.refuses(account.identity):
            return self._rate_limited()
        if account.locked is not None:
            return json_reply(pages.LOCKED, status=401, outcome="locked")
        return self._asked(account, segments, request)

    def _expired(self) -> Reply:
        if self._faults.sessions.expiry == "html":
            return text_reply(pages.LOGIN_PAGE, outcome="not logged in", media_type="text/html")
        return json_reply(pages.NOT_LOGGED_IN, status=401, outcome="not logged in")

    def _rate_limited(self) -> Reply:
        outcome = "rate limited"
        match self._faults.rate_limits.style:
            case "200-list":
                return json_reply([{"error": pages.RATE_LIMIT}], outcome=outcome)
            case "200-object":
                return json_reply({"error": pages.RATE_LIMIT}, outcome=outcome)
            case "429":
                return json_reply({"error": pages.RATE_LIMIT}, status=429, outcome=outcome)
            case _:
                return text_reply(pages.RATE_LIMIT, status=500, outcome=outcome, media_type="text/html")

    def _asked(self, account: Account, segments: list[str], request: Incoming) -> Reply:
        try:
            address = parse_address(segments)
            definition = _known_class(address)
            if address.action == "modeldef":
                return self._modeldef(definition)
            return self._query(account, definition, address, request)
        except BadQueryError as error:
            return json_reply({"error": str(error)}, status=500, outcome="bad query")

    def _modeldef(self, definition: ClassDefinition) -> Reply:
        if not definition.described:
            raise BadQueryError(f"Class {definition.name} has no model definition")
        return json_reply(drifted_modeldef(definition, self._faults.rows))

    def _query(self, account: Account, definition: ClassDefinition, address: Address, request: Incoming) -> Reply:
        actions = {
            "upload": lambda: self._files.upload(account.identity, address, request, self._faults.uploads),
            "download": lambda: self._files.download(account.identity, address),
            "delete": lambda: self._files.delete(account.identity, address),
        }
        if definition.controller == "fileshare" and definition.name in actions:
            return actions[definition.name]()
        selected = select(
            self._store,
            definition,
            address,
            scopes=self._accounts.scopes(account.identity),
            now=self._clock.now(),
            largest_result_rows=self._settings.largest_result_rows,
        )
        return replace(self._rendered(definition, address, selected), rows=len(selected.rows), seen=address)

    def _rendered(self, definition: ClassDefinition, address: Address, selected: Selected) -> Reply:
        wanted = next((each for each in definition.formats if each == address.format), None)
        if wanted is None:
            raise BadQueryError(f"Class {definition.name} has no format {address.format}")
        faults = self._faults.rows
        rows = written_rows(definition, selected.columns, selected.rows, faults)
        if faults.unordered and definition.name in faults.classes:
            rows.reverse()
        if not rows and wanted != "json":
            return _empty_text(wanted, address)
        body = render(
            definition.name,
            selected.columns,
            rows,
            wanted,
            line_end="\r\n" if faults.line_ends == "crlf" else "\n",
            metadata=self._metadata(address, selected) if address.metadata else None,
        )
        return Reply(200, body, MEDIA_TYPES[wanted], outcome="ok" if rows else "empty", rows=len(rows))

    def _metadata(self, address: Address, selected: Selected) -> dict[str, object]:
        limit = address.limit or Limit(0)
        return {
            "Total": str(selected.total),
            "Limit": str(limit.count) if address.limit else None,
            "LimitOffset": str(limit.offset) if address.limit else None,
            "ReturnedRows": str(len(selected.rows)),
            "RequestTime": f"{self._clock.now():%Y-%m-%d %H:%M:%S}",
            "DataSize": None,
        }


def _known_class(address: Address) -> ClassDefinition:
    definition = find_class(address.controller, address.class_name)
    if definition is None:
        raise BadQueryError(f"Class {address.class_name} does not exist in {address.controller}")
    return definition


def _empty_text(wanted: Format, address: Address) -> Reply:
    if address.show_empty:
        return text_reply(pages.NO_RESULTS, outcome="empty")
    return Reply(204, b"", MEDIA_TYPES[wanted], outcome="empty", rows=0)


def _class_label(segments: list[str]) -> str | None:
    if segments[:1] == ["ajaxauth"]:
        return segments[1] if len(segments) > 1 else None
    if len(segments) < 4:
        return None
    return "modeldef" if segments[1] == "modeldef" else f"{segments[0]}/{segments[3]}"
