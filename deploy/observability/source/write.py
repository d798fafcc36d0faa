"""Writes the dashboards as JSON; with ``--check``, says which committed ones are not what the source says."""

import json
import sys
from pathlib import Path

from bus_and_database import BUS_AND_DATABASE
from ingestion import INGESTION
from overview import OVERVIEW
from space_track import SPACE_TRACK

from screening import SCREENING

DASHBOARDS = (OVERVIEW, INGESTION, SCREENING, SPACE_TRACK, BUS_AND_DATABASE)
FOLDER = Path(__file__).parents[1] / "dashboards"


def main() -> int:
    """Write or compare, and return the exit code."""
    files = {
        FOLDER / f"{page.uid.removeprefix('fairway-')}.json": json.dumps(page.as_json(), indent=2) + "\n"
        for page in DASHBOARDS
    }
    if "--check" not in sys.argv:
        FOLDER.mkdir(exist_ok=True)
        for gone in set(FOLDER.glob("*.json")) - set(files):
            gone.unlink()
        for file, text in files.items():
            file.write_text(text, encoding="utf-8")
        return 0
    stale = [file for file, text in files.items() if not file.exists() or file.read_text(encoding="utf-8") != text]
    for file in [*stale, *sorted(set(FOLDER.glob("*.json")) - set(files))]:
        sys.stdout.write(f"deploy/observability/dashboards/{file.name} is out of date: run `make generate`\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
