"""A mail's text and HTML say the same, and nothing that a stranger wrote can break out of them."""

from datetime import UTC, datetime

import pytest

from notifier import formats
from notifier.message import Content, Message, Recipient, Table
from notifier.recipients import is_address
from notifier.rendering import render
from notifier.sending import email
from notifier.settings import NotifierSettings
from records.notifier.tables import Notification


def _message(**values: object) -> Message:
    defaults: dict[str, object] = {
        "subject_id": "document-1",
        "recipient": Recipient("flight@north.example", "north", "you uploaded the file"),
        "subject": "Accepted: north.oem",
        "content": Content(headline="north.oem is valid"),
        "reason": "Whoever uploads a file is told its verdict.",
    }
    return Message(**(defaults | values))  # type: ignore[arg-type]


def test_both_parts_say_why_the_reader_receives_it():
    mail = render(_message(), longest_table=50)
    assert "You receive this because you uploaded the file." in mail.text
    assert "You receive this because you uploaded the file." in mail.html


def test_facts_and_tables_are_in_both_parts():
    content = Content(
        headline="Findings",
        facts=(("File", "north.oem"), ("SHA-256", "ab12")),
        tables=(Table("Errors", ("Rule", "Line"), (("SYN-002", "12"), ("OEM-010", "7"))),),
        links=(("The file", "http://fairway.example/documents/1"),),
    )
    mail = render(_message(content=content), longest_table=50)
    for part in (mail.text, mail.html):
        for text in ("north.oem", "ab12", "SYN-002", "OEM-010", "http://fairway.example/documents/1"):
            assert text in part


def test_names_are_escaped_in_html_and_plain_in_text():
    content = Content(headline="<script>alert(1)</script> is valid", facts=(("File", "a<b>&c.oem"),))
    mail = render(_message(content=content), longest_table=50)
    assert "<script>" not in mail.html
    assert "a&lt;b&gt;&amp;c.oem" in mail.html
    assert "a<b>&c.oem" in mail.text


def test_a_long_table_is_cut_and_says_so():
    table = Table("Findings", ("Rule",), tuple((f"RULE-{number:03d}",) for number in range(7)))
    mail = render(_message(content=Content(headline="x", tables=(table,))), longest_table=5)
    for part in (mail.text, mail.html):
        assert "RULE-004" in part
        assert "RULE-005" not in part
        assert "… and 2 more." in part


@pytest.mark.parametrize(
    ("flags", "mark", "banner"),
    [
        ({"is_replay": True}, "[REPLAY]", "replay of archived days"),
        ({"is_synthetic": True}, "[SYNTHETIC]", "do not exist"),
    ],
)
def test_replays_and_synthetic_data_are_marked_in_subject_and_both_parts(flags, mark, banner):
    mail = render(_message(**flags), longest_table=50)
    assert mail.subject == f"{mark} Accepted: north.oem"
    assert banner in mail.text
    assert banner in mail.html
    assert mark not in render(_message(), longest_table=50).subject


@pytest.mark.parametrize("name", ["a\r\nBcc: all@evil.example", "a\nX: y", "a\x00b", "a\u2028b", "a\u202eb", "a\x85b"])
def test_a_file_name_cannot_add_a_header_or_hide_in_one(name):
    mail = render(_message(subject=f"Accepted: {name}", content=Content(headline=name)), longest_table=50)
    assert "\n" not in mail.subject
    assert all(ord(letter) >= 32 and letter not in "\x85\u2028\u202e" for letter in mail.subject)
    sent = email(_row(mail_subject=mail.subject, mail_text=mail.text, mail_html=mail.html), "f@x.example", _SETTINGS)
    assert sent["Bcc"] is None
    assert sent["X"] is None


def test_an_endless_subject_is_cut():
    assert len(render(_message(subject="x" * 5000), longest_table=50).subject) == 200


_SETTINGS = NotifierSettings()


def _row(**values: object) -> Notification:
    defaults: dict[str, object] = {
        "id": "0191-a",
        "kind": "verdict",
        "subject_id": "document-1",
        "occasion": "once",
        "recipient": "flight@north.example",
        "message_id": "0191-a@fairway.example",
        "mail_subject": "Überflug angenommen",
        "mail_text": "Näheres unten\n",
        "mail_html": "<p>Näheres unten</p>\n",
        "created_at": datetime(2024, 9, 17, 12, tzinfo=UTC),
    }
    return Notification(**(defaults | values))


def test_the_same_row_gives_the_same_bytes():
    row = _row()
    first = email(row, "Fairway <fairway@fairway.example>", _SETTINGS).as_bytes()
    assert first == email(row, "Fairway <fairway@fairway.example>", _SETTINGS).as_bytes()


def test_a_mail_has_both_parts_and_says_that_a_machine_wrote_it():
    sent = email(_row(), "Fairway <fairway@fairway.example>", NotifierSettings(reply_to="desk@fairway.example"))
    assert [part.get_content_type() for part in sent.iter_parts()] == ["text/plain", "text/html"]
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["Message-ID"] == "<0191-a@fairway.example>"
    assert sent["Reply-To"] == "desk@fairway.example"
    assert sent["Date"].datetime == datetime(2024, 9, 17, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        ("flight@north.example", True),
        ("o'hara+ca@north-orbits.example", True),
        ("flight@north.example\nBcc: x@y.example", False),
        ("flight@north.example, x@y.example", False),
        ("Flight <flight@north.example>", False),
        ("flüg@north.example", False),
        ("north.example", False),
        ("a" * 250 + "@x.example", False),
    ],
)
def test_only_one_plain_address_is_an_address(address, usable):
    assert is_address(address) is usable


@pytest.mark.parametrize(
    ("value", "reason", "text"),
    [
        (2.5e-4, None, "2.50e-04"),
        (3.2e-19, None, "3.20e-19"),
        (0.0, None, "less than 1e-300"),
        (None, "the secondary has no covariance", "not computed: the secondary has no covariance"),
        (None, "covariance_missing", "not computed: At least one object has no position covariance."),
        (float("nan"), None, "not computed: no reason was recorded"),
    ],
)
def test_a_probability_is_never_written_as_zero(value, reason, text):
    assert formats.probability(value, reason) == text


def test_a_bound_is_called_a_bound():
    assert formats.bound(9e-4) == "at most 9.00e-04 (an upper bound, not the probability)"


def test_times_are_written_in_utc():
    moment = datetime.fromisoformat("2024-09-17T14:00:00.123456+02:00")
    assert formats.utc(moment) == "2024-09-17T12:00:00Z"
    assert formats.utc(moment, milliseconds=True) == "2024-09-17T12:00:00.123Z"
