"""What is asked of a release on the real cluster, step by step; each step answers with its figures or fails."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import yaml
from cluster.release import NAMESPACE, Release
from cluster.uploads import Flow, Sent
from support.helm_chart import VALUES_FILES, manifests

from fairway.demo.scenario import synthetic

__all__ = ["Drill", "StepFailed"]

_VERDICTS_S = 300.0
_RUN_S = 1500.0
_SCALING_S = 420.0
_POLL_S = 1.0
_BEFORE_AND_AFTER_S = 5.0
_JUST_BEGUN = timedelta(seconds=2)
WORKER = "screening-worker"


class StepFailed(AssertionError):
    """The cluster did not do what the step is for."""


class Drill:
    """The steps, in their order."""

    def __init__(self, release: Release, *, rate_hz: float, scale: float, hours: float) -> None:
        self._release = release
        self._rate_hz = rate_hz
        self._scale = scale
        self._hours = hours
        self._asked: dict[str, Any] = {}
        self._stands: dict[str, Any] = {}
        self._token = ""
        self._operator = ""

    # --- the chart and the server

    def dry_run(self) -> str:
        """The server accepts every manifest of every file of values, and refuses what it must."""
        kubectl = self._release.kubectl
        self._release.prepare()
        count = 0
        for file in VALUES_FILES:
            everything = list(manifests(file))
            count += len(everything)
            kubectl("apply", "--dry-run=server", "--filename=-", given=yaml.safe_dump_all(everything))
        broken = next(one for one in manifests("values.yaml") if one["kind"] == "Deployment")
        container = broken["spec"]["template"]["spec"]["containers"][0]
        wrong = container | {"resources": {"limits": {"cpu": "100mm"}}}
        spec = broken["spec"] | {
            "template": broken["spec"]["template"]
            | {"spec": broken["spec"]["template"]["spec"] | {"containers": [wrong]}}
        }
        answer = kubectl(
            "apply", "--dry-run=server", "--filename=-", given=yaml.safe_dump(broken | {"spec": spec}), check=False
        )
        if "quantity" not in answer:
            raise StepFailed(f"the server took cpu: 100mm: {answer}")
        return f"{count} objects of {len(VALUES_FILES)} files of values accepted; `cpu: 100mm` refused"

    def install(self) -> str:
        """A namespace that enforces the restricted pod security standard takes the release."""
        took_s = self._release.install("first")
        self._token = self._release.execute("ingest-api", "fairway", "token", "bootstrap").strip().splitlines()[-1]
        with self._api(self._token) as api:
            organization = api.post(
                "organizations", json={"name": "Northern Orbits", "space_track_title": "NORTHERN ORBITS LTD"}
            )
            organization.raise_for_status()
            token = {"organization_id": organization.json()["id"], "name": "drill", "role": "operator"}
            made = api.post("tokens", json=token)
            made.raise_for_status()
            self._operator = made.json()["token"]
        return f"ready after {took_s:.0f} s, migration with it"

    def dashboard(self) -> str:
        """The dashboard's pod has pages, and reaches the API by the name of its Service."""
        page = httpx.get(f"{self._release.address('dashboard')}/documents", timeout=30, trust_env=False)
        if page.status_code != 303:
            raise StepFailed(f"the page answers {page.status_code} to who is not signed in")
        return "who is not signed in is led to the sign-in"

    # --- while files arrive

    def upgrade(self) -> str:
        """Every pod is replaced while files arrive: each request is answered, each document gets its verdict."""
        return self._while_files_arrive("up", lambda: self._release.upgrade("second"), "second")

    def rollback(self) -> str:
        """The same backwards."""
        return self._while_files_arrive("back", self._release.rollback, "first")

    def _while_files_arrive(self, label: str, change: Callable[[], float], tag: str) -> str:
        before = set(self._release.pods("ingest-api"))
        with Flow(
            self._release.address("ingest-api"), self._operator, rate_hz=self._rate_hz, label=label.upper()
        ) as flow:
            time.sleep(_BEFORE_AND_AFTER_S)
            took_s = change()
            time.sleep(_BEFORE_AND_AFTER_S)
        sent = flow.sent
        if sent.refused:
            raise StepFailed(f"{len(sent.refused)} files were lost: {sent.refused[:3]}")
        if kept := before & set(self._release.pods("ingest-api")):
            raise StepFailed(f"these pods were not replaced: {kept}")
        if not all(image.endswith(f":{tag}") for image in self._release.images()):
            raise StepFailed(f"pods run on {self._release.images()}")
        verdicts_s = self._all_have_verdicts(sent)
        return (
            f"{took_s:.0f} s; {len(sent.acknowledged)} files at {self._rate_hz:g} a second, none lost, "
            f"{sent.repeated} requests sent again; answer p50 {sent.quantile_s(0.5):.2f} s, "
            f"p99 {sent.quantile_s(0.99):.2f} s; the last verdict {verdicts_s:.0f} s after the last file"
        )

    def _all_have_verdicts(self, sent: Sent) -> float:
        started = time.monotonic()
        waiting = dict.fromkeys(sent.acknowledged)
        if len(waiting) != len(sent.acknowledged):
            raise StepFailed("two files got one document")
        with self._api(self._operator) as api:
            while waiting:
                for document in list(waiting):
                    answer = api.get(f"documents/{document}")
                    answer.raise_for_status()
                    if answer.json()["verdict"] is None:
                        break
                    del waiting[document]
                if time.monotonic() - started > _VERDICTS_S:
                    raise StepFailed(f"{len(waiting)} documents have no verdict after {_VERDICTS_S:.0f} s")
                if waiting:
                    time.sleep(_POLL_S)
        return time.monotonic() - started

    # --- workers

    def idle(self) -> str:
        """Without lag there is no worker, and the rest of screening goes on."""
        waited_s = self._until(lambda: not self._release.pods(WORKER), _SCALING_S, "workers are still there")
        planners = len(self._release.pods("screening", ready=True))
        return f"no worker after {waited_s:.0f} s, and {planners} pod of screening ready"

    def scale_and_kill(self) -> str:
        """Lag brings workers, from none to two; one is killed in a task; the run is complete all the same."""
        scenario = synthetic(scale=self._scale, start=datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
        with self._api(self._token) as api:
            headers = {"Content-Type": "text/csv", "X-File-Name": scenario.file_name, "Prefer": "wait=60"}
            loaded = api.post("catalogues", content=scenario.content, headers=headers)
            loaded.raise_for_status()
            self._until(lambda: bool(api.get("catalogues").json()["items"]), _VERDICTS_S, "there is no catalogue")
            start = (datetime.now(UTC) + timedelta(minutes=15)).isoformat().replace("+00:00", "Z")
            self._asked = {"all": True, "hours": self._hours, "volume": "hac", "start": start}
            run = self._ask(api)
            began = time.monotonic()
            first_s = self._until(lambda: bool(self._release.pods(WORKER)), _SCALING_S, "no worker came")
            second_s = self._until(
                lambda: len(self._release.pods(WORKER, ready=True)) == 2, _SCALING_S, "there are not two workers"
            )
            killed, task = self._kill_one_in_a_task(api, run)
            stands = self._follow(api, run)
            took_s = time.monotonic() - began
            tasks = list(_every(api, f"screenings/{run}/tasks"))
        if stands["state"] != "completed" or stands["tasks_done"] != stands["task_count"]:
            raise StepFailed(f"the run is {stands['state']}: {stands['reason']}")
        again = next(one for one in tasks if one["ordinal"] == task)
        if again["worker"] == killed or again["state"] != "done":
            raise StepFailed(f"slice {task} was not computed by another worker: {again}")
        self._stands = stands
        workers = {one["worker"] for one in tasks}
        return (
            f"all-vs-all of {stands['object_count']} objects over {self._hours:g} h in {stands['task_count']} slices: "
            f"first pod after {first_s:.0f} s, two ready {second_s:.0f} s on; {killed} killed in slice {task}, which "
            f"{again['worker']} then computed; complete after {took_s:.0f} s by {len(workers)} workers, "
            f"{stands['cpu_s']:.0f} CPU-seconds, {stands['approach_count']} approaches, "
            f"{stands['not_screened_count']} objects not screened"
        )

    def undisturbed(self) -> str:
        """The same run again, with nobody killed, finds the same."""
        with self._api(self._token) as api:
            began = time.monotonic()
            stands = self._follow(api, self._ask(api))
        for what in ("state", "object_count", "screened_count", "not_screened_count", "approach_count", "cdm_count"):
            if stands[what] != self._stands[what]:
                raise StepFailed(f"{what} is {stands[what]} undisturbed, {self._stands[what]} with a kill")
        return (
            f"complete after {time.monotonic() - began:.0f} s; approaches ({stands['approach_count']}), messages "
            f"({stands['cdm_count']}) and coverage equal those of the run with the kill"
        )

    def back_to_none(self) -> str:
        """When the lag is gone the workers go, after the time of stabilisation and not before."""
        waited_s = self._until(
            lambda: not self._release.pods(WORKER), _SCALING_S + self._release.scale_down_s, "workers are still there"
        )
        return f"none {waited_s:.0f} s after the run was complete (stabilisation {self._release.scale_down_s} s)"

    def _ask(self, api: httpx.Client) -> str:
        asked = api.post("screenings", json=self._asked)
        asked.raise_for_status()
        return str(asked.json()["id"])

    def _kill_one_in_a_task(self, api: httpx.Client, run: str) -> tuple[str, int]:
        """Kill a worker that computes; another one, where it had just finished.

        A pod that is deleted by force has a second or two of its own, in which it may finish what it is about to.
        """
        while True:
            task = self._running_task(api, run)
            pod, ordinal = str(task["worker"]), int(task["ordinal"])
            self._release.kubectl("delete", "pod", pod, f"--namespace={NAMESPACE}", "--force", "--grace-period=0")
            stands = next(one for one in _every(api, f"screenings/{run}/tasks") if one["ordinal"] == ordinal)
            if stands["state"] != "done":
                return pod, ordinal

    def _running_task(self, api: httpx.Client, run: str) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def somebody_computes() -> bool:
            pods = set(self._release.pods(WORKER, ready=True))
            running = [
                one
                for one in _every(api, f"screenings/{run}/tasks")
                if one["state"] == "running" and one["worker"] in pods and _has_just_begun(one)
            ]
            found.update(max(running, key=lambda one: one["taken_at"]) if running else {})
            return bool(running)

        self._until(somebody_computes, _SCALING_S, "no worker is in a task")
        return found

    def _follow(self, api: httpx.Client, run: str) -> dict[str, Any]:
        stands: dict[str, Any] = {}

        def has_ended() -> bool:
            stands.update(api.get(f"screenings/{run}").json())
            return stands["state"] in ("completed", "failed", "refused")

        self._until(has_ended, _RUN_S, "the run does not end")
        return stands

    def _until(self, holds: Callable[[], bool], patience_s: float, otherwise: str) -> float:
        started = time.monotonic()
        while not holds():
            if time.monotonic() - started > patience_s:
                raise StepFailed(f"{otherwise} after {patience_s:.0f} s")
            time.sleep(_POLL_S)
        return time.monotonic() - started

    @contextmanager
    def _api(self, token: str) -> Iterator[httpx.Client]:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self._release.address('ingest-api')}/v1/"
        transport = httpx.HTTPTransport(retries=5)
        with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False, transport=transport) as client:
            yield client


def _has_just_begun(task: dict[str, Any]) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(task["taken_at"]) < _JUST_BEGUN


def _every(api: httpx.Client, path: str) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = api.get(path, params={"limit": 200} | ({"cursor": cursor} if cursor else {}))
        page.raise_for_status()
        yield from page.json()["items"]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            return
