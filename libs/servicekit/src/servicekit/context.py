"""Everything that a handler may need, built once when the process starts."""

from collections.abc import Callable
from dataclasses import dataclass

from servicekit.auth import Authenticator
from servicekit.child import ChildProcess
from servicekit.clock import Clock
from servicekit.mail import MailTransport
from servicekit.objects import ObjectStore
from servicekit.observability import Metrics
from servicekit.settings import Settings
from servicekit.store import Store

__all__ = ["Context"]


@dataclass(frozen=True, kw_only=True)
class Context:
    """The parts of a running process. Handlers take what they need from here and from nowhere else."""

    settings: Settings
    clock: Clock
    replay: bool
    """Whether this is a replay of archived days: everything made says so, and nothing leaves the machine."""
    store: Store
    objects: ObjectStore
    mail: MailTransport
    compute: ChildProcess
    """The engine's child: screening and probability."""
    parsing: ChildProcess
    """The child for large files, so that a long parse does not wait for a long screening."""
    metrics: Metrics
    authenticator: Authenticator
    wake: Callable[[], None]
    """Have the bus of this process look for work now."""
