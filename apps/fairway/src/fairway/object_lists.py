"""Lists that narrow a screening: which objects are of which kind, and which pairs are known and kept out."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fairway.errors import CommandError

if TYPE_CHECKING:
    from assessment.object_kinds import KindVolume, ObjectKind

__all__ = ["read_kind_volumes", "read_known_pairs"]

_KIND_COLUMNS = ("norad_cat_id", "kind")
_PAIR_COLUMNS = ("norad_cat_id_1", "norad_cat_id_2")


def read_kind_volumes(options: Sequence[str], file: Path | None) -> "tuple[KindVolume, ...]":
    """Read the volumes of kinds of secondaries.

    Parameters
    ----------
    options
        ``KIND=VOLUME``, in order of precedence.
    file
        Says of which kind an object is; where it lists no debris, names tell.

    Raises
    ------
    CommandError
        No such kind or volume, or a kind that has no objects.
    """
    from assessment.errors import InvalidVolumeError
    from assessment.object_kinds import OBJECT_KINDS, KindVolume
    from assessment.volumes import parse_volume

    listed = {} if file is None else _objects_by_kind(file)
    if file is not None and not options:
        raise CommandError("--kinds says of which kind objects are; give --kind KIND=VOLUME too")
    found: list[KindVolume] = []
    for option in options:
        name, separator, volume = option.partition("=")
        kind = next((each for each in OBJECT_KINDS if each == name.strip()), None)
        if kind is None or not separator:
            raise CommandError(f"--kind {option} is not KIND=VOLUME: the kinds are {', '.join(OBJECT_KINDS)}")
        if any(each.kind == kind for each in found):
            raise CommandError(f"--kind {kind} is given twice: a kind has one volume")
        if kind not in listed and kind != "debris":
            raise CommandError(f"--kind {kind}: no object is known to be {kind}; list them in a file for --kinds")
        try:
            found.append(KindVolume(kind=kind, volume=parse_volume(volume), norad_cat_ids=listed.get(kind)))
        except InvalidVolumeError as error:
            raise CommandError(f"--kind {option}: {error}") from error
    return tuple(found)


def read_known_pairs(file: Path) -> frozenset[tuple[int, int]]:
    """Read pairs of catalogue numbers, the smaller first.

    Raises
    ------
    CommandError
        It cannot be read, or a row is no pair.
    """
    pairs = set()
    for line, (first, second) in _rows(file, _PAIR_COLUMNS):
        one, other = _number(file, line, first), _number(file, line, second)
        if one == other:
            raise CommandError(f"{file} line {line}: {one} twice is no pair")
        pairs.add((min(one, other), max(one, other)))
    return frozenset(pairs)


def _objects_by_kind(file: Path) -> "dict[ObjectKind, set[int]]":
    from assessment.object_kinds import OBJECT_KINDS

    found: dict[ObjectKind, set[int]] = {}
    for line, (number, name) in _rows(file, _KIND_COLUMNS):
        kind = next((each for each in OBJECT_KINDS if each == name), None)
        if kind is None:
            raise CommandError(f"{file} line {line}: {name} is no kind; the kinds are {', '.join(OBJECT_KINDS)}")
        found.setdefault(kind, set()).add(_number(file, line, number))
    return found


def _rows(file: Path, columns: tuple[str, str]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Give the two columns of each row with its line; further columns are for people."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as text:
            reader = csv.DictReader(text)
            if not set(columns) <= set(reader.fieldnames or ()):
                raise CommandError(
                    f"{file} has no columns {' and '.join(columns)}: begin it with a line that names them"
                )
            for row in reader:
                yield reader.line_num, ((row[columns[0]] or "").strip(), (row[columns[1]] or "").strip())
    except (UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{file} is no table in CSV: {error}") from error
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}. Check the name") from error


def _number(file: Path, line: int, text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 999_999_999):
        raise CommandError(f"{file} line {line}: {text or 'nothing'} is no catalogue number")
    return int(text)
