"""A line of the checklist turns bad where it was good before; it is the same fault for as long as it lasts."""

from datetime import UTC, datetime, timedelta

import pytest

from spacetrack_gateway.checklist import Item, State
from spacetrack_gateway.link import Step
from spacetrack_gateway.turning import since_then, turned

NOW = datetime(2024, 9, 17, 12, tzinfo=UTC)


def line(code: str, state: State, evidence: str | None = None) -> Item:
    return Item(code=code, state=state, what=f"About {code}.", who="somebody", evidence=evidence)


def bad(*items: Item, satellite: tuple[Item, ...] = (), once_good: tuple[str, ...] = ()) -> list[str]:
    return [step.code for step in turned(items, {90001: satellite}, once_good).bad]


def test_what_never_was_good_has_not_turned_bad() -> None:
    assert bad(line("folder-grant", "missing"), line("last-pull", "failing")) == []


def test_what_was_good_and_is_not_any_more_has() -> None:
    before = turned([line("folder-grant", "good")], {90001: [line("hard-body-radius", "good")]}, ())
    assert before.once_good == {"folder-grant", "90001/hard-body-radius"}
    after = turned([line("folder-grant", "missing")], {90001: [line("hard-body-radius", "missing")]}, before.once_good)
    assert [step.code for step in after.bad] == ["90001/hard-body-radius", "folder-grant"]
    assert after.once_good == before.once_good, "it stays bad until it is good again"


@pytest.mark.parametrize("code", ["our-account", "metadata", "clock", "budget"])
def test_what_all_organizations_share_is_not_told_to_each(code: str) -> None:
    assert bad(line(code, "failing"), once_good=(code,)) == []


def test_an_organizations_own_decision_is_no_news_to_it() -> None:
    assert bad(line("push-consent", "missing"), once_good=("push-consent",)) == []


def test_files_that_failed_and_values_that_differ_are_news_from_the_first_time_on() -> None:
    assert bad(line("last-push", "failing"), satellite=(line("differences", "missing"),)) == [
        "90001/differences",
        "last-push",
    ]


@pytest.mark.parametrize(("evidence", "is_told"), [("waits for release", False), (None, True)])
def test_a_satellites_newest_file_is_told_when_it_is_too_old_and_not_while_it_is_held(
    evidence: str | None, is_told: bool
) -> None:
    found = bad(satellite=(line("last-push", "missing", evidence),), once_good=("90001/last-push",))
    assert found == (["90001/last-push"] if is_told else [])


def test_waiting_is_not_bad() -> None:
    assert bad(line("last-cdm", "waiting"), once_good=("last-cdm",)) == []


def test_a_fault_keeps_the_time_since_when_it_lasts() -> None:
    first = since_then([Step("clock", "a", "b")], [], NOW)
    later = since_then([Step("clock", "c", "b"), Step("x", "a", "b")], first, NOW + timedelta(hours=1))
    assert [entry["since"] for entry in later] == [NOW.isoformat(), (NOW + timedelta(hours=1)).isoformat()]
