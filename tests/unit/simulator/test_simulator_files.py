"""Uploads, listings, downloads and deletions, and what can go wrong with each."""

import hashlib

import httpx
import pytest
from support.spacetrack import IDENTITY, SimulatedSite, make_site

from spacetrack_simulator import Settings

NAME = "MEME_90001_AURORA_2611207_operational__unclassified.txt"
OPM = """CCSDS_OPM_VERS = 2.0
CREATION_DATE = 2024-09-17T12:00:00
ORIGINATOR = AURORA IMAGING
OBJECT_NAME = AURORA 1
OBJECT_ID = 2024-001A
CENTER_NAME = EARTH
REF_FRAME = EME2000
TIME_SYSTEM = UTC
EPOCH = 2024-09-18T00:00:00
X = 7000.0 [km]
Y = 0.0 [km]
Z = 0.0 [km]
X_DOT = 0.0 [km/s]
Y_DOT = 7.5 [km/s]
Z_DOT = 0.0 [km/s]
MAN_EPOCH_IGNITION = 2024-09-18T06:00:00
MAN_DURATION = 60.0 [s]
MAN_DELTA_MASS = -0.1 [kg]
MAN_REF_FRAME = RTN
MAN_DV_1 = 0.0 [km/s]
MAN_DV_2 = 0.0003 [km/s]
MAN_DV_3 = 0.0004 [km/s]
USER_DEFINED_NORAD_CAT_ID = 90001
USER_DEFINED_MAN_ID = AURORA-17
USER_DEFINED_MAN_PURPOSE = SK
USER_DEFINED_MAN_STATUS = PREDICTED
"""
MANEUVER_NAME = "AURORA IMAGING_17.opm"


async def upload(
    client: httpx.AsyncClient, folder_id: int, *files: tuple[str, bytes], field: str = "file"
) -> httpx.Response:
    return await client.post(
        f"fileshare/query/class/upload/folder_id/{folder_id}",
        files=[(field, (name, content, "text/plain")) for name, content in files],
    )


async def listed(client: httpx.AsyncClient, predicates: str = "") -> list[dict[str, str]]:
    rows: list[dict[str, str]] = (await client.get(f"fileshare/query/class/file/{predicates}orderby/FILE_ID")).json()
    return rows


