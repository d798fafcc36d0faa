"""The tasks of a run are spread over the workers, however the broker's partitions came to them."""

from math import ceil

import pytest
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.structs import TopicPartition

from records.screening.events import ScreeningTaskBulkV1, ScreeningTaskUrgentV1

TOPIC = "tasks"
COUNT = ScreeningTaskBulkV1.partitions


class Cluster:
    """As much of a cluster's description as an assignment asks for."""

    def partitions_for_topic(self, _topic):
        return set(range(COUNT))

    def topics(self):
        return {TOPIC}


def assigned(held, generation):
    """Which partitions each member has next, by what it holds now; None where it has just come."""

    class Sticky(StickyPartitionAssignor):
        pass

    def known(partitions):
        if partitions is None:
            return Sticky.metadata({TOPIC})
        return Sticky._metadata({TOPIC}, [TopicPartition(TOPIC, each) for each in partitions], generation)

    given = Sticky.assign(Cluster(), {name: known(partitions) for name, partitions in held.items()})
    return {name: [each for _, these in one.assignment for each in these] for name, one in given.items()}


def workers(*arrivals):
    """What workers hold that came in groups of these sizes."""
    held, number = {}, 0
    for generation, count in enumerate(arrivals):
        held |= {f"worker-{number + place:02d}": None for place in range(count)}
        held = assigned(held, generation)
        number += count
    return held


@pytest.mark.parametrize("arrivals", [(2,), (1, 1), (4,), (1, 1, 1, 1), (1, 3), (2, 6), (3, 1)], ids=str)
@pytest.mark.parametrize("event", [ScreeningTaskUrgentV1, ScreeningTaskBulkV1])
def test_no_worker_has_many_more_tasks_of_a_run_than_the_others(event, arrivals):
    owner = {partition: name for name, partitions in workers(*arrivals).items() for partition in partitions}
    assert len(owner) == COUNT
    for tasks in (2, 4, 10, 24, 96):
        for run in range(60):
            shares = dict.fromkeys(owner.values(), 0)
            for ordinal in range(tasks):
                place = event(run_id=f"run-{run}", task_id="t", ordinal=ordinal).partition_ordinal()
                shares[owner[place % COUNT]] += 1
            assert max(shares.values()) <= ceil(tasks / len(shares)) + 2, (tasks, shares)
