"""Messages of a page are assessed together, and one that cannot be costs only itself."""

from collections.abc import Sequence

from support.encounter_cases import TCA_TAI_NS, after, participant

import ccsds
from assessment.cdm_making import CdmIdentity, ScreeningContext, make_cdm
from assessment.cdm_reading import CdmAssessment, PreparedCdm, assess_prepared
from assessment.encounters import assess
from assessment.errors import UnusableCdmError
from assessment.regimes import Orbit
from assessment.volumes import parse_volume
from validator.cdms import facts

DAY_NS = 86_400_000_000_000


def message(ordinal: int) -> ccsds.Cdm:
    return make_cdm(
        assess(participant(100, 51.6), participant(200, 97.0, radial_offset_km=0.2), TCA_TAI_NS),
        identity=CdmIdentity("run-1", ordinal),
        originator="FAIRWAY",
        message_for="TESTSAT 100",
        creation_time=after(-7200.0),
        screening=ScreeningContext(
            TCA_TAI_NS - DAY_NS,
            TCA_TAI_NS + DAY_NS,
            parse_volume("ephemeris").for_orbit(Orbit(622.0, 622.0, 97.0, 0.0, 51.6)),
        ),
    )


def test_a_message_that_fails_the_assessment_of_all_is_kept_with_its_reason(monkeypatch):
    cdms = [message(ordinal) for ordinal in range(3)]
    identifiers = [each.header.message_id for each in cdms]

    def assess_or_fail(prepared: Sequence[PreparedCdm]) -> list[CdmAssessment]:
        if any(each.cdm.header.message_id == identifiers[1] for each in prepared):
            raise ValueError("array must not contain infs or NaNs")
        return assess_prepared(prepared)

    monkeypatch.setattr(facts, "assess_prepared", assess_or_fail)
    first, odd, last = facts.assessed_each(cdms)
    assert isinstance(odd, UnusableCdmError)
    assert "infs or NaNs" in str(odd)
    assert [each.cdm.header.message_id for each in (first, last)] == [identifiers[0], identifiers[2]]
