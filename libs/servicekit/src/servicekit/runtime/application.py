"""From services to an application: routes, error handling, and the life of the process around them."""

from collections import Counter
from collections.abc import Sequence

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from starlette.staticfiles import StaticFiles

from servicekit.auth import Authenticator
from servicekit.http.body_limit import BodyLimit
from servicekit.http.dependencies import route_access
from servicekit.http.problem_pages import router as problem_pages
from servicekit.http.problems import handle_errors
from servicekit.http.request_limit import RequestLimit
from servicekit.http.request_scope import RequestScope
from servicekit.http.security_headers import SecurityHeaders
from servicekit.observability import Metrics
from servicekit.runtime.health import router as health
from servicekit.runtime.lifespan import Migrate, lifespan_of
from servicekit.runtime.measuring import Measuring
from servicekit.runtime.module import ServiceModule
from servicekit.runtime.openapi import describe
from servicekit.settings import Settings

__all__ = ["create_app", "openapi_app"]

_NO_TELEMETRY_OF_ITS_OWN: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,  # they would hold the text of exceptions
    "operation_spans": False,
    "auto_configure": False,
}
"""Spans and metrics are ours (`servicekit.tracing`, `servicekit.observability`): without texts, and off by default."""


def create_app(
    modules: Sequence[ServiceModule],
    settings: Settings,
    *,
    authenticator: Authenticator,
    migrate: Migrate | None = None,
    title: str = "Fairway",
    version: str = "0",
) -> FastAPI:
    """Return the application that runs `modules` in one process.

    Nothing is opened before its lifespan begins. `migrate` is awaited there with the store, before anything else uses
    it: it brings the schema up to date, or raises where it may not and the schema is old.

    Raises
    ------
    TypeError
        A route states neither a permission nor that it is public, or two routes share a name.
    """
    metrics = Metrics()
    app = FastAPI(
        title=title,
        version=version,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan_of(modules, settings, authenticator=authenticator, migrate=migrate, metrics=metrics),
        generate_unique_id_function=_operation_id,
        telemetry=_NO_TELEMETRY_OF_ITS_OWN,
    )
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.measuring = Measuring(modules, version)
    _add_routes(app, modules)
    handle_errors(app)
    app.add_middleware(BodyLimit, ordinary_bytes=settings.http.max_body_bytes, upload_bytes=settings.upload.max_bytes)
    app.add_middleware(RequestLimit, most=settings.http.max_requests, most_waiting=settings.http.max_waiting_requests)
    app.add_middleware(RequestScope, metrics=metrics)
    app.add_middleware(SecurityHeaders, is_https=settings.http.base_url.startswith("https:"))
    return app


def openapi_app(modules: Sequence[ServiceModule], *, title: str = "Fairway", version: str = "0") -> FastAPI:
    """Return an application that is only to be described: ``openapi_app(…).openapi()``. It cannot be started."""
    app = FastAPI(title=title, version=version, generate_unique_id_function=_operation_id)
    _add_routes(app, modules)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


def _add_routes(app: FastAPI, modules: Sequence[ServiceModule]) -> None:
    app.include_router(health)
    app.include_router(problem_pages)
    for module in modules:
        for router in module.routers:
            app.include_router(router)
        for path, folder in module.static.items():
            app.mount(path, StaticFiles(directory=folder), name=f"{module.name}:{path}")
    _check_routes(app)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]


def _check_routes(app: FastAPI) -> None:
    routes = list(route_access(app))
    silent = sorted(f"{route.method} {route.path}" for route in routes if route.access is None)
    if silent:
        raise TypeError(f"these routes state neither requires(…) nor public_route(): {', '.join(silent)}")
    handlers = {(route.operation_id, route.path) for route in routes}
    shared = sorted(name for name, count in Counter(name for name, _ in handlers).items() if count > 1)
    if shared:
        raise TypeError(f"these handler names are used on more than one path: {', '.join(shared)}")
