"""`fairway screen`: what it finds, what it says it could not screen, and how it ends."""

import csv
import gzip
import json
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from support.command_line import fairway, program
from support.crossing_orbits import (
    CROSSING,
    DECAYED,
    ELSEWHERE,
    OURS,
    THEIRS,
    UNOWNED,
    crossing_catalogue,
    ephemeris_of,
)
from support.files import tle
from support.orbit_files import oem_of, omm_csv

from assessment.approach_columns import read_approaches, read_metadata

one_second = timedelta(seconds=1)
one_kilometre_m = 1000.0
SPAN = ("--start", (CROSSING - timedelta(minutes=30)).isoformat(), "--hours", "1")
COLUMNS = "norad_cat_id_1,norad_cat_id_2,tca,miss_distance_m,relative_speed_m_s,radial_m,in_track_m,cross_track_m,kind"


@pytest.fixture
def catalogue(tmp_path):
    file = tmp_path / "crossing.csv"
    file.write_bytes(omm_csv(crossing_catalogue()))
    return file


@pytest.fixture
def screen(capsys, tmp_path, catalogue):
    def run(*arguments, out="found.csv", catalog=catalogue, span=SPAN):
        ended = fairway(capsys, "screen", "--catalog", catalog, *span, "--out", tmp_path / out, *arguments)
        return ended, tmp_path / out

    return run


def rows(file):
    with file.open(newline="") as text:
        return list(csv.DictReader(text))


def pairs(file):
    return {(int(row["norad_cat_id_1"]), int(row["norad_cat_id_2"])) for row in rows(file)}


def test_a_catalogue_is_screened_all_against_all(screen):
    ended, out = screen("--threshold-km", "5")
    assert ended.exit_code == 0
    assert pairs(out) == {(OURS, UNOWNED), (OURS, THEIRS), (UNOWNED, THEIRS)}
    assert out.read_text().startswith(COLUMNS)
    (row,) = [row for row in rows(out) if (int(row["norad_cat_id_1"]), int(row["norad_cat_id_2"])) == (OURS, THEIRS)]
    assert abs(datetime.fromisoformat(row["tca"]) - CROSSING) < one_second
    assert 0 < float(row["miss_distance_m"]) < one_kilometre_m
    assert row["kind"] == "approach"


