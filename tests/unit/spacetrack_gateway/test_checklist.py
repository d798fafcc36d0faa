"""The checklist says what is missing and who must do what; what a machine sees goes before what a person says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from spacetrack_gateway.checklist import (
    CONFIRMED_BY_ADMINISTRATORS,
    Item,
    OrganizationFacts,
    SatelliteFacts,
    checklist,
    overall,
    satellite_checklist,
)
from spacetrack_gateway.settings import SpaceTrackSettings

NOW = datetime(2024, 9, 17, 12, 0, tzinfo=UTC)
SETTINGS = SpaceTrackSettings(our_address="ca@fairway.example", customer_service_address="service@space.example")
NOTHING = OrganizationFacts(
    title="AURORA IMAGING",
    has_account=False,
    account_error=None,
    account_ok_at=None,
    clock_skew_s=None,
    is_replay=False,
    budget_minute=None,
    budget_hour=None,
    has_folder=False,
    folders_seen_at=None,
    confirmed={},
    listed=0,
    pulled_at=None,
    last_cdm_at=None,
    synchronized_at=None,
    columns_missing=(),
    push_mode="off",
    consented_by=None,
    consented_at=None,
    last_push_at=None,
    failed_pushes=0,
    differences=0,
)
WORD = {"by": "someone", "at": NOW.isoformat()}
WELL = replace(
    NOTHING,
    has_account=True,
    account_ok_at=NOW,
    clock_skew_s=0.4,
    budget_minute=20,
    budget_hour=200,
    has_folder=True,
    folders_seen_at=NOW,
    confirmed={"email-alerts-off": WORD, "finished-by-administrator": WORD},
    listed=2,
    pulled_at=NOW - timedelta(hours=3),
    last_cdm_at=NOW - timedelta(hours=3),
    synchronized_at=NOW - timedelta(hours=19),
    push_mode="automatic",
    consented_by="someone",
    consented_at=NOW,
    last_push_at=NOW,
)
SATELLITE = SatelliteFacts(
    norad_cat_id=90001,
    is_listed=True,
    is_synchronized=True,
    maneuverable="yes",
    hard_body_radius_m=3.5,
    last_cdm_at=NOW,
    last_push_at=NOW,
    push_reasons=(),
    differences=(),
    is_pushed=True,
)


def items(facts: OrganizationFacts) -> dict[str, Item]:
    return {item.code: item for item in checklist(facts, SETTINGS, NOW)}


def of_satellite(facts: SatelliteFacts) -> dict[str, Item]:
    return {item.code: item for item in satellite_checklist(facts, NOW)}


def test_at_the_beginning_each_missing_step_says_who_does_it() -> None:
    found = items(NOTHING)
    missing = [code for code, item in found.items() if item.state == "missing"]
    assert missing == [
        "our-account",
        "sharing-agreement",
        "account-in-good-standing",
        "our-address-added",
        "email-alerts-off",
        "folder-grant",
        "access-confirmed",
        "finished-by-administrator",
        "push-consent",
    ]
    assert all(found[code].who for code in missing)
    assert "ca@fairway.example" in found["our-address-added"].what
    assert "service@space.example" in (found["folder-grant"].who or "")
    assert "AURORA IMAGING" in (found["folder-grant"].who or "")


def test_a_link_that_works_is_good_in_every_line() -> None:
    found = items(WELL)
    assert {item.state for item in found.values()} == {"good"}
    assert all(item.who is None for item in found.values())
    assert overall(list(found.values())) == "good"


def test_who_receives_data_has_an_agreement_an_account_and_our_address() -> None:
    found = items(replace(NOTHING, has_account=True, last_cdm_at=NOW))
    for code in ("sharing-agreement", "account-in-good-standing", "our-address-added"):
        assert (found[code].state, found[code].evidence) == ("good", "Space-Track lets us read its CDMs")
    assert found["email-alerts-off"].state == "missing"


@pytest.mark.parametrize("code", sorted(CONFIRMED_BY_ADMINISTRATORS - {"folder-grant"}))
def test_a_persons_word_counts_where_nothing_can_be_seen(code: str) -> None:
    item = items(replace(NOTHING, confirmed={code: WORD}))[code]
    assert (item.state, item.evidence, item.at) == ("good", "confirmed by someone", NOW)


def test_the_folder_grant_is_not_taken_on_anybodys_word() -> None:
    assert items(replace(NOTHING, confirmed={"folder-grant": WORD}))["folder-grant"].state == "waiting"


@pytest.mark.parametrize(
    ("hours", "state"), [(8.9, "good"), (9.0, "good"), (9.1, "failing"), (100.0, "failing")], ids=str
)
def test_nine_hours_without_a_pull_are_too_long(hours: float, state: str) -> None:
    item = items(replace(WELL, pulled_at=NOW - timedelta(hours=hours)))["last-pull"]
    assert item.state == state
    assert (item.who is None) is (state == "good")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"account_error": "the account was suspended"}, "our-account"),
        ({"columns_missing": ("status",)}, "metadata"),
        ({"synchronized_at": NOW - timedelta(hours=31)}, "metadata"),
        ({"failed_pushes": 1}, "last-push"),
        ({"clock_skew_s": -61.0}, "clock"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_fault_is_one_failing_line_with_somebody_to_see_to_it(change: dict[str, object], code: str) -> None:
    found = items(replace(WELL, **change))  # type: ignore[arg-type]
    assert [item.code for item in found.values() if item.state == "failing"] == [code]
    assert found[code].who
    assert overall(list(found.values())) == "failing"


def test_no_cdm_is_nothing_wrong() -> None:
    item = items(replace(WELL, last_cdm_at=None))["last-cdm"]
    assert (item.state, item.who) == ("waiting", None)


def test_a_replays_clock_is_not_compared() -> None:
    assert items(replace(WELL, is_replay=True, clock_skew_s=1e8))["clock"].state == "waiting"


def test_a_satellite_that_works_is_good_in_every_line() -> None:
    assert {item.state for item in of_satellite(SATELLITE).values()} == {"good"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_listed": False}, "listed"),
        ({"maneuverable": None}, "maneuverable-flag"),
        ({"maneuverable": "unknown"}, "maneuverable-flag"),
        ({"hard_body_radius_m": None}, "hard-body-radius"),
        ({"push_reasons": ({"code": "no-folder", "what": "No folder.", "who": "The operator asks."},)}, "last-push"),
        ({"last_push_at": NOW - timedelta(days=8)}, "last-push"),
        ({"differences": ("hard_body_radius_m",)}, "differences"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_satellite_lacks_is_one_line(change: dict[str, object], code: str) -> None:
    found = of_satellite(replace(SATELLITE, **change))  # type: ignore[arg-type]
    assert [item.code for item in found.values() if item.state != "good"] == [code]
    assert found[code].who


def test_before_the_first_sync_a_satellite_is_not_called_missing() -> None:
    assert of_satellite(replace(SATELLITE, is_listed=False, is_synchronized=False))["listed"].state == "waiting"
