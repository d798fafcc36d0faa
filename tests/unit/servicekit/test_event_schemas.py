"""Within a version of an event fields are only added, with a default; anything else is another version."""

from enum import StrEnum
from typing import ClassVar

import pytest
from pydantic import create_model

from fairway.composition import events
from servicekit.event_schemas import breaking_changes, event_schema
from servicekit.events import Event


class Level(StrEnum):
    LOW = "low"


class LevelOfLater(StrEnum):
    LOW = "low"
    HIGH = "high"


def schema(**fields: object) -> dict[str, object]:
    kind = create_model("ThingSaidV1", __base__=Event, **fields)
    kind.topic = "thing.said.v1"
    return event_schema(kind)


BEFORE = schema(thing_id=(str, ...), level=(Level, ...), size=(int, 0))


@pytest.mark.parametrize(
    ("after", "fault"),
    [
        (schema(level=(Level, ...), size=(int, 0)), "the field thing_id is gone"),
        (schema(thing_id=(int, ...), level=(Level, ...), size=(int, 0)), "the field thing_id is not what it was"),
        (schema(thing_id=(str, ...), level=(LevelOfLater, ...), size=(int, 0)), "the field level is not what it was"),
        (schema(thing_id=(str, ...), level=(Level, ...), size=(int, ...)), "the field size is not what it was"),
        (schema(thing_id=(str, "a"), level=(Level, ...), size=(int, 0)), "the field thing_id may be left out now"),
        (
            schema(thing_id=(str, ...), level=(Level, ...), size=(int, 0), more=(str, ...)),
            "the new field more has no default",
        ),
    ],
    ids=["removed", "other-type", "other-values", "default-gone", "default-given", "added-without-default"],
)
def test_what_breaks_those_who_know_the_event_is_said(after: dict[str, object], fault: str) -> None:
    assert fault in breaking_changes(BEFORE, after)


def test_a_field_with_a_default_may_be_added() -> None:
    after = schema(thing_id=(str, ...), level=(Level, ...), size=(int, 0), more=(str | None, None))
    assert breaking_changes(BEFORE, after) == []


def test_words_for_people_may_change() -> None:
    class Said(Event):
        """Once said like this."""

        topic: ClassVar[str] = "said.v1"
        title: str

    before = event_schema(Said)
    after = {**before, "description": "Now like that."}
    assert breaking_changes(before, after) == []
    assert breaking_changes({"properties": {"title": {"type": "string"}}}, {"properties": {}}) == [
        "the field title is gone"
    ]


def test_every_event_has_a_topic_of_its_own_with_a_version() -> None:
    topics = [event.topic for event in events()]
    assert len(set(topics)) == len(topics)
    assert all(topic.rpartition(".v")[2].isdigit() for topic in topics)
