"""Event contracts as JSON schemas, and what may change in them within a version."""

from collections.abc import Mapping
from typing import Any

from servicekit.events import Event

__all__ = ["breaking_changes", "event_schema"]

_WORDS_ONLY = ("title", "description", "examples")
"""What a schema says to people alone."""


def event_schema(event: type[Event]) -> dict[str, Any]:
    """Return the schema of an event as it is published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": event.topic,
        **event.model_json_schema(),
    }


def breaking_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return what in `after` breaks whoever knows the event as `before`, a sentence for each; empty where nothing does.

    Old and new processes stand side by side in a rolling upgrade, and events wait in topics for days. So an event that
    an old process wrote has to be read by a new one, which means: fields are only added, each with a default, and a
    field that is there keeps its meaning.
    """
    known, new = before.get("properties", {}), after.get("properties", {})
    required_before, required_after = set(before.get("required", ())), set(after.get("required", ()))
    found = [f"the field {name} is gone" for name in known if name not in new]
    for name in new:
        if name not in known:
            if name in required_after:
                found.append(f"the new field {name} has no default")
            continue
        if _meaning(known[name], before) != _meaning(new[name], after):
            found.append(f"the field {name} is not what it was")
        if name in required_before and name not in required_after:
            found.append(f"the field {name} may be left out now")
        if name in required_after and name not in required_before:
            found.append(f"the field {name} may not be left out any more")
    return found


def _meaning(schema: Any, document: Mapping[str, Any]) -> Any:
    """Return a schema without what is said to people, with its references followed."""
    if isinstance(schema, Mapping):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return _meaning(document["$defs"][reference.rsplit("/", 1)[1]], document)
        return {
            name: _meaning(content, document)
            for name, content in schema.items()
            if name not in _WORDS_ONLY or not isinstance(content, str | list)
        }
    if isinstance(schema, list):
        return [_meaning(each, document) for each in schema]
    return schema
