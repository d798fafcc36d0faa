"""Close-approach notifications go to the designated addresses, once for each level and material change."""

from datetime import timedelta

from support import rows
from support.embedded import NOON, deliver, emit, mails

from notifier.module import MODULE
from records.identity.tables import Organization
from records.screening.events import ConjunctionUpdatedV1
from records.screening.tables import ConjunctionEvent
from servicekit.context import Context
from servicekit.store import Actor


async def _north(context: Context, *, addresses: tuple[str, ...] = ("flight@north.example",)) -> Organization:
    north = rows.organization(close_approach_addresses=list(addresses))
    await rows.add(context.store, north, *rows.member(north, "ada@north.example"))
    return north


async def _updated(context: Context, event: ConjunctionEvent, version: int = 1) -> None:
    await emit(
        context,
        ConjunctionUpdatedV1(event_id=event.id, row_version=version, level=event.level, reasons=["new"]),
    )
    await deliver(context, MODULE.consumers)


def _text(mail) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


async def test_an_emergency_says_who_when_and_how_close(embedded: Context):
    north = await _north(embedded)
    event = rows.conjunction_event(44391, 61604, organization_id_high=north.id)
    await rows.add(embedded.store, event, rows.cdm(north, event, 61604, 44391))
    await _updated(embedded, event)

    (mail,) = mails(embedded)
    assert mail["To"] == "flight@north.example"
    assert mail["Subject"] == (
        "Close approach notification: OBJECT 61604 (61604) and OBJECT 44391 (44391), TCA 2024-09-18T18:00:00Z"
    )
    text = _text(mail)
    for expected in (
        "Primary object: OBJECT 61604 (61604)",
        "Time of closest approach: 2024-09-18T18:00:00.000Z",
        "Overall miss distance: 123.4 m",
        "Radial miss distance: 10.0 m",
        "In-track miss distance: -120.0 m",
        "Cross-track miss distance: 27.0 m",
        "Probability of collision: 2.50e-04 (FOSTER-1992)",
        "Maximum probability: at most 9.00e-04 (an upper bound, not the probability)",
        "designated this address for close-approach notifications",
    ):
        assert expected in text


async def test_what_cannot_be_quantified_is_told_under_its_own_subject_and_is_no_emergency(embedded: Context):
    north = await _north(embedded)
    event = rows.conjunction_event(44391, 61604, organization_id_high=north.id, level="unquantified")
    cdm = rows.cdm(
        north,
        event,
        61604,
        44391,
        level="unquantified",
        collision_probability=None,
        probability_method=None,
        probability_reason="the secondary has no covariance",
    )
    await rows.add(embedded.store, event, cdm)
    await _updated(embedded, event)

    (mail,) = mails(embedded)
    assert mail["Subject"].startswith("Close approach, probability not quantified: ")
    assert "Probability of collision: not computed: the secondary has no covariance" in _text(mail)
    assert "It is not counted as an emergency." in _text(mail)


async def test_a_reportable_event_is_no_close_approach_notification(embedded: Context):
    north = await _north(embedded)
    event = rows.conjunction_event(44391, 61604, organization_id_high=north.id, level="reportable")
    await rows.add(embedded.store, event, rows.cdm(north, event, 61604, 44391, level="reportable"))
    await _updated(embedded, event)
    assert mails(embedded) == []


async def test_each_side_is_told_with_its_own_satellite_as_primary(embedded: Context):
    north = await _north(embedded)
    south = rows.organization("Southern Orbits", close_approach_addresses=["desk@south.example"])
    event = rows.conjunction_event(44391, 61604, organization_id_low=south.id, organization_id_high=north.id)
    await rows.add(
        embedded.store,
        south,
        event,
        rows.cdm(north, event, 61604, 44391),
        rows.cdm(south, event, 44391, 61604),
    )
    await _updated(embedded, event)

    primaries = {mail["To"]: _text(mail).partition("Primary object: ")[2][:12] for mail in mails(embedded)}
    assert primaries == {"flight@north.example": "OBJECT 61604", "desk@south.example": "OBJECT 44391"}


async def test_without_designated_addresses_all_members_are_told(embedded: Context):
    north = await _north(embedded, addresses=())
    event = rows.conjunction_event(44391, 61604, organization_id_high=north.id)
    await rows.add(embedded.store, event, rows.cdm(north, event, 61604, 44391))
    await _updated(embedded, event)
    (mail,) = mails(embedded)
    assert mail["To"] == "ada@north.example"


async def test_a_second_message_with_the_same_picture_is_not_told(embedded: Context):
    north = await _north(embedded)
    event = rows.conjunction_event(44391, 61604, organization_id_high=north.id)
    await rows.add(embedded.store, event, rows.cdm(north, event, 61604, 44391))
    await _updated(embedded, event)
    later = NOON + timedelta(hours=8)
    await rows.add(embedded.store, rows.cdm(north, event, 61604, 44391, creation_date=later))
    await _updated(embedded, event, version=2)
    assert len(mails(embedded)) == 1


async def test_a_material_change_is_told_with_what_was_told_before(embedded: Context):
    north = await _north(embedded)
    event = rows.conjunction_event(44391, 61604, organization_id_high=north.id)
    await rows.add(embedded.store, event, rows.cdm(north, event, 61604, 44391))
    await _updated(embedded, event)
    later = NOON + timedelta(hours=8)
    await rows.add(
        embedded.store,
        rows.cdm(north, event, 61604, 44391, creation_date=later, miss_distance_m=40.0, collision_probability=3e-3),
    )
    await _updated(embedded, event, version=2)

    both = sorted(mails(embedded), key=lambda mail: mail["Date"].datetime)
    assert len(both) == 2
    text = _text(both[1])
    assert "What is new: probability raised, miss distance fell." in text
    assert "Miss distance: 123.4 m Probability of collision: 2.50e-04" in text


async def test_two_changes_that_are_seen_at_once_are_told_as_if_seen_one_by_one(embedded: Context):
    north = await _north(embedded)
    event = rows.conjunction_event(44391, 61604, organization_id_high=north.id)
    first = rows.cdm(north, event, 61604, 44391)
    second = rows.cdm(north, event, 61604, 44391, creation_date=NOON + timedelta(hours=8), miss_distance_m=40.0)
    await rows.add(embedded.store, event, first, second)
    await _updated(embedded, event, version=1)
    await _updated(embedded, event, version=2)
    assert len(mails(embedded)) == 2


async def test_an_event_that_was_merged_or_mitigated_is_not_told(embedded: Context):
    north = await _north(embedded)
    event = rows.conjunction_event(44391, 61604, organization_id_high=north.id)
    await rows.add(embedded.store, event, rows.cdm(north, event, 61604, 44391))
    async with embedded.store.write(Actor("system", "test")) as unit:
        row = await unit.session.get_one(ConjunctionEvent, event.id)
        row.state = "mitigated"
    await _updated(embedded, event)
    assert mails(embedded) == []


async def test_where_an_organization_cannot_be_reached_those_who_run_the_service_are_told(embedded: Context):
    north = rows.organization(close_approach_addresses=[])
    desk = rows.organization("Operations", is_operations=True)
    event = rows.conjunction_event(44391, 61604, organization_id_high=north.id)
    await rows.add(embedded.store, north, desk, *rows.member(desk, "desk@operations.example", role="admin"))
    await rows.add(embedded.store, event, rows.cdm(north, event, 61604, 44391))
    await _updated(embedded, event)

    (mail,) = mails(embedded)
    assert mail["To"] == "desk@operations.example"
    assert "has neither a designated address nor a member" in _text(mail)
