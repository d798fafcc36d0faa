"""The public conformance kit gpconf 0.7, its five cases that need no data from the network: exactly, nothing skipped.

The other thirteen cases read provider files that `gpconf fetch` brings where there is internet.
"""

import json

import pytest
from gpconf.__main__ import main

OFFLINE = ("alpha5-encoding-vectors", "alpha5-tle-derived", "kvn-syntax-variants", "tle-writer-alpha5", "corrupt-input")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The kit's report on all five, case by case."""
    folder = tmp_path_factory.mktemp("gpconf")
    report = folder / "report.json"
    cases = [argument for case in OFFLINE for argument in ("--case", case)]
    offline = ("--data", str(folder), "--no-fetch-hint")
    main(["run", "--adapter", "support.gpconf_adapter:Adapter", *offline, "--json", str(report), *cases])
    results = json.loads(report.read_text())["results"]
    return {result["case"]: result for result in results}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the kit leaves files to the collector
@pytest.mark.parametrize("case", OFFLINE)
def test_a_case_passes_exactly(graded, case):
    items = graded[case]["items"]
    graded_items = [item for item in items if item["status"] != "info"]
    assert graded[case]["status"] == "pass"
    assert {item["status"] for item in graded_items} == {"pass"}, [i for i in graded_items if i["status"] != "pass"]
