"""`fairway pc`: our probability beside the message's own."""

import json
from pathlib import Path

import pytest
from support.command_line import fairway

from astrodynamics.probability import METHODS

MESSAGES = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
CDM = MESSAGES / "006_cdm_BASE_valid.kvn"
"""It says COLLISION_PROBABILITY = 4.835E-05 by FOSTER-1992; its numbers are made up, so that ours is another."""
OWN_PROBABILITY = 4.835e-5


def test_for_machines_each_message_is_one_object_a_line(capsys):
    ended = fairway(capsys, "pc", CDM, CDM, "--format", "json")
    assert ended.exit_code == 0
    first, second = (json.loads(line) for line in ended.output.splitlines())
    assert first == second
    assert first["file"] == str(CDM)
    assert first["objects"] == ["12345", "30337"]
    assert first["cdm"] == {"probability": OWN_PROBABILITY, "method": "FOSTER-1992"}
    assert first["results"].keys() == {"disk"}
    assert 0.0 < first["results"]["disk"]["probability"] < first["maximum_probability"] < 1.0


def test_a_message_that_cannot_be_read_does_not_keep_the_others_back(capsys, tmp_path):
    (tmp_path / "broken.cdm").write_text("CCSDS_CDM_VERS = 1.0\n")
    ended = fairway(capsys, "pc", tmp_path / "broken.cdm", CDM, "--format", "json")
    assert ended.exit_code == 2
    assert [json.loads(line)["file"] for line in ended.output.splitlines()] == [str(CDM)]
    assert "broken.cdm:" in ended.errors
    assert "1 of 2 messages cannot be read" in ended.errors


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [("TEME", "TEME", "CDM-013"), ("EME2000", "GCRF", "CDM-012"), ("TEME", "EME2000", "CDM-012")],
)
def test_states_in_other_frames_are_computed_with_a_word_about_it(capsys, tmp_path, first, second, rule):
    """No valid CDM by the standard's table; what it says can be computed all the same."""
    line = "REF_FRAME = {}\n"
    before, between, after = CDM.read_text().split(line.format("EME2000"))
    (tmp_path / "frames.cdm").write_text(before + line.format(first) + between + line.format(second) + after)
    ended = fairway(capsys, "pc", tmp_path / "frames.cdm", "--format", "json")
    assert ended.exit_code == 0
    assert rule in ended.errors
    assert json.loads(ended.output)["results"]["disk"]["reason"] is None


def test_all_methods_stand_beside_each_other(capsys):
    answer = json.loads(fairway(capsys, "pc", CDM, "--method", "all", "--format", "json").output)
    assert list(answer["results"]) == list(METHODS)
    assert answer["results"]["disk"]["probability"] <= answer["results"]["square"]["probability"]


def test_the_choice_of_a_method_is_told_step_by_step(capsys):
    answer = json.loads(fairway(capsys, "pc", CDM, "--method", "multistep", "--format", "json").output)
    found = answer["results"]["multistep"]
    assert found["steps"][0]["method"] == "disk"
    assert all(step["remark"] for step in found["steps"])
    assert found["chosen"] in {step["method"] for step in found["steps"]}
    told = fairway(capsys, "pc", CDM, "--method", "multistep").output
    assert "step 1, disk" in told


def test_which_definition_the_messages_value_is(capsys):
    answer = json.loads(fairway(capsys, "pc", CDM, "--format", "json").output)
    assert answer["comparison"].startswith("The message's FOSTER-1992 is none of our values")
    assert answer["comparison"] in fairway(capsys, "pc", CDM).output.replace("\n", " ")


def test_the_encounter_is_described_with_its_dilution_and_the_range_over_covariance_scales(capsys):
    answer = json.loads(fairway(capsys, "pc", CDM, "--format", "json").output)
    encounter = answer["encounter"]
    assert encounter["miss_distance_m"] == answer["results"]["disk"]["miss_distance_m"]
    assert 0.0 <= encounter["approach_angle_deg"] <= 180.0
    assert encounter["encounter_begin_s"] < encounter["encounter_end_s"]
    assert encounter["scale_range"]["lowest"] <= answer["results"]["disk"]["probability"]
    assert answer["results"]["disk"]["probability"] <= encounter["scale_range"]["highest"]
    assert encounter["maximum_over_scale"] >= answer["results"]["disk"]["probability"]


def test_monte_carlo_says_its_trials_and_limits(capsys):
    answer = json.loads(fairway(capsys, "pc", CDM, "--method", "monte_carlo", "--format", "json").output)
    trials = answer["results"]["monte_carlo"]["trials"]
    assert trials["hits"] <= trials["trials"]
    assert trials["low"] <= trials["high"]
    assert "Monte Carlo:" in fairway(capsys, "pc", CDM, "--method", "monte_carlo").output


def test_a_radius_of_ones_own_is_said_to_be_so(capsys):
    answer = json.loads(fairway(capsys, "pc", CDM, "--hard-body-radius-m", "20", "--format", "json").output)
    assert answer["hard_body_radius_m"] == 20.0
    assert answer["hard_body_radius_source"] == ["request"]


def test_people_see_method_value_and_remarks(capsys):
    ended = fairway(capsys, "pc", CDM)
    assert "the message's own (FOSTER-1992)" in ended.output
    assert "4.835000e-05" in ended.output
    assert "a bound, not a probability" in ended.output
    assert "combined hard-body radius" in ended.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.cdm"], "missing.cdm cannot be read"),
        ([str(MESSAGES / "001_oem_BASE_valid.kvn")], "is not a conjunction data message"),
        ([str(MESSAGES / "035_cdm_SYN-002_invalid.kvn")], "035_cdm_SYN-002_invalid.kvn:27: SYN-002"),
        ([str(CDM), "--method", "guess"], "there is no method 'guess': use one of disk"),
        ([str(CDM), "--hard-body-radius-m", "0"], "--hard-body-radius-m must be more than 0"),
        ([str(CDM), "--hard-body-radius-m", "inf"], "and finite"),
    ],
)
def test_wrong_usage_is_one_sentence(capsys, arguments, said):
    ended = fairway(capsys, "pc", *arguments)
    assert ended.exit_code == 2
    assert said in ended.errors
    assert len(ended.errors.splitlines()) == 1
