"""The slices of a run are joined one after the other: the result is that of all at once, and memory stays bounded."""

from itertools import pairwise

import pytest
from support.dense_shell import dense_shell
from support.embedded import NOON
from support.joined_run import join_and_measure, join_order, made_up_slices

from assessment.approach_columns import approaches, write_approaches
from assessment.engine_results import approach_columns
from assessment.population_screening import PopulationScreening, screen_population
from assessment.volumes import parse_volume
from astrodynamics.screening import Approaches, Population, screen
from astrodynamics.screening.grid import STEP_NS
from astrodynamics.timescales import from_datetime
from screening.runs.inputs import RunInputs
from screening.runs.join import join_run
from screening.runs.population import engine_requests, members_of
from servicekit.child import ChildProcess

MIB = 1024 * 1024
START = from_datetime(NOON)


@pytest.mark.parametrize("volume", ["sphere:20", "box:2,25,25"])
def test_a_run_in_slices_is_to_the_bit_the_run_in_one(tmp_path, volume):
    """Cut wherever the grid allows, through passages and through stays that last."""
    catalogue = dense_shell(250, NOON, spread_rev_day=0.002)
    for column in vars(catalogue.elements).values():
        column[1] = column[0]  # these two stay together
    catalogue.elements.norad_cat_id[1] = 2
    catalogue.elements.mean_anomaly_deg[1] += 0.002
    edges = [START, *(START // STEP_NS * STEP_NS + STEP_NS * step + STEP_NS // 2 for step in (1, 40, 41, 130, 131))]
    edges.append(START + 8 * 3600 * 10**9)
    population = Population(catalogue.elements)
    inputs = RunInputs(catalogue=None, against="catalogue")
    slices = []
    for start, stop in pairwise(edges):
        requests = engine_requests(population, members_of(inputs, catalogue), inputs, volume, catalogue, (start, stop))
        results = [screen(population, request) for request in requests]
        slices.append(([each.approaches for each in results], results[0].coverage.not_screened(), start, stop))
    whole = screen_population(
        population, PopulationScreening(start_tai_ns=edges[0], stop_tai_ns=edges[-1], volume=parse_volume(volume))
    )
    assert set(whole.approaches.kind) >= {"approach", "continuous"}
    joined = join_run(join_order(tmp_path, catalogue, slices, frozenset({1, 2})))
    assert joined.approaches.read_bytes() == write_approaches(whole.approaches, {"run": "r"})
    of_parties = [each for each in approaches(joined.approaches) if {each.norad_cat_id_1, each.norad_cat_id_2} & {1, 2}]
    assert [each.csv_row() for each in approaches(joined.candidates)] == [each.csv_row() for each in of_parties]


async def test_memory_does_not_grow_with_the_number_of_slices(tmp_path):
    """Five times the approaches: all at once they would take some hundred megabytes more."""
    catalogue = dense_shell(400, NOON)
    grown = []
    for count in (3, 15):
        slices = made_up_slices(count, approaches=30_000, objects=len(catalogue), start_tai_ns=START)
        folder = tmp_path / str(count)
        folder.mkdir()
        order = join_order(folder, catalogue, slices, frozenset(range(1, 40)))
        child = ChildProcess("compute")
        try:
            joined, grown_bytes = await child.run(join_and_measure, order)
        finally:
            await child.close()
        grown.append(grown_bytes / MIB)
        assert joined.approach_count == count * 30_000 + 1
        (longest,) = [each for each in approaches(joined.approaches) if each.kind == "continuous"]
        assert (longest.from_tai_ns, longest.to_tai_ns) == (START, START + count * 3600 * 10**9)
        if count == 3:
            found = Approaches.joined([each[0][0] for each in slices], [each[2:] for each in slices])
            expected = approach_columns(Population(catalogue.elements), [found])
            assert joined.approaches.read_bytes() == write_approaches(expected, {"run": "r"})
    assert grown[1] - grown[0] < 50, f"MiB more than before: {grown}"
