"""Remarks on a probability that was computed."""

import numpy as np
import numpy.typing as npt

FLAGS: dict[str, str] = {
    "covariance_remediated": "The ellipse was widened: the combined covariance is not positive definite in the plane.",
    "velocity_covariance_missing": "A covariance says nothing of velocities; only positions entered.",
    "covariance_zero_variance": "A position covariance has a variance of zero along an axis.",
    "encounter_extended": "The encounter lasts more than 2 % of an orbital period: straight lines are a poor model.",
    "encounter_offset": "The probability accrues more than 1 % of an orbital period away from closest approach.",
    "tca_moved": "The states are more than 0.1 s away from their closest approach.",
    "miss_inside_hard_body": "The nominal miss distance is smaller than the combined hard-body radius.",
    "underflow": "The value is smaller than a double can hold; it is not zero.",
    "expected_number_above_one": "More than one collision is expected, since each entry counts; 1 is given.",
    "no_method_holds": "The assumptions of every method that was tried are violated; the last value is given.",
    "covariance_indefinite": "A position covariance is not positive semi-definite; the sum of both was taken as it is.",
    "assumptions_violated": "The method's own checks do not hold here; `multistep` says which, and goes on.",
    "trials_exhausted": "Monte Carlo stopped at its greatest number of trials before it reached the target error.",
}
"""Every flag, with its meaning."""

_NAMES = tuple(FLAGS)


class FlagBits:
    """The set of flags of each encounter of a batch."""

    def __init__(self, size: int) -> None:
        self._bits = np.zeros(size, dtype=np.uint64)

    def raise_where(self, where: npt.NDArray[np.bool_], flag: str) -> None:
        """Add the flag to the encounters of `where`."""
        self._bits[where] |= np.uint64(1 << _NAMES.index(flag))

    def names(self) -> npt.NDArray[np.object_]:
        """Tuple of flags of each encounter."""
        distinct, inverse = np.unique(self._bits, return_inverse=True)
        sets = np.empty(distinct.size, dtype=object)
        for i, bits in enumerate(distinct):
            sets[i] = tuple(name for k, name in enumerate(_NAMES) if int(bits) >> k & 1)
        return np.asarray(sets[inverse])
