"""The columns of class `cdm`: 312 names, each of the two objects with a prefix."""

from spacetrack_simulator.classes.definition import Column

__all__ = ["CDM_COLUMNS", "COVARIANCE_COLUMNS", "OBJECT_COLUMNS", "column_unit"]

AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT", "DRG", "SRP")
COVARIANCE_COLUMNS = tuple(
    f"C{row_axis}_{column_axis}" for row, row_axis in enumerate(AXES) for column_axis in AXES[: row + 1]
)
"""The lower triangle of the 8x8 matrix, in the order of the CDM."""

STATE_COLUMNS = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")

_HEAD = """
CONSTELLATION CDM_ID FILENAME INSERT_EPOCH CCSDS_CDM_VERS CREATION_DATE CREATION_DATE_FRACTION ORIGINATOR MESSAGE_FOR
MESSAGE_ID COMMENT_EMERGENCY_REPORTABLE TCA TCA_FRACTION MISS_DISTANCE+ RELATIVE_SPEED+
RELATIVE_POSITION_R+ RELATIVE_POSITION_T+ RELATIVE_POSITION_N+
RELATIVE_VELOCITY_R+ RELATIVE_VELOCITY_T+ RELATIVE_VELOCITY_N+
COMMENT_SCREENING_OPTION COMMENT_EFFECTIVE_HBR COLLISION_PROBABILITY COLLISION_PROBABILITY_METHOD
"""
_OBJECT = f"""
COMMENT_SCREENING_DATA_SOURCE OBJECT OBJECT_DESIGNATOR CATALOG_NAME OBJECT_NAME INTERNATIONAL_DESIGNATOR OBJECT_TYPE
OPERATOR_CONTACT_POSITION OPERATOR_ORGANIZATION OPERATOR_PHONE OPERATOR_EMAIL EPHEMERIS_NAME COVARIANCE_METHOD
MANEUVERABLE REF_FRAME GRAVITY_MODEL ATMOSPHERIC_MODEL N_BODY_PERTURBATIONS SOLAR_RAD_PRESSURE EARTH_TIDES
INTRACK_THRUST COMMENT_COVARIANCE_SCALE_FACTOR COMMENT_EXCLUSION_VOLUME_RADIUS
TIME_LASTOB_START TIME_LASTOB_START_FRACTION TIME_LASTOB_END TIME_LASTOB_END_FRACTION
RECOMMENDED_OD_SPAN+ ACTUAL_OD_SPAN+ OBS_AVAILABLE OBS_USED TRACKS_AVAILABLE TRACKS_USED RESIDUALS_ACCEPTED+
WEIGHTED_RMS COMMENT_APOGEE COMMENT_PERIGEE COMMENT_INCLINATION COMMENT_OPERATOR_HARD_BODY_RADIUS
AREA_PC+ CD_AREA_OVER_MASS+ CR_AREA_OVER_MASS+ THRUST_ACCELERATION+ SEDR+
{" ".join(f"{name}+" for name in STATE_COLUMNS)}
COMMENT_DCP_DENSITY_FORECAST_UNCERTAINTY COMMENT_DCP_SENSITIVITY_VECTOR_POSITION
COMMENT_DCP_SENSITIVITY_VECTOR_VELOCITY
{" ".join(f"{name}+" for name in COVARIANCE_COLUMNS)}
"""
_INTEGERS = {"CDM_ID", "GID"}
_NUMBERS = {
    "MISS_DISTANCE",
    "RELATIVE_SPEED",
    "COLLISION_PROBABILITY",
    *(f"RELATIVE_{what}_{axis}" for what in ("POSITION", "VELOCITY") for axis in "RTN"),
    *STATE_COLUMNS,
    *COVARIANCE_COLUMNS,
}
_TIMES = {"INSERT_EPOCH", "CREATION_DATE", "TCA", "TIME_LASTOB_START", "TIME_LASTOB_END"}


def _spelled(text: str) -> tuple[str, ...]:
    """Write out names; a plus stands for the column of the unit behind it."""
    names: list[str] = []
    for word in text.split():
        name = word.removesuffix("+")
        names.append(name)
        if word.endswith("+"):
            names.append(f"{name}_UNIT")
    return tuple(names)


OBJECT_COLUMNS = _spelled(_OBJECT)


def _type_of(name: str) -> str:
    bare = name.removeprefix("SAT1_").removeprefix("SAT2_")
    if name in _INTEGERS:
        return "int(10) unsigned"
    if bare in _TIMES:
        return "datetime(6)"
    if bare in _NUMBERS:
        return "double"
    return "varchar(11)" if bare.endswith("_UNIT") else "varchar(255)"


CDM_COLUMNS = tuple(
    Column(name, _type_of(name), nullable=name != "CDM_ID", key="PRI" if name == "CDM_ID" else "")
    for name in (
        *_spelled(_HEAD),
        *(f"SAT1_{name}" for name in OBJECT_COLUMNS),
        *(f"SAT2_{name}" for name in OBJECT_COLUMNS),
        "GID",
    )
)


def column_unit(name: str) -> str:
    """Tell the unit that stands in the column beside a number."""
    bare = name.removeprefix("SAT1_").removeprefix("SAT2_")
    if bare in COVARIANCE_COLUMNS:
        row, column = (AXES.index(axis) for axis in bare.removeprefix("C").split("_"))
        if row < 6:
            return ("m**2", "m**2/s", "m**2/s**2")[(row > 2) + (column > 2)]
        return "m**3/kg" if column < 3 else "m**3/(kg*s)" if column < 6 else "m**4/kg**2"
    return _UNITS[bare]


_UNITS = {
    "MISS_DISTANCE": "m",
    "RELATIVE_SPEED": "m/s",
    **{f"RELATIVE_POSITION_{axis}": "m" for axis in "RTN"},
    **{f"RELATIVE_VELOCITY_{axis}": "m/s" for axis in "RTN"},
    "RECOMMENDED_OD_SPAN": "d",
    "ACTUAL_OD_SPAN": "d",
    "RESIDUALS_ACCEPTED": "%",
    "AREA_PC": "m**2",
    "CD_AREA_OVER_MASS": "m**2/kg",
    "CR_AREA_OVER_MASS": "m**2/kg",
    "THRUST_ACCELERATION": "m/s**2",
    "SEDR": "W/kg",
    **dict.fromkeys(STATE_COLUMNS[:3], "km"),
    **dict.fromkeys(STATE_COLUMNS[3:], "km/s"),
}
