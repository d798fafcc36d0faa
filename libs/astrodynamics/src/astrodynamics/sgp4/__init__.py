"""SGP4 and SDP4: from mean elements to states in TEME.

Hoots and Roehrich, "Models for Propagation of NORAD Element Sets", Spacetrack Report #3 (1980), in the form of
Vallado, Crawford, Hujsak and Kelso, "Revisiting Spacetrack Report #3", AIAA 2006-6753 (2006): WGS-72 constants,
improved mode.
"""

from astrodynamics.sgp4.elements import ElementArrays
from astrodynamics.sgp4.propagator import ERROR_MEANINGS, Propagator

__all__ = ["ERROR_MEANINGS", "ElementArrays", "Propagator"]
