"""Names under which files are sent (handbook table 9): the operator's own where Space-Track takes it, else built."""

import re
from typing import Final

import ccsds
from records.validator.tables import Ephemeris

__all__ = ["build_name", "is_conformant", "name_of"]

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9()+.-]")
_LONGEST_COMMON_NAME: Final = 25


def name_of(ephemeris: Ephemeris) -> str:
    """Return the name under which an ephemeris is sent."""
    group = f"{ephemeris.start_time:%j%H%M}"
    if is_conformant(ephemeris.file_name, ephemeris.norad_cat_id, ephemeris.designation, group):
        return ephemeris.file_name
    return build_name(
        norad_cat_id=ephemeris.norad_cat_id,
        common_name=ephemeris.object_name,
        day_time_group=group,
        designation=ephemeris.designation,
        metadata=f"fw{ephemeris.id[-8:]}",
    )


def is_conformant(file_name: str, norad_cat_id: int, designation: str, day_time_group: str) -> bool:
    """Whether a name has Space-Track's form and says what the file is."""
    name = ccsds.parse_file_name(file_name, profile="space-track")
    return (
        not any(finding.severity == "error" for finding in name.findings)
        and name.data_type == "MEME"
        and name.norad_cat_id == norad_cat_id
        and name.designation == designation
        and name.day_time_group == day_time_group
        and name.classification.lower() == "unclassified"
        and name.extension == "txt"
    )


def build_name(*, norad_cat_id: int, common_name: str, day_time_group: str, designation: str, metadata: str) -> str:
    """Return a name after the convention. `metadata` tells two files of one object, time and designation apart."""
    common = _NOT_IN_NAMES.sub("", common_name)[:_LONGEST_COMMON_NAME] or "UNKNOWN"
    return (
        f"MEME_{norad_cat_id:05d}_{common}_{day_time_group}_{designation}_{_NOT_IN_NAMES.sub('', metadata)}"
        "_unclassified.txt"
    )