def test_the_summary_for_machines_is_the_agreed_one(screen):
    ended, out = screen("--threshold-km", "5", "--workers", "1", "--format", "json")
    summary = json.loads(ended.output)
    assert list(summary) == [
        *("objects", "screened", "not_screened", "approaches", "continuous"),
        *("propagations", "wall_s", "cpu_s", "peak_rss_mb", "workers"),
    ]
    assert (summary["objects"], summary["screened"]) == (5, 4)
    assert summary["not_screened"] == [
        {
            "norad_cat_id": DECAYED,
            "reason": summary["not_screened"][0]["reason"],
            "from": (CROSSING - timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
            "to": (CROSSING + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
        }
    ]
    assert summary["not_screened"][0]["reason"] in {"decayed", "propagation-failed"}
    assert summary["approaches"] == len(rows(out))
    assert summary["workers"] == 1
    assert summary["propagations"] > 0
    assert summary["peak_rss_mb"] > 0


def test_the_summary_for_people_names_reasons_and_the_closest(screen):
    ended, out = screen("--threshold-km", "5")
    assert "objects" in ended.output
    assert f"{OURS} {THEIRS}" in ended.output
    assert "not screened" in ended.output
    assert str(out) in ended.output


def test_element_sets_that_cannot_be_read_are_not_screened_and_said(screen, tmp_path):
    lines = tle(names=False, count=2, first_number=OURS).decode().splitlines()
    lines[2] = f"{lines[2][:-1]}{(int(lines[2][-1]) + 1) % 10}"
    mixed = tmp_path / "mixed.tle.gz"
    mixed.write_bytes(gzip.compress("\n".join(lines).encode()))
    ended, _ = screen("--threshold-km", "5", "--format", "json", catalog=mixed)
    summary = json.loads(ended.output)
    assert (summary["objects"], summary["screened"]) == (2, 1)
    (gap,) = summary["not_screened"]
    assert gap["norad_cat_id"] == OURS + 1
    assert gap["reason"].startswith("element set refused: line 3")


def test_old_element_sets_are_left_out_where_a_limit_is_given(screen):
    later = ("--start", (CROSSING + timedelta(days=10)).isoformat(), "--hours", "1")
    arguments = ("--threshold-km", "5", "--format", "json", "--max-element-age-days", "3")
    ended, _ = screen(*arguments, span=later)
    summary = json.loads(ended.output)
    assert summary["screened"] == 0
    assert {gap["reason"] for gap in summary["not_screened"]} == {"element-set-too-old"}


def test_ephemerides_are_screened_against_the_catalogue_and_each_other(screen, tmp_path):
    """Whose each is: by the file name, by OBJECT_ID, by the designator that the catalogue knows."""
    number = list(crossing_catalogue().elements.norad_cat_id).index(THEIRS)
    ours, theirs = tmp_path / f"MEME_{OURS}_OURS_2611200_operational_x_unclassified.txt", tmp_path / "theirs.oem"
    ours.write_bytes(oem_of(ephemeris_of(OURS), f"{OURS}"))
    theirs.write_bytes(oem_of(ephemeris_of(THEIRS), f"2020-{number + 1:03d}A"))
    ended, out = screen("--threshold-km", "5", "--ephemeris", ours, "--ephemeris", theirs, "--format", "json")
    assert ended.exit_code == 0
    told = {
        (int(row["norad_cat_id_1"]), int(row["norad_cat_id_2"]), row["designator_1"], row["designator_2"])
        for row in rows(out)
    }
    assert told == {
        (OURS, THEIRS, ours.name, theirs.name),
        (OURS, THEIRS, ours.name, ""),
        (OURS, THEIRS, "", theirs.name),
        (OURS, UNOWNED, ours.name, ""),
        (UNOWNED, THEIRS, "", theirs.name),
    }
    assert json.loads(ended.output)["objects"] == 7


def test_an_ephemeris_that_ends_early_is_partly_screened(screen, tmp_path):
    file = tmp_path / "ours.oem"
    file.write_bytes(oem_of(ephemeris_of(OURS, stop=CROSSING + timedelta(minutes=10)), str(OURS)))
    ended, _ = screen("--threshold-km", "5", "--ephemeris", file, "--format", "json")
    (gap,) = [gap for gap in json.loads(ended.output)["not_screened"] if gap["norad_cat_id"] == OURS]
    assert gap["reason"] == "outside-ephemeris"
    assert gap["from"] == (CROSSING + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def test_a_preset_chooses_by_orbit(screen):
    ended, out = screen("--volume", "ephemeris")
    assert ended.exit_code == 0
    assert (OURS, THEIRS) in pairs(out)
    assert all(ELSEWHERE not in pair for pair in pairs(out))


def test_parquet_has_the_same_approaches_and_says_what_was_asked(screen):
    _, text = screen("--threshold-km", "5")
    _, columns = screen("--threshold-km", "5", out="found.parquet")
    read = read_approaches(columns)
    assert len(read) == len(rows(text))
    assert read_metadata(columns)["volume"] == "sphere:5"


def test_a_kind_of_secondary_may_have_a_volume_of_its_own(screen, tmp_path):
    """Theirs is listed as crewed: where it is the secondary, its own volume holds and no other."""
    kinds = tmp_path / "kinds.csv"
    kinds.write_text(f"norad_cat_id,kind,why\n{THEIRS},manned,a crew\n{UNOWNED},active,\n")
    _, out = screen("--threshold-km", "5", "--kind", "manned=sphere:0.001", "--kinds", kinds)
    far = pairs(out)
    assert (OURS, UNOWNED) in far
    _, out = screen("--threshold-km", "0.001", "--kind", "manned=sphere:5", "--kinds", kinds, out="found.parquet")
    near = read_approaches(out)
    assert {(OURS, THEIRS), (UNOWNED, THEIRS)} == set(zip(near.norad_cat_id_1, near.norad_cat_id_2, strict=True))
    assert read_metadata(out)["volume for manned"] == "sphere:5"


def test_debris_is_told_by_its_name_where_no_list_says_it(screen, tmp_path):
    catalogue = crossing_catalogue()
    names = tuple("SOME DEB" if number == UNOWNED else "SAT" for number in catalogue.elements.norad_cat_id.tolist())
    file = tmp_path / "named.csv"
    file.write_bytes(omm_csv(replace(catalogue, object_names=names)))
    _, out = screen("--threshold-km", "0.001", "--kind", "debris=sphere:5", catalog=file)
    assert pairs(out) == {(OURS, UNOWNED), (UNOWNED, THEIRS)}


def test_known_pairs_are_left_out(screen, tmp_path):
    known = tmp_path / "known.csv"
    known.write_text(f"norad_cat_id_1,norad_cat_id_2,reason\n{THEIRS},{OURS},docked\n")
    _, out = screen("--threshold-km", "5", "--known-pairs", known)
    assert pairs(out) == {(OURS, UNOWNED), (UNOWNED, THEIRS)}


@pytest.mark.parametrize(
    ("options", "content", "said"),
    [
        (("--kind", "manned=sphere:5"), None, "no object is known to be manned"),
        (("--kind", "old=sphere:5"), None, "the kinds are active, manned, debris"),
        (("--kind", "debris=cube:5"), None, "no screening volume"),
        (("--kind", "debris=sphere:5", "--kind", "debris=sphere:6"), None, "given twice"),
        (("--kinds", "FILE"), "norad_cat_id,kind\n5,manned\n", "give --kind KIND=VOLUME too"),
        (("--kind", "active=sphere:5", "--kinds", "FILE"), "norad_cat_id,kind\n5,idle\n", "line 2: idle is no kind"),
        (("--known-pairs", "FILE"), "a,b\n1,2\n", "no columns norad_cat_id_1 and norad_cat_id_2"),
        (("--known-pairs", "FILE"), "norad_cat_id_1,norad_cat_id_2\n1,x\n", "line 2: x is no catalogue number"),
        (("--known-pairs", "FILE"), "norad_cat_id_1,norad_cat_id_2\n7,7\n", "line 2: 7 twice is no pair"),
        (("--known-pairs", "missing.csv"), None, "missing.csv cannot be read"),
    ],
    ids=["no objects", "no kind", "no volume", "twice", "list alone", "unknown", "columns", "number", "same",
         "missing"],
)  # fmt: skip
def test_a_list_that_will_not_do_is_one_sentence(screen, tmp_path, options, content, said):
    file = tmp_path / "list.csv"
    if content is not None:
        file.write_text(content)
    given = [str(file) if option == "FILE" else option for option in options]
    ended, out = screen("--threshold-km", "5", *given)
    assert ended.exit_code == 2
    assert said in ended.errors
    assert len(ended.errors.splitlines()) == 1
    assert not out.exists()


def test_a_close_approach_fails_where_that_is_asked_for(screen):
    nearest = min(float(row["miss_distance_m"]) for row in rows(screen("--threshold-km", "5")[1])) / 1000
    assert screen("--threshold-km", "5", "--fail-on", nearest * 1.01)[0].exit_code == 1
    assert screen("--threshold-km", "5", "--fail-on", nearest * 0.99)[0].exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "either --threshold-km or --volume"),
        (("--threshold-km", "5", "--volume", "hac"), "either --threshold-km or --volume"),
        (("--volume", "cube:5"), "no screening volume"),
        (("--threshold-km", "-5"), "--threshold-km -5 is no radius"),
        (("--threshold-km", "nan"), "--threshold-km nan is no radius"),
        (("--threshold-km", "5", "--ephemeris", "missing.oem"), "missing.oem cannot be read"),
    ],
)
def test_wrong_usage_is_one_sentence_and_leaves_no_file(screen, arguments, said):
    ended, out = screen(*arguments)
    assert ended.exit_code == 2
    assert said in ended.errors
    assert len(ended.errors.splitlines()) == 1
    assert ended.output == ""
    assert not out.exists()


