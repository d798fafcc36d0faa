"""The alerts: each fires when it is to, is silent when it is not, and has its entry in the runbook."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.alert_cases import CASES, Case

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "observability" / "prometheus-rules.yaml"
RUNBOOK = ROOT / "docs" / "operations" / "runbook.md"


def rules() -> list[dict[str, Any]]:
    """Return every rule."""
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    """Return every alert."""
    return [rule for rule in rules() if "alert" in rule]


def promtool(*arguments: str) -> None:
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def promtool_tests(case: Case) -> Iterator[dict[str, Any]]:
    """Give the two tests of a case as promtool reads them."""
    expected = {
        "exp_labels": {"severity": case.severity, **case.labels},
        "exp_annotations": {
            "summary": case.says,
            "runbook_url": f"docs/operations/runbook.md#{case.alert.lower()}",
        },
    }
    is_of_service = {"service": case.labels["service"]} if case.alert == "FairwayServiceMissing" else None
    for series, alerts_then in ((case.fires, [expected]), (case.silent, [])):
        yield {
            "name": f"{case.alert} {is_of_service or ''} {'fires' if alerts_then else 'is silent'}",
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in series.items()],
            "alert_rule_test": [{"eval_time": case.at, "alertname": case.alert, "exp_alerts": alerts_then}],
        }


def test_the_rules_are_rules_and_the_example_configuration_is_one() -> None:
    promtool("check", "rules", str(RULES))
    promtool("check", "config", str(RULES.with_name("prometheus.yaml")))


def test_every_alert_fires_when_it_is_to_and_only_then(tmp_path: Path) -> None:
    file = tmp_path / "tests.yaml"
    document = {"rule_files": [str(RULES)], "tests": [each for case in CASES for each in promtool_tests(case)]}
    file.write_text(json.dumps(document))  # JSON is YAML
    promtool("test", "rules", str(file))


def test_every_alert_has_a_case() -> None:
    tried = {(case.alert, case.labels.get("service")) for case in CASES}
    assert {(alert["alert"], alert["labels"].get("service")) for alert in alerts()} == tried


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: f"{alert['alert']}-{alert['labels'].get('service', '')}")
def test_an_alert_says_how_bad_it_is_waits_a_little_and_leads_to_the_runbook(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert re.fullmatch(r"\d+[mh]", alert["for"])
    assert alert["annotations"]["runbook_url"] == f"docs/operations/runbook.md#{alert['alert'].lower()}"


def test_the_runbook_has_an_entry_for_every_alert_and_for_nothing_else() -> None:
    entries = re.findall(r"^### (Fairway\w+)$", RUNBOOK.read_text(), re.MULTILINE)
    assert entries == list(dict.fromkeys(alert["alert"] for alert in alerts())), "in the order of the rules"


def test_an_entry_of_the_runbook_says_what_why_and_what_to_do() -> None:
    for entry in re.split(r"^### ", RUNBOOK.read_text(), flags=re.MULTILINE)[1:]:
        text = entry.partition("\n## ")[0]
        name = entry.partition("\n")[0]
        for part in ("**What it means.**", "**Why this threshold.**", "**What to do.**"):
            assert part in text, f"{name} lacks {part}"
