"""Every rule, by key; a rule's severity per profile stands in `ccsds.profiles`."""

from ccsds.rules.cdm import CDM_RULES
from ccsds.rules.documents import DOCUMENT_RULES
from ccsds.rules.element_sets import ELEMENT_SET_RULES
from ccsds.rules.file_names import FILE_NAME_RULES
from ccsds.rules.interchange import INTERCHANGE_RULES
from ccsds.rules.maneuver_notification import MANEUVER_NOTIFICATION_RULES
from ccsds.rules.oem import OEM_RULES
from ccsds.rules.opm import OPM_RULES
from ccsds.rules.rule import Rule, Weight
from ccsds.rules.syntax import SYNTAX_RULES
from ccsds.rules.text_formats import TEXT_FORMAT_RULES
from ccsds.rules.values import VALUE_RULES

__all__ = ["RULES", "Rule", "Weight", "rules"]

RULES: dict[str, Rule] = {
    rule.key: rule
    for rule in (
        *DOCUMENT_RULES,
        *SYNTAX_RULES,
        *VALUE_RULES,
        *OEM_RULES,
        *OPM_RULES,
        *CDM_RULES,
        *ELEMENT_SET_RULES,
        *TEXT_FORMAT_RULES,
        *INTERCHANGE_RULES,
        *FILE_NAME_RULES,
        *MANEUVER_NOTIFICATION_RULES,
    )
}


def rules() -> tuple[Rule, ...]:
    """Every rule and variant, for the documentation."""
    return tuple(RULES.values())
