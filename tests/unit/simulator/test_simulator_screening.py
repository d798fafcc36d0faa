"""From an upload to its result: when it comes, what it says, and the messages that name the file."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from support.crossing_orbits import CROSSING, OURS, THEIRS, UNOWNED, crossing_catalogue, ephemeris_of
from support.orbit_files import oem_of, omm_csv
from support.spacetrack import NOON, SimulatedSite, make_site
from support.spacetrack import sample_cdm as _sample_cdm

import ccsds
from astrodynamics import frames
from astrodynamics.timescales import from_tai_ns
from astrodynamics.trajectories import Ephemeris
from spacetrack_simulator import MovableClock, Settings
from spacetrack_simulator.screening import Order, Outcome

SPECIAL = f"MEME_{OURS}_OURS_2611220_special__unclassified.txt"
OPERATIONAL = SPECIAL.replace("special", "operational")
CAR = "expandedspacedata/query/class/car/predicates/SAT1_EPHEMERIS_NAME,CA_RESULT_CODE,CA_RESULT_SHORT_DESCRIPTION"


class Planned:
    """A screener that was told what to find."""

    def screen(self, order: Order) -> Outcome:
        return Outcome("conjunctions", (_sample_cdm(order.file_id),))


@pytest.fixture
def prompt_site() -> SimulatedSite:
    """A site with the catalogue of crossing orbits that answers special requests at once."""
    site = make_site(MovableClock(NOON - timedelta(minutes=7)), Settings(special_latency_s=0))
    site.simulator.load_catalogue(omm_csv(crossing_catalogue()))
    site.simulator.add_satellite(OURS, "OURS", gid=site.gid, hard_body_radius_m=4.0)
    return site


async def upload(site: SimulatedSite, name: str, content: bytes) -> None:
    client = await site.logged_in()
    await client.post(
        f"fileshare/query/class/upload/folder_id/{site.folder_id}", files={"file": (name, content, "text/plain")}
    )


async def results(site: SimulatedSite) -> list[tuple[str, str]]:
    client = await site.logged_in()
    return [(row["SAT1_EPHEMERIS_NAME"], row["CA_RESULT_CODE"]) for row in (await client.get(CAR)).json()]


async def test_the_engine_finds_who_crosses_and_the_messages_name_the_file(prompt_site: SimulatedSite) -> None:
    await upload(prompt_site, SPECIAL, oem_of(ephemeris_of(OURS), str(OURS)))
    assert await results(prompt_site) == [(SPECIAL, "1")]
    client = await prompt_site.logged_in()
    rows = (await client.get("expandedspacedata/query/class/cdm/orderby/CDM_ID")).json()
    assert {row["SAT2_OBJECT_DESIGNATOR"] for row in rows} == {str(THEIRS), str(UNOWNED)}
    for row in rows:
        assert (row["SAT1_OBJECT_DESIGNATOR"], row["SAT1_EPHEMERIS_NAME"]) == (str(OURS), SPECIAL)
        assert (row["SAT2_EPHEMERIS_NAME"], row["MESSAGE_FOR"], row["GID"]) == ("NONE", "AURORA IMAGING", "1")
        assert abs(datetime.fromisoformat(f"{row['TCA']}+00:00") - CROSSING) < timedelta(seconds=1)
        assert float(row["COLLISION_PROBABILITY"] or 0) >= 0
        assert row["SAT1_COMMENT_OPERATOR_HARD_BODY_RADIUS"] == "Operator Hard Body Radius = 4.00 [m]"
    kvn = (await client.get(f"expandedspacedata/query/class/cdm/cdm_id/{rows[0]['CDM_ID']}/format/kvn")).content
    assert ccsds.validate(kvn, profile="operational").verdict == "valid"


def itc_of(ephemeris: Ephemeris) -> bytes:
    """Write an ephemeris as Modified ITC: EME2000, a covariance with each state."""
    (segment,) = ephemeris.segments
    epochs = from_tai_ns(segment.tai_ns)
    r_km, v_km_s = frames.from_gcrf(segment.r_gcrf_km, segment.v_gcrf_km_s, "EME2000", segment.tai_ns)
    metadata = ccsds.OemMetadata(
        object_name="OURS", object_id=str(OURS), ref_frame="EME2000", start_time=epochs[0], stop_time=epochs[-1]
    )
    variances = np.diag([2.5e-3] * 3 + [1e-12] * 3)
    covariances = ccsds.OemCovariances(
        epochs=epochs, matrices=np.repeat(variances[None], len(epochs), axis=0), frames=("RTN",) * len(epochs)
    )
    oem = ccsds.Oem(
        header=ccsds.OemHeader(creation_date=epochs[0], originator="TEST"),
        segments=(
            ccsds.OemSegment(
                metadata=metadata, epochs=epochs, positions_km=r_km, velocities_km_s=v_km_s, covariances=covariances
            ),
        ),
    )
    return ccsds.write(oem, "itc")


async def test_modified_itc_is_screened_too(prompt_site: SimulatedSite) -> None:
    await upload(prompt_site, SPECIAL, itc_of(ephemeris_of(OURS)))
    assert await results(prompt_site) == [(SPECIAL, "1")]
    client = await prompt_site.logged_in()
    rows = (await client.get("expandedspacedata/query/class/cdm/predicates/SAT2_OBJECT_DESIGNATOR,TCA")).json()
    assert {row["SAT2_OBJECT_DESIGNATOR"] for row in rows} == {str(THEIRS), str(UNOWNED)}


async def test_a_file_that_is_no_ephemeris_is_not_screened(prompt_site: SimulatedSite) -> None:
    await upload(prompt_site, SPECIAL, b"no states at all")
    client = await prompt_site.logged_in()
    (row,) = (await client.get(CAR)).json()
    assert row["CA_RESULT_CODE"] == "2"
    assert row["CA_RESULT_SHORT_DESCRIPTION"].startswith("NOT SCREENED: EPHEMERIS COULD NOT BE PROCESSED: ")


async def test_an_ephemeris_of_the_past_is_not_screened(prompt_site: SimulatedSite) -> None:
    prompt_site.advance(hours=5)
    await upload(prompt_site, SPECIAL, oem_of(ephemeris_of(OURS), str(OURS)))
    assert await results(prompt_site) == [(SPECIAL, "3")]


async def test_nobody_near_is_a_result_too(prompt_site: SimulatedSite) -> None:
    far = ephemeris_of(OURS, shift_km=(400.0, 0.0, 0.0))
    await upload(prompt_site, SPECIAL, oem_of(far, str(OURS)))
    assert await results(prompt_site) == [(SPECIAL, "0")]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (SPECIAL, {"hours": 1, "minutes": 59}, {"minutes": 1}),
        (OPERATIONAL, {"hours": 4, "minutes": 52}, {"minutes": 1}),
    ],
)
async def test_special_takes_two_hours_and_operational_an_hour_from_the_slot(
    name: str, before: dict[str, int], after: dict[str, int]
) -> None:
    site = make_site(MovableClock(NOON))
    site.simulator.screenings.screener = Planned()
    await upload(site, name, b"states")
    site.advance(**before)
    assert await results(site) == []
    site.advance(**after)
    assert await results(site) == [(name, "1")]
    assert site.simulator.highest_cdm_id() == 1


async def test_a_newer_operational_file_takes_the_place_of_one_that_waits() -> None:
    site = make_site()
    site.simulator.screenings.screener = Planned()
    await upload(site, OPERATIONAL, b"old states")
    later = OPERATIONAL.replace("2611220", "2611300")
    await upload(site, later, b"new states")
    site.advance(hours=8)
    assert await results(site) == [(OPERATIONAL, "4"), (later, "1")]


async def test_a_deleted_file_is_not_screened() -> None:
    site = make_site()
    site.simulator.screenings.screener = Planned()
    await upload(site, SPECIAL, b"states")
    await (await site.logged_in()).get("fileshare/query/class/delete/file_id/1")
    site.advance(hours=3)
    assert await results(site) == []
    assert not site.simulator.screenings.has_due()
