"""Every code that the service has is a sentence on the pages."""

from typing import get_args

from assessment.criteria import Level
from astrodynamics import probability
from dashboard import wording


def test_every_reason_and_flag_of_a_probability_has_its_sentence() -> None:
    assert set(wording.REASONS) == set(probability.REASONS)
    assert set(wording.FLAGS) == set(probability.FLAGS)
    assert {name for name, method in probability.METHODS.items() if not method.is_bound} == set(wording.METHODS)


def test_every_level_has_its_sentence() -> None:
    assert set(wording.LEVELS) == set(get_args(Level))


def test_an_unknown_code_is_written_and_not_left_out() -> None:
    assert wording.probability_reason("something_new") == "Something new"
    assert wording.flag_note("something_new") == "Something new"
    assert wording.probability_reason("A sentence of another originator.") == "A sentence of another originator."
