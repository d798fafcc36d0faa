"""A screening is done: CDMs, negative results, expanded results, or why there is no result."""

from datetime import timedelta

import pytest
from support import rows
from support.embedded import NOON, deliver, emit, mails

from notifier.module import MODULE
from records.identity.tables import Organization
from records.screening.events import ScreeningCompletedV1
from records.screening.tables import CoverageException, ScreeningRun
from records.validator.tables import Ephemeris
from servicekit.context import Context


async def _screened(context: Context, *, level: str = "basic") -> tuple[Organization, Ephemeris]:
    north = rows.organization(service_level=level)
    document = rows.document(north, "north.oem")
    ephemeris = rows.ephemeris(document, 61604)
    await rows.add(context.store, north, *rows.member(north, "ada@north.example"), document, ephemeris)
    return north, ephemeris


async def _completed(context: Context, run: ScreeningRun) -> None:
    await emit(context, ScreeningCompletedV1(run_id=run.id, state=run.state))
    await deliver(context, MODULE.consumers)


def _text(mail) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


async def test_negative_results_say_what_was_screened_and_what_was_not(embedded: Context):
    north, ephemeris = await _screened(embedded)
    run = rows.screening_run(north, ephemeris_id=ephemeris.id, known_pair_approach_count=2)
    exceptions = [
        CoverageException(
            run_id=run.id,
            ordinal=ordinal,
            norad_cat_id=number,
            designator=None,
            reason="decayed",
            from_time=NOON,
            to_time=NOON + timedelta(days=3),
        )
        for ordinal, number in enumerate((900, 901))
    ]
    await rows.add(embedded.store, run, *exceptions)
    await _completed(embedded, run)

    (mail,) = mails(embedded)
    text = _text(mail)
    assert mail["Subject"] == "Negative results: north.oem"
    assert "2024-09-17T12:00:00Z to 2024-09-20T12:00:00Z" in text
    assert "10 objects that could not be screened" in text
    assert "they did come into the volume (2 approaches), and are left out" in text
    assert "Because: decayed Objects: 7 Catalogue numbers: 900, 901, …" in text
    assert "Because: element set too old Objects: 3" in text


async def test_a_catalogue_run_that_finds_nothing_sends_nothing(embedded: Context):
    north, _ = await _screened(embedded)
    run = rows.screening_run(north, kind="catalogue-catalogue", norad_cat_id=61604)
    await rows.add(embedded.store, run)
    await _completed(embedded, run)
    assert mails(embedded) == []


async def test_new_cdms_are_told_once_for_each_organization_and_reader(embedded: Context):
    north, ephemeris = await _screened(embedded, level="advanced")
    south = rows.organization("Southern Orbits")
    await rows.add(embedded.store, south, *rows.member(south, "sue@south.example", "analyst"))
    run = rows.screening_run(north, ephemeris_id=ephemeris.id, approach_count=3, cdm_count=3)
    cdms = [
        rows.cdm(north, None, 61604, 900, run_id=run.id, level="reportable", collision_probability=3.2e-19),
        rows.cdm(north, None, 61604, 901, run_id=run.id, level="reportable"),
        rows.cdm(south, None, 902, 61604, run_id=run.id, level="reportable"),
    ]
    await rows.add(embedded.store, run, *cdms)
    await _completed(embedded, run)

    told = {mail["To"]: mail for mail in mails(embedded)}
    assert set(told) == {"ada@north.example", "sue@south.example"}
    assert told["ada@north.example"]["Subject"] == "2 new CDMs for satellite 61604"
    assert told["sue@south.example"]["Subject"] == "1 new CDM for satellite 902"
    assert "3.20e-19" in _text(told["ada@north.example"])
    assert "OBJECT 902" not in _text(told["ada@north.example"])


async def test_expanded_results_are_for_the_basic_level(embedded: Context):
    north, ephemeris = await _screened(embedded)
    run = rows.screening_run(north, ephemeris_id=ephemeris.id, approach_count=4)
    await rows.add(embedded.store, run)
    await _completed(embedded, run)
    (mail,) = mails(embedded)
    assert mail["Subject"] == "Expanded results: 4 close approaches for north.oem"
    assert "None met the criteria of your level of service (basic)" in _text(mail)


