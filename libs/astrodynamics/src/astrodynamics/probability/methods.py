"""The registry of methods. A new method is a module of its own and one line here."""

from collections.abc import Callable
from dataclasses import dataclass

from astrodynamics.errors import AstrodynamicsError
from astrodynamics.probability import dilution, disk, maximum, square
from astrodynamics.probability.plane import Array, PlaneEncounters


class UnknownMethodError(AstrodynamicsError, ValueError):
    """No method of that name is registered."""

    code = "unknown_probability_method"


@dataclass(frozen=True, slots=True)
class Method:
    """One published way to a probability.

    Attributes
    ----------
    name
        Its key in the registry.
    title
        What people read.
    evaluate
        Probability of each encounter of a batch.
    needs_covariance
        False for bounds that hold without one.
    is_bound
        True where the value is not a probability but a bound on one.
    """

    name: str
    title: str
    evaluate: Callable[[PlaneEncounters], Array]
    needs_covariance: bool = True
    is_bound: bool = False


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("disk", "Foster 1992, disk", disk.probability),
        Method("square", "Foster 1992, circumscribing square along the principal axes", square.probability),
        Method("maximum", "Isotropic maximum", maximum.probability, needs_covariance=False, is_bound=True),
        Method("maximum_scaled", "Maximum over covariance scale", dilution.maximum_probability, is_bound=True),
    )
}


def method_named(name: str) -> Method:
    """Look a method up.

    Raises
    ------
    UnknownMethodError
        With the names there are.

    """
    try:
        return METHODS[name]
    except KeyError:
        raise UnknownMethodError(f"No probability method is named {name!r}; there are: {', '.join(METHODS)}.") from None
