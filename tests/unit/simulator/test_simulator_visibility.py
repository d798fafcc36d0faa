"""Who sees what: organizations, the moment of a grant, folders."""

from datetime import timedelta

import httpx
from support.spacetrack import IDENTITY, NOON, SimulatedSite, sample_cdm

CDM = "expandedspacedata/query/class/cdm/predicates/CDM_ID,GID/orderby/CDM_ID"


async def test_an_account_sees_the_messages_of_its_organizations(spacetrack: SimulatedSite) -> None:
    other = spacetrack.simulator.add_organization("BOREALIS")
    spacetrack.simulator.add_cdm(sample_cdm(1), gid=spacetrack.gid)
    spacetrack.simulator.add_cdm(sample_cdm(2), gid=other)
    client = await spacetrack.logged_in()
    assert (await client.get(CDM)).json() == [{"CDM_ID": "1", "GID": str(spacetrack.gid)}]


async def test_what_is_older_than_a_grant_stays_hidden(spacetrack: SimulatedSite) -> None:
    other = spacetrack.simulator.add_organization("BOREALIS")
    spacetrack.simulator.add_cdm(sample_cdm(1), gid=other)
    spacetrack.advance(minutes=1)
    spacetrack.simulator.accounts.join(IDENTITY, other)
    spacetrack.simulator.add_cdm(sample_cdm(2), gid=other)
    client = await spacetrack.logged_in()
    assert [row["CDM_ID"] for row in (await client.get(CDM)).json()] == ["2"]
    spacetrack.simulator.accounts.leave(IDENTITY, other)
    assert (await client.get(CDM)).json() == []


async def test_one_message_stands_under_two_organizations(spacetrack: SimulatedSite) -> None:
    other = spacetrack.simulator.add_organization("BOREALIS")
    spacetrack.simulator.accounts.join(IDENTITY, other)
    for gid in (spacetrack.gid, other):
        spacetrack.simulator.add_cdm(sample_cdm(1), gid=gid, cdm_id=77)
    client = await spacetrack.logged_in()
    assert [(row["CDM_ID"], row["GID"]) for row in (await client.get(CDM)).json()] == [
        ("77", str(spacetrack.gid)),
        ("77", str(other)),
    ]


async def test_a_lower_number_can_come_to_light_after_a_higher_one(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.add_cdm(sample_cdm(1), gid=spacetrack.gid, cdm_id=10, visible_from=NOON + timedelta(minutes=5))
    spacetrack.simulator.add_cdm(sample_cdm(2), gid=spacetrack.gid, cdm_id=11)
    client = await spacetrack.logged_in()
    assert [row["CDM_ID"] for row in (await client.get(CDM)).json()] == ["11"]
    spacetrack.advance(minutes=5)
    assert [row["CDM_ID"] for row in (await client.get(CDM)).json()] == ["10", "11"]


async def test_a_revoked_folder_is_gone_with_its_files(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    folder = spacetrack.simulator.files.folder(spacetrack.folder_id)
    assert folder is not None
    spacetrack.simulator.files.store(folder, "MEME_90001_AURORA_2611207_special__unclassified.txt", b"states")

    async def listed(client: httpx.AsyncClient) -> tuple[int, int]:
        folders = (await client.get("fileshare/query/class/folder")).json()
        return len(folders), len((await client.get("fileshare/query/class/file")).json())

    assert await listed(client) == (2, 1)
    spacetrack.simulator.files.revoke(IDENTITY, spacetrack.folder_id)
    assert await listed(client) == (1, 0)


async def test_the_directory_is_everyones(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.add_organization("BOREALIS", objects=(42829, 42830))
    client = await spacetrack.logged_in()
    rows = (await client.get("expandedspacedata/query/class/organization/object/~~42829/orderby/INFO_ID")).json()
    assert {row["ORG_NAME"] for row in rows} == {"BOREALIS"}
    assert len(rows) == 2