async def test_with_an_emergency_in_the_run_there_are_no_expanded_results(embedded: Context):
    north, ephemeris = await _screened(embedded)
    run = rows.screening_run(north, ephemeris_id=ephemeris.id, approach_count=1, cdm_count=1)
    await rows.add(embedded.store, run, rows.cdm(north, None, 61604, 900, run_id=run.id, level="emergency"))
    await _completed(embedded, run)
    assert [mail["Subject"] for mail in mails(embedded)] == ["1 new CDM for satellite 61604"]


async def test_at_the_advanced_level_the_cdms_say_it_all(embedded: Context):
    north, ephemeris = await _screened(embedded, level="advanced")
    run = rows.screening_run(north, ephemeris_id=ephemeris.id, approach_count=1, cdm_count=1)
    await rows.add(embedded.store, run, rows.cdm(north, None, 61604, 900, run_id=run.id, level="reportable"))
    await _completed(embedded, run)
    assert [mail["Subject"] for mail in mails(embedded)] == ["1 new CDM for satellite 61604"]


async def test_approaches_without_a_cdm_are_told_at_the_advanced_level_too(embedded: Context):
    north, ephemeris = await _screened(embedded, level="advanced")
    run = rows.screening_run(north, ephemeris_id=ephemeris.id, approach_count=1)
    await rows.add(embedded.store, run)
    await _completed(embedded, run)
    assert [mail["Subject"] for mail in mails(embedded)] == ["Expanded results: 1 close approach for north.oem"]


@pytest.mark.parametrize("state", ["failed", "refused"])
async def test_a_run_without_a_result_says_why(embedded: Context, state: str):
    north, ephemeris = await _screened(embedded)
    run = rows.screening_run(
        north,
        ephemeris_id=ephemeris.id,
        state=state,
        reason="The ephemeris is wholly in the past.",
        screened_count=None,
        not_screened_count=None,
        object_count=None,
        approach_count=None,
        exception_counts={},
        start_time=None,
        stop_time=None,
    )
    await rows.add(embedded.store, run)
    await _completed(embedded, run)
    (mail,) = mails(embedded)
    assert mail["Subject"].startswith("Not screened: north.oem")
    assert "The ephemeris is wholly in the past." in _text(mail)
    assert "Nothing is known about close approaches from this run." in _text(mail)


async def test_a_run_that_screened_nothing_is_no_negative_result(embedded: Context):
    north, ephemeris = await _screened(embedded)
    run = rows.screening_run(north, ephemeris_id=ephemeris.id, object_count=3, screened_count=0, not_screened_count=3)
    await rows.add(embedded.store, run)
    await _completed(embedded, run)
    (mail,) = mails(embedded)
    assert mail["Subject"].startswith("Not screened:")


async def test_with_no_other_ephemeris_to_screen_against_nothing_is_said(embedded: Context):
    north, ephemeris = await _screened(embedded)
    run = rows.screening_run(
        north,
        kind="ephemeris-ephemerides",
        ephemeris_id=ephemeris.id,
        object_count=0,
        screened_count=0,
        not_screened_count=0,
        exception_counts={},
    )
    await rows.add(embedded.store, run)
    await _completed(embedded, run)
    assert mails(embedded) == []


async def test_a_failed_run_of_the_whole_catalogue_is_told_to_the_analysts(embedded: Context):
    operations = rows.organization("Operations", is_operations=True)
    await rows.add(embedded.store, operations, *rows.member(operations, "ann@operations.example", "analyst"))
    run = rows.screening_run(None, kind="catalogue-catalogue", state="failed", reason="A worker died.")
    await rows.add(embedded.store, run)
    await _completed(embedded, run)
    (mail,) = mails(embedded)
    assert mail["To"] == "ann@operations.example"


async def test_results_from_a_synthetic_catalogue_say_so(embedded: Context):
    north, ephemeris = await _screened(embedded)
    document = rows.document(north, "demo.json", purpose="catalogue")
    catalogue = rows.catalogue(document, is_synthetic=True)
    run = rows.screening_run(north, ephemeris_id=ephemeris.id, catalogue_id=catalogue.id, is_replay=True)
    await rows.add(embedded.store, document, catalogue, run)
    await _completed(embedded, run)
    (mail,) = mails(embedded)
    assert mail["Subject"] == "[REPLAY] [SYNTHETIC] Negative results: north.oem"
