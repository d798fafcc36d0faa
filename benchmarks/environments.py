"""Environments of the peers: made once, from their lock files, apart from our own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PEERS = ROOT / "benchmarks" / "peers"
ENVIRONMENTS = ROOT / "build" / "peers"


def peer_python(name: str) -> Path:
    """Return the interpreter of a peer's environment, made now if it is not there or its lock has changed.

    Raises
    ------
    subprocess.CalledProcessError
        The environment can't be made, for example without a package index.
    """
    lock = PEERS / f"{name}.lock"
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    made_of = folder / "made-of.lock"
    if not made_of.is_file() or made_of.read_bytes() != lock.read_bytes():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "--requirement", lock], check=True
        )
        made_of.write_bytes(lock.read_bytes())
    return python
