"""For every alert: series that let it fire, and others that only just do not."""

from support.alert_case import Case
from support.alert_cases_of_services import CASES_OF_SERVICES
from support.alert_cases_of_surroundings import CASES_OF_SURROUNDINGS

__all__ = ["CASES", "Case"]

CASES = [*CASES_OF_SERVICES, *CASES_OF_SURROUNDINGS]
