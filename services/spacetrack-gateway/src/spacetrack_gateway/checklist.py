"""The checklist of an organization's link to Space-Track: what is there, what is missing, and who must do what.

What a machine can see counts by itself: whoever receives CDMs has an agreement. What only a person knows (that e-mail
alerts are off) counts when somebody has confirmed it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from spacetrack_gateway.link import Step, steps
from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = [
    "CONFIRMED_BY_ADMINISTRATORS",
    "CONFIRMED_BY_OPERATORS",
    "SKEW_S",
    "SYNC_STALE_AFTER",
    "Item",
    "OrganizationFacts",
    "SatelliteFacts",
    "State",
    "checklist",
    "overall",
    "satellite_checklist",
]

State = Literal["good", "waiting", "missing", "failing"]
"""``waiting``: nothing is wrong, and there is nothing to show yet."""

CONFIRMED_BY_OPERATORS: Final = frozenset(
    {"sharing-agreement", "account-in-good-standing", "our-address-added", "email-alerts-off", "folder-grant"}
)
CONFIRMED_BY_ADMINISTRATORS: Final = CONFIRMED_BY_OPERATORS | {"access-confirmed", "finished-by-administrator"}
PULL_STALE_AFTER: Final = timedelta(hours=9)
"""A pull is due every eight hours."""
SYNC_STALE_AFTER: Final = timedelta(hours=30)
PUSH_STALE_AFTER: Final = timedelta(days=7)
"""An operational ephemeris near the earth spans seven days."""
SKEW_S: Final = 60.0
"""Budget windows and cadence rules are reckoned by our clock; so much may it differ from Space-Track's."""
ADMINISTRATOR: Final = "An administrator of Fairway"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the checklist."""

    code: str
    state: State
    what: str
    who: str | None
    """Who must do what; None where nobody needs to."""
    evidence: str | None = None
    """What is known: by what it was seen, or who confirmed it."""
    at: datetime | None = None
    """When that was."""


@dataclass(frozen=True, kw_only=True)
class OrganizationFacts:
    """Everything that the checklist of an organization is made from."""

    title: str
    """The organization's name, as Space-Track has it where that is known."""
    has_account: bool
    account_error: str | None
    """Why our account cannot be used, or what failed last."""
    account_ok_at: datetime | None
    clock_skew_s: float | None
    is_replay: bool
    budget_minute: int | None
    budget_hour: int | None
    has_folder: bool
    folders_seen_at: datetime | None
    confirmed: Mapping[str, Mapping[str, Any]]
    listed: int
    """How many of its satellites Space-Track has let us read."""
    pulled_at: datetime | None
    last_cdm_at: datetime | None
    synchronized_at: datetime | None
    columns_missing: Sequence[str]
    push_mode: str
    consented_by: str | None
    consented_at: datetime | None
    last_push_at: datetime | None
    failed_pushes: int
    differences: int


@dataclass(frozen=True, kw_only=True)
class SatelliteFacts:
    """Everything that the checklist of a satellite is made from."""

    norad_cat_id: int
    is_listed: bool
    is_synchronized: bool
    """Whether there was a sync at all."""
    maneuverable: Any
    hard_body_radius_m: Any
    last_cdm_at: datetime | None
    last_push_at: datetime | None
    push_reasons: Sequence[Mapping[str, Any]]
    differences: Sequence[str]
    is_pushed: bool
    """Whether the organization lets its files be sent."""


def overall(items: Sequence[Item]) -> State:
    """Return the worst state among items."""
    order: tuple[State, ...] = ("failing", "missing", "waiting", "good")
    return next((state for state in order if any(item.state == state for item in items)), "good")


def checklist(facts: OrganizationFacts, settings: SpaceTrackSettings, now: datetime) -> list[Item]:
    """Return an organization's checklist, in the order in which things are done."""
    link = {step.code: step for step in steps(settings)}
    reads = facts.last_cdm_at is not None or facts.listed > 0
    seen = None
    if reads:
        seen = "Space-Track lets us read its CDMs" if facts.last_cdm_at else "Space-Track lets us read its satellites"
    alerts = Step(
        "email-alerts-off",
        f"Receive CDM Email Alerts not selected for {settings.our_address}: nobody reads them there.",
        f"The operator's Primary Representative looks under Manage > Users, and tells {settings.support_address}.",
    )
    grant = link["folder-grant"]
    named = replace(grant, who=grant.who.rstrip(".") + f": {facts.title}.")
    both = "folder and data can be reached" if facts.has_folder and reads else None
    folder = "a folder in which our account may write was found" if facts.has_folder else None
    return [
        _our_account(facts),
        _confirmable(link["sharing-agreement"], facts, seen),
        _confirmable(link["account-in-good-standing"], facts, seen),
        _confirmable(link["our-address-added"], facts, seen),
        _confirmable(alerts, facts, None),
        _confirmable(named, facts, folder, needs_evidence=True, at=facts.folders_seen_at),
        _confirmable(link["access-confirmed"], facts, both),
        _confirmable(link["finished-by-administrator"], facts, None),
        _pull(facts, now),
        _last_cdm(facts),
        _sync(facts, now),
        _consent(facts),
        _push(facts),
        _clock(facts),
        _budget(facts),
    ]


