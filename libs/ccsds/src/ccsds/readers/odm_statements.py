"""The statements of one OPM or OMM, sorted into its blocks, whatever syntax they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ccsds.readers.section import Section
from ccsds.report import FindingLog
from ccsds.syntax.kvn import KvnLine
from ccsds.syntax.numbers import MAX_DIGITS, MAX_DIGITS_1_0
from ccsds.tables.keyword import Keyword, KeywordTable

__all__ = ["USER_DEFINED", "ManeuverStatements", "OdmKind", "OdmStatements", "UserParameter"]

USER_DEFINED = "USER_DEFINED_"
FIRST_ISSUE = "1.0"


@dataclass(frozen=True, slots=True)
class OdmKind:
    """What the reader must know of a kind.

    Attributes
    ----------
    name, versions
        `OPM` or `OMM`, and its versions.
    keywords, maneuver
        Its tables; the maneuver's is empty where there are none.
    later
        Keyword to the versions that do not have it and the rule key under which that is reported.
    unknown_versions
        Version to the rule key under which it is reported; any other unknown one is VER-004.
    empty_key
        Rule key under which empty mandatory values are reported.
    """

    name: str
    versions: tuple[str, ...]
    keywords: KeywordTable
    maneuver: KeywordTable
    later: Mapping[str, tuple[frozenset[str], str]]
    unknown_versions: Mapping[str, str] = field(default_factory=dict)
    empty_key: str = "SYN-012"

    @property
    def version_keyword(self) -> str:
        """`CCSDS_OPM_VERS` or `CCSDS_OMM_VERS`."""
        return f"CCSDS_{self.name}_VERS"


@dataclass(slots=True)
class UserParameter:
    """A user-defined parameter: its name without prefix, and behind which block it stands."""

    name: str
    value: str
    line: int
    column: int
    block: str
    maneuver: int


@dataclass(slots=True)
class ManeuverStatements:
    """One maneuver's statements, with the comments before it."""

    section: Section
    comments: list[str] = field(default_factory=list)


