"""Examples of the rules of the message library: a document that breaks one, and the same document mended.

They are data: ``tests/data/ccsds/rule_examples/<family>.toml`` with a table for each rule key, and the mended documents
in ``documents/``. The reference of rules shows them, and `test_rule_examples.py` proves them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ccsds

__all__ = ["RuleExample", "examples", "heaviest_profile"]

FOLDER = Path(__file__).parents[1] / "data" / "ccsds" / "rule_examples"
WEIGHT = {"off": 0, "info": 1, "warning": 2, "error": 3}


@dataclass(frozen=True, slots=True)
class RuleExample:
    """What breaks a rule, and its mending: documents, or names of files.

    Attributes
    ----------
    family
        Name of the file that the example stands in.
    is_name
        Whether `broken` and `mended` are names of files.
    also
        Ids of further rules that the broken one can't help to break.
    profile
        In which it is shown.
    limits, catalogue, originator
        What it is judged with: bounds, a catalogue of designators, the originator that a file name must begin with.
    remark
        What the two texts do not show.
    """

    key: str
    family: str
    broken: bytes
    mended: bytes
    is_name: bool
    also: frozenset[str]
    profile: str
    limits: ccsds.Limits
    catalogue: dict[str, int] | None
    originator: str | None
    remark: str

    def findings(self, text: bytes, profile: str) -> tuple[ccsds.Finding, ...]:
        """What a profile finds in one of the two."""
        if not self.is_name:
            return ccsds.validate(text, profile=profile, limits=self.limits, catalogue=self.catalogue).findings
        if self.originator is not None:
            name = ccsds.parse_maneuver_file_name(text.decode(), originator=self.originator, profile=profile)
            return name.findings
        return ccsds.parse_file_name(text.decode(), profile=profile).findings


def examples() -> dict[str, RuleExample]:
    """Every example, by the key of its rule.

    Raises
    ------
    ValueError
        A rule has two examples, or an edit does not say one place of its document.
    """
    found: dict[str, RuleExample] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        for key, entry in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if key in found:
                raise ValueError(f"{key} has two examples, in {found[key].family} and {file.stem}")
            found[key] = _example(key, file.stem, entry)
    return found


def heaviest_profile(key: str) -> str:
    """The first profile in which that rule weighs most."""
    return max(ccsds.profiles(), key=lambda profile: WEIGHT[profile.severity(key)]).name


def _example(key: str, family: str, entry: dict[str, Any]) -> RuleExample:
    mended = _document(entry["of"]) if "of" in entry else entry["mended"].encode()
    for old, new in entry.get("before", []):
        mended = _edited(mended, old, new, key)
    broken = entry["broken"].encode(entry.get("encoding", "utf-8")) if "broken" in entry else mended
    for old, new in entry.get("edits", []):
        broken = _edited(broken, old, new, key)
    if "instead_of" in entry:
        broken = _document(entry["instead_of"])
    return RuleExample(
        key=key,
        family=family,
        broken=broken,
        mended=mended,
        is_name=bool(entry.get("is_name", False)),
        also=frozenset(entry.get("also", [])),
        profile=entry.get("profile", heaviest_profile(key)),
        limits=ccsds.Limits(**entry.get("limits", {})),
        catalogue=entry.get("catalogue"),
        originator=entry.get("originator"),
        remark=entry.get("remark", ""),
    )


def _document(name: str) -> bytes:
    return (FOLDER / "documents" / name).read_bytes()


def _edited(text: bytes, old: str, new: str, key: str) -> bytes:
    if old.encode() not in text:
        raise ValueError(f"the example of {key} edits {old!r}, which its document does not hold")
    return text.replace(old.encode(), new.encode(), 1)
