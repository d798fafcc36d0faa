"""Every class that the simulator answers for; the docs say which columns are a guess, as nobody has published them."""

from spacetrack_simulator.classes.cdm_columns import CDM_COLUMNS
from spacetrack_simulator.classes.definition import TABULAR, ClassDefinition, Column

__all__ = ["CLASSES", "find_class"]

NUMBER = "int(10) unsigned"
TIME = "datetime(6)"


def _columns(text: str) -> tuple[Column, ...]:
    """Read a list of `name type` lines; an exclamation mark is the key, a star a column that is never null."""
    found = []
    for line in text.strip().splitlines():
        name, _, kind = line.strip().partition(" ")
        bare = name.rstrip("!*")
        found.append(Column(bare, kind.strip(), nullable=bare == name, key="PRI" if name.endswith("!") else ""))
    return tuple(found)


_CDM_PUBLIC = f"""
CDM_ID! {NUMBER}
CREATED {TIME}
EMERGENCY_REPORTABLE char(1)
TCA {TIME}
MIN_RNG double
PC double
SAT_1_ID {NUMBER}
SAT_1_NAME varchar(25)
SAT1_OBJECT_TYPE varchar(25)
SAT1_RCS varchar(6)
SAT_1_EXCL_VOL varchar(62)
SAT_2_ID {NUMBER}
SAT_2_NAME varchar(25)
SAT2_OBJECT_TYPE varchar(25)
SAT2_RCS varchar(6)
SAT_2_EXCL_VOL varchar(62)
"""
_ORGANIZATION = f"""
GID* {NUMBER}
ORG_NAME varchar(255)
CONSTELLATION varchar(255)
INFO_ID! {NUMBER}
INFO_TYPE varchar(64)
INFO_LABEL varchar(64)
INFO_VALUE varchar(255)
INFO_MODIFIED datetime
OBJECT_COUNT {NUMBER}
OBJECT text
"""
_SATELLITE = f"""
NORAD_CAT_ID! {NUMBER}
OBJECT_NAME varchar(64)
OBJECT_STATUS varchar(32)
MANEUVERABLE varchar(8)
OPERATOR_HARD_BODY_RADIUS double
CONSTELLATION varchar(255)
GID {NUMBER}
"""
_CAR = f"""
ORIGINATOR varchar(64)
EPHEMERIS_FILE_UPLOAD datetime
CREATION_DATE datetime
INSERT_EPOCH datetime
OBJECT_DESIGNATOR varchar(24)
INTERNATIONAL_DESIGNATOR varchar(24)
ORG_ID {NUMBER}
CONSTELLATION varchar(255)
CA_RESULT_CODE {NUMBER}
CA_RESULT_SHORT_DESCRIPTION varchar(255)
SAT1_EPHEMERIS_NAME varchar(255)
SAT2_EPHEMERIS_NAME varchar(255)
"""
_MANEUVER = f"""
USER_DEFINED_RELEASABILITY enum('PUBLIC','PRIVATE')
USER_DEFINED_CLASSIFICATION varchar(32)
USER_DEFINED_FILENAME varchar(255)
USER_DEFINED_NORAD_CAT_ID {NUMBER}
JSPOC_DEFINED_FILENAME varchar(255)
JSPOC_NORAD_CAT_ID {NUMBER}
INSERT_EPOCH datetime
CCSDS_OPM_VERS varchar(8)
CREATION_DATE {TIME}
ORIGINATOR varchar(64)
OBJECT_NAME varchar(64)
OBJECT_ID varchar(24)
USER_DEFINED_MAN_ID varchar(64)
USER_DEFINED_MAN_STATUS varchar(32)
USER_DEFINED_MAN_PURPOSE varchar(64)
MANEUVERABLE varchar(8)
MANEUVER_EPOCH {TIME}
MANEUVER_REASON varchar(64)
MANEUVER_TYPE varchar(32)
MANEUVER_DURATION double
MANEUVER_DURATION_UNIT varchar(11)
DELTA_V double
DELTA_V_UNIT varchar(11)
DELTA_V_VECTOR_X double
DELTA_V_VECTOR_Y double
DELTA_V_VECTOR_Z double
"""
_GP = f"""
CCSDS_OMM_VERS varchar(3)
COMMENT varchar(33)
CREATION_DATE datetime
ORIGINATOR varchar(7)
OBJECT_NAME varchar(25)
OBJECT_ID varchar(12)
CENTER_NAME varchar(5)
REF_FRAME varchar(4)
TIME_SYSTEM varchar(3)
MEAN_ELEMENT_THEORY varchar(4)
EPOCH {TIME}
MEAN_MOTION decimal(13,8)
ECCENTRICITY decimal(13,8)
INCLINATION decimal(7,4)
RA_OF_ASC_NODE decimal(7,4)
ARG_OF_PERICENTER decimal(7,4)
MEAN_ANOMALY decimal(7,4)
EPHEMERIS_TYPE tinyint(4)
CLASSIFICATION_TYPE char(1)
NORAD_CAT_ID* {NUMBER}
ELEMENT_SET_NO smallint(5) unsigned
REV_AT_EPOCH mediumint(8) unsigned
BSTAR decimal(19,14)
MEAN_MOTION_DOT decimal(9,8)
MEAN_MOTION_DDOT decimal(22,13)
SEMIMAJOR_AXIS double(12,3)
PERIOD double(12,3)
APOAPSIS double(12,3)
PERIAPSIS double(12,3)
OBJECT_TYPE varchar(12)
RCS_SIZE char(6)
COUNTRY_CODE char(6)
LAUNCH_DATE date
SITE char(5)
DECAY_DATE date
FILE bigint(20) unsigned
GP_ID! {NUMBER}
TLE_LINE0 varchar(27)
TLE_LINE1 varchar(71)
TLE_LINE2 varchar(71)
"""
_SATCAT = """
INTLDES char(12)
NORAD_CAT_ID! mediumint(8) unsigned
OBJECT_TYPE varchar(12)
SATNAME char(25)
COUNTRY char(6)
LAUNCH date
SITE char(5)
DECAY date
PERIOD double(12,2)
INCLINATION double(12,2)
APOGEE bigint(12)
PERIGEE bigint(12)
COMMENT char(32)
COMMENTCODE tinyint(3) unsigned
RCSVALUE int(1)
RCS_SIZE varchar(6)
FILE smallint(5) unsigned
LAUNCH_YEAR smallint(5) unsigned
LAUNCH_NUM smallint(5) unsigned
LAUNCH_PIECE varchar(3)
CURRENT enum('Y','N')
OBJECT_NAME char(25)
OBJECT_ID char(12)
OBJECT_NUMBER mediumint(8) unsigned
"""
_FILE = f"""
FOLDER_ID {NUMBER}
FOLDER_NAME varchar(255)
FILE_FULLPATH varchar(255)
FILE_ID! {NUMBER}
FILE_NAME varchar(255)
FILE_UPLOADED datetime
FILE_BYTES bigint(20) unsigned
FILE_DELETE enum('Y','N')
FILE_LINK varchar(255)
FILE_TYPE varchar(64)
"""
_FOLDER = f"""
bloc_id {NUMBER}
folder_id! {NUMBER}
folder_path varchar(255)
folder_name varchar(255)
permissions varchar(32)
"""
_FILE_HISTORY = f"""
file_history_id! {NUMBER}
file_name varchar(255)
file_uploaded datetime
file_size bigint(20) unsigned
file_md5 char(32)
file_id {NUMBER}
folder_id {NUMBER}
"""
_ANNOUNCEMENT = """
announcement_type varchar(32)
announcement_text text
announcement_start datetime
announcement_end datetime
"""
_BOXSCORE = """
COUNTRY varchar(100)
SPADOC_CD varchar(9)
ORBITAL_TBA int(10)
ORBITAL_PAYLOAD_COUNT int(10)
ORBITAL_ROCKET_BODY_COUNT int(10)
ORBITAL_DEBRIS_COUNT int(10)
ORBITAL_TOTAL_COUNT int(10)
DECAYED_PAYLOAD_COUNT int(10)
DECAYED_ROCKET_BODY_COUNT int(10)
DECAYED_DEBRIS_COUNT int(10)
DECAYED_TOTAL_COUNT int(10)
COUNTRY_TOTAL int(10)
"""
_DECAY = """
NORAD_CAT_ID mediumint(8) unsigned
OBJECT_NUMBER mediumint(8) unsigned
OBJECT_NAME varchar(25)
INTLDES varchar(24)
OBJECT_ID varchar(24)
RCS int(1)
RCS_SIZE varchar(6)
COUNTRY char(6)
MSG_EPOCH datetime
DECAY_EPOCH varchar(24)
SOURCE varchar(32)
MSG_TYPE varchar(32)
PRECEDENCE bigint(20)
"""
_TIP = """
NORAD_CAT_ID mediumint(8) unsigned
MSG_EPOCH datetime
INSERT_EPOCH datetime
DECAY_EPOCH datetime
WINDOW bigint(20)
REV bigint(20)
DIRECTION varchar(10)
LAT decimal(7,1)
LON decimal(10,1)
INCL decimal(7,1)
NEXT_REPORT bigint(20)
ID bigint(20)
HIGH_INTEREST enum('Y','N')
OBJECT_NUMBER mediumint(8) unsigned
"""

