"""Checks of a maneuver notification by the handbook's tables 10 to 16."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ccsds.messages.opm import Opm
from ccsds.readers.odm_statements import OdmStatements, UserParameter
from ccsds.readers.section import Section
from ccsds.report import FindingLog
from ccsds.syntax.kvn import split_unit
from ccsds.syntax.numbers import number_problem
from ccsds.syntax.times import read_time
from ccsds.tables.maneuver_notification import (
    CLASSIFICATION,
    HEADER_PARAMETERS,
    MANEUVER_ID,
    MANEUVER_PARAMETERS,
    MANEUVER_PURPOSES,
    MANEUVER_STATUSES,
    METADATA_PARAMETERS,
    NOTIFICATION_NUMBER,
    RELEASABILITIES,
)
from ccsds.tables.oem import normalised

__all__ = ["check_notification"]

AGREEMENT = 1e-3
"""Relative disagreement of DV_OVERALL and its components that printed digits explain."""
COLLISION_AVOIDANCE = "COLA"


def check_notification(opm: Opm | None, statements: OdmStatements, log: FindingLog) -> None:
    """Report what 19 SDS would refuse or misread; only called for a maneuver notification."""
    if not log.weighs("MAN-002"):
        return
    _check_header(statements, log)
    _check_metadata(statements, log)
    _check_places(statements, log)
    if not statements.maneuvers:
        log.add("MAN-012", "the notification has no maneuver", line=statements.last_line)
    seen: dict[str, int] = {}
    for index, maneuver in enumerate(statements.maneuvers):
        own = _own(statements, index)
        _check_maneuver(own, maneuver.section, index, log)
        _check_id(own.get("MAN_ID"), seen, log)
        whole = opm is not None and len(opm.maneuvers) == len(statements.maneuvers)
        if whole and opm is not None and "DV_OVERALL" in own:
            _check_overall(own["DV_OVERALL"], float(np.linalg.norm(opm.maneuvers[index].delta_v_km_s)), log)


def _at(log: FindingLog, key: str, parameter: UserParameter, message: str) -> None:
    log.add(key, f"USER_DEFINED_{parameter.name} {message}", line=parameter.line, column=parameter.column)


def _own(statements: OdmStatements, index: int) -> dict[str, UserParameter]:
    """Parameters of one maneuver; where there is only one, wherever they stand."""
    alone = len(statements.maneuvers) == 1
    return {parameter.name: parameter for parameter in statements.user_defined if alone or parameter.maneuver == index}


def _check_header(statements: OdmStatements, log: FindingLog) -> None:
    given = {parameter.name: parameter for parameter in statements.user_defined}
    version = statements.section.entries.get(statements.kind.version_keyword)
    if version is not None and version.value != "2.0":
        log.add("MAN-001", f"the version is {version.value}", line=version.line, column=version.column)
    classification = given.get("CLASSIFICATION")
    if classification is None:
        line = _line_of(statements.section, "ORIGINATOR")
        log.add("MAN-002", "USER_DEFINED_CLASSIFICATION is missing", line=line)
    elif classification.value != CLASSIFICATION:
        _at(log, "MAN-002", classification, f"is {classification.value!r}, not {CLASSIFICATION}")
    release = given.get("RELEASABILITY")
    if release is not None and release.value not in RELEASABILITIES:
        _at(log, "MAN-003", release, f"is {release.value!r}, neither {' nor '.join(RELEASABILITIES)}")


def _check_metadata(statements: OdmStatements, log: FindingLog) -> None:
    section = statements.section
    number = next((each for each in statements.user_defined if each.name == "NORAD_CAT_ID"), None)
    if number is None:
        log.add("MAN-004", "USER_DEFINED_NORAD_CAT_ID is missing", line=_line_of(section, "OBJECT_NAME"))
    elif NOTIFICATION_NUMBER.match(number.value) is None:
        _at(log, "MAN-004", number, f"is {number.value!r}; five, six or nine digits must be")
    system = section.entries.get("TIME_SYSTEM")
    if system is not None and normalised(system.value) != "UTC":
        log.add("MAN-005", f"the time system is {system.value}", line=system.line, column=system.column)
    anomaly = section.entries.get("TRUE_ANOMALY")
    if anomaly is not None:
        log.add("MAN-013", "TRUE_ANOMALY is given", line=anomaly.line, column=1)
    state = section.entries.get("X")
    if state is not None and "REF_FRAME" not in section.entries:
        log.add("MAN-014", "the state vector has no REF_FRAME", line=state.line, column=1)


def _check_places(statements: OdmStatements, log: FindingLog) -> None:
    places = {
        **dict.fromkeys(HEADER_PARAMETERS, "header"),
        **dict.fromkeys(METADATA_PARAMETERS, "metadata"),
        **dict.fromkeys(MANEUVER_PARAMETERS, "maneuver"),
    }
    for parameter in statements.user_defined:
        wanted = places.get(parameter.name)
        if wanted is None:
            _at(log, "MAN-015", parameter, "is no parameter of a maneuver notification")
        elif parameter.block != wanted:
            where = "behind its maneuver" if wanted == "maneuver" else f"in the {wanted}"
            _at(log, "MAN-011", parameter, f"does not stand {where}")


def _check_maneuver(own: dict[str, UserParameter], section: Section, index: int, log: FindingLog) -> None:
    for name, key, choices in (
        ("MAN_PURPOSE", "MAN-006", tuple(MANEUVER_PURPOSES)),
        ("MAN_STATUS", "MAN-007", MANEUVER_STATUSES),
    ):
        _check_choice(own.get(name), name, key, choices, section, index, log)
    tca, purpose = own.get("TCA"), own.get("MAN_PURPOSE")
    avoids = purpose is not None and purpose.value == COLLISION_AVOIDANCE
    if tca is None:
        if avoids and purpose is not None:
            message = "USER_DEFINED_TCA is missing from a maneuver for collision avoidance"
            log.add("MAN-008", message, line=purpose.line, column=1)
        return
    reading = read_time(tca.value)
    if reading.problem is not None:
        _at(log, "MAN-008", tca, f"is no time: {reading.message}")
    elif not avoids:
        _at(log, "MAN-008/other", tca, "stands behind a maneuver for another purpose than COLA")


def _check_choice(
    parameter: UserParameter | None,
    name: str,
    key: str,
    choices: Sequence[str],
    section: Section,
    index: int,
    log: FindingLog,
) -> None:
    if parameter is None:
        line = _line_of(section, "MAN_EPOCH_IGNITION") or section.last_line or None
        log.add(key, f"USER_DEFINED_{name} is missing from maneuver {index + 1}", line=line)
    elif parameter.value not in choices:
        _at(log, key, parameter, f"is {parameter.value!r}, none of {', '.join(choices)}")


def _check_id(parameter: UserParameter | None, seen: dict[str, int], log: FindingLog) -> None:
    if parameter is None:
        return
    if MANEUVER_ID.match(parameter.value) is None:
        _at(log, "MAN-009", parameter, f"is {parameter.value!r}")
    elif parameter.value in seen:
        _at(log, "MAN-009/repeated", parameter, f"is {parameter.value} again, first on line {seen[parameter.value]}")
    seen.setdefault(parameter.value, parameter.line)


def _check_overall(parameter: UserParameter, magnitude_km_s: float, log: FindingLog) -> None:
    value, _ = number_problem(split_unit(parameter.value).value)
    if value is None or value < 0.0:
        _at(log, "MAN-010", parameter, f"is {parameter.value!r}, no magnitude in km/s")
    elif abs(value - magnitude_km_s) > AGREEMENT * magnitude_km_s:
        _at(log, "MAN-010", parameter, f"is {value:.6g} km/s; MAN_DV_1 to 3 make {magnitude_km_s:.6g} km/s")


def _line_of(section: Section, keyword: str) -> int | None:
    entry = section.entries.get(keyword)
    return None if entry is None else entry.line
