"""The small service as a process of its own: ``python -m support.sample_process FOLDER PORT``."""

import asyncio
import sys
from pathlib import Path

from support.sample_service import sample

from servicekit.errors import FairwayError
from servicekit.runtime import serve


def main(folder: str, port: str) -> None:
    """Serve until a signal comes; the address goes to standard output."""
    app = sample(Path(folder), http={"port": int(port), "shutdown_s": 10}, log={"level": "info"})

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    try:
        asyncio.run(serve(app, ready=say))
    except FairwayError as error:
        sys.exit(error.sentence)
    say("closed")


if __name__ == "__main__":
    main(*sys.argv[1:])
