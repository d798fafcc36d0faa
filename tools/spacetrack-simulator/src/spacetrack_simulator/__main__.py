"""`python -m spacetrack_simulator`: the simulator on a port."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

import ccsds
from spacetrack_simulator.application import create_app
from spacetrack_simulator.clock import Clock, MovableClock, SystemClock
from spacetrack_simulator.server import configuration
from spacetrack_simulator.settings import Settings
from spacetrack_simulator.simulator import Simulator

IDENTITY, PASSWORD = "service@fairway.example", "fairway"


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; without a database file there is one organization and one account to begin with."""
    chosen = _parser().parse_args(arguments)
    clock: Clock = MovableClock(chosen.standing_clock) if chosen.standing_clock else SystemClock()
    simulator = Simulator(Settings(database=None if chosen.database is None else str(chosen.database)), clock)
    if chosen.catalog is not None:
        try:
            count = simulator.load_catalogue(chosen.catalog.read_bytes())
        except (OSError, ccsds.CcsdsError) as error:
            sys.stderr.write(f"{chosen.catalog} is no catalogue that can be read: {error}\n")
            return 2
        sys.stderr.write(f"{count} objects in gp and satcat\n")
    if simulator.accounts.find(IDENTITY) is None:
        _furnish(simulator)
    sys.stderr.write(
        f"Space-Track simulator: http://{chosen.host}:{chosen.port}/ as {IDENTITY}, password {PASSWORD};"
        f" controls: http://{chosen.host}:{chosen.port}/_sim/docs\n"
    )
    uvicorn.Server(
        configuration(create_app(simulator=simulator), host=chosen.host, port=chosen.port, log_level="info")
    ).run()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="spacetrack_simulator", description="A local Space-Track.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8600, help="port to listen on (default 8600)")
    parser.add_argument("--catalog", type=Path, help="TLE, 3LE or OMM: what gp, satcat and the screenings know")
    parser.add_argument("--database", type=Path, help="file that keeps everything (default: memory)")
    parser.add_argument(
        "--standing-clock",
        type=_moment,
        metavar="TIME",
        help="the clock stands at TIME (ISO 8601, UTC) and moves with POST /_sim/advance",
    )
    return parser


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _furnish(simulator: Simulator) -> None:
    gid = simulator.add_organization("DEMONSTRATION OPERATOR", objects=(90001,))
    simulator.add_satellite(90001, "DEMONSTRATION 1", gid=gid, hard_body_radius_m=3.5)
    simulator.add_account(IDENTITY, PASSWORD, gids=[gid])
    for path, kind in (
        ("/Ephemeris/DEMONSTRATION OPERATOR", "ephemeris"),
        ("/Maneuvers/DEMONSTRATION OPERATOR", "maneuvers"),
    ):
        simulator.add_folder(path, gid=gid, kind=kind, grants={IDENTITY: "rw"})  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main())
