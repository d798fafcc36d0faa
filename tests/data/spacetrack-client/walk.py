"""What the `spacetrack` client gets from the site at an address; run in the client's own environment.

python walk.py URL IDENTITY PASSWORD CACHE FOLDER_ID STEP: prints one JSON document.
"""

import io
import json
import sys
from pathlib import Path
from typing import Any

import httpx2
import spacetrack
import spacetrack.operators as op

NAME = "MEME_90001_AURORA_2611207_special__unclassified.txt"


def _control(url: str, method: str, path: str, **body: Any) -> None:
    httpx2.request(method, f"{url}_sim/{path}", json=body or None).raise_for_status()


def described(client: Any, _url: str, _folder_id: int) -> dict[str, int]:
    """Read the model definition of every class that both know."""
    known = {
        "basicspacedata": ("announcement", "boxscore", "cdm_public", "decay", "gp", "gp_history", "satcat", "tip"),
        "expandedspacedata": ("car", "cdm", "maneuver", "maneuver_history", "organization", "satellite"),
        "fileshare": ("file", "folder", "delete"),
    }
    return {
        name: len(getattr(getattr(client, controller), name).get_predicates())
        for controller, names in known.items()
        for name in names
    }


def queried(client: Any, _url: str, _folder_id: int) -> dict[str, Any]:
    """Use operators, formats, paging, type conversion and streaming."""
    page = client.cdm(cdm_id=op.greater_than(1), orderby="cdm_id asc", limit=2, emptyresult="show")
    typed = client.cdm(cdm_id=1, parse_types=True)[0]
    return {
        "ids": [row["CDM_ID"] for row in page],
        "columns": len(page[0]),
        "typed": [type(typed[name]).__name__ for name in ("CDM_ID", "TCA", "MISS_DISTANCE", "SAT1_OBJECT_NAME")],
        "kvn": client.cdm(cdm_id=1, format="kvn").splitlines()[0],
        "lines": len(list(client.gp(format="tle", orderby="norad_cat_id", iter_lines=True))),
        "slash": [row["NORAD_CAT_ID"] for row in client.gp(object_name="WITH/SLASH & BLANK")],
        "range": [row["NORAD_CAT_ID"] for row in client.satcat(norad_cat_id=op.inclusive_range(25544, 30001))],
        "like": len(client.organization(object=op.like("90002"))),
        "nothing": client.cdm(cdm_id=4711),
        "wrapped": client.cdm_public(limit=1, metadata=True)["request_metadata"]["Total"],
    }


def exchanged(client: Any, _url: str, folder_id: int) -> dict[str, Any]:
    """Upload a file, find it, read it back and delete it."""
    content = b"states\r\nwith any line ends\n"
    client.upload(folder_id=folder_id, file=(NAME, io.BytesIO(content), "text/plain"))
    (row,) = client.file(folder_id=folder_id, file_name=NAME)
    back = b"".join(client.download(file_id=row["FILE_ID"], format="stream", iter_content=True))
    client.delete(file_id=row["FILE_ID"])
    return {
        "bytes": row["FILE_BYTES"],
        "same": back == content,
        "left": client.file(folder_id=folder_id),
        "folders": [row["permissions"] for row in client.folder()],
    }


def expired(client: Any, url: str, _folder_id: int) -> dict[str, Any]:
    """Go on when a session has ended: the client logs in again by itself."""
    before = len(client.cdm(cdm_id=1))
    _control(url, "DELETE", "sessions")
    return {"before": before, "after": len(client.cdm(cdm_id=2))}


def refused(client: Any, url: str, _folder_id: int) -> dict[str, Any]:
    """Be refused with a status of 200: the client takes the error for data."""
    client.cdm.get_predicates()
    _control(url, "PUT", "faults", rate_limits={"style": "200-list", "refuse_next": 1})
    return {"data": client.cdm(cdm_id=1)}


def denied(client: Any, _url: str, _folder_id: int) -> dict[str, Any]:
    """Log in with a wrong password."""
    client.password = "wrong"
    try:
        client.cdm(cdm_id=1)
    except spacetrack.AuthenticationError as error:
        return {"error": type(error).__name__}
    return {"error": None}


STEPS = {step.__name__: step for step in (described, queried, exchanged, expired, refused, denied)}


def main(url: str, identity: str, password: str, cache: str, folder_id: str, step: str) -> None:
    """Do one step and print what came of it."""
    client = spacetrack.SpaceTrackClient(identity, password, base_url=url, cache_path=Path(cache))
    with client:
        print(json.dumps(STEPS[step](client, url, int(folder_id))))


if __name__ == "__main__":
    main(*sys.argv[1:])
