"""Names of frames and time systems: those of CCSDS 502.0-B-3 and of the SANA registries that its annex B points to.

Registries: sanaregistry.org, celestial_body_reference_frames, orbit_relative_reference_frames, time_systems.
"""

from __future__ import annotations

import re

__all__ = ["CELESTIAL", "ORBIT_RELATIVE", "SANA_TIME_SYSTEMS", "is_rotating"]

SANA_TIME_SYSTEMS = frozenset(["BDT", "GLONASS", "GST", "IRNSS", "QZSST"])
"""Those that the standard itself does not name."""
CELESTIAL = re.compile(
    r"(?:ALIGN (?:CB|EARTH)|B1950|CIRS|DTRF[0-9]{4}|EFG|EME2000|FIXED (?:CB|EARTH)|GCRF[0-9]?|GRC|GTOD|ICRF[0-9]?"
    r"|ITRF(?:[- ]?[0-9]{2}|[- ]?[0-9]{4})?|J2000|MCI|MOD (?:CB|EARTH|MOON)|MOE (?:CB|EARTH)"
    r"|MOON (?:ME|MEIAUE|PA[0-9]{3})|TDR|TEME|TEMEOFDATE|TEMEOFEPOCH|TIRS|TOD"
    r"|TOD (?:CB|EARTH|MOON)|TOE (?:CB|EARTH|MOON)|TRUE ECLIPTIC"
    r"|UVW GO INERTIAL|WGS84)\Z"
)
"""Matches names as `normalised` leaves them: underscores are blanks."""
ORBIT_RELATIVE = re.compile(r"(?:RSW|RTN|TNW|NTW|(?:EQW|LVLH|NSW|NTW|PQW|RSW|SEZ|TNW|VNC)(?: (?:INERTIAL|ROTATING)))\Z")
ROTATING = re.compile(r"(?:ITRF.*|DTRF.*|EFG|FIXED .*|GRC|GTOD|TDR|TIRS|WGS84|MOON (?:ME|PA).*)\Z")
BLANKS = re.compile(r"[ _]+")


def is_rotating(name: str) -> bool:
    """Whether a frame turns with its body, so that velocities in it are not those of the orbit."""
    return ROTATING.match(BLANKS.sub(" ", name).strip().upper()) is not None