def satellite_checklist(facts: SatelliteFacts, now: datetime) -> list[Item]:
    """Return a satellite's checklist."""
    number = facts.norad_cat_id
    operator = "The operator corrects it in Space-Track's operator panel; the next daily sync takes it over."
    listed: State = "good" if facts.is_listed else ("missing" if facts.is_synchronized else "waiting")
    items = [
        Item(
            code="listed",
            state=listed,
            what=f"{number} among the organization's objects at Space-Track.",
            who="The operator asks Space-Track's customer service to add it." if listed == "missing" else None,
        ),
        Item(
            code="maneuverable-flag",
            state="good" if facts.maneuverable in ("yes", "no") else "missing",
            what="Whether the satellite can maneuver.",
            who=None if facts.maneuverable in ("yes", "no") else operator,
            evidence=None if facts.maneuverable is None else str(facts.maneuverable),
        ),
        Item(
            code="hard-body-radius",
            state="missing" if facts.hard_body_radius_m is None else "good",
            what="Its own hard-body radius, without which no probability can be computed.",
            who=operator if facts.hard_body_radius_m is None else None,
            evidence=None if facts.hard_body_radius_m is None else f"{facts.hard_body_radius_m:g} m",
        ),
        Item(
            code="last-cdm",
            state="waiting" if facts.last_cdm_at is None else "good",
            what="The last CDM from Space-Track that names it.",
            who=None,
            evidence="none yet: nothing that meets the reporting criteria" if facts.last_cdm_at is None else None,
            at=facts.last_cdm_at,
        ),
        _satellite_push(facts, now),
    ]
    if facts.differences:
        items.append(
            Item(
                code="differences",
                state="missing",
                what=f"Space-Track says something else of {', '.join(facts.differences)} than the operator does.",
                who="The operator corrects one of the two, or chooses the policy space-track-wins.",
            )
        )
    return items


def _confirmable(
    step: Step, facts: OrganizationFacts, seen: str | None, *, needs_evidence: bool = False, at: datetime | None = None
) -> Item:
    """A step that counts by what is seen, else by a person's word; some are never taken on anybody's word."""
    entry = facts.confirmed.get(step.code)
    if seen is not None:
        return Item(code=step.code, state="good", what=step.what, who=None, evidence=seen, at=at)
    if entry is None:
        return Item(code=step.code, state="missing", what=step.what, who=step.who)
    confirmed_at = datetime.fromisoformat(str(entry["at"]))
    evidence = f"confirmed by {entry['by']}"
    state: State = "waiting" if needs_evidence else "good"
    return Item(code=step.code, state=state, what=step.what, who=None, evidence=evidence, at=confirmed_at)


def _our_account(facts: OrganizationFacts) -> Item:
    what = "Our own account at Space-Track."
    if not facts.has_account:
        return Item(code="our-account", state="missing", what=what, who=f"{ADMINISTRATOR} enters it.")
    if facts.account_error is not None:
        who = f"{ADMINISTRATOR} clears it up with Space-Track, and lets the account go on."
        return Item(code="our-account", state="failing", what=what, who=who, evidence=facts.account_error)
    state: State = "good" if facts.account_ok_at is not None else "waiting"
    return Item(code="our-account", state=state, what=what, who=None, evidence="last answer", at=facts.account_ok_at)


def _pull(facts: OrganizationFacts, now: datetime) -> Item:
    what = f"A successful pull of CDMs within {PULL_STALE_AFTER.seconds // 3600} h."
    if facts.pulled_at is not None and now - facts.pulled_at <= PULL_STALE_AFTER:
        return Item(code="last-pull", state="good", what=what, who=None, at=facts.pulled_at)
    if not facts.has_account:
        return Item(code="last-pull", state="waiting", what=what, who=None)
    who = f"{ADMINISTRATOR} looks at the account's last error and at Space-Track's announcements."
    return Item(code="last-pull", state="failing", what=what, who=who, at=facts.pulled_at)


