"""The folder of rules is the list of rules."""

from pathlib import Path

import notifier.rules
from notifier.module import MODULE
from notifier.rules import RULES


def test_every_module_of_the_folder_is_a_rule_and_names_its_kind():
    modules = {file.stem for file in Path(notifier.rules.__file__).parent.glob("*.py")} - {"__init__", "rule"}
    assert [rule.kind for rule in RULES] == sorted(name.replace("_", "-") for name in modules)


def test_every_rule_hears_its_event():
    heard = {consumer.name: consumer.event for consumer in MODULE.consumers}
    assert {f"notifier.{rule.kind}": rule.event for rule in RULES}.items() <= heard.items()
