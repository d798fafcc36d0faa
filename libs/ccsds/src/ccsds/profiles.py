"""Profiles: how much each rule weighs for whom. A profile is data: rule key to severity, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ccsds.errors import UnknownProfile
from ccsds.rules import RULES, Weight

__all__ = ["PROFILE_NAMES", "Profile", "profile_named", "profiles"]

Override = tuple[Weight, str]


@dataclass(frozen=True, slots=True)
class Profile:
    """A named weighing of all rules.

    Attributes
    ----------
    name, title, audience
        Its name in the API, what it is, and for whom.
    overrides
        Rule key to (severity, reason), only where it differs from `strict`.
    weights
        Rule key to severity, for every rule.
    """

    name: str
    title: str
    audience: str
    overrides: Mapping[str, Override]
    weights: Mapping[str, Weight]

    def severity(self, key: str) -> Weight:
        """The weight of a rule key."""
        return self.weights[key]


def _profile(name: str, title: str, audience: str, *tables: Mapping[str, Override]) -> Profile:
    overrides: dict[str, Override] = {}
    for entries in tables:
        overrides.update(entries)
    unknown = overrides.keys() - RULES.keys()
    if unknown:
        raise KeyError(f"profile {name} weighs rules that do not exist: {sorted(unknown)}")
    weights = {key: overrides[key][0] if key in overrides else rule.strict for key, rule in RULES.items()}
    return Profile(name, title, audience, overrides, weights)


OPERATIONAL: dict[str, Override] = {
    "SYN-001/comment": ("warning", "some tools write a comment first; nothing is ambiguous"),
    "SYN-001/space-track": ("warning", "Space-Track writes CONSTELLATION, CDM_ID and INSERT_EPOCH first"),
    "SYN-002/tab": ("warning", "tabs separate as blanks do"),
    "SYN-002/non-ascii": ("warning", "names in comments carry accents"),
    "SYN-003": ("warning", "long comment lines occur"),
    "SYN-008/cdm": ("warning", "keywords of later drafts are kept as extensions"),
    "SYN-009": ("warning", "the order carries no meaning"),
    "SYN-010/same": ("warning", "the same value twice is not ambiguous"),
    "SYN-011/covariance": ("warning", "the geometry is usable without it"),
    "SYN-012/header": ("warning", "CelesTrak leaves CREATION_DATE and ORIGINATOR empty"),
    "SYN-012/optional": ("warning", "an empty optional value means that there is none"),
    "SYN-013": ("warning", "editors on Windows write a byte order mark"),
    "SYN-015": ("warning", "the text of the comment is clear"),
    "COM-001": ("info", "the place of a comment carries no meaning"),
    "COM-002": ("info", "the place of a comment carries no meaning"),
    "COM-003": ("warning", "the data lines around it are clear"),
    "COM-004": ("info", "Space-Track places comments inside blocks"),
    "UNI-002": ("warning", "CARA writes [m] on relative velocities; the table's unit is read"),
    "UNI-003": ("warning", "the unit is clear"),
    "UNI-004": ("warning", "[n/a] says nothing"),
    "VER-004/cdm-2": ("warning", "drafts of CDM 2.0 hold the keywords of 1.0"),
    "VAL-001/missing": ("warning", "CARA writes NaN for a count that is unknown"),
    "VAL-002/digits": ("info", "tools print doubles with 17 digits and more"),
    "VAL-002/point": ("info", "CelesTrak writes .0001"),
    "VAL-003/mantissa": ("info", "the value is clear"),
    "VAL-006": ("info", "agencies write Earth and Lagrange"),
    "VAL-006/cdm": ("info", "case carries no meaning"),
    "VAL-006/cdm-free": ("info", "names and addresses have their own case"),
    "OEM-014": ("warning", "overlapping segments occur where no useable window is given"),
    "OEM-015": ("warning", "a degree can be chosen by the reader"),
    "OEM-017": ("info", "a reader can lower the degree"),
    "OEM-039": ("info", "a covariance between states is found by those who interpolate"),
    "OEM-020/repeated": ("warning", "the same state twice is not ambiguous; it is read once"),
    "CDM-016": ("warning", "CARA and others write other designators"),
    "CDM-017": ("info", "originators hold blanks"),
    "CDM-018": ("warning", "the value has no part in the assessment"),
    "CDM-024/rtn": ("warning", "the standard asks for no agreement; a wrong sign or frame shows here"),
    "CDM-020": ("warning", "incomplete optional rows are left out"),
    "SYN-011/notification": ("info", "maneuver notifications of 19 SDS leave them out"),
    "SYN-016/marker": ("warning", "some tools write the markers of an OEM; nothing is ambiguous"),
    "OPM-002/notification": ("info", "maneuver notifications of 19 SDS need none"),
    "OPM-021/mass": ("warning", "maneuver notifications of 19 SDS may leave it out"),
    "OPM-022/zero": ("warning", "tools write 0.0 where the mass is not modelled"),
    "OPM-023": ("warning", "the maneuver is clear without it"),
    "OPM-028": ("info", "maneuver notifications of 19 SDS have them in header, metadata and each maneuver"),
    "XML-005/place": ("warning", "a keyword stands once in a segment, so its block is clear"),
    "XML-005/repeated": ("warning", "drafts of CDM 2.0 repeat covarianceMatrix; repeated keywords are told apart"),
    "OMM-011/message": ("warning", "the message is whole; it is no element set for SGP4"),
    "OMM-013/message": ("warning", "the message is whole; it is no element set for a catalogue"),
    "OMM-019/full-turn": ("info", "a printed angle is rounded up to it"),
    "VAL-008/full-turn": ("info", "a printed angle is rounded up to it"),
    "OMM-023": ("warning", "originators of other theories name TEME"),
    "OMM-012": ("warning", "a missing drag term reads as 0"),
    "OMM-014": ("info", "SGP4 does not use the derivatives"),
    "EPH-001/repeated": ("warning", "the same record twice is not ambiguous; it is read once"),
    "STV-003": ("warning", "what is not known is left out"),
    "ITC-010/none": ("warning", "the states are usable without it"),
}

MANEUVER_NOTIFICATION_KEYS = (
    "MAN-001", "MAN-002", "MAN-003", "MAN-004", "MAN-005", "MAN-006", "MAN-007", "MAN-008", "MAN-009",
    "MAN-009/repeated", "MAN-010", "MAN-011", "MAN-012", "MAN-013", "MAN-014", "MAN-015",
)  # fmt: skip
OPERATIONAL |= dict.fromkeys(MANEUVER_NOTIFICATION_KEYS, ("warning", "19 SDS would not take the notification"))
OPERATIONAL |= {
    "MAN-008/other": ("info", "the handbook does not ask for it"),
    "MAN-011": ("info", "it is found wherever it stands"),
    "MAN-015": ("info", "other receivers may know it"),
}

SPACE_TRACK: dict[str, Override] = {
    **dict.fromkeys(MANEUVER_NOTIFICATION_KEYS, ("error", "the handbook's tables 10 to 16 demand it")),
    "MAN-010": ("warning", "Space-Track computes it where it is missing"),
    "MAN-011": ("warning", "the handbook gives each parameter its section"),
    "MAN-015": ("warning", "the handbook does not name it"),
    "MAN-020": ("error", "the first two fields of the name are obligatory"),
    "MAN-021": ("error", "the name must be that of the CDM account"),
    "SYN-011/notification": ("off", "the handbook's tables 11 and 12 make them optional"),
    "OPM-002/notification": ("off", "the handbook's table 12 is optional"),
    "OPM-021/mass": ("off", "the handbook's table 16 makes it optional"),
    "OPM-023": ("off", "the handbook's table 14 is optional"),
    "OPM-028": ("off", "the handbook has them in header, metadata and each maneuver"),
    "SYN-002/tab": ("error", "the utility splits at blanks only"),
    "SYN-002/non-ascii": ("error", "the utility reads ASCII"),
    "SYN-013": ("error", "the utility reads ASCII"),
    "VER-003": ("error", "not stripped by the utility"),
    "STK-001": ("error", "the handbook demands decimal notation"),
    "STK-001/text": ("warning", "the handbook demands decimal notation; live files use exponents"),
    "STK-002": ("error", "the utility takes a line that it does not strip for data"),
    "STK-003": ("error", "TIME_SYSTEM is stripped, so times are read as UTC"),
    "STK-004": ("error", "CENTER_NAME is stripped, so the Earth is assumed"),
    "STK-005": ("error", "the utility splits year, month and day at dashes"),
    "STK-006": ("error", "the utility reads six components"),
    "STK-007": ("warning", "the utility discards such a matrix"),
    "STK-008": ("warning", "the handbook wants each block annotated; the default is REF_FRAME"),
    "STK-009": ("error", "only the pairs of table 8 are supported"),
    "FIL-001": ("error", "the site checks the name"),
    "FIL-002": ("error", "the handbook's text and UKSA's copy show the double underscore"),
    "FIL-003": ("error", "the extension is .txt"),
    "FIL-003/double": ("error", "the extension is .txt"),
    "FIL-004/non-ascii": ("error", "the site checks the name"),
    "FIL-005": ("error", "the number says whose ephemeris it is"),
    "FIL-006": ("error", "the number says whose ephemeris it is"),
    "FIL-007": ("error", "only unclassified files are taken"),
    "FIL-008": ("error", "obligatory field"),
    "FIL-009": ("error", "normative value"),
}

UKSA: dict[str, Override] = {
    "FIL-003": ("error", "the file extension must be .oem"),
    "FIL-003/double": ("error", "double suffixing is rejected"),
    "FIL-004/non-ascii": ("error", "ASCII only"),
    "FIL-005": ("error", "the NORAD id is taken from the file name"),
    "FIL-006": ("warning", "the number is looked up"),
}

NEVER_SALVAGED = frozenset({"FMT-001", "FMT-003", "FMT-004", "FMT-005", "FMT-006", "FMT-007", "SYN-017"})

LENIENT: dict[str, Override] = {
    key: ("warning", "salvage: what is readable is kept, what is dropped is said")
    for key, rule in RULES.items()
    if rule.strict == "error" and key not in NEVER_SALVAGED
}

_PROFILES = {
    profile.name: profile
    for profile in (
        _profile(
            "strict", "The Blue Books to the letter.",
            "For those who write messages: a file without a finding here can be read by all who follow the standard. "
            "Our own writers are held to it.",
        ),
        _profile(
            "operational", "What agencies and operators really send; the default on ingest.",
            "For those who receive messages: what can be read in one way only is taken, and each deviation is said, "
            "as a warning or as information. What could be read in two ways stays an error.",
            OPERATIONAL,
        ),
        _profile(
            "space-track", "The 19 SDS handbook: what Space-Track takes.",
            "For operators who upload ephemerides and maneuver notifications to Space-Track: `operational`, with what "
            "its utilities drop, misread or refuse as errors. Each OPM is judged as a maneuver notification.",
            OPERATIONAL, SPACE_TRACK,
        ),
        _profile(
            "uksa", "Monitor Space Hazards: the Blue Book and a checked file name.",
            "For operators who upload ephemerides to the UK Space Agency's Monitor Space Hazards: `strict`, and the "
            "file's name counts.",
            UKSA,
        ),
        _profile(
            "lenient", "Salvage: keep what is readable, say what was dropped.",
            "For those who need what is left of a broken file: nothing that can be read is refused. Never the default: "
            "somebody asks for it.",
            LENIENT, {key: entry for key, entry in OPERATIONAL.items() if entry[0] == "info"},
        ),
    )
}  # fmt: skip

PROFILE_NAMES = tuple(_PROFILES)


def profiles() -> tuple[Profile, ...]:
    """Every profile, for the documentation."""
    return tuple(_PROFILES.values())


def profile_named(name: str) -> Profile:
    """Return the profile of that name.

    Raises
    ------
    UnknownProfile
        There is none of that name.
    """
    try:
        return _PROFILES[name]
    except KeyError:
        raise UnknownProfile(f"no profile {name!r}: choose one of {', '.join(_PROFILES)}") from None
