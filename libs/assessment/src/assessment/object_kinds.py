"""Kinds of object: a screening may have a volume of its own for secondaries that are active, crewed or debris."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from assessment.population_screening import SecondaryKind
from assessment.volumes import VolumeSpec

__all__ = ["OBJECT_KINDS", "KindVolume", "ObjectKind", "object_type_by_name", "secondary_kinds"]

ObjectKind: TypeAlias = Literal["active", "manned", "debris"]
OBJECT_KINDS: Final[tuple[ObjectKind, ...]] = get_args(ObjectKind)

_DEBRIS = re.compile(r"\bDEB\b")
_ROCKET_BODY = re.compile(r"\bR/B\b")


@dataclass(frozen=True, kw_only=True)
class KindVolume:
    """The volume within which secondaries of a kind are screened.

    Attributes
    ----------
    norad_cat_ids
        The objects of the kind; None tells debris by the names that the catalogue gives.
    """

    kind: ObjectKind
    volume: VolumeSpec
    norad_cat_ids: Collection[int] | None = None


def object_type_by_name(name: str) -> str:
    """Return the type that a catalogue's name tells: it marks debris with DEB and rocket bodies with R/B."""
    if _DEBRIS.search(name.upper()):
        return "DEBRIS"
    return "ROCKET BODY" if _ROCKET_BODY.search(name.upper()) else "UNKNOWN"


def secondary_kinds(
    norad_cat_id: npt.NDArray[np.int64], object_names: Iterable[str], wanted: Iterable[KindVolume]
) -> tuple[SecondaryKind, ...]:
    """Find the members of each kind in a population.

    Parameters
    ----------
    norad_cat_id
        Of the population, shape (n,).
    object_names
        As the catalogue has them, for its objects, which come first; the others have none.
    wanted
        In order of precedence: an object of several kinds is screened within the first one's volume.

    Raises
    ------
    ValueError
        A kind other than debris without its objects.
    """
    names = tuple(object_names)
    found = []
    for each in wanted:
        if each.norad_cat_ids is not None:
            rows = np.flatnonzero(np.isin(norad_cat_id, list(each.norad_cat_ids)))
        elif each.kind == "debris":
            of_debris = (object_type_by_name(name) != "UNKNOWN" for name in names)
            rows = np.flatnonzero(np.fromiter(of_debris, dtype=np.bool_, count=len(names)))
        else:
            raise ValueError(f"no name tells that an object is {each.kind}: list the objects")
        found.append(SecondaryKind(rows=rows, volume=each.volume))
    return tuple(found)
