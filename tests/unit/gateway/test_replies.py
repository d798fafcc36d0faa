"""What an answer is worth is decided by its body; a failure is never an empty result."""

import pytest

from spacetrack_gateway.client.replies import Expected, judge

STOP = ("suspend", "locked")
RATE = "You've violated your query rate limit.  Please refer to our Acceptable Use guidelines"


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b'[{"CDM_ID":"1"}]', "ok"),
        (200, b"[]", "empty"),
        (204, b"", "empty"),
        (200, b"", "empty"),
        (200, b"NO RESULTS RETURNED", "empty"),
        (200, b'[{"error":"' + RATE.encode() + b'"}]', "rate-limited"),
        (200, b'{"error":"' + RATE.encode() + b'"}', "rate-limited"),
        (500, RATE.encode(), "rate-limited"),
        (429, b"", "rate-limited"),
        (401, b'{"error":"You must be logged in to complete this action"}', "not-signed-in"),
        (200, b"<!DOCTYPE html><html><body>Log in</body></html>", "page-of-html"),
        (503, b"<html>maintenance</html>", "unavailable"),
        (500, b"Query range out of bounds", "unavailable"),
        (200, b'[{"CDM_ID":"1"},{"CDM', "cut-off"),
        (200, b'"text"', "unavailable"),
        (200, b'{"error":"Your account has been suspended"}', "stopped"),
        (200, b'[{"error":"You do not have permission for this folder"}]', "not-permitted"),
        (400, b'{"error":"Unknown predicate"}', "refused"),
    ],
)
def test_an_answer_to_a_query_for_rows(status: int, body: bytes, outcome: str):
    assert judge(status, body, "rows", STOP).outcome == outcome


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b'""', "ok"),
        (b'{"Login":"Failed"}', "login-refused"),
        (b'{"Login":"Failed","error":"Your account has been suspended."}', "stopped"),
        (b"<html>maintenance</html>", "page-of-html"),
        (b'"something else"', "unavailable"),
    ],
)
def test_an_answer_to_a_login(body: bytes, outcome: str):
    assert judge(200, body, "login", STOP).outcome == outcome


LOCKED = b"<html><body><p>Your  account has\nbeen <b>suspended</b>.</p></body></html>"


@pytest.mark.parametrize(
    ("expected", "status", "body"),
    [
        ("login", 200, b'"Your account is locked"'),
        ("login", 200, b"Your account has been suspended. Please contact us."),
        ("login", 200, LOCKED),
        ("rows", 200, LOCKED),
        ("rows", 403, LOCKED),
        ("rows", 200, b'{"message":"Your account was suspended"}'),
        ("rows", 200, b"Your account has been suspended."),
    ],
)
def test_a_lock_is_heard_in_whatever_form_it_is_said(expected: Expected, status: int, body: bytes):
    assert judge(status, body, expected, STOP).outcome == "stopped"


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (
            200,
            b"<html>Log in. If your account is locked, ask us. It is locked after five tries.</html>",
            "page",
        ),
        (503, b"<html><input class='locked'>The service is suspended for maintenance</html>", "unavailable"),
        (200, b'[{"OBJECT_NAME":"SUSPENDED","COMMENT":"locked"}', "cut-off"),
    ],
)
def test_words_of_a_page_or_of_rows_stop_nothing(status: int, body: bytes, outcome: str):
    assert judge(status, body, "rows", STOP).outcome.startswith(outcome)


def test_a_name_that_contains_a_stop_word_stops_nothing():
    reply = judge(200, b'{"error":"File MEME_90001_BLOCKED-SAT is not named correctly"}', "upload", STOP)
    assert reply.outcome == "refused"


def test_a_files_content_may_hold_anything():
    assert judge(200, b"CCSDS_OEM_VERS = 2.0\nCOMMENT rate limit, suspended\n" * 100, "content", STOP).outcome == "ok"


def test_what_is_said_is_cut_to_a_sentence_without_tags():
    reply = judge(503, b"<html><h1>Maintenance</h1>" + b"x " * 4000 + b"</html>", "rows", STOP)
    assert reply.said.startswith("Maintenance")
    assert len(reply.said) <= 300
