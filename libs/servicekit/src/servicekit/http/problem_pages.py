"""The pages that the `type` of a problem document leads to, written from the error classes."""

import inspect
from html import escape

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse

from servicekit.errors import FairwayError, NotFound, catalogue
from servicekit.http.dependencies import public_route

__all__ = ["router"]

router = APIRouter(prefix="/problems", dependencies=[Depends(public_route())], include_in_schema=False)


@router.get("")
async def list_problems() -> HTMLResponse:
    """Show every code with its title."""
    rows = "".join(
        f'<tr><td><a href="/problems/{escape(code)}">{escape(code)}</a></td>'
        f"<td>{error.status}</td><td>{escape(error.title)}</td></tr>"
        for code, error in catalogue().items()
    )
    return _page("Problems", f"<table><thead><tr><th>Code</th><th>Status</th><th>Title</th></tr></thead>{rows}</table>")


@router.get("/{code}")
async def show_problem(code: str) -> HTMLResponse:
    """Show what one code means and what to do."""
    error = catalogue().get(code)
    if error is None:
        raise NotFound(f"No problem has the code {code[:80]!r}")
    return _page(error.title, _description(error))


def _description(error: type[FairwayError]) -> str:
    meaning = (inspect.getdoc(error) or "").partition("\n")[0]
    return (
        f"<p><code>{escape(error.code)}</code>, HTTP status {error.status}</p><p>{escape(meaning)}</p>"
        f'<h2>What to do</h2><p>{escape(error.remedy)}</p><p><a href="/problems">All problems</a></p>'
    )


def _page(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Fairway</title></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
