"""The gateway in figures: what accounts may still ask, how old what they gave is, and what is on its way."""

from typing import Final

from records.spacetrack_gateway import figures
from servicekit.context import Context
from servicekit.observability.declarations import gauge
from servicekit.settings import read_settings
from spacetrack_gateway.inspection import budget_of
from spacetrack_gateway.pulling.storing import TASK as PULL
from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["measure"]

_ACCOUNT: Final = {"account": "its name with us"}

BUDGET_LEFT = gauge(
    "fairway_space_track_budget_left",
    "Requests that an account may still make.",
    {**_ACCOUNT, "window": "minute, hour"},
    scope="database",
)
BUDGET = gauge(
    "fairway_space_track_budget", "Requests that an account may make.", {"window": "minute, hour"}, scope="database"
)
PULL_AGE_S = gauge(
    "fairway_space_track_pull_age_seconds",
    "Since when CDMs were last pulled well with an account, or since when it is there.",
    _ACCOUNT,
    scope="database",
)
TASK_AGE_S = gauge(
    "fairway_space_track_task_age_seconds",
    "Since when a task of an account last ended well.",
    {**_ACCOUNT, "task": "name of the task"},
    scope="database",
)
STOPPED = gauge(
    "fairway_space_track_account_stopped",
    "1 where an account is not used until a person has seen to it, else 0.",
    _ACCOUNT,
    scope="database",
)
HELD = gauge(
    "fairway_space_track_account_held", "1 where a gateway works with the account, else 0.", _ACCOUNT, scope="database"
)
FEED_FAILING = gauge(
    "fairway_feed_failing",
    "1 where a feed fails, else 0; feeds that are not set up are absent.",
    {"feed": "its name"},
    scope="database",
)
SUBMISSIONS = gauge(
    "fairway_submissions",
    "Files on their way to Space-Track.",
    {"state": "held, queued, sent, present, deleting"},
    scope="database",
)
SUBMISSION_OLDEST_S = gauge(
    "fairway_submission_oldest_queued_seconds",
    "Since when the file waits that has waited longest to be sent; 0 where none waits.",
    scope="database",
)


async def measure(ctx: Context) -> None:
    """Say how accounts, feeds and submissions stand."""
    settings = read_settings(SpaceTrackSettings)
    now = ctx.clock.now()
    budgets: dict[tuple[str, ...], float] = {}
    tasks: dict[tuple[str, ...], float] = {}
    async with ctx.store.read() as session:
        accounts = await figures.account_figures(session)
        feeds = await figures.feed_states(session)
        submissions = await figures.submission_figures(session)
        for account in accounts:
            minute, hour = await budget_of(session, account.id, now, settings)
            budgets |= {(account.name, "minute"): minute, (account.name, "hour"): hour}
            tasks |= {
                (account.name, task): (now - ended).total_seconds()
                for task, ended in account.succeeded_at.items()
                if ended is not None
            }
    metrics = ctx.metrics
    metrics.replace(BUDGET_LEFT, budgets)
    metrics.replace(BUDGET, {"minute": settings.requests_a_minute, "hour": settings.requests_an_hour})
    metrics.replace(TASK_AGE_S, tasks)
    metrics.replace(
        PULL_AGE_S,
        {each.name: (now - (each.succeeded_at.get(PULL) or each.created_at)).total_seconds() for each in accounts},
    )
    metrics.replace(STOPPED, {each.name: float(each.is_stopped) for each in accounts})
    metrics.replace(
        HELD, {each.name: float(each.lease_until is not None and each.lease_until > now) for each in accounts}
    )
    metrics.replace(
        FEED_FAILING, {name: float(state == "failing") for name, state in feeds.items() if state != "not-configured"}
    )
    metrics.replace(SUBMISSIONS, submissions.counts)
    queued_at = submissions.oldest_queued_at
    metrics.of(SUBMISSION_OLDEST_S).set(0.0 if queued_at is None else max(0.0, (now - queued_at).total_seconds()))