@pytest.mark.parametrize("out", ["found.txt", "missing/found.csv"])
def test_a_place_for_the_result_that_will_not_do_is_refused_at_once(screen, out):
    ended, _ = screen("--threshold-km", "5", out=out)
    assert ended.exit_code == 2
    assert len(ended.errors.splitlines()) == 1


def test_a_time_that_is_none_is_refused(screen):
    ended, _ = screen("--threshold-km", "5", span=("--start", "tomorrow", "--hours", "1"))
    assert ended.exit_code == 2
    assert "2024-09-17T12:00:00Z" in ended.errors


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (oem_of(ephemeris_of(OURS), "UNKNOWN"), "does not say whose"),
        (omm_csv(crossing_catalogue()), "no ephemeris"),
        (b"CCSDS_OEM_VERS = 2.0\n", "fairway validate"),
    ],
)
def test_an_ephemeris_that_cannot_be_used_is_one_sentence(screen, tmp_path, content, said):
    file = tmp_path / "some.oem"
    file.write_bytes(content)
    ended, _ = screen("--threshold-km", "5", "--ephemeris", file)
    assert ended.exit_code == 2
    assert said in ended.errors
    assert len(ended.errors.splitlines()) == 1


def test_a_file_name_and_a_content_that_disagree_are_refused(screen, tmp_path):
    file = tmp_path / f"MEME_{THEIRS}_X_2611200_operational_x_unclassified.txt"
    file.write_bytes(oem_of(ephemeris_of(OURS), str(OURS)))
    ended, _ = screen("--threshold-km", "5", "--ephemeris", file)
    assert ended.exit_code == 2
    assert f"names object {THEIRS}" in ended.errors


