"""The Prefer header, as RFC 7240 writes it."""

import pytest

from servicekit.http.preferences import LONGEST_WAIT_S, Preferences, parse_prefer


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", Preferences()),
        ("wait=10", Preferences(wait_s=10)),
        ("Wait = 10", Preferences(wait_s=10)),
        ('wait="10"', Preferences(wait_s=10)),
        ("wait=0", Preferences(wait_s=0)),
        ("respond-async, wait=5", Preferences(wait_s=5, respond_async=True)),
        ("return=minimal; foo=bar, wait=3", Preferences(wait_s=3, minimal=True)),
        ("wait=5, wait=9", Preferences(wait_s=5)),
        ("wait=soon, respond-async", Preferences(respond_async=True)),
        ("wait=-1", Preferences()),
        ("wait=1e3", Preferences()),
        (",;=,", Preferences()),
        ("wait=999999", Preferences(wait_s=LONGEST_WAIT_S)),
    ],
)
def test_a_preference_is_read_and_what_cannot_be_read_is_left_out(header: str, expected: Preferences) -> None:
    assert parse_prefer(header) == expected


def test_a_wait_that_is_honoured_is_said() -> None:
    assert parse_prefer("wait=10").applied == {"Preference-Applied": "wait=10"}
    assert parse_prefer("respond-async").applied == {}
