"""Who is told what: every rule stands in `RULES`, and a new one is a module and an entry here."""

from typing import Any

from notifier.rules import (
    cdm_available,
    close_approach,
    document_accepted,
    expanded_results,
    negative_results,
    not_screened,
    verdict,
)
from notifier.rules.rule import Rule, Situation

__all__ = ["RULES", "Rule", "Situation"]

RULES: tuple[Rule[Any], ...] = (
    verdict.RULE,
    document_accepted.RULE,
    close_approach.RULE,
    cdm_available.RULE,
    negative_results.RULE,
    expanded_results.RULE,
    not_screened.RULE,
)