class OdmStatements:
    """Takes one message's statements in their order, and reports those that stand where they must not.

    Attributes
    ----------
    section
        Header, metadata and data but maneuvers.
    maneuvers, user_defined
        In their order.
    comments
        Block name to its comments; `user_defined` is that of the user-defined parameters.
    version
        As declared.
    last_statement_line
        Of the last statement that is no user-defined parameter; 0 where there is none.
    """

    def __init__(self, kind: OdmKind, version: str, log: FindingLog) -> None:
        self.kind = kind
        self.version = version
        self.log = log
        self.section = self._new_section(kind.keywords, f"the {kind.name}")
        self.maneuvers: list[ManeuverStatements] = []
        self.user_defined: list[UserParameter] = []
        self._first_user_defined: dict[tuple[str, str, int], UserParameter] = {}
        self.comments: dict[str, list[str]] = {}
        self._pending: list[tuple[str, int, int]] = []
        self._last_block = ""
        self._last_keyword = ""
        self._too_early: set[str] = set()
        self.last_statement_line = 0

    def _new_section(self, table: KeywordTable, title: str) -> Section:
        first = self.version == FIRST_ISSUE
        return Section(
            table,
            title,
            self.log,
            max_digits=MAX_DIGITS_1_0 if first else MAX_DIGITS,
            empty_key=self.kind.empty_key,
            dimension_key="UNI-002/dimension",
            units_any_case=first,
            julian_dates=first,
        )

    @property
    def last_line(self) -> int | None:
        """The line of the last statement; None where there is none."""
        sections = [self.section, *(maneuver.section for maneuver in self.maneuvers)]
        return max(section.last_line for section in sections) or None

    def take_comment(self, text: str, line: int, column: int) -> None:
        """Take a comment; it belongs to the block of the statement that follows it."""
        if not self._last_keyword:
            message = f"a comment stands before {self.kind.version_keyword}"
            self.log.add("SYN-001/comment", message, line=line, column=column)
        self._pending.append((text, line, column))

    def take_assignment(self, parsed: KvnLine, line: int) -> None:
        """Take an assignment."""
        keyword = parsed.keyword
        if not self._last_keyword and keyword != self.kind.version_keyword:
            message = f"{keyword} stands before {self.kind.version_keyword}"
            self.log.add("SYN-001", message, line=line, column=parsed.column)
        if keyword.startswith(USER_DEFINED):
            self._take_user_defined(parsed, line)
        else:
            self.last_statement_line = line
            if keyword in self.kind.maneuver:
                self._take_maneuver(parsed, line)
            else:
                self._take_keyword(parsed, line)
        self._last_keyword = keyword

    def close(self) -> None:
        """Take the end of the message."""
        if self._pending:
            self._attach(self._last_block or "header", inside=self.version != FIRST_ISSUE)

    def _take_keyword(self, parsed: KvnLine, line: int) -> None:
        keyword = parsed.keyword
        self._check_version_of(keyword, line, parsed.column)
        if self.maneuvers and keyword in self.kind.keywords:
            message = f"{keyword} stands behind a maneuver"
            hint = "Move it before the first MAN_EPOCH_IGNITION."
            self.log.add("SYN-009", message, line=line, column=parsed.column, hint=hint)
        row = self.section.assign(parsed, line)
        if keyword == self.kind.version_keyword:
            self._check_version(parsed, line)
        self._place_comments(row, keyword)
        if row is not None:
            self._last_block = row.block

    def _place_comments(self, row: Keyword | None, keyword: str) -> None:
        block = self._last_block if row is None else row.block
        inside = block == self._last_block and self._last_keyword != self.kind.version_keyword
        if self.version == FIRST_ISSUE and block in {"header", "metadata"}:
            inside = False
        self._attach(block, inside=inside, before=keyword)

    def _attach(self, block: str, *, inside: bool, before: str = "") -> None:
        if not self._pending:
            return
        key = {"header": "COM-001", "metadata": "COM-002"}.get(block, "COM-004")
        where = f"inside a block, before {before}" if before else "behind the last statement"
        comments = self.comments.setdefault(block, [])
        if block == "maneuver" and self.maneuvers:
            comments = self.maneuvers[-1].comments
        for text, line, column in self._pending:
            if inside:
                self.log.add(key, f"a comment stands {where}", line=line, column=column)
            comments.append(text)
        self._pending = []

    def _take_maneuver(self, parsed: KvnLine, line: int) -> None:
        keyword = parsed.keyword
        opens = not self.maneuvers or self._begins_again(keyword)
        if opens:
            section = self._new_section(self.kind.maneuver, f"maneuver {len(self.maneuvers) + 1}")
            self.maneuvers.append(ManeuverStatements(section))
        self.maneuvers[-1].section.assign(parsed, line)
        self._attach("maneuver", inside=not opens, before=keyword)
        self._last_block = "maneuver"

    def _begins_again(self, keyword: str) -> bool:
        """Whether a keyword that the maneuver already has begins the next one."""
        given = self.maneuvers[-1].section.entries
        return keyword in given and (keyword == next(iter(self.kind.maneuver)) or keyword == next(iter(given)))

    def _take_user_defined(self, parsed: KvnLine, line: int) -> None:
        name = parsed.keyword.removeprefix(USER_DEFINED)
        column = parsed.column
        if self.version == FIRST_ISSUE:
            message = f"{parsed.keyword}: version 1.0 has no user-defined parameters"
            self.log.add("SYN-008", message, line=line, column=column)
        if not name:
            self.log.add("SYN-008", f"{USER_DEFINED} has no name behind it", line=line, column=column)
        if not parsed.value:
            self.log.add("SYN-012/optional", f"{parsed.keyword} has no value", line=line, column=column)
        self._attach("user_defined", inside=self._last_keyword.startswith(USER_DEFINED), before=parsed.keyword)
        block, maneuver = self._last_block, len(self.maneuvers) - 1
        parameter = UserParameter(name, parsed.value, line, parsed.value_column, block, maneuver)
        first = self._first_user_defined.setdefault((name, block, maneuver), parameter)
        if first is not parameter:
            key = "SYN-010/same" if first.value == parsed.value else "SYN-010"
            message = f"{parsed.keyword} stands here again, first on line {first.line}"
            self.log.add(key, message, line=line, column=column)
        self.user_defined.append(parameter)
        self.section.last_line = max(self.section.last_line, line)

    def _check_version(self, parsed: KvnLine, line: int) -> None:
        version, kind = parsed.value, self.kind
        if version not in kind.versions:
            key = kind.unknown_versions.get(version, "VER-004")
            message = f"{version!r} is no version of the {kind.name}: {', '.join(kind.versions)} are"
            self.log.add(key, message, line=line, column=parsed.value_column)

    def _check_version_of(self, keyword: str, line: int, column: int) -> None:
        without, key = self.kind.later.get(keyword, (frozenset(), ""))
        if self.version in without and not (key == "VER-002" and key in self._too_early):
            self._too_early.add(key)
            message = f"{keyword} is not a keyword of version {self.version}"
            self.log.add(key, message, line=line, column=column)