async def test_a_file_goes_up_is_listed_comes_back_and_goes(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    answer = await upload(client, spacetrack.folder_id, (NAME, b"some states"))
    assert (answer.status_code, answer.json()) == (200, {"uploaded": [NAME]})
    (row,) = await listed(client, f"folder_id/{spacetrack.folder_id}/")
    assert (row["FILE_NAME"], row["FILE_BYTES"], row["FILE_ID"]) == (NAME, "11", "1")
    content = await client.get(f"fileshare/query/class/download/file_id/{row['FILE_ID']}/format/stream")
    assert content.content == b"some states"
    await client.get(f"fileshare/query/class/delete/file_id/{row['FILE_ID']}")
    assert await listed(client) == []
    history = (await client.get("fileshare/query/class/file_history")).json()
    assert [(row["file_name"], row["file_md5"]) for row in history] == [
        (NAME, hashlib.md5(b"some states", usedforsecurity=False).hexdigest())
    ]


async def test_any_name_of_the_form_field_will_do(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    await upload(client, spacetrack.folder_id, (NAME, b"1"), field=NAME)
    assert [row["FILE_NAME"] for row in await listed(client)] == [NAME]


async def test_nothing_is_idempotent(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    for _ in range(2):
        await upload(client, spacetrack.folder_id, (NAME, b"1"))
    assert [row["FILE_ID"] for row in await listed(client)] == ["1", "2"]


@pytest.mark.parametrize(
    "name",
    [
        "ephemeris.txt",
        "MEME_90001_AURORA_2611207_operational_unclassified.txt",
        "MEME_90001_AURORA_2611207_operational__secret.txt",
        "MEME_90001_AURORA_2611207_operational__unclassified.oem",
        "MEME_UCN01_AURORA_2611207_operational__unclassified.txt",
        "MEME_90001_AURORA_3999907_operational__unclassified.txt",
    ],
)
async def test_an_ephemeris_that_is_not_named_correctly_is_refused(spacetrack: SimulatedSite, name: str) -> None:
    client = await spacetrack.logged_in()
    answer = await upload(client, spacetrack.folder_id, (name, b"1"))
    assert answer.status_code == 200
    assert "not named correctly" in answer.json()[0]["error"]
    assert await listed(client) == []


async def test_a_refusal_may_have_a_status_of_its_own(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.faults.uploads.rejection_status = 400
    client = await spacetrack.logged_in()
    assert (await upload(client, spacetrack.folder_id, ("bad.txt", b"1"))).status_code == 400


async def test_too_many_files_and_too_many_bytes_are_refused() -> None:
    site = make_site(settings=Settings(most_files_per_upload=2, largest_upload_bytes=10))
    client = await site.logged_in()
    files = [(NAME.replace("90001", f"9000{i}"), b"123") for i in range(4)]
    assert "Too many" in (await upload(client, site.folder_id, *files[:3])).text
    assert "too large" in (await upload(client, site.folder_id, (NAME, b"12345678901"))).text
    assert "uploaded" in (await upload(client, site.folder_id, *files[:2])).text


async def test_without_the_right_to_write_nothing_is_taken(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    spacetrack.simulator.files.grant(IDENTITY, spacetrack.folder_id, "r")
    assert "permission" in (await upload(client, spacetrack.folder_id, (NAME, b"1"))).text
    assert "permission" in (await upload(client, 999, (NAME, b"1"))).text


@pytest.mark.parametrize("reason", ["name", "size", "count", "permission", "originator", "field"])
async def test_a_refusal_can_be_ordered(spacetrack: SimulatedSite, reason: str) -> None:
    spacetrack.simulator.faults.uploads.reject = reason
    spacetrack.simulator.faults.uploads.reject_next = 1
    client = await spacetrack.logged_in()
    assert "error" in (await upload(client, spacetrack.folder_id, (NAME, b"1"))).text
    assert "uploaded" in (await upload(client, spacetrack.folder_id, (NAME, b"1"))).text


async def test_a_lost_acknowledgement_leaves_the_file_and_an_early_drop_leaves_nothing(
    spacetrack: SimulatedSite,
) -> None:
    client = await spacetrack.logged_in()
    spacetrack.simulator.faults.uploads.dropped_before_storing = 1
    with pytest.raises(httpx.RemoteProtocolError):
        await upload(client, spacetrack.folder_id, (NAME, b"1"))
    assert await listed(client) == []
    spacetrack.simulator.faults.uploads.acknowledgement_lost = 1
    with pytest.raises(httpx.RemoteProtocolError):
        await upload(client, spacetrack.folder_id, (NAME, b"1"))
    assert [row["FILE_NAME"] for row in await listed(client)] == [NAME]


async def test_a_listing_can_lag_behind(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.faults.uploads.listing_lag_s = 90
    client = await spacetrack.logged_in()
    await upload(client, spacetrack.folder_id, (NAME, b"1"))
    assert await listed(client) == []
    spacetrack.advance(seconds=90)
    assert len(await listed(client)) == 1


async def test_a_file_can_be_stored_damaged(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.faults.uploads.damaged = 1
    client = await spacetrack.logged_in()
    await upload(client, spacetrack.folder_id, (NAME, b"12345"))
    assert (await client.get("fileshare/query/class/download/file_id/1")).content == b"1234"


@pytest.mark.parametrize("reply", ["names", "empty-string", "list", "text"])
async def test_the_answer_to_an_upload_is_nothing_to_build_on(spacetrack: SimulatedSite, reply: str) -> None:
    spacetrack.simulator.faults.uploads.reply = reply
    client = await spacetrack.logged_in()
    answer = await upload(client, spacetrack.folder_id, (NAME, b"1"))
    assert answer.status_code == 200
    assert "FILE_ID" not in answer.text.upper()


async def test_a_maneuver_notification_becomes_a_row(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    await upload(client, spacetrack.maneuver_folder_id, (MANEUVER_NAME, OPM.encode()))
    (row,) = (await client.get("expandedspacedata/query/class/maneuver")).json()
    assert row["USER_DEFINED_MAN_ID"] == "AURORA-17"
    assert row["JSPOC_DEFINED_FILENAME"].startswith("PRIVATE_90001_AURORA IMAGING_")
    assert float(row["DELTA_V"]) == pytest.approx(0.0005)


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("OTHER_17.opm", "", "", "not named correctly"),
        (MANEUVER_NAME, "ORIGINATOR = AURORA IMAGING", "ORIGINATOR = SOMEBODY", "ORIGINATOR SOMEBODY"),
        (MANEUVER_NAME, "MAN_PURPOSE = SK", "MAN_PURPOSE = FUN", "MAN_PURPOSE FUN"),
        (MANEUVER_NAME, "MAN_PURPOSE = SK", "MAN_PURPOSE = COLA", "USER_DEFINED_TCA is missing"),
        (MANEUVER_NAME, "MAN_STATUS = PREDICTED", "MAN_STATUS = SOLVED", "MAN_STATUS SOLVED"),
        (MANEUVER_NAME, "AURORA-17\n", "not an id!\n", "MAN_ID not an id!"),
        (MANEUVER_NAME, "MAN_DV_2 = 0.0003 [km/s]\n", "", "MAN_DV_2 is missing"),
    ],
)
async def test_a_wrong_maneuver_notification_is_refused(
    spacetrack: SimulatedSite, name: str, old: str, new: str, what: str
) -> None:
    client = await spacetrack.logged_in()
    answer = await upload(client, spacetrack.maneuver_folder_id, (name, OPM.replace(old, new).encode()))
    assert what in answer.json()[0]["error"]