def _last_cdm(facts: OrganizationFacts) -> Item:
    what = "The last CDM for the organization."
    if facts.last_cdm_at is not None:
        return Item(code="last-cdm", state="good", what=what, who=None, at=facts.last_cdm_at)
    return Item(
        code="last-cdm",
        state="waiting",
        what=what,
        who=None,
        evidence="none since access was granted; none is sent where nothing meets the reporting criteria",
    )


def _sync(facts: OrganizationFacts, now: datetime) -> Item:
    what = "Space-Track's data on the organization's satellites, read daily."
    if facts.columns_missing:
        who = f"{ADMINISTRATOR} looks at the class's columns, and names the new ones in the settings."
        evidence = f"no column found for {', '.join(facts.columns_missing)}"
        return Item(code="metadata", state="failing", what=what, who=who, evidence=evidence, at=facts.synchronized_at)
    if facts.synchronized_at is None:
        return Item(code="metadata", state="waiting", what=what, who=None)
    if now - facts.synchronized_at > SYNC_STALE_AFTER:
        who = f"{ADMINISTRATOR} looks at the last error of the sync."
        return Item(code="metadata", state="failing", what=what, who=who, at=facts.synchronized_at)
    differing = f"{facts.differences} values differ from the operator's" if facts.differences else None
    return Item(code="metadata", state="good", what=what, who=None, evidence=differing, at=facts.synchronized_at)


def _consent(facts: OrganizationFacts) -> Item:
    what = "The organization's consent that its files are sent to Space-Track."
    if facts.push_mode == "off":
        who = "An operator-admin of the organization consents, on record, by choosing a mode; nothing is sent before."
        return Item(code="push-consent", state="missing", what=what, who=who)
    evidence = f"{facts.push_mode}, by {facts.consented_by}"
    return Item(code="push-consent", state="good", what=what, who=None, evidence=evidence, at=facts.consented_at)


def _push(facts: OrganizationFacts) -> Item:
    what = "The last file that was proved to stand in the organization's folder."
    if facts.failed_pushes:
        who = "The operator looks at the submissions that failed: each says what is the matter."
        evidence = f"{facts.failed_pushes} failed within {PUSH_STALE_AFTER.days} days"
        return Item(code="last-push", state="failing", what=what, who=who, evidence=evidence, at=facts.last_push_at)
    state: State = "waiting" if facts.last_push_at is None else "good"
    return Item(code="last-push", state=state, what=what, who=None, at=facts.last_push_at)


def _satellite_push(facts: SatelliteFacts, now: datetime) -> Item:
    what = "The last file of it that was proved to stand in the organization's folder."
    if facts.push_reasons:
        reason = facts.push_reasons[0]
        return Item(
            code="last-push",
            state="missing",
            what=what,
            who=str(reason.get("who") or "The operator."),
            evidence=str(reason.get("what") or reason.get("code")),
            at=facts.last_push_at,
        )
    if facts.last_push_at is None or not facts.is_pushed:
        return Item(code="last-push", state="waiting", what=what, who=None, at=facts.last_push_at)
    if now - facts.last_push_at > PUSH_STALE_AFTER:
        who = "The operator uploads a newer ephemeris."
        return Item(code="last-push", state="missing", what=what, who=who, at=facts.last_push_at)
    return Item(code="last-push", state="good", what=what, who=None, at=facts.last_push_at)


def _clock(facts: OrganizationFacts) -> Item:
    what = f"Our clock within {SKEW_S:g} s of Space-Track's."
    if facts.is_replay:
        return Item(code="clock", state="waiting", what=what, who=None, evidence="a replay has a clock of its own")
    if facts.clock_skew_s is None:
        return Item(code="clock", state="waiting", what=what, who=None)
    evidence = f"{abs(facts.clock_skew_s):.0f} s {'behind' if facts.clock_skew_s > 0 else 'ahead'}"
    if abs(facts.clock_skew_s) <= SKEW_S:
        return Item(code="clock", state="good", what=what, who=None, evidence=evidence)
    who = f"{ADMINISTRATOR} sets the clock of the machine by NTP."
    return Item(code="clock", state="failing", what=what, who=who, evidence=evidence)


def _budget(facts: OrganizationFacts) -> Item:
    what = "Requests left in the budget of our account, which all organizations share."
    if facts.budget_hour is None or facts.budget_minute is None:
        return Item(code="budget", state="waiting", what=what, who=None)
    evidence = f"{facts.budget_minute} this minute, {facts.budget_hour} this hour"
    state: State = "good" if facts.budget_hour > 0 else "waiting"
    return Item(code="budget", state=state, what=what, who=None, evidence=evidence)