def test_interrupted_it_leaves_nothing(tmp_path, catalogue):
    """A span of a year, so that it does not end before the interrupt."""
    out = tmp_path / "results" / "found.csv"
    out.parent.mkdir()
    arguments = ["--start", CROSSING.isoformat(), "--hours", "8760", "--threshold-km", "5", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-c", INTERRUPTIBLE, "screen", "--catalog", str(catalogue), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 130, errors
    assert output == b""
    assert errors.decode().splitlines() == ["interrupted: nothing was written"]
    assert list(out.parent.iterdir()) == []


INTERRUPTIBLE = f"""
import os, sys
from astrodynamics.screening import engine
from fairway.cli import main

recorded = engine.Progress

def interrupted(*arguments):
    os.kill(os.getpid(), {signal.SIGINT.value})
    return recorded(*arguments)

engine.Progress = interrupted
main(sys.argv[1:])
"""
"""The command line, interrupted by the system when the first chunk of the grid is done."""


@pytest.mark.corpus
@pytest.mark.slow
def test_every_approach_of_the_reference_is_found(corpus, tmp_path):
    """Reference: the real catalogue over a day within 5 km, computed densely in double precision with SGP4."""
    one_millisecond, one_metre, edge_km, slowest_km_s = timedelta(milliseconds=1), 1.0, 4.9, 0.1
    start, out = datetime.fromisoformat("2024-09-17T12:00:00+00:00"), tmp_path / "found.csv"
    ended = program(
        *("screen", "--catalog", corpus / "catalog" / "cat_20240917.3le.gz", "--start", "2024-09-17T12:00:00Z"),
        *("--hours", "24", "--threshold-km", "5", "--out", out, "--format", "json"),
    )
    assert ended.exit_code == 0, ended.errors
    found = {}
    for row in rows(out):
        pair = (row["norad_cat_id_1"], row["norad_cat_id_2"])
        found.setdefault(pair, []).append((datetime.fromisoformat(row["tca"]), float(row["miss_distance_m"])))
    with gzip.open(corpus / "catalog" / "approaches_24h_5km_20240917.csv.gz", "rt", newline="") as text:
        reference = list(csv.DictReader(text))
    missed, compared = [], 0
    for row in reference:
        if float(row["miss_distance_km"]) >= edge_km or float(row["relative_speed_km_s"]) <= slowest_km_s:
            continue
        compared += 1
        tca = start + timedelta(seconds=float(row["tca_s_after_start"]))
        miss_m = 1000 * float(row["miss_distance_km"])
        ours = found.get((row["norad_cat_id_1"], row["norad_cat_id_2"]), [])
        if not any(abs(t - tca) <= one_millisecond and abs(m - miss_m) <= one_metre for t, m in ours):
            missed.append(row)
    assert compared > 20_000
    assert missed == []
    summary = json.loads(ended.output)
    assert summary["objects"] > summary["screened"] > 26_000
    assert summary["approaches"] == sum(len(approaches) for approaches in found.values())
    incomplete = {gap["norad_cat_id"] for gap in summary["not_screened"]}
    assert len(incomplete) == summary["objects"] - summary["screened"]
    assert {gap["reason"] for gap in summary["not_screened"]} == {"decayed", "propagation-failed"}
