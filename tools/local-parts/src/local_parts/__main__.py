"""``python -m local_parts up``: every service as its own process on real parts, without containers."""

import argparse
import shlex
import signal
import sys
from pathlib import Path

from local_parts.installation import CommandFailed, Installation
from local_parts.parts import LocalParts
from local_parts.process import PartDoesNotStart, PartMissing

__all__ = ["main"]


def _up(folder: Path, port: int, *, has_kafka: bool) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    installation = Installation(LocalParts(folder, has_kafka=has_kafka), port=port, say=_say)
    _say("starting the parts, then every service")
    try:
        installation.start()
        _introduce(installation)
        signal.pause()
    except _ToldToStopError:
        _say("stopping")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        installation.stop()


class _ToldToStopError(Exception):
    """Ctrl-C, or SIGTERM."""


def _stop(_number: int, _frame: object) -> None:
    raise _ToldToStopError


def _introduce(installation: Installation) -> None:
    parts = installation.parts
    environment = parts.folder / "environment"
    lines = (f"{name}={shlex.quote(value)}\n" for name, value in sorted(installation.environment().items()))
    environment.write_text("".join(lines))
    _say(f"pages      {installation.address}/")
    _say(f"sign in    {installation.sign_in_link()} (once, within 15 minutes)")
    _say(f"API        {installation.address}/v1 (administrator's token: {parts.folder / 'secrets' / 'administrator'})")
    for part in parts.all:
        _say(f"{part.name:10} {part.shown_address}")
    _say(f"mails      {parts.mail.mails}")
    _say(f"logs       {parts.folder / 'services'}/*/log")
    _say(f"settings   set -a; . {environment}; set +a; fairway doctor")
    _say("Ctrl-C stops everything; what was stored is there at the next start")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is a program


def main() -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="local_parts", description="Fairway on real parts of this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start parts and services, and keep running")
    up.add_argument("--folder", type=Path, default=Path("build/local"), help="where everything is kept")
    up.add_argument("--port", type=int, default=8080, help="the one address's port")
    up.add_argument("--without-kafka", action="store_true", help="events travel by the database")
    options = parser.parse_args()
    try:
        _up(options.folder, options.port, has_kafka=not options.without_kafka)
    except (PartMissing, PartDoesNotStart, CommandFailed) as error:
        _say(f"local_parts: {error}")
        sys.exit(3)


if __name__ == "__main__":
    main()
