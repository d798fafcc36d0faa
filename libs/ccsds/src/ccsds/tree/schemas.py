"""The schemas of the kinds that stand in KVN, XML and JSON (CCSDS 505.0-B-3 section 3, 508.0-B-1 section 4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ccsds.tables import cdm, oem, omm, opm
from ccsds.tree.schema import BlockSchema, RowSchema, Schema, keywords_of

__all__ = ["SCHEMAS", "cdm_schema", "oem_schema", "omm_schema", "opm_schema"]

AXES = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
ACCELERATIONS = ("X_DDOT", "Y_DDOT", "Z_DDOT")
MATRIX = tuple(f"C{row}_{column}" for i, row in enumerate(AXES) for column in AXES[: i + 1])
MATRIX_UNITS = tuple(("km**2", "km**2/s", "km**2/s**2")[(i > 2) + (j > 2)] for i in range(6) for j in range(i + 1))

STATES = RowSchema(
    "stateVector",
    ("EPOCH", *AXES, *ACCELERATIONS),
    optional=frozenset(ACCELERATIONS),
    units=("", *["km"] * 3, *["km/s"] * 3, *["km/s**2"] * 3),
    layout="line",
)
MATRICES = RowSchema(
    "covarianceMatrix",
    ("EPOCH", "COV_REF_FRAME", *MATRIX),
    optional=frozenset({"COV_REF_FRAME"}),
    units=("", "", *MATRIX_UNITS),
    layout="matrix",
    markers=("COVARIANCE_START", "COVARIANCE_STOP"),
)


@cache
def oem_schema() -> Schema:
    """Header, and segments of metadata and data; states and matrices are rows."""
    metadata = BlockSchema("metadata", keywords_of(oem.METADATA, "metadata"), markers=("META_START", "META_STOP"))
    data = BlockSchema("data", rows=(STATES, MATRICES))
    segment = BlockSchema("segment", blocks=(metadata, data), repeated=True)
    header = BlockSchema("header", keywords_of(oem.HEADER, "header", without=["CCSDS_OEM_VERS"]))
    numbers = frozenset({"INTERPOLATION_DEGREE", *STATES.columns[1:], *MATRICES.columns[2:]})
    return Schema("OEM", (header, BlockSchema("body", blocks=(segment,))), numbers)


@cache
def cdm_schema() -> Schema:
    """Header, the relative part, and a segment for each object."""
    relative_state = [name for name in cdm.RELATIVE if name.startswith(("RELATIVE_POSITION_", "RELATIVE_VELOCITY_"))]
    relative = BlockSchema(
        "relativeMetadataData",
        keywords_of(cdm.RELATIVE, "relative", without=relative_state),
        blocks=(BlockSchema("relativeStateVector", keywords_of(cdm.RELATIVE, "relative", only=relative_state)),),
    )
    data = BlockSchema(
        "data",
        blocks=(
            BlockSchema("odParameters", keywords_of(cdm.OBJECT, "od")),
            BlockSchema("additionalParameters", keywords_of(cdm.OBJECT, "additional")),
            BlockSchema("stateVector", keywords_of(cdm.OBJECT, "state")),
            BlockSchema("covarianceMatrix", keywords_of(cdm.OBJECT, "covariance")),
            BlockSchema("userDefinedParameters"),
        ),
    )
    metadata = BlockSchema("metadata", keywords_of(cdm.OBJECT, "metadata"))
    segment = BlockSchema("segment", blocks=(metadata, data), opens_with="OBJECT", repeated=True)
    header = BlockSchema("header", keywords_of(cdm.RELATIVE, "header", without=["CCSDS_CDM_VERS"]))
    unitless = {"COLLISION_PROBABILITY", "OBS_AVAILABLE", "OBS_USED", "TRACKS_AVAILABLE", "TRACKS_USED", "WEIGHTED_RMS"}
    numbers = unitless | {row.name for table in (cdm.RELATIVE, cdm.OBJECT) for row in table.values() if row.unit}
    return Schema(
        "CDM",
        (header, BlockSchema("body", blocks=(relative, segment))),
        frozenset(numbers),
        user_defined="userDefinedParameters",
    )


@cache
def omm_schema() -> Schema:
    """Header, and one segment of metadata, mean elements and what belongs to them."""
    table = omm.KEYWORDS
    data = BlockSchema(
        "data",
        blocks=(
            BlockSchema("meanElements", keywords_of(table, "mean elements")),
            BlockSchema("spacecraftParameters", keywords_of(table, "spacecraft")),
            BlockSchema("tleParameters", keywords_of(table, "tle")),
            BlockSchema("covarianceMatrix", keywords_of(table, "covariance")),
            BlockSchema("userDefinedParameters"),
        ),
    )
    segment = BlockSchema("segment", blocks=(BlockSchema("metadata", keywords_of(table, "metadata")), data))
    header = BlockSchema("header", keywords_of(table, "header", without=["CCSDS_OMM_VERS"]))
    return Schema(
        "OMM",
        (header, BlockSchema("body", blocks=(segment,))),
        omm.NUMBERS | omm.INTEGERS,
        user_defined="userDefinedParameters",
    )


@cache
def opm_schema() -> Schema:
    """Header, and one segment of metadata, state vector, what belongs to it, and maneuvers."""
    table = opm.KEYWORDS
    data = BlockSchema(
        "data",
        blocks=(
            BlockSchema("stateVector", keywords_of(table, "state")),
            BlockSchema("keplerianElements", keywords_of(table, "keplerian")),
            BlockSchema("spacecraftParameters", keywords_of(table, "spacecraft")),
            BlockSchema("covarianceMatrix", keywords_of(table, "covariance")),
            BlockSchema(
                "maneuverParameters",
                keywords_of(opm.MANEUVER, "maneuver"),
                opens_with="MAN_EPOCH_IGNITION",
                repeated=True,
            ),
            BlockSchema("userDefinedParameters"),
        ),
    )
    segment = BlockSchema("segment", blocks=(BlockSchema("metadata", keywords_of(table, "metadata")), data))
    header = BlockSchema("header", keywords_of(table, "header", without=["CCSDS_OPM_VERS"]))
    numbers = opm.NUMBERS | {row.name for row in opm.MANEUVER.values() if row.unit}
    return Schema(
        "OPM",
        (header, BlockSchema("body", blocks=(segment,))),
        numbers,
        user_defined="userDefinedParameters",
        user_defined_stays=frozenset(
            {("header", ""), ("metadata", "")} | {("maneuverParameters", name) for name in opm.NOTIFICATION_MANEUVER}
        ),
    )


SCHEMAS: dict[str, Callable[[], Schema]] = {
    "OEM": oem_schema,
    "OPM": opm_schema,
    "OMM": omm_schema,
    "CDM": cdm_schema,
}
