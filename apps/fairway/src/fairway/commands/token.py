"""``fairway token``: API tokens, as a client of the admin routes."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from fairway.client import Client, TokenOption, UrlOption
from fairway.console import OutputFormat, answer_json, say, show_rows
from fairway.errors import CommandError

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke API tokens.")

_URL = "http://127.0.0.1:8080"
Output = Annotated[OutputFormat, typer.Option("--format", help="Output.")]


@app.command("create")
def create(
    organization_id: Annotated[str, typer.Argument(help="Whose token it is.")],
    name: Annotated[str, typer.Option(help="What it is for.")],
    role: Annotated[str, typer.Option(help="operator, operator-admin, analyst, admin or service.")] = "operator",
    scope: Annotated[list[str] | None, typer.Option(help="Limit it to these permissions.")] = None,
    expires_at: Annotated[str | None, typer.Option(metavar="TIME", help="When it ends.")] = None,
    url: UrlOption = _URL,
    token: TokenOption = "",
    output: Output = OutputFormat.TEXT,
) -> None:
    """Make a token and print it, this once."""
    body = {"organization_id": organization_id, "name": name, "role": role}
    optional = {"scopes": scope or None, "expires_at": expires_at}
    made = asyncio.run(_post(url, token, body | {key: value for key, value in optional.items() if value is not None}))
    if output is OutputFormat.JSON:
        answer_json(made)
    else:
        print(made["token"])  # noqa: T201 - for a pipe: nothing but the token


@app.command("list")
def list_tokens(url: UrlOption = _URL, token: TokenOption = "", output: Output = OutputFormat.TEXT) -> None:
    """List tokens; secrets are not kept, so none is shown."""
    tokens = asyncio.run(_list(url, token))
    if output is OutputFormat.JSON:
        answer_json(tokens)
        return
    show_rows(
        ("id", "name", "role", "organization", "begins with", "expires", "revoked"),
        (
            (
                one["id"],
                one["name"],
                one["role"],
                one["organization_id"],
                one["prefix"],
                one["expires_at"] or "never",
                one["revoked_at"] or "",
            )
            for one in tokens
        ),
    )


@app.command("revoke")
def revoke(
    token_id: Annotated[str, typer.Argument(help="Identifier of the token.")],
    url: UrlOption = _URL,
    token: TokenOption = "",
) -> None:
    """End a token at once."""
    asyncio.run(_revoke(url, token, token_id))
    say(f"{token_id} is worth nothing any more")


@app.command("bootstrap")
def bootstrap(
    data: Annotated[Path | None, typer.Option(help="Data folder, where the database is embedded.")] = None,
) -> None:
    """Make the first administrator of a new database and print the token, this once.

    For whoever holds the database, before or while `fairway serve` runs on it; `fairway up` does it at its first start.
    """
    secret = asyncio.run(_bootstrap(data))
    if secret is None:
        raise CommandError("there is an administrator already: make tokens with `fairway token create`")
    print(secret)  # noqa: T201 - for a pipe: nothing but the token


async def _bootstrap(data: Path | None) -> str | None:
    from fairway.database import bring_up_to_date
    from ingest_api.administration.bootstrap import ensure_administrator
    from records.identity.authentication import DatabaseAuthenticator
    from servicekit.runtime import open_context
    from servicekit.settings import Settings, read_settings

    settings = read_settings(Settings, **({"data": data} if data else {}))
    async with open_context(settings, authenticator=DatabaseAuthenticator(), migrate=bring_up_to_date) as context:
        return await ensure_administrator(context)


async def _post(url: str, token: str, body: dict[str, Any]) -> Any:
    async with Client(url, token) as client:
        return await client.post("tokens", body)


async def _list(url: str, token: str) -> list[Any]:
    async with Client(url, token) as client:
        return await client.every("tokens")


async def _revoke(url: str, token: str, token_id: str) -> None:
    async with Client(url, token) as client:
        await client.delete(f"tokens/{token_id}")
