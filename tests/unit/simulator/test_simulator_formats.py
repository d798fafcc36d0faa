"""The formats in which classes are given; messages and catalogues are read back by our own readers."""

import csv
import io

import numpy as np
from support.crossing_orbits import crossing_catalogue
from support.orbit_files import omm_csv
from support.spacetrack import SimulatedSite, sample_cdm

import ccsds
from spacetrack_simulator import row_from_cdm

CDM = "expandedspacedata/query/class/cdm/orderby/CDM_ID"
GP = "basicspacedata/query/class/gp/orderby/NORAD_CAT_ID"


async def test_kvn_and_xml_are_the_message_that_was_put_in(spacetrack: SimulatedSite) -> None:
    put_in = sample_cdm(1)
    spacetrack.simulator.add_cdm(put_in, gid=spacetrack.gid)
    client = await spacetrack.logged_in()
    for text_format in ("kvn", "xml"):
        content = (await client.get(f"{CDM}/format/{text_format}")).content
        read = ccsds.read(content, profile="operational")
        assert isinstance(read, ccsds.Cdm)
        assert read.header.message_id == put_in.header.message_id
        assert read.relative.tca == put_in.relative.tca
        assert read.relative.collision_probability == put_in.relative.collision_probability
        for there, here in zip(read.objects, put_in.objects, strict=True):
            assert np.array_equal(there.position_km, here.position_km)
            assert there.covariance_rtn_m2 is not None
            assert here.covariance_rtn_m2 is not None
            assert np.array_equal(there.covariance_rtn_m2[:6, :6], here.covariance_rtn_m2)


async def test_several_messages_come_as_one_body(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.add_cdms([sample_cdm(1), sample_cdm(2)], gid=spacetrack.gid)
    client = await spacetrack.logged_in()
    assert (await client.get(f"{CDM}/format/kvn")).text.count("CCSDS_CDM_VERS") == 2
    assert (await client.get(f"{CDM}/format/xml")).text.count("<cdm ") == 2


def test_a_row_says_units_beside_numbers_and_gives_web_addresses_for_people() -> None:
    row = row_from_cdm(sample_cdm(1))
    assert (row["MISS_DISTANCE_UNIT"], row["SAT1_X_UNIT"], row["SAT2_CRDOT_T_UNIT"]) == ("m", "km", "m**2/s")
    assert "class/organization/object/~~90001/" in row["SAT1_OPERATOR_PHONE"]
    assert row["SAT1_COMMENT_OPERATOR_HARD_BODY_RADIUS"] == "Operator Hard Body Radius = 0.00 [m]"
    assert all(isinstance(value, str) for value in row.values())


async def test_the_public_class_tells_little(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.add_cdm(sample_cdm(1), gid=spacetrack.gid, public=True)
    client = await spacetrack.logged_in()
    (row,) = (await client.get("basicspacedata/query/class/cdm_public")).json()
    assert (row["MIN_RNG"], row["PC"], row["SAT_1_ID"], row["SAT_1_EXCL_VOL"]) == ("269", "1.5e-05", "90001", "5.00")
    assert len(row) == 16


async def test_a_catalogue_is_read_back_from_each_of_its_formats(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.faults.policing.cadence = False
    catalogue = crossing_catalogue()
    assert spacetrack.simulator.load_catalogue(omm_csv(catalogue)) == len(catalogue)
    client = await spacetrack.logged_in()
    for text_format in ("json", "csv", "tle", "3le"):
        sets, findings = ccsds.read_catalogue((await client.get(f"{GP}/format/{text_format}")).content)
        assert [finding for finding in findings if finding.severity == "error"] == [], text_format
        assert sets.norad_cat_id.tolist() == catalogue.elements.norad_cat_id.tolist()
        assert np.allclose(sets.mean_motion_rev_day, catalogue.elements.mean_motion_rev_day, atol=1e-8)
    satcat = (await client.get("basicspacedata/query/class/satcat/NORAD_CAT_ID/25544")).json()
    assert satcat[0]["SATNAME"] == "OBJECT 25544"


async def test_one_element_set_is_a_message_of_its_own(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.load_catalogue(omm_csv(crossing_catalogue()))
    client = await spacetrack.logged_in()
    answer = await client.get("basicspacedata/query/class/gp/NORAD_CAT_ID/25544/format/kvn")
    sets, _ = ccsds.read_catalogue(answer.content)
    assert sets.norad_cat_id.tolist() == [25544]


async def test_csv_and_html_have_a_head(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    (folder, _) = csv.DictReader(io.StringIO((await client.get("fileshare/query/class/folder/format/csv")).text))
    assert folder["folder_path"] == "/Ephemeris/AURORA IMAGING"
    assert "<th>folder_path</th>" in (await client.get("fileshare/query/class/folder/format/html")).text
