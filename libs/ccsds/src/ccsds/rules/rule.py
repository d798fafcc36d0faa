"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Rule", "Weight", "table"]

Weight = Literal["error", "warning", "info", "off"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, or one case of a rule that profiles weigh by itself.

    Attributes
    ----------
    id
        Stable id that findings carry, for example `SYN-012`.
    variant
        Name of the case, for example `optional`; empty for the rule itself.
    title
        The rule in a sentence.
    source
        Clause of the standard or handbook it comes from.
    strict
        Its severity in the profile `strict`; `off` where only another profile asks for it.
    hint
        What to do about a finding; a finding that knows better brings its own.
    """

    id: str
    variant: str
    title: str
    source: str
    strict: Weight
    hint: str

    @property
    def key(self) -> str:
        """Id with variant, as profiles name it."""
        return f"{self.id}/{self.variant}" if self.variant else self.id


def table(source_prefix: str, *rows: tuple[str, Weight, str, str, str]) -> list[Rule]:
    """Build rules from rows of (key, severity in strict, title, clause, hint)."""
    rules = []
    for key, strict, title, clause, hint in rows:
        identifier, _, variant = key.partition("/")
        source = clause if clause.startswith("CCSDS ") else f"{source_prefix} {clause}".strip().rstrip(";")
        rules.append(Rule(identifier, variant, title, source, strict, hint))
    return rules
