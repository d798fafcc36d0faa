"""What a worker loads: its child the engine and nothing of the service around it, the service every table it needs."""

import subprocess
import sys

SERVICE_PACKAGES = ("sqlalchemy", "alembic", "fastapi", "starlette", "httpx", "aiokafka", "asyncpg", "records")


def test_the_engines_child_loads_no_database_and_no_web():
    code = "import sys, screening.worker.engine; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "screening.worker.engine" in loaded
    assert loaded.isdisjoint(SERVICE_PACKAGES)


def test_a_worker_alone_knows_every_table_that_others_refer_to():
    code = (
        "import screening.worker.module\n"
        "from servicekit.store import Base\n"
        "print(*(key.column for table in Base.metadata.tables.values() for key in table.foreign_keys))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "catalogues.id" in done.stdout.split()
