"""What is urgent, while the only worker is busy with the nightly run: how long until a slice of it is in hand."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpx
from scale_installation import Line
from scale_work import ephemeris_files
from screening_installation import ScreeningInstallation, wait_for

__all__ = ["overtaking"]

_TASK_MOST_S: Final = 30.0
_BESIDE_A_TASK_S: Final = 5.0
_URGENT_HOURS: Final = 7 * 24.0


@dataclass(frozen=True)
class _Urgent:
    """An urgent run, in seconds."""

    to_worker_s: float
    """From the 202 to whoever wants it until a worker has its first slice in hand: verdict and planning too."""
    first_wait_s: float
    """From its planning until then."""
    to_end_s: float
    """From the 202 until it is completed."""


@dataclass(frozen=True)
class _Nightly:
    """The run that is overtaken."""

    waiting: int
    """Slices that nobody had begun with when the last urgent run was over."""
    longest_in_hand_s: float
    """Of its slices, from when a worker takes one until its result is recorded."""
    longest_engine_s: float
    tasks: int


def overtaking(
    installation: ScreeningInstallation, hours: float, norad_cat_ids: Sequence[int], *, shows_slices: bool = False
) -> list[Line]:
    """Ask for urgent runs behind a run of everything against everything, by catalogue number and by uploading."""
    _, token = installation.operator("Northern Orbits", norad_cat_ids)
    files = ephemeris_files(norad_cat_ids, 2 * len(norad_cat_ids))

    def by_number(place: int) -> tuple[datetime, str]:
        run_id = installation.begin(norad_cat_id=norad_cat_ids[place % len(norad_cat_ids)], hours=_URGENT_HOURS)
        return datetime.now(UTC), run_id

    def by_upload(place: int) -> tuple[datetime, str]:
        return _uploaded(installation, token, norad_cat_ids[place % len(norad_cat_ids)], files(place))

    installation.scale(1)
    installation.measure(hours / 5)  # the planner knows what such runs cost here
    places = range(len(norad_cat_ids))
    lines, nightlies = [], []
    for what, ask in (("asked for by catalogue number", by_number), ("uploaded as a special ephemeris", by_upload)):
        installation.finished(ask(len(places))[1])  # whoever plans and computes has seen such a run
        urgent, nightly = _overtaken(installation, hours, ask, places, shows_slices=shows_slices)
        lines.append(_line(what, urgent, nightly))
        nightlies.append(nightly)
    return [*lines, _longest(nightlies, hours)]


def _uploaded(
    installation: ScreeningInstallation, token: str, norad_cat_id: int, file: tuple[str, bytes]
) -> tuple[datetime, str]:
    name, content = file
    headers = {"X-File-Name": name.replace("_operational_", "_special_"), "Content-Type": "text/plain"}
    began = datetime.now(UTC)
    with httpx.Client(base_url=installation.api, headers=headers | {"Authorization": f"Bearer {token}"}) as client:
        answer = client.post("documents", content=content, timeout=60)
    taken_on = datetime.now(UTC)
    document = answer.raise_for_status().json()["id"]
    found: list[str] = []

    def is_planned() -> bool:
        runs = installation.runs_of(norad_cat_id, "ephemeris-catalogue")
        found[:] = [run["id"] for run in runs if _moment(run["requested_at"]) >= began]
        if not found and installation.verdict(document) == "rejected":
            raise SystemExit(f"{name} was rejected")
        return bool(found)

    wait_for(is_planned)
    return taken_on, found[0]


def _overtaken(
    installation: ScreeningInstallation,
    hours: float,
    ask: Callable[[int], tuple[datetime, str]],
    places: Sequence[int],
    *,
    shows_slices: bool,
) -> tuple[list[_Urgent], _Nightly]:
    nightly = installation.begin(all=True, hours=hours)
    wait_for(lambda: installation.run(nightly)["tasks_done"] >= 1)
    urgent = [_urgent(installation, *ask(place)) for place in places]
    left = installation.run(nightly)
    if left["state"] != "running":
        raise SystemExit("the nightly run was over before the urgent ones: ask for more hours")
    installation.finished(nightly)
    slices = installation.slices(nightly)
    if shows_slices:
        _show(slices["items"])
    return urgent, _Nightly(
        waiting=left["task_count"] - left["tasks_done"],
        longest_in_hand_s=max(_between(each["taken_at"], each["done_at"]) for each in slices["items"]),
        longest_engine_s=slices["cost"]["longest_task_s"],
        tasks=slices["task_count"],
    )


def _urgent(installation: ScreeningInstallation, answered_at: datetime, run_id: str) -> _Urgent:
    run, slices = installation.finished(run_id), installation.slices(run_id)
    taken_at = min(_moment(each["taken_at"]) for each in slices["items"])
    return _Urgent(
        to_worker_s=(taken_at - answered_at).total_seconds(),
        first_wait_s=slices["cost"]["first_wait_s"],
        to_end_s=(_moment(run["completed_at"]) - answered_at).total_seconds(),
    )


def _line(what: str, urgent: Sequence[_Urgent], nightly: _Nightly) -> Line:
    worst_s = max(each.to_worker_s for each in urgent)
    bound_s = nightly.longest_in_hand_s + _BESIDE_A_TASK_S
    return Line(
        f"{what}: overtakes the nightly run, 1 worker",
        f"waits {worst_s:.1f} s",
        f"a task and 5 s ({bound_s:.0f} s)",
        "",
        worst_s <= bound_s,
        f"{len(urgent)} runs, from the 202 to a worker {_said(each.to_worker_s for each in urgent)} s "
        f"(of it from the planning {_said(each.first_wait_s for each in urgent)} s), "
        f"to the end {_said(each.to_end_s for each in urgent)} s; {nightly.waiting} bulk tasks were left then",
    )


def _longest(nightlies: Sequence[_Nightly], hours: float) -> Line:
    longest_s = max(each.longest_in_hand_s for each in nightlies)
    return Line(
        f"longest task of the nightly run of {hours:g} h, 1 worker",
        f"{longest_s:.1f} s",
        f"{_TASK_MOST_S:.0f} s",
        "10 s",
        longest_s <= _TASK_MOST_S,
        f"in a worker's hands, of {sum(each.tasks for each in nightlies)} tasks in {len(nightlies)} runs; "
        f"the engine's own time {max(each.longest_engine_s for each in nightlies):.1f} s",
    )


def _show(slices: Sequence[Mapping[str, Any]]) -> None:
    for each in slices:
        print(
            f"  slice {each['ordinal']:3} of {_between(each['start_time'], each['stop_time']) / 3600:6.2f} h from "
            f"{each['start_time']}: taken {each['taken_at']}, in hand "
            f"{_between(each['taken_at'], each['done_at']):5.1f} s, engine {each['wall_s']:5.1f} s, "
            f"processor {each['cpu_s']:5.1f} s",
            file=sys.stderr,
            flush=True,
        )


def _said(seconds: Any) -> str:
    return ", ".join(f"{each:.1f}" for each in seconds)


def _between(begin: str, end: str) -> float:
    return (_moment(end) - _moment(begin)).total_seconds()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
