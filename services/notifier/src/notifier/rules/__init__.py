"""Who is told what: every module of this folder is one rule, and a new rule is a new module."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from notifier.rules.rule import Rule, Situation

__all__ = ["RULES", "Rule", "Situation"]

RULES: tuple[Rule[Any, Any], ...] = tuple(
    import_module(f"{__name__}.{module.name}").RULE for module in iter_modules(__path__) if module.name != "rule"
)
"""In the order of their modules' names. Each hears its event by itself, so the order means nothing."""
