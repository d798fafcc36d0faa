"""The engine's child starts fast: it loads the engine, and nothing of the service around it."""

import subprocess
import sys

SERVICE_PACKAGES = ("sqlalchemy", "alembic", "fastapi", "starlette", "httpx", "aiokafka", "asyncpg", "records")


def test_the_engines_child_loads_no_database_and_no_web():
    code = "import sys, screening.worker.engine; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "screening.worker.engine" in loaded
    assert loaded.isdisjoint(SERVICE_PACKAGES)
