"""What goes wrong, when, and for how long: all of it follows from a seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override

from local_parts.link import Condition

__all__ = ["Fault", "plan"]

KILL = "kill"
FREEZE = "freeze"
_LINK_FAULTS = (Condition.SLOW, Condition.CUT, Condition.HALF_OPEN)
_FREEZE_S = 20.0
_LINK_S = 10.0
_RESTART_S = 2.0


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong."""

    at_s: float
    target: str
    """A process, or a link."""
    kind: str
    """``kill``, ``freeze``, or the condition of a link."""
    lasts_s: float
    """Until it is started again, goes on, or is whole."""

    @property
    def until_s(self) -> float:
        """When it ends."""
        return self.at_s + self.lasts_s

    @override
    def __str__(self) -> str:
        return f"{self.at_s:5.0f} s  {self.kind:10} {self.target}, for {self.lasts_s:.0f} s"


def plan(seed: int, *, count: int, every_s: float, processes: Sequence[str], links: Sequence[str]) -> list[Fault]:
    """Return so many faults, the same for the same seed; nothing that is down is hit again before it is up."""
    draw = random.Random(seed)
    faults: list[Fault] = []
    for number in range(count):
        at_s = every_s * (number + 1)
        down = {fault.target for fault in faults if fault.until_s + every_s > at_s}
        candidates = [
            *((name, KILL, _RESTART_S) for name in processes),
            *((name, FREEZE, _FREEZE_S) for name in processes),
            *((name, condition.value, _LINK_S) for name in links for condition in _LINK_FAULTS),
        ]
        target, kind, lasts_s = draw.choice([each for each in candidates if each[0] not in down])
        faults.append(Fault(at_s, target, kind, lasts_s))
    return faults
