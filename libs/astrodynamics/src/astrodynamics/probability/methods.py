"""The registry of methods. A new method is a module of its own and one line here."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from astrodynamics.errors import AstrodynamicsError
from astrodynamics.probability import (
    alfano,
    alfriend,
    chan,
    dilution,
    disk,
    equal_area_square,
    foster,
    frisbee,
    laas,
    maximum,
    monte_carlo,
    multistep,
    nc_2d,
    nc_3d,
    patera,
    square,
)
from astrodynamics.probability.plane import Array, Outcome, PlaneEncounters, StateEncounters


class UnknownMethodError(AstrodynamicsError, ValueError):
    """No method of that name is registered."""

    code = "unknown_probability_method"


class Covariances(Enum):
    """Which covariances a method needs; the gates refuse encounters that lack them."""

    NONE = "none"
    ONE = "one"
    POSITION = "position"
    POSITION_AND_VELOCITY = "position and velocity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One published way to a probability.

    Attributes
    ----------
    name
        Its key in the registry.
    title
        What people read.
    source
        The publication.
    covariances
        Which covariances it needs.
    is_bound
        True where the value is not a probability but a bound on one.
    is_compiled_batch
        True where a batch runs in compiled code or array arithmetic; false where encounters are taken one by one.
    """

    name: str
    title: str
    source: str
    covariances: Covariances = Covariances.POSITION
    is_bound: bool = False
    is_compiled_batch: bool = True

    @property
    def needs_covariance(self) -> bool:
        """False for bounds that hold without one."""
        return self.covariances is not Covariances.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneMethod(Method):
    """A method that takes the miss vector and the combined covariance in the encounter plane.

    Attributes
    ----------
    evaluate
        Probability of each encounter of a batch, shape (n,).
    """

    evaluate: Callable[[PlaneEncounters], Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatesMethod(Method):
    """A method that takes states and covariances; the encounter plane need not exist for it.

    Attributes
    ----------
    evaluate
        Outcome for each encounter of a batch.
    """

    evaluate: Callable[[StateEncounters], Outcome]


METHODS: dict[str, PlaneMethod | StatesMethod] = {
    method.name: method
    for method in (
        PlaneMethod(
            name="disk",
            title="Foster 1992, disk",
            source="Foster and Estes, NASA JSC-25898 (1992); reduced as Elrod (2019)",
            evaluate=disk.probability,
        ),
        PlaneMethod(
            name="square",
            title="Foster 1992, circumscribing square along the principal axes",
            source="Foster and Estes, NASA JSC-25898 (1992); Spaceflight Safety Handbook, annex A",
            evaluate=square.probability,
        ),
        PlaneMethod(
            name="equal_area_square",
            title="Foster 1992, square of the disk's area",
            source="NASA CARA, Pc2D_Foster",
            evaluate=equal_area_square.probability,
        ),
        PlaneMethod(
            name="foster",
            title="Foster 1992, disk by two-dimensional quadrature",
            source="Foster and Estes, NASA JSC-25898 (1992)",
            evaluate=foster.probability,
        ),
        PlaneMethod(
            name="patera",
            title="Patera 2005, contour integral",
            source="Patera, J. Guidance, Control, and Dynamics 28 (2005)",
            evaluate=patera.probability,
        ),
        PlaneMethod(
            name="laas",
            title="Serra et al. 2016, Laplace series (LAAS)",
            source="Serra et al., J. Guidance, Control, and Dynamics 39 (2016)",
            evaluate=laas.probability,
        ),
        PlaneMethod(
            name="alfano",
            title="Alfano 2005, Simpson's rule over strips",
            source="Alfano, J. Astronautical Sciences 53 (2005)",
            evaluate=alfano.probability,
        ),
        PlaneMethod(
            name="chan",
            title="Chan 2001, equivalent circular covariance",
            source="Chan, AAS 01-119 (2001)",
            evaluate=chan.probability,
        ),
        PlaneMethod(
            name="alfriend",
            title="Alfriend 1999, density at the centre times area",
            source="Alfriend et al., Space Debris 1 (1999)",
            evaluate=alfriend.probability,
        ),
        StatesMethod(
            name="multistep",
            title="The simplest method that holds: disk, 2D-Nc, 3D-Nc, Monte Carlo",
            source="NASA CARA, PcMultiStep",
            is_compiled_batch=False,
            evaluate=multistep.evaluate,
        ),
        StatesMethod(
            name="nc_2d",
            title="Hall 2023, expected collisions of a short encounter on curved orbits (2D-Nc)",
            source="Hall, 2D-Nc method of NASA CARA (2023)",
            covariances=Covariances.POSITION_AND_VELOCITY,
            is_compiled_batch=False,
            evaluate=nc_2d.probability,
        ),
        StatesMethod(
            name="nc_3d",
            title="Hall 2021, expected collisions of a pass on curved orbits (3D-Nc)",
            source="Hall, J. Spacecraft and Rockets 58 (2021)",
            covariances=Covariances.POSITION_AND_VELOCITY,
            is_compiled_batch=False,
            evaluate=nc_3d.probability,
        ),
        StatesMethod(
            name="monte_carlo",
            title="Monte Carlo on two-body orbits",
            source="Hall et al., AAS 18-244 (2018)",
            covariances=Covariances.POSITION_AND_VELOCITY,
            is_compiled_batch=False,
            evaluate=monte_carlo.evaluate,
        ),
        PlaneMethod(
            name="maximum",
            title="Isotropic maximum",
            source="Alfano, J. Astronautical Sciences 53 (2005)",
            covariances=Covariances.NONE,
            is_bound=True,
            evaluate=maximum.probability,
        ),
        PlaneMethod(
            name="maximum_scaled",
            title="Maximum over covariance scale",
            source="Alfano, J. Astronautical Sciences 53 (2005)",
            is_bound=True,
            evaluate=dilution.maximum_probability,
        ),
        StatesMethod(
            name="frisbee",
            title="Frisbee 2015, maximum with one covariance",
            source="Frisbee, AAS 15-717 (2015)",
            covariances=Covariances.ONE,
            is_bound=True,
            evaluate=frisbee.evaluate,
        ),
        PlaneMethod(
            name="alfriend_maximum",
            title="Alfriend 1999, maximum over covariance scale",
            source="Alfriend et al., Space Debris 1 (1999)",
            is_bound=True,
            evaluate=alfriend.maximum_probability,
        ),
    )
}


def method_named(name: str) -> PlaneMethod | StatesMethod:
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
