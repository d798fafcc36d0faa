"""A case of an alert: series that let it fire, and others that only just do not."""

from dataclasses import dataclass, field

__all__ = ["SERVICES", "Case", "always", "growing"]

SERVICES = ("ingest-api", "validator", "screening", "spacetrack-gateway", "notifier", "dashboard")
Series = dict[str, str]


def always(value: float) -> str:
    """Return two days of one value, a minute each."""
    return f"{value:g}+0x2880"


def growing(by: float) -> str:
    """Return two days of a counter that grows by so much a minute."""
    return f"0+{by:g}x2880"


@dataclass(frozen=True)
class Case:
    """What lets an alert fire after `at`, what just does not, and what it says."""

    alert: str
    at: str
    fires: Series
    silent: Series
    says: str
    labels: dict[str, str] = field(default_factory=dict)
    severity: str = "warning"
