"""A question that a good ephemeris answers, and what a decision on it says."""

from dataclasses import replace
from datetime import UTC, datetime

from validator.question import Decision, Limits, Question

__all__ = ["CATALOGUE", "NAME", "QUESTION", "finding_of", "rules_of"]

NAME = "MEME_25544_NORTH1_2611200_operational__unclassified.oem"
QUESTION = Question(
    document_id="document-1",
    file_name=NAME,
    sha256="",
    received_at=datetime(2024, 9, 17, 11, 30, tzinfo=UTC),
    purpose="operator",
    profile="operational",
    requested_norad_cat_id=None,
    requested_designation=None,
    own=frozenset({25544, 44391, 799500234}),
    registered=frozenset({25544, 44391, 799500234, 61604}),
    designators={"1998-067A": 25544, "2019-029A": 44391},
    limits=Limits(unpacked_max_bytes=64 * 1024 * 1024, unpacked_max_ratio=100.0, refused_share=0.1),
)
CATALOGUE = replace(QUESTION, purpose="catalogue", file_name="all.3le")


def rules_of(decision: Decision, severity: str = "error") -> list[str]:
    """Return the rules that were broken with a severity."""
    return [finding["rule"] for finding in decision.findings if finding["severity"] == severity]


def finding_of(decision: Decision, rule: str) -> dict[str, object]:
    """Return the one finding of a rule."""
    (found,) = (finding for finding in decision.findings if finding["rule"] == rule)
    return found
