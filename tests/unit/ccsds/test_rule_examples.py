"""Every rule of the message library can be broken, and shows how it is mended: the examples of the reference."""

from dataclasses import replace

import pytest
from support.rule_examples import RuleExample, examples, heaviest_profile

import ccsds
from ccsds.profiles import _PROFILES, profile_named

EXAMPLES = examples()
RULES = {rule.key: rule for rule in ccsds.rules()}


def test_every_rule_has_one_example() -> None:
    assert EXAMPLES.keys() == RULES.keys()


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=lambda example: example.key)
def test_the_broken_document_shows_its_rule_and_the_mended_one_does_not(example: RuleExample) -> None:
    rule = RULES[example.key]
    found = example.findings(example.broken, example.profile)
    assert {finding.rule for finding in found} == {rule.id} | example.also
    left = {finding.rule for finding in example.findings(example.mended, example.profile)}
    assert left <= example.also, "what is left of other rules is declared"


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=lambda example: example.key)
def test_the_finding_is_of_that_variant_of_the_rule(example: RuleExample, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = RULES[example.key]
    profile = profile_named(example.profile)
    weights = {
        key: "off" if RULES[key].id == rule.id and key != rule.key else weight
        for key, weight in profile.weights.items()
    }
    monkeypatch.setitem(_PROFILES, profile.name, replace(profile, weights=weights))
    severity = profile.severity(rule.key)
    found = {(finding.rule, finding.severity) for finding in example.findings(example.broken, profile.name)}
    assert (rule.id, severity) in found
    mended = {finding.rule for finding in example.findings(example.mended, profile.name)}
    assert rule.id not in mended


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=lambda example: example.key)
def test_it_is_shown_in_a_profile_in_which_the_rule_weighs_most(example: RuleExample) -> None:
    shown, heaviest = (
        profile_named(name).severity(example.key) for name in (example.profile, heaviest_profile(example.key))
    )
    assert shown == heaviest != "off"
