"""Stylesheet and scripts. Their address holds a hash of their content, so that a browser may keep them for ever."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Depends, Response

from servicekit.errors import NotFound
from servicekit.http import public_route

__all__ = ["asset_url", "router"]

FOLDER = Path(__file__).parent / "static"
CONTENT_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

router = APIRouter(prefix="/assets", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    content_type: str
    digest: str


def _read(path: Path) -> _Asset:
    content = path.read_bytes()
    return _Asset(content, CONTENT_TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:16])


_ASSETS = {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.suffix in CONTENT_TYPES}


def asset_url(name: str) -> str:
    """Return the address of the asset `name` as it is now."""
    return f"/assets/{_ASSETS[name].digest}/{name}"


@router.get("/{digest}/{name}", dependencies=[Depends(public_route())])
async def asset_file(digest: str, name: str) -> Response:
    """Answer with an asset; an address with another hash is one of another version, and not here."""
    found = _ASSETS.get(name)
    if found is None or found.digest != digest:
        raise NotFound(f"There is no asset {name} with this content")
    return Response(
        found.content,
        media_type=found.content_type,
        headers={"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"},
    )
