"""``fairway openapi``: the public API, described."""

import json

from fairway.composition import modules

__all__ = ["openapi"]


def openapi() -> None:
    """Print the description of the public API (OpenAPI 3.1, JSON)."""
    from servicekit.runtime import openapi_app

    app = openapi_app(modules(["ingest-api"]))
    print(json.dumps(app.openapi(), indent=2))  # noqa: T201 - JSON as it is
