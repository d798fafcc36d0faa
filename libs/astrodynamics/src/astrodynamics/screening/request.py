"""What to screen: a span, volumes, and who against whom."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import InvalidRequestError

Shape: TypeAlias = Literal["sphere", "ellipsoid", "box"]
Floats: TypeAlias = npt.NDArray[np.float64]
SHAPES: tuple[Shape, ...] = ("sphere", "ellipsoid", "box")


@dataclass(frozen=True, eq=False)
class Volume:
    """Half-sizes of the screening volume in the primary's RTN frame.

    Attributes
    ----------
    shape
        ``sphere`` (its radius is ``radial_km``), ``ellipsoid`` or ``box``.
    radial_km, in_track_km, cross_track_km
        Kilometres; one value for all, or one per primary in the order of the request's primaries (of the population
        where all are primaries).

    Raises
    ------
    InvalidRequestError
        Unknown shape, or a half-size that is missing, not positive or not finite.
    """

    shape: Shape
    radial_km: float | Floats
    in_track_km: float | Floats | None = None
    cross_track_km: float | Floats | None = None

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise InvalidRequestError(f"The volume shape {self.shape!r} is not known: use one of {', '.join(SHAPES)}")
        for name in ("radial_km", "in_track_km", "cross_track_km"):
            size = getattr(self, name)
            if size is None:
                if self.shape != "sphere":
                    raise InvalidRequestError(f"A volume of shape {self.shape} needs {name}")
                continue
            if not (np.isfinite(size).all() and (np.asarray(size) > 0.0).all()):
                raise InvalidRequestError(f"The half-size {name} of the volume must be a positive number of kilometres")

    def half_sizes_km(self, primaries: int) -> Floats:
        """One row (radial, in-track, cross-track) per primary."""
        sizes = (self.radial_km, self.in_track_km, self.cross_track_km)
        if self.shape == "sphere":
            sizes = (self.radial_km, self.radial_km, self.radial_km)
        columns = [np.asarray(size, dtype=np.float64) for size in sizes]
        if any(column.ndim and column.shape != (primaries,) for column in columns):
            raise InvalidRequestError(
                f"The volume needs one half-size for all or one for each of the {primaries} primaries"
            )
        return np.stack([np.broadcast_to(column, (primaries,)) for column in columns], axis=1)

    @property
    def is_uniform_sphere(self) -> bool:
        """Whether every primary has the same sphere: then both objects of a pair see the same encounter."""
        return self.shape == "sphere" and np.size(np.unique(np.asarray(self.radial_km))) == 1


@dataclass(frozen=True, eq=False)
class Request:
    """A screening of a population.

    Attributes
    ----------
    start_tai_ns, stop_tai_ns
        The span: from start to before stop.
    volume
        About each primary.
    primaries, secondaries
        Indices of the population; None is all of it. Primaries are also paired with each other where both lists hold
        them.
    known_pairs
        Pairs of catalogue numbers that are kept out, for example docked objects.
    max_element_age_days
        Elements older than this at the start are not screened; None sets no limit.

    Raises
    ------
    InvalidRequestError
        An empty span or a limit that is not positive.
    """

    start_tai_ns: int
    stop_tai_ns: int
    volume: Volume
    primaries: npt.ArrayLike | None = None
    secondaries: npt.ArrayLike | None = None
    known_pairs: Collection[Iterable[int]] | None = None
    max_element_age_days: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.stop_tai_ns <= self.start_tai_ns:
            raise InvalidRequestError("The span is empty: its stop must be later than its start")
        if self.max_element_age_days is not None and not self.max_element_age_days > 0.0:
            raise InvalidRequestError("The age limit of element sets must be a positive number of days")
