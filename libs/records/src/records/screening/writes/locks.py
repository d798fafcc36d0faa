"""What one process at a time may do. A lock lasts as long as the unit of work; SQLite has one writer anyway."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

from sqlalchemy import ARRAY, BigInteger, func, literal, select

from servicekit.store import UnitOfWork

__all__ = ["lock_pairs", "lock_planning"]

_PLANNING: Final = "planning"


async def lock_pairs(unit: UnitOfWork, pairs: Iterable[tuple[int, int]]) -> None:
    """Make sure that nobody else regroups these pairs until this unit ends.

    The order of the locks is the same for everybody, so nobody waits in a circle.
    """
    await _lock(unit, [f"{low}:{high}" for low, high in sorted(set(pairs))])


async def lock_planning(unit: UnitOfWork) -> None:
    """Make sure that nobody else plans the runs of accepted ephemerides until this unit ends.

    What is read afterwards shows the runs of everybody who has planned before, so that of two ephemerides that are
    planned at the same time one is screened against the other.
    """
    await _lock(unit, [_PLANNING])


async def _lock(unit: UnitOfWork, names: Sequence[str]) -> None:
    """Take locks in this order, for an array is unnested in its order."""
    if not names or unit.session.get_bind().dialect.name != "postgresql":
        return
    numbers = [int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True) for name in names]
    number = func.unnest(literal(numbers, ARRAY(BigInteger))).column_valued("number")
    await unit.session.execute(select(func.pg_advisory_xact_lock(number)))
