"""How long a week of states with covariances takes; the figures are for a laptop of 2020 with room to spare."""

import time

import pytest
from support.ccsds_messages import cdm_of_two, oem_text

import ccsds

HALF_A_SECOND = 0.5
FIVE_MILLISECONDS = 0.005


def best_of_three(data: bytes) -> float:
    times = []
    for _ in range(3):
        start = time.process_time()
        report = ccsds.validate(data)
        times.append(time.process_time() - start)
        assert report.verdict == "valid"
    return min(times)


@pytest.mark.parametrize(("states", "covariances"), [(7 * 1440 + 1, True), (3 * 17280 + 1, False)])
def test_an_oem_of_thousands_of_states_is_judged_in_half_a_second(states: int, covariances: bool) -> None:
    assert best_of_three(oem_text(states, covariances=covariances).encode()) < HALF_A_SECOND


def test_a_cdm_is_judged_in_five_milliseconds() -> None:
    assert best_of_three(ccsds.write(cdm_of_two(), "kvn")) < FIVE_MILLISECONDS
