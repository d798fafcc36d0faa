"""``fairway demo``: the main job, while a person watches."""

import asyncio
import signal
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairway.console import answers, notes

if TYPE_CHECKING:
    from fastapi import FastAPI

    from fairway.demo.scenario import Scenario

__all__ = ["demo"]


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the summary.")] = False,
    catalog: Annotated[
        str | None,
        typer.Option(metavar="FILE|celestrak", help="A real catalogue instead of the synthetic one."),
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder; a new temporary one where it is not given.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port to listen on; with --once any free one.")] = None,
    url: Annotated[
        str | None,
        typer.Option(help="Show it on the service that runs there: it gets three operators and a catalogue for good."),
    ] = None,
    token: Annotated[str, typer.Option(envvar="FAIRWAY_TOKEN", help="With --url: its administrator's token.")] = "",
) -> None:
    """Show the whole service: three operators upload, all is screened, the right people are told."""
    if url is not None:
        asyncio.run(_show_elsewhere(url, token, catalog))
        return
    from fairway.composition import application
    from fairway.demo.space_track import keep_secret_key
    from fairway.embedded import embedded_settings
    from servicekit.runtime import run_serving, serve

    with notes.status("drawing the catalogue and the operators' ephemerides"):
        scenario = _scenario(catalog)
    folder = data or Path(tempfile.mkdtemp(prefix="fairway-demo-"))
    keep_secret_key(folder)
    settings = embedded_settings(folder, host, (0 if once else 8080) if port is None else port, scenario.start)
    app = application(settings)

    async def run() -> None:
        address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(serve(app, ready=address.set_result))
        showing = asyncio.create_task(_show(app, address, scenario, folder, once))
        await asyncio.wait((serving, showing), return_when=asyncio.FIRST_COMPLETED)
        if serving.done():  # it could not start, or was told to stop
            showing.cancel()
        elif once or showing.exception() is not None:
            signal.raise_signal(signal.SIGTERM)
        await serving
        if showing.done():
            showing.result()

    run_serving(run())


async def _show_elsewhere(url: str, token: str, catalog: str | None) -> None:
    """Show it on a running service. Its clock is the real one, and what it sends to Space-Track is its own affair."""
    from fairway.demo.summary import print_summary
    from fairway.demo.walk import walk

    with notes.status("drawing the catalogue and the operators' ephemerides"):
        scenario = _scenario(catalog, datetime.now(UTC).replace(second=0, microsecond=0))
    print_summary(await walk(url, token, scenario, None, notes), scenario, answers)


def _scenario(catalog: str | None, start: datetime | None = None) -> "Scenario":
    """Return what is shown; the synthetic catalogue can be made for any `start`."""
    from fairway import celestrak
    from fairway.demo import scenario

    if catalog is None:
        return scenario.synthetic() if start is None else scenario.synthetic(start=start)
    if catalog == "celestrak":
        from fairway.commands.catalog import CACHE

        return scenario.from_file(asyncio.run(celestrak.fetch("active", CACHE)).path)
    return scenario.from_file(Path(catalog))


async def _show(app: "FastAPI", listening: asyncio.Future[str], scenario: "Scenario", folder: Path, once: bool) -> None:
    from fairway.demo.space_track import simulated_site
    from fairway.demo.summary import print_summary
    from fairway.demo.walk import walk
    from fairway.errors import CommandError
    from ingest_api.administration.bootstrap import create_sign_in_link, ensure_administrator

    address = await listening
    context = app.state.context
    secret = await ensure_administrator(context)
    if secret is None:
        raise CommandError(f"{folder} has been used before: give a new folder with --data")
    with simulated_site(context, scenario) as space_track:
        outcome = await walk(address, secret, scenario, space_track, notes)
        print_summary(outcome, scenario, answers)
        answers.print(f"data folder {folder} (mails in {folder / 'mail'})", highlight=False, soft_wrap=True)
        if once:
            return
        answers.print(f"pages       {address}/", highlight=False, soft_wrap=True)
        answers.print(f"sign in     {await create_sign_in_link(context)}", highlight=False, soft_wrap=True)
        answers.print(f"Space-Track {space_track.url}_sim/docs (simulated)", highlight=False, soft_wrap=True)
        answers.print("Ctrl-C ends it", highlight=False)
        await asyncio.Event().wait()
