"""Logs: one JSON line an entry, ours and the libraries', with the trace and without secrets."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from servicekit.auth import new_token
from servicekit.observability import configure_logging, log_context, logger
from servicekit.settings import LogSettings
from servicekit.tracing import start_trace


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    known = logging.root.manager.loggerDict.values()
    loggers = [logging.root, *(each for each in known if isinstance(each, logging.Logger))]
    before = [(each, each.handlers, each.level, each.propagate) for each in loggers]
    stream = io.StringIO()
    configure_logging(LogSettings(format="json"), stream)
    yield stream
    for each, handlers, level, propagate in before:
        each.handlers, each.propagate = handlers, propagate
        each.setLevel(level)


def entries(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_entry_carries_time_level_logger_and_trace(out: io.StringIO) -> None:
    start_trace("0af7651916cd43dd8448eb211c80319c")
    logger("validator.decide").bind(document_id="018f").info("decided", findings=3)
    (entry,) = entries(out)
    assert entry.pop("time").endswith("Z")
    assert entry == {
        "event": "decided",
        "level": "info",
        "logger": "validator.decide",
        "document_id": "018f",
        "findings": 3,
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
    }


def test_every_entry_of_a_handling_names_its_event_whoever_writes_it(out: io.StringIO) -> None:
    with log_context(consumer="validator.decide", event_id="018f"):
        logger("validator.reading").info("read")
        logging.getLogger("a.library").warning("odd")
    logger("validator.reading").info("afterwards")
    of_ours, of_the_library, afterwards = entries(out)
    for entry in (of_ours, of_the_library):
        assert (entry["consumer"], entry["event_id"]) == ("validator.decide", "018f")
    assert "consumer" not in afterwards


def test_a_librarys_entries_look_the_same(out: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("port %d", 80)
    (entry,) = entries(out)
    assert (entry["event"], entry["level"], entry["logger"]) == ("port 80", "warning", "uvicorn.error")


def test_secrets_are_hidden_by_their_name_and_by_their_form(out: io.StringIO) -> None:
    token = new_token()
    logger("x").info(
        "sent",
        authorization="Bearer abc",
        api_token=token.text,
        note=f"token {token.text} of postgresql://fairway:hunter2@db/x",
        nested={"password": "hunter2", "list": [token.text]},
        token_prefix=token.prefix,
    )
    text = out.getvalue()
    assert token.text not in text
    assert "hunter2" not in text
    assert "Bearer abc" not in text
    assert token.prefix in text, "what names a token may be read"


def test_secrets_are_hidden_in_tracebacks(out: io.StringIO) -> None:
    token = new_token()
    try:
        int(token.text)
    except ValueError:
        logger("x").exception("failed")
    (entry,) = entries(out)
    assert "ValueError" in entry["exception"]
    assert token.text not in out.getvalue()


def test_what_is_below_the_level_is_not_written(out: io.StringIO) -> None:
    logger("x").debug("detail")
    assert out.getvalue() == ""
