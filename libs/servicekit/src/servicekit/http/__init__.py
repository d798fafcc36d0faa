"""What every HTTP handler of ours is made with."""

from servicekit.http.dependencies import (
    ContextDep,
    OptionalPrincipalDep,
    RouteAccess,
    public_route,
    requires,
    route_access,
)

__all__ = ["ContextDep", "OptionalPrincipalDep", "RouteAccess", "public_route", "requires", "route_access"]
