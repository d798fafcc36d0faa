"""Every service in one process, which kills itself with SIGKILL at a chosen durable step.

Started by tests as a program: ``python dying_service.py DATA PORT AS_OF DIE_AT STEPS``. Each durable step is written
to the file STEPS with its time, a line each. DIE_AT is the name of a step and how often it has come by then, such as
``mail:before=3``, or ``never``: at that moment the process is gone, as if the power had failed.
On a new folder the administrator's token is written to DATA/administrator.
"""

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path


def main(data: str, port: str, as_of: str, die_at: str, steps: str) -> None:
    # Here, since the processes that it starts import this file as well, and would import all of it each time.
    from fairway.composition import application
    from fairway.embedded import embedded_settings
    from ingest_api.administration.bootstrap import ensure_administrator
    from servicekit import durability
    from servicekit.runtime import serve

    log = os.open(steps, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    come: Counter[str] = Counter()

    def observe(name: str) -> None:
        come[name] += 1
        os.write(log, f"{come.total()} {name} {time.monotonic():.3f}\n".encode())
        if die_at == f"{name}={come[name]}":
            os.kill(os.getpid(), signal.SIGKILL)

    durability.observe(observe)
    settings = embedded_settings(Path(data), "127.0.0.1", int(port), datetime.fromisoformat(as_of))
    app = application(settings)

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            await serve(app, ready=lambda _address: group.create_task(keep_token()))

    async def keep_token() -> None:
        secret = await ensure_administrator(app.state.context)
        if secret is not None:
            (settings.data / "administrator").write_text(secret)

    asyncio.run(run())


if __name__ == "__main__":
    main(*sys.argv[1:])
