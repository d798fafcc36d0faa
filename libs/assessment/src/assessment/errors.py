"""The errors of this library: one hierarchy, each class with a stable ``code``."""

from typing import ClassVar


class AssessmentError(Exception):
    """Root of all errors raised here; ``code`` names the kind for machines."""

    code: ClassVar[str] = "assessment"


class UnusableTrajectoryError(AssessmentError):
    """An orbit message or element set from which no trajectory can be made, with the reason."""

    code = "unusable_trajectory"


class UnknownFrameError(AssessmentError):
    """A reference frame or covariance frame that is not known here."""

    code = "unknown_frame"


class UnknownTimeSystemError(AssessmentError):
    """A time system that is not known here."""

    code = "unknown_time_system"


class InvalidColumnsError(AssessmentError):
    """Stored columns that cannot be read back."""

    code = "invalid_columns"


class InvalidVolumeError(AssessmentError):
    """A screening volume that is neither a preset nor well formed."""

    code = "invalid_volume"


class UnusableCdmError(AssessmentError):
    """A conjunction data message that lacks what an assessment needs, with the reason."""

    code = "unusable_cdm"
