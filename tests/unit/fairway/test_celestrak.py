"""CelesTrak is asked gently: one request a data set and two hours, whatever it answers."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from fairway import celestrak
from fairway.errors import CommandError, ExitCode

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
RECORDED = (
    b"OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,"
    b"EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,"
    b"MEAN_MOTION_DDOT\r\n"
    b"CALSPHERE 1,1964-063C,2026-05-20T02:57:14.018016,13.76475305,.0024817,90.2179,72.2413,338.0512,114.8893,0,U,900,"
    b"999,6857,.73103E-3,.715E-5,0\r\n"
)
"""A header line and a record as https://celestrak.org/NORAD/elements/gp.php?GROUP=active&FORMAT=csv gives them."""


class CelesTrak(httpx.MockTransport):
    """Answers with what it is told to, and counts."""

    def __init__(self, *answers):
        self.answers, self.requests = list(answers), []
        super().__init__(self._answer)

    def _answer(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def catalogue():
    return httpx.Response(200, content=RECORDED, headers={"Content-Type": "text/csv"})


def test_the_recorded_answer_is_a_catalogue_that_can_be_read():
    import ccsds

    sets, findings = ccsds.read_catalogue(RECORDED)
    assert sets.norad_cat_id.tolist() == [900]
    assert not [finding for finding in findings if finding.severity == "error"]


async def test_a_group_is_asked_for_by_name_and_kept(tmp_path):
    source = CelesTrak(catalogue())
    fetched = await celestrak.fetch("active", tmp_path / "cache", transport=source, now=NOW)
    assert not fetched.was_cached
    assert fetched.path.read_bytes() == RECORDED
    (request,) = source.requests
    assert request.url.host == "celestrak.org"
    assert dict(request.url.params) == {"GROUP": "active", "FORMAT": "csv"}


async def test_within_two_hours_the_cache_answers(tmp_path):
    source = CelesTrak(catalogue(), catalogue())
    await celestrak.fetch("active", tmp_path, transport=source, now=NOW)
    again = await celestrak.fetch("active", tmp_path, transport=source, now=NOW + timedelta(minutes=119))
    assert again.was_cached
    assert again.fetched_at == NOW
    assert len(source.requests) == 1
    later = await celestrak.fetch("active", tmp_path, transport=source, now=NOW + timedelta(minutes=121))
    assert not later.was_cached
    assert len(source.requests) == 2


async def test_each_group_is_a_data_set_of_its_own(tmp_path):
    source = CelesTrak(catalogue(), catalogue())
    await celestrak.fetch("active", tmp_path, transport=source, now=NOW)
    assert not (await celestrak.fetch("starlink", tmp_path, transport=source, now=NOW)).was_cached


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(403, text="Forbidden"), "403"),
        (httpx.Response(503), "503"),
        (httpx.Response(200, html="<html><body>No GP data found</body></html>"), "no catalogue"),
        (httpx.Response(200, text="Invalid query"), "Invalid query"),
        (httpx.ReadTimeout("the answer took too long"), "too long"),
    ],
)
async def test_what_is_no_catalogue_is_said_and_not_asked_again(tmp_path, answer, said):
    source = CelesTrak(answer, catalogue())
    with pytest.raises(CommandError, match=said) as refused:
        await celestrak.fetch("active", tmp_path, transport=source, now=NOW)
    assert refused.value.exit_code == ExitCode.UNAVAILABLE
    with pytest.raises(CommandError, match="ask again after 14:00 UTC"):
        await celestrak.fetch("active", tmp_path, transport=source, now=NOW + timedelta(hours=1))
    assert len(source.requests) == 1
    assert (await celestrak.fetch("active", tmp_path, transport=source, now=NOW + timedelta(hours=2))).path.exists()


async def test_an_older_catalogue_survives_a_failure(tmp_path):
    source = CelesTrak(catalogue(), httpx.Response(500))
    kept = await celestrak.fetch("active", tmp_path, transport=source, now=NOW)
    with pytest.raises(CommandError):
        await celestrak.fetch("active", tmp_path, transport=source, now=NOW + timedelta(hours=3))
    assert kept.path.read_bytes() == RECORDED


async def test_where_nobody_could_be_asked_one_may_try_again(tmp_path):
    source = CelesTrak(httpx.ConnectError("no route to host"), catalogue())
    with pytest.raises(CommandError, match="no route to host"):
        await celestrak.fetch("active", tmp_path, transport=source, now=NOW)
    assert not (await celestrak.fetch("active", tmp_path, transport=source, now=NOW)).was_cached


@pytest.mark.parametrize("group", ["", "../x", "a b", "a&FORMAT=tle"])
async def test_only_names_of_groups_are_asked_for(tmp_path, group):
    source = CelesTrak()
    with pytest.raises(CommandError, match="group"):
        await celestrak.fetch(group, tmp_path, transport=source, now=NOW)
    assert source.requests == []
