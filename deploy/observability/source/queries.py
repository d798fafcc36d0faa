"""The forms that the queries of the dashboards have."""

from panels import series

__all__ = ["WINDOW", "fact", "in_an_hour", "of_services", "quantile", "rate", "share"]

WINDOW = "$__rate_interval"
"""As long as Grafana finds right for the span that is shown."""


def rate(name: str, by: str, *matchers: str) -> str:
    """How often a second, by labels."""
    return f"sum by ({by}) (rate({series(name, *matchers)}[{WINDOW}]))"


def in_an_hour(name: str, by: str = "", *matchers: str) -> str:
    """How often in the last hour, by a label."""
    grouping = f" by ({by}) " if by else ""
    return f"sum{grouping}(increase({series(name, *matchers)}[1h]))"


def quantile(part: float, name: str, by: str = "", *matchers: str) -> str:
    """The value that a part of what was observed stays under."""
    labels = f"{by}, le" if by else "le"
    return f"histogram_quantile({part}, {rate(f'{name}_bucket', labels, *matchers)})"


def fact(name: str, by: str = "", *matchers: str) -> str:
    """A fact of the database, which every process tells the same."""
    grouping = f" by ({by}) " if by else " "
    return f"max{grouping}({series(name, *matchers)})"


def of_services(expr: str) -> str:
    """A figure of each process, with what the process runs."""
    return f"{expr} * on (instance) group_left (services) max by (instance, services) (fairway_build_info)"


def share(some: str, whole: str) -> str:
    """A part of a whole, where there is any."""
    return f"{some} / ({whole} > 0)"
