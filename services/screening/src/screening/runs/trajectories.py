"""Pinned inputs as trajectories, kept in the engine's child from one task to the next."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, TypeVar

from assessment.catalogues import Catalogue, catalogue_from_columns
from assessment.trajectories import ephemeris_from_columns
from astrodynamics.trajectories import Ephemeris
from screening.pinned_files import PinnedFile
from screening.runs.inputs import PinnedEphemeris

__all__ = ["forget_trajectories", "load_catalogue", "load_ephemeris"]

T = TypeVar("T")

_MOST_KEPT: Final = 32
_kept: OrderedDict[tuple[str, str], Any] = OrderedDict()


def load_catalogue(file: PinnedFile) -> Catalogue:
    """Return a catalogue; its bytes are checked when they are read, once while it is kept."""
    return _once(file.sha256, "", lambda: catalogue_from_columns(file.read()))


def load_ephemeris(file: PinnedFile, pinned: PinnedEphemeris) -> Ephemeris:
    """Return an ephemeris under the designator and number that the service gave it."""
    return _once(
        file.sha256,
        pinned.id,
        lambda: replace(ephemeris_from_columns(file.read()), designator=pinned.id, norad_cat_id=pinned.norad_cat_id),
    )


def forget_trajectories() -> None:
    """Keep nothing: memory is short."""
    _kept.clear()


def _once(sha256: str, name: str, load: Callable[[], T]) -> T:
    key = (sha256, name)
    if key in _kept:
        _kept.move_to_end(key)
    else:
        _kept[key] = load()
        if len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    found: T = _kept[key]
    return found
