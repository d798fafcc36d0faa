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
        ``sphere`` (its radius is ``radial_km``), ``ellipsoid`` or ``box``; one for all, or one per primary.
    radial_km, in_track_km, cross_track_km
        Kilometres; one value for all, or one per primary in the order of the request's primaries (of the population
        where all are primaries).

    Raises
    ------
    InvalidRequestError
        Unknown shape, or a half-size that is missing, not positive or not finite.
    """

    shape: Shape | tuple[Shape, ...]
    radial_km: float | Floats
    in_track_km: float | Floats | None = None
    cross_track_km: float | Floats | None = None

    def __post_init__(self) -> None:
        for shape in sorted(set(self.shapes)):
            if shape not in SHAPES:
                raise InvalidRequestError(f"The volume shape {shape!r} is not known: use one of {', '.join(SHAPES)}")
        for name in ("radial_km", "in_track_km", "cross_track_km"):
            size = getattr(self, name)
            if size is None:
                if set(self.shapes) - {"sphere"}:
                    raise InvalidRequestError(f"A volume of shape {max(self.shapes)} needs {name}")
                continue
            if not (np.isfinite(size).all() and (np.asarray(size) > 0.0).all()):
                raise InvalidRequestError(f"The half-size {name} of the volume must be a positive number of kilometres")

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape of every primary's volume, or the one that all have."""
        return (self.shape,) if isinstance(self.shape, str) else tuple(self.shape)

    def shape_codes(self, primaries: int) -> npt.NDArray[np.uint8]:
        """Place among `SHAPES`, one per primary."""
        if not isinstance(self.shape, str) and len(self.shape) != primaries:
            raise InvalidRequestError(
                f"The volume needs one shape for all or one for each of the {primaries} primaries"
            )
        codes = np.array([SHAPES.index(shape) for shape in self.shapes], dtype=np.uint8)
        return np.broadcast_to(codes, (primaries,))

    def half_sizes_km(self, primaries: int) -> Floats:
        """One row (radial, in-track, cross-track) per primary; a sphere's radius is its radial half-size."""
        sizes = [
            self.radial_km if size is None else size for size in (self.radial_km, self.in_track_km, self.cross_track_km)
        ]
        columns = [np.asarray(size, dtype=np.float64) for size in sizes]
        if any(column.ndim and column.shape != (primaries,) for column in columns):
            raise InvalidRequestError(
                f"The volume needs one half-size for all or one for each of the {primaries} primaries"
            )
        rows = np.stack([np.broadcast_to(column, (primaries,)) for column in columns], axis=1)
        is_sphere = self.shape_codes(primaries) == SHAPES.index("sphere")
        return np.where(is_sphere[:, None], rows[:, :1], rows)

    @property
    def is_uniform_sphere(self) -> bool:
        """Whether every primary has the same sphere: then both objects of a pair see the same encounter."""
        return set(self.shapes) == {"sphere"} and np.size(np.unique(np.asarray(self.radial_km))) == 1


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
    ages_at_tai_ns
        When ages count instead: the start of the whole span, so that all its slices judge alike.

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
    ages_at_tai_ns: int | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.stop_tai_ns <= self.start_tai_ns:
            raise InvalidRequestError("The span is empty: its stop must be later than its start")
        if self.max_element_age_days is not None and not self.max_element_age_days > 0.0:
            raise InvalidRequestError("The age limit of element sets must be a positive number of days")
