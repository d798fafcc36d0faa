"""The page of a run that goes on: its slices, its workers and what it costs."""

import httpx
from support import stand_in_api as given
from support.stand_in_api import StandInApi, page

from dashboard.resources import ScreeningTask, ScreeningTasks
from dashboard.slices import in_words, strip_of


def task(**changes: object) -> ScreeningTask:
    return ScreeningTask.model_validate(given.task(**changes))


def put_run(api: StandInApi, *tasks: dict[str, object], workers: int = 2, **of_tasks: object) -> None:
    api.put(f"screenings/{given.RUN_ID}", given.run(state="running", completed_at=None, tasks_done=1))
    api.put(f"screenings/{given.RUN_ID}/tasks", given.tasks(*tasks, live_workers=workers, **of_tasks))
    api.put("screening-workers", page(*(given.worker(name=f"screening-worker-{number}") for number in range(workers))))


async def test_a_run_shows_its_slices_its_cost_and_its_workers(browser: httpx.AsyncClient, api: StandInApi) -> None:
    put_run(api, given.task(), given.task(state="running", progress=0.4, cpu_s=None), given.task(state="waiting"))
    text = (await browser.get(f"/screenings/{given.RUN_ID}")).text
    assert "3 slices: 1 done, 1 waiting, 1 running" in text
    assert text.count('<li class="slice slice-') == 3
    assert "done by screening-worker-0 in 9.8 s (9.5 s of processor time), waited 0.4 s" in text
    assert "running 40% by screening-worker-0" in text
    assert "31.2 s" in text, "processor time"
    assert "0.4 s at first, 12.0 s at most" in text
    assert "512.0 MiB" in text
    assert "2 workers at the moment" in text
    assert "screening-worker-1" in text
    assert "engine: at most 3.0 GiB" in text


async def test_without_a_worker_the_page_says_so_and_that_nothing_is_lost(
    browser: httpx.AsyncClient, api: StandInApi
) -> None:
    put_run(api, given.task(state="waiting", worker=None, waited_s=None), workers=0)
    text = (await browser.get(f"/screenings/{given.RUN_ID}")).text
    assert "0 workers: the slices wait until one starts. Nothing is lost meanwhile." in text


async def test_who_may_not_see_the_workers_is_not_shown_any(browser: httpx.AsyncClient, api: StandInApi) -> None:
    operators = [each for each in given.PERMISSIONS if each != "screening-workers:read"]
    api.put("session", {**given.SIGNED_IN, "role": "operator", "permissions": operators})
    put_run(api, given.task(worker=None))
    text = (await browser.get(f"/screenings/{given.RUN_ID}")).text
    assert "Workers</h2>" not in text
    assert all(path != "screening-workers" for _, path, _, _ in api.asked)


async def test_every_page_of_slices_is_read(browser: httpx.AsyncClient, api: StandInApi) -> None:
    put_run(api, *[given.task() for _ in range(200)], next_cursor=None)
    await browser.get(f"/screenings/{given.RUN_ID}")
    assert any("limit=200" in query for query in api.queries)


async def test_a_run_of_the_whole_catalogue_is_called_that(browser: httpx.AsyncClient, api: StandInApi) -> None:
    put_run(api, given.task())
    run = given.run(kind="catalogue-catalogue", norad_cat_id=None, state="running")
    api.put(f"screenings/{given.RUN_ID}", run)
    api.put("screenings", page(run, given.run(kind="catalogue-catalogue", norad_cat_id=5)))
    assert "The whole catalogue against itself</h1>" in (await browser.get(f"/screenings/{given.RUN_ID}")).text
    listed = (await browser.get("/screenings")).text
    assert "The whole catalogue against itself" in listed
    assert "Catalogue object against the catalogue" in listed


def test_many_slices_share_cells_that_show_the_most_urgent_of_their_states() -> None:
    tasks = [task()] * 999 + [task(state="failed")]
    cells = strip_of(tasks)
    assert len(cells) == 240
    assert [cell.state for cell in cells] == ["done"] * 239 + ["failed"]
    assert cells[0].part_done == 1.0
    assert "4 slices, 4 done" in cells[0].title


def test_a_slice_that_was_handed_out_again_says_so() -> None:
    (cell,) = strip_of([task(state="waiting", emissions=3, waited_s=None)])
    assert cell.title.endswith("waiting, handed out 3 times")


def test_a_run_without_slices_has_an_empty_strip() -> None:
    assert strip_of([]) == []
    assert in_words(ScreeningTasks(items=[])) == "No slices yet"
