"""A small client of a running service, for the commands that are one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, Self
from urllib.parse import quote

import typer

from fairway.errors import CommandError, ExitCode

if TYPE_CHECKING:
    import httpx

__all__ = ["Client", "TokenOption", "UrlOption"]

UrlOption = Annotated[str, typer.Option(envvar="FAIRWAY_URL", help="Address of the service.")]
TokenOption = Annotated[str, typer.Option(envvar="FAIRWAY_TOKEN", help="API token.")]

_CHUNK = 1 << 20


class Client:
    """Requests with a token; a problem document becomes a `CommandError` with its words."""

    def __init__(self, url: str, token: str) -> None:
        import httpx

        if not token:
            raise CommandError("no token: give --token or set FAIRWAY_TOKEN")
        self._http = httpx.AsyncClient(
            base_url=f"{url.rstrip('/')}/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(90.0, connect=5.0),
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def get(self, path: str, *, wait_s: int | None = None, **parameters: Any) -> Any:
        """Return the JSON that GET answers; with `wait_s` the service may wait so long for something to tell."""
        return (await self._send("GET", path, params=parameters, headers=_prefer(wait_s))).json()

    async def post(self, path: str, body: Any = None, **parameters: Any) -> Any:
        """Return the JSON that POST answers."""
        return (await self._send("POST", path, json=body, params=parameters)).json()

    async def put(self, path: str, body: Any) -> Any:
        """Return the JSON that PUT answers."""
        return (await self._send("PUT", path, json=body)).json()

    async def delete(self, path: str) -> None:
        """Delete."""
        await self._send("DELETE", path)

    async def upload(
        self, path: str, file: Path, *, name: str | None = None, wait_s: int | None = None, **parameters: Any
    ) -> Any:
        """Send a file as it is, streamed, and return the JSON of the answer; `wait_s` is for its verdict."""
        if not file.is_file():
            raise CommandError(f"{file} is not a file: check the name")
        headers = {
            "Content-Type": "application/octet-stream",
            "X-File-Name": quote(name or file.name),
            "Content-Length": str(file.stat().st_size),
            **_prefer(wait_s),
        }
        given = {key: value for key, value in parameters.items() if value is not None}
        return (await self._send("POST", path, content=_chunks(file), headers=headers, params=given)).json()

    async def every(self, path: str, **parameters: Any) -> list[Any]:
        """Return the items of all pages of a list."""
        items: list[Any] = []
        cursor: str | None = None
        while True:
            asked = {"limit": 200, **parameters} | ({"cursor": cursor} if cursor else {})
            page = (await self._send("GET", path, params=asked)).json()
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items

    async def _send(self, method: str, path: str, **arguments: Any) -> "httpx.Response":
        import httpx

        try:
            response = await self._http.request(method, path.lstrip("/"), **arguments)
        except httpx.HTTPError as error:
            raise CommandError(
                f"{self._http.base_url} does not answer ({str(error) or type(error).__name__}): is the service up?",
                ExitCode.UNAVAILABLE,
            ) from error
        if response.is_error:
            raise CommandError(
                f"{method} {response.url.path}: {_problem(response)}",
                ExitCode.UNAVAILABLE if response.is_server_error else ExitCode.USAGE,
            )
        return response


def _prefer(wait_s: int | None) -> dict[str, str]:
    return {} if wait_s is None else {"Prefer": f"wait={wait_s}"}


def _problem(response: "httpx.Response") -> str:
    try:
        problem = response.json()
    except ValueError:
        return f"the answer is {response.status_code} {response.reason_phrase}"
    if not isinstance(problem, dict):
        return f"the answer is {response.status_code} {response.reason_phrase}"
    parts = [str(problem.get(key)) for key in ("title", "detail", "remedy") if problem.get(key)]
    return f"{response.status_code} {'. '.join(dict.fromkeys(parts))}"


async def _chunks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as source:
        while chunk := await asyncio.to_thread(source.read, _CHUNK):
            yield chunk
