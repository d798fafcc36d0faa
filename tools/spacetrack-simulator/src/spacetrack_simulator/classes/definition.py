"""One class of the interface: columns with the MySQL types that `modeldef` shows."""

import re
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["ClassDefinition", "Column", "Format", "Sort"]

Format = Literal["json", "xml", "html", "csv", "tle", "3le", "kvn", "stream"]
Sort = Literal["integer", "real", "time", "text"]

TABULAR: tuple[Format, ...] = ("json", "xml", "html", "csv")


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `type` in MySQL's words."""

    name: str
    type: str
    nullable: bool = True
    key: str = ""

    @property
    def sort(self) -> Sort:
        """How its values compare."""
        word = re.match(r"\w+", self.type)
        match word[0] if word else "":
            case "int" | "bigint" | "tinyint" | "smallint" | "mediumint":
                return "integer"
            case "double" | "float" | "decimal":
                return "real"
            case "datetime" | "date" | "timestamp":
                return "time"
            case _:
                return "text"


@dataclass(frozen=True, slots=True)
class ClassDefinition:
    """A class of a controller.

    Attributes
    ----------
    formats
        That `format/…` accepts.
    described
        Whether `modeldef` knows it; an action such as upload has none.
    dates
        How its datetimes are written: they differ between classes.
    """

    controller: str
    name: str
    columns: tuple[Column, ...] = ()
    formats: tuple[Format, ...] = TABULAR
    described: bool = True
    dates: Literal["iso", "microseconds", "seconds"] = "seconds"
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {column.name.upper(): column for column in self.columns})

    @property
    def table(self) -> str:
        """Name of its table."""
        return f"{self.controller}_{self.name}"

    def column(self, name: str) -> Column | None:
        """Find a column; names in addresses are written in either case."""
        return self._by_name.get(name.upper())

    @property
    def modeldef(self) -> dict[str, object]:
        """What `modeldef` answers."""
        return {
            "controller": self.controller,
            "data": [
                {
                    "Field": column.name,
                    "Type": column.type,
                    "Null": "YES" if column.nullable else "NO",
                    "Key": column.key,
                    "Default": "" if column.nullable else "0",
                    "Extra": "",
                }
                for column in self.columns
            ],
        }
