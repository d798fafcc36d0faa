"""``fairway serve``: the named services, as a pod runs them."""

from pathlib import Path
from typing import Annotated

import typer

from fairway.errors import CommandError

__all__ = ["serve"]


def serve(
    services: Annotated[list[str], typer.Argument(metavar="SERVICE…", help="Names of services, or all.")],
    data: Annotated[Path | None, typer.Option(help="Data folder, where a part is embedded.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Run the named services on the parts that the environment (FAIRWAY_…) names."""
    from fairway.composition import SERVICES, application
    from servicekit.runtime.server import run_serving
    from servicekit.runtime.server import serve as serve_application
    from servicekit.settings import Settings, read_settings

    names = list(SERVICES) if services == ["all"] else services
    unknown = [name for name in names if name not in SERVICES]
    if unknown:
        raise CommandError(f"there is no service {unknown[0]!r}: the services are {', '.join(SERVICES)}")
    settings = read_settings(Settings, **({"data": data} if data else {}))
    http = settings.http.model_copy(
        update={key: value for key, value in (("host", host), ("port", port)) if value is not None}
    )
    settings = settings.model_copy(update={"http": http})
    run_serving(serve_application(application(settings, names)))
