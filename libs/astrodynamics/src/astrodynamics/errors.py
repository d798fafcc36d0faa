"""The errors of this library: one hierarchy, each class with a stable ``code``."""

from typing import ClassVar


class AstrodynamicsError(Exception):
    """Root of all errors raised here; ``code`` names the kind for machines."""

    code: ClassVar[str] = "astrodynamics"


class UnknownTimeScaleError(AstrodynamicsError):
    """A time scale that is not known, or whose tables are not at hand."""

    code = "unknown_time_scale"


class InvalidTimeError(AstrodynamicsError):
    """A time that cannot be read, or that does not exist in its scale."""

    code = "invalid_time"


class UnknownFrameError(AstrodynamicsError):
    """A reference frame that is not known, or whose tables are not at hand."""

    code = "unknown_frame"


class EarthOrientationError(AstrodynamicsError):
    """The earth's rotation is not known at an instant, or its table can't be read."""

    code = "earth_orientation"


class InvalidStateError(AstrodynamicsError):
    """Position, velocity or covariance that cannot be used, with the reason."""

    code = "invalid_state"


class InvalidElementsError(AstrodynamicsError):
    """Mean elements that do not form a set: unequal lengths, wrong kinds, not finite."""

    code = "invalid_elements"


class InvalidEphemerisError(AstrodynamicsError):
    """An ephemeris that cannot be interpolated as it declares."""

    code = "invalid_ephemeris"


class InvalidRequestError(AstrodynamicsError):
    """A screening request that contradicts itself or its population."""

    code = "invalid_request"


class ScreeningCancelledError(AstrodynamicsError):
    """The caller cancelled the screening before it was complete; nothing of it may be used."""

    code = "screening_cancelled"
