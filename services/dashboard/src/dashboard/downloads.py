"""Passing a file of the API on to the browser, streamed."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import httpx
from starlette.responses import Response, StreamingResponse

__all__ = ["download"]


async def download(
    opened: AbstractAsyncContextManager[httpx.Response], media_type: str, file_name: str | None = None
) -> Response:
    """Return what `opened` gives as a file to save, under `file_name` or the name that the API gives it.

    Raises
    ------
    ApiProblem
        The API refuses; nothing has been sent to the browser then.
    """
    async with AsyncExitStack() as stack:
        content = await stack.enter_async_context(opened)
        kept = stack.pop_all()

    async def body() -> AsyncIterator[bytes]:
        async with kept:
            async for piece in content.aiter_bytes():
                yield piece

    given = content.headers.get("content-disposition", "attachment")
    headers = {
        "Content-Disposition": given if file_name is None else f'attachment; filename="{_plain(file_name)}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    if "content-length" in content.headers and "content-encoding" not in content.headers:
        headers["Content-Length"] = content.headers["content-length"]
    return StreamingResponse(body(), media_type=media_type, headers=headers)


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter in "-_."))
