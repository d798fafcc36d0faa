"""Which column of a class holds what: nobody has published the names, so the class is asked for them.

The answer of ``modeldef`` is matched with a list of names for each attribute, the best first; what Space-Track calls
otherwise one day is a change of a setting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Columns", "fields_of", "resolve"]


@dataclass(frozen=True)
class Columns:
    """The column of each attribute that was found, and the attributes that have none."""

    by_attribute: Mapping[str, str]
    missing: tuple[str, ...]

    def read(self, row: Mapping[str, Any], attribute: str) -> str:
        """Return an attribute of a row as stripped text; empty where there is nothing."""
        column = self.by_attribute.get(attribute)
        value = None if column is None else row.get(column)
        return "" if value is None else str(value).strip()


def fields_of(modeldef: Any) -> list[str]:
    """Return the columns that an answer of ``modeldef`` names.

    Raises
    ------
    ValueError
        It names none.
    """
    data = modeldef.get("data") if isinstance(modeldef, dict) else modeldef
    rows = data if isinstance(data, list) else []
    names = [str(row["Field"]) for row in rows if isinstance(row, dict) and row.get("Field")]
    if not names:
        raise ValueError("the description of the class names no columns")
    return names


def resolve(fields: Iterable[str], aliases: Mapping[str, Sequence[str]]) -> Columns:
    """Find the column of each attribute, by the names that it may have; the spelling of letters does not matter."""
    known = {field.casefold(): field for field in fields}
    found: dict[str, str] = {}
    for attribute, names in aliases.items():
        column = next((known[name.casefold()] for name in names if name.casefold() in known), None)
        if column is not None:
            found[attribute] = column
    return Columns(found, tuple(attribute for attribute in aliases if attribute not in found))
