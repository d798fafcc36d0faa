"""Addresses of Space-Track's queries: ``/{controller}/{action}/class/{class}/{predicate}/{value}/…``.

Values are path segments, so everything in them is percent-encoded, slashes and comparison signs too.
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

__all__ = ["LOGIN", "delete_of", "download_of", "modeldef_of", "query_of", "upload_to"]

LOGIN: Final = "/ajaxauth/login"
_UNENCODED: Final = "~"


def query_of(controller: str, class_name: str, *predicates: tuple[str, str | int]) -> str:
    """Return the path of a query, for example ``query_of("expandedspacedata", "cdm", ("CDM_ID", ">17"))``."""
    return f"/{controller}/query/class/{class_name}" + _path(predicates)


def modeldef_of(controller: str, class_name: str) -> str:
    """Return the path that tells a class's columns."""
    return f"/{controller}/modeldef/class/{class_name}"


def upload_to(folder_id: int) -> str:
    """Return the path that takes a file into a folder."""
    return f"/fileshare/query/class/upload/folder_id/{folder_id}"


def download_of(file_id: int) -> str:
    """Return the path of a file's content."""
    return f"/fileshare/query/class/download/file_id/{file_id}/format/stream"


def delete_of(file_id: int) -> str:
    """Return the path that deletes a file."""
    return f"/fileshare/query/class/delete/file_id/{file_id}"


def _path(predicates: Sequence[tuple[str, str | int]]) -> str:
    return "".join(f"/{quote(name, safe='')}/{quote(str(value), safe=_UNENCODED)}" for name, value in predicates)
