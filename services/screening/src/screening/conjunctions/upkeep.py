"""Events grow old: when their closest approach is over, they have passed."""

from sqlalchemy import select

from records.screening.tables import ConjunctionEvent
from screening.conjunctions.regroup import regroup
from servicekit.context import Context
from servicekit.store import Actor

__all__ = ["let_events_pass"]

_BATCH = 100


async def let_events_pass(ctx: Context) -> None:
    """Regroup every pair that has an event whose closest approach is over, some at a time."""
    while True:
        async with ctx.store.read() as session:
            over = (
                select(ConjunctionEvent.norad_cat_id_low, ConjunctionEvent.norad_cat_id_high)
                .where(
                    ConjunctionEvent.state.in_(("active", "mitigated")),
                    ConjunctionEvent.redirect_to.is_(None),
                    ConjunctionEvent.tca < ctx.clock.now(),
                )
                .distinct()
                .limit(_BATCH)
            )
            pairs = [(low, high) for low, high in (await session.execute(over)).all()]
        if not pairs:
            return
        async with ctx.store.write(Actor.service("screening")) as unit:
            if not await regroup(unit, pairs):
                return
