"""Columns in one object: numpy arrays in an uncompressed zip, without pickle, the same bytes for the same values."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from assessment.errors import InvalidColumnsError

Columns = Mapping[str, npt.NDArray[Any]]

_DATE = (1980, 1, 1, 0, 0, 0)
_KIND = "kind"


def pack(kind: str, columns: Columns) -> bytes:
    """Write columns, sorted by name; `kind` names their meaning and version."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, column in sorted({**columns, _KIND: np.array(kind)}.items()):
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(column, order="C"), version=(1, 0), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _DATE), content.getvalue())
    return buffer.getvalue()


def unpack(kind: str, content: bytes) -> dict[str, npt.NDArray[Any]]:
    """Read columns back.

    Raises
    ------
    InvalidColumnsError
        The bytes are damaged, or hold columns of another kind.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            columns = {
                name.removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
                for name in archive.namelist()
            }
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, KeyError) as error:
        raise InvalidColumnsError(f"The columns can't be read: {error}. Make them again from the document.") from error
    found = str(columns.pop(_KIND, "nothing known"))
    if found != kind:
        raise InvalidColumnsError(f"The object holds {found}, not {kind}. Make it again from the document.")
    return columns


def column(columns: Columns, name: str) -> npt.NDArray[Any]:
    """One column.

    Raises
    ------
    InvalidColumnsError
        Where it is absent.

    """
    try:
        return columns[name]
    except KeyError:
        raise InvalidColumnsError(f"The column {name} is absent. Make the columns again from the document.") from None
