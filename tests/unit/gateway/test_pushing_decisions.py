"""Names, notation, order, and what follows from a look into the folder."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ccsds
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.holding import Situation, decide
from spacetrack_gateway.pushing.fixed_point import without_exponents
from spacetrack_gateway.pushing.folders import Folders, folders_of
from spacetrack_gateway.pushing.following import Assessment, assessments_in, was_screened
from spacetrack_gateway.pushing.looking import HandedOver, Listed, Patience, look_for, when_not_found
from spacetrack_gateway.pushing.names import build_name, is_conformant
from spacetrack_gateway.pushing.pieces import Candidate, next_pieces
from spacetrack_gateway.settings import SpaceTrackSettings

NOW = datetime(2024, 9, 17, 12, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "is_right"),
    [
        ("MEME_25544_ISS(ZARYA)_2611207_operational_nomnvr_unclassified.txt", True),
        ("MEME_25544_ISS_2611207_operational__unclassified.txt", True),
        ("MEME_25544_ISS_2611207_operational_unclassified.txt", False),
        ("MEME_25544_ISS_2611207_special__unclassified.txt", False),
        ("MEME_25545_ISS_2611207_operational__unclassified.txt", False),
        ("MEME_25544_ISS_2611208_operational__unclassified.txt", False),
        ("iss.oem", False),
    ],
)
def test_an_own_name_is_kept_where_space_track_takes_it_and_it_says_what_the_file_is(name: str, is_right: bool):
    assert is_conformant(name, 25544, "operational", "2611207") is is_right


@given(common=st.text(max_size=40), number=st.integers(1, 999_999_999))
def test_a_built_name_is_one_that_space_track_takes(common: str, number: int):
    name = build_name(
        norad_cat_id=number, common_name=common, day_time_group="2611207", designation="special", metadata="fw0001"
    )
    read = ccsds.parse_file_name(name, profile="space-track")
    assert (read.norad_cat_id, read.designation, read.day_time_group) == (number, "special", "2611207")
    errors = [finding for finding in read.findings if finding.severity == "error"]
    assert errors == [] or len(str(number)) not in (5, 6, 9)


def test_numbers_of_data_lines_lose_their_exponents_exactly_and_nothing_else_changes():
    text = (
        b"OBJECT_NAME = 1E5 SAT\r\nCOMMENT 2e3\r\n2024-09-17T12:00:00.000 -1.5E-07 7.000e+03 1D2 4\r\n"
        b"COVARIANCE_START\r\n  9.1e-12\r\n"
    )
    assert without_exponents(text) == (
        b"OBJECT_NAME = 1E5 SAT\r\nCOMMENT 2e3\r\n2024-09-17T12:00:00.000 -0.00000015 7000 100 4\r\n"
        b"COVARIANCE_START\r\n  0.0000000000091\r\n"
    )
    plain = b"2024-09-17T12:00:00 1.5 2 3\n"
    assert without_exponents(plain) is plain


@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-1e6, max_value=1e6))
def test_a_number_in_fixed_point_is_the_same_number(value: Decimal):
    token = f"{value:.12E}"
    assert Decimal(without_exponents(f"0.5 {token}\n".encode()).split()[1].decode()) == Decimal(token)


def _listed(file_id: int, size: int = 10, at: datetime = NOW) -> Listed:
    return Listed(file_id=file_id, folder_id=1, file_name="a.txt", size_bytes=size, uploaded_at=at)


SENT = HandedOver(file_name="a.txt", size_bytes=10, sent_at=NOW)


def test_the_newest_file_of_name_and_size_is_the_one_unless_another_claims_it():
    listing = [_listed(1), _listed(2), _listed(3, size=9)]
    assert look_for(SENT, listing, frozenset()).file == _listed(2)
    assert look_for(SENT, listing, frozenset({2})).file == _listed(1)


def test_a_file_of_another_size_is_damaged_only_if_it_came_when_we_sent():
    assert look_for(SENT, [_listed(1, size=9)], frozenset()).kind == "damaged"
    assert look_for(SENT, [_listed(1, size=9, at=NOW - timedelta(days=1))], frozenset()).kind == "absent"


def test_it_is_looked_for_longer_each_time_before_it_is_sent_again():
    patience = Patience(first=timedelta(minutes=1), looks=5, attempts=3)
    pauses = [when_not_found(looks, 1, is_acknowledged=False, patience=patience) for looks in range(1, 5)]
    assert all(isinstance(pause, timedelta) for pause in pauses)
    assert sum((pause for pause in pauses if isinstance(pause, timedelta)), timedelta()) >= timedelta(minutes=15)
    assert when_not_found(5, 1, is_acknowledged=False, patience=patience) == "send-again"
    assert isinstance(when_not_found(5, 1, is_acknowledged=True, patience=patience), timedelta)
    assert when_not_found(5, 3, is_acknowledged=False, patience=patience) == "give-up"


def _candidate(name: str, **values: object) -> Candidate:
    defaults: dict[str, object] = {
        "organization_id": "a",
        "state": "queued",
        "designation": "operational",
        "remote_file_id": None,
        "due_at": NOW,
        "created_at": NOW,
        "served_at": None,
    }
    return Candidate(id=name, **(defaults | values))  # type: ignore[arg-type]


def test_what_was_sent_is_proved_before_anything_else_is_sent():
    first, *_ = next_pieces([_candidate("new"), _candidate("old", state="sent", remote_file_id=4)], NOW)
    assert first.key == "read-back:old"


def test_whoever_was_served_longest_ago_is_next():
    waiting = [
        _candidate("a1", served_at=NOW, created_at=NOW - timedelta(hours=2)),
        _candidate("b1", organization_id="b", served_at=NOW - timedelta(hours=1)),
        _candidate("c1", organization_id="c", created_at=NOW - timedelta(minutes=1)),
    ]
    assert [due.key for due in next_pieces(waiting, NOW)] == ["hand-over:c1"]


def test_special_files_have_a_priority_of_their_own():
    pieces = next_pieces([_candidate("o"), _candidate("s", designation="special")], NOW)
    assert [(due.priority, due.key) for due in pieces] == [
        (Priority.SPECIAL, "hand-over:s"),
        (Priority.OPERATIONAL, "hand-over:o"),
    ]


def test_folders_are_an_organizations_by_its_name_in_the_path_where_we_may_write():
    rows = [
        {
            "folder_id": "7",
            "folder_path": "/Ephemeris/AURORA IMAGING",
            "folder_name": "AURORA IMAGING",
            "permissions": "rw",
        },
        {"folder_id": "8", "folder_path": "/Maneuvers/Aurora Imaging", "folder_name": "", "permissions": "rw"},
        {"folder_id": "9", "folder_path": "/Ephemeris/AURORA", "folder_name": "AURORA", "permissions": "rw"},
        {"folder_id": "6", "folder_path": "/Old/AURORA IMAGING", "folder_name": "AURORA IMAGING", "permissions": "r"},
    ]
    assert folders_of(rows, ["AURORA IMAGING"]) == Folders(7, 8)
    assert folders_of(rows, ["BOREALIS"]) == Folders(None, None)


def test_an_assessment_is_found_by_the_files_name_and_its_words_decide():
    rows = [
        {"CA_RESULT_CODE": "0", "CA_RESULT_SHORT_DESCRIPTION": "No conjunctions", "SAT1_EPHEMERIS_NAME": "a.txt"},
        {"CA_RESULT_CODE": "9", "CA_RESULT_SHORT_DESCRIPTION": "Not screened: frame", "SAT1_EPHEMERIS_NAME": "b.txt"},
        {"CA_RESULT_CODE": "0", "SAT1_EPHEMERIS_NAME": "NONE"},
    ]
    found = assessments_in(rows)
    words = SpaceTrackSettings().not_screened_words
    assert found.keys() == {"a.txt", "b.txt"}
    assert was_screened(found["a.txt"], words)
    assert not was_screened(found["b.txt"], words)
    assert not was_screened(Assessment("REJECTED", "", ""), words)


GO = Situation(
    is_withdrawn=False,
    is_current=True,
    push_mode="automatic",
    is_released=False,
    has_account=True,
    has_folder=True,
    is_replay=False,
)


@pytest.mark.parametrize(
    ("changes", "state", "codes"),
    [
        ({}, "queued", []),
        ({"push_mode": "off"}, "held", ["no-consent"]),
        ({"push_mode": "manual"}, "held", ["waits-for-release"]),
        ({"push_mode": "manual", "is_released": True}, "queued", []),
        ({"has_account": False, "has_folder": False}, "held", ["no-account"]),
        ({"has_folder": False}, "held", ["no-folder"]),
        ({"is_replay": True, "push_mode": "off"}, "held", ["replay", "no-consent"]),
        ({"is_current": False, "push_mode": "off"}, "superseded", []),
        ({"is_withdrawn": True, "is_current": False}, "withdrawn", []),
    ],
)
def test_a_file_leaves_when_nothing_holds_it_and_every_reason_is_told(
    changes: dict[str, object], state: str, codes: list[str]
):
    situation = Situation(**(vars(GO) | changes))  # type: ignore[arg-type]
    decided, reasons = decide(situation)
    assert (decided, [reason["code"] for reason in reasons]) == (state, codes)