_BASIC, _EXPANDED, _SHARE = "basicspacedata", "expandedspacedata", "fileshare"

CLASSES: dict[tuple[str, str], ClassDefinition] = {
    (definition.controller, definition.name): definition
    for definition in (
        ClassDefinition(_EXPANDED, "cdm", CDM_COLUMNS, formats=(*TABULAR, "kvn"), dates="iso"),
        ClassDefinition(_BASIC, "cdm_public", _columns(_CDM_PUBLIC), dates="microseconds"),
        ClassDefinition(_EXPANDED, "organization", _columns(_ORGANIZATION)),
        ClassDefinition(_EXPANDED, "satellite", _columns(_SATELLITE)),
        ClassDefinition(_EXPANDED, "car", _columns(_CAR)),
        ClassDefinition(_EXPANDED, "maneuver", _columns(_MANEUVER), formats=(*TABULAR, "kvn")),
        ClassDefinition(_EXPANDED, "maneuver_history", _columns(_MANEUVER), formats=(*TABULAR, "kvn")),
        ClassDefinition(_BASIC, "gp", _columns(_GP), formats=(*TABULAR, "tle", "3le", "kvn"), dates="iso"),
        ClassDefinition(_BASIC, "gp_history", _columns(_GP), formats=(*TABULAR, "tle", "3le", "kvn"), dates="iso"),
        ClassDefinition(_BASIC, "satcat", _columns(_SATCAT)),
        ClassDefinition(_BASIC, "announcement", _columns(_ANNOUNCEMENT)),
        ClassDefinition(_BASIC, "boxscore", _columns(_BOXSCORE)),
        ClassDefinition(_BASIC, "decay", _columns(_DECAY)),
        ClassDefinition(_BASIC, "tip", _columns(_TIP)),
        ClassDefinition(_SHARE, "file", _columns(_FILE)),
        ClassDefinition(_SHARE, "folder", _columns(_FOLDER)),
        ClassDefinition(_SHARE, "file_history", _columns(_FILE_HISTORY)),
        ClassDefinition(_SHARE, "delete", (Column("FILE_ID", NUMBER), Column("FOLDER_ID", NUMBER))),
        ClassDefinition(_SHARE, "upload", described=False),
        ClassDefinition(_SHARE, "download", (Column("FILE_ID", NUMBER),), formats=("stream",), described=False),
    )
}


def find_class(controller: str, name: str) -> ClassDefinition | None:
    """Find a class by controller and name, in either case."""
    return CLASSES.get((controller.lower(), name.lower()))
