"""Every service as its own process on real parts: the main job and its trace, a death, and that no secret gets out."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.main_job import prepare_job, set_up_organizations
from support.otlp_receiver import OtlpReceiver, ReceivedSpan, receiving_spans

from local_parts.installation import SERVICES, Installation
from local_parts.parts import LocalParts
from local_parts.service import fairway

_PATIENCE_S = 600.0

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def collector() -> Iterator[OtlpReceiver]:
    with receiving_spans() as listening:
        yield listening


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, collector: OtlpReceiver) -> Iterator[Installation]:
    said: list[str] = []
    parts = LocalParts(tmp_path_factory.mktemp("local"))
    settings = {"FAIRWAY_TRACING__OTLP_ENDPOINT": collector.endpoint}
    with Installation(parts, settings=settings, say=said.append) as running:
        yield running


class Api:
    """The API as the administrator asks it."""

    def __init__(self, installation: Installation) -> None:
        token = installation.administrator_token
        self.http = httpx.Client(
            base_url=f"{installation.address}/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )

    def items(self, path: str) -> list[dict[str, Any]]:
        answer = self.http.get(path)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def verdicts(self, count: int) -> list[str]:
        found = sorted(document["status"] for document in self.items("documents"))
        return found if len(found) == count and not {"received", "validating"} & set(found) else []

    def are_screened(self, count: int) -> bool:
        runs = self.items("screenings")
        return len(runs) >= count and all(run["state"] == "completed" for run in runs)


@pytest.fixture(scope="module")
def api(installation: Installation) -> Iterator[Api]:
    made = Api(installation)
    yield made
    made.http.close()


def until(what: str, holds: Callable[[], Any]) -> Any:
    """Wait until something holds, and return it."""
    deadline = time.monotonic() + _PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.2)
    return found


def hops(spans: Sequence[ReceivedSpan], last: ReceivedSpan) -> list[tuple[str, str]]:
    """Return the way from the first span of a trace to `last`: the service of each span, and its name."""
    by_id = {each.span_id: each for each in spans}
    way = [last]
    while way[-1].parent_id in by_id:
        way.append(by_id[way[-1].parent_id])
    return [(str(each.resource["service.name"]), each.name) for each in reversed(way)]


def way_of(collector: OtlpReceiver, traces: Sequence[str], through: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the hops to a mail of one of these traces that go through all of `through` in its order, or nothing."""
    for trace in traces:
        spans = collector.spans(trace)
        for mail in (span for span in spans if span.name == "mail.send"):
            way = hops(spans, mail)
            if [hop for hop in way if hop in through] == list(through):
                return way
    return []


def test_an_upload_is_judged_and_screened_and_people_are_told(
    installation: Installation, api: Api, collector: OtlpReceiver
) -> None:
    job = prepare_job(datetime.now(UTC).replace(second=0, microsecond=0))
    job = set_up_organizations(installation.address, installation.administrator_token, job)
    traces = []
    for file in job.files:
        answer = httpx.post(
            f"{installation.address}/v1/documents",
            content=file.content,
            headers={
                "Authorization": f"Bearer {job.tokens[file.owner]}",
                "Content-Type": "application/octet-stream",
                "X-File-Name": file.name,
            },
            timeout=60,
        )
        assert answer.status_code == 202, answer.text
        traces.append(answer.headers["x-trace-id"])
    verdicts = until("every file has its verdict", lambda: api.verdicts(4))
    assert verdicts == ["accepted", "accepted", "accepted", "rejected"]
    until("both ephemerides are screened", lambda: api.are_screened(2))
    assert until("an encounter becomes an event", lambda: api.items("conjunctions"))
    until("every mail is sent", lambda: {each["state"] for each in api.items("notifications")} == {"sent"})
    mails = installation.parts.mail.arrived()
    assert len(mails) == len({str(mail["Message-ID"]) for mail in mails})
    assert "rejected" in " ".join(str(mail["Subject"]) for mail in mails).lower()
    through = [
        *(("ingest-api", "POST /v1/documents"), ("validator", "process document.received.v1")),
        *(("screening", "process ephemeris.accepted.v1"), ("screening-worker", "process screening.task.urgent.v1")),
        *(("screening", "process screening.finalise.v1"), ("notifier", "process notification.queued.v1")),
        ("notifier", "mail.send"),
    ]
    until(
        f"one trace, from upload to mail across Kafka, goes through {through}",
        lambda: way_of(collector, traces, through),
    )


def test_pages_and_problem_pages_are_behind_the_same_address(installation: Installation) -> None:
    with httpx.Client(base_url=installation.address, timeout=60) as browser:
        assert browser.get(installation.sign_in_link()).status_code == 303
        page = browser.get("/documents")
        assert page.status_code == 200
        assert "</html>" in page.text
        problem = browser.get("/v1/documents/0", headers={"Authorization": "Bearer no"}).json()
        assert problem["type"].startswith(installation.address)
        assert browser.get(problem["type"]).status_code == 200
        assert browser.get("/metrics").status_code == 404


def test_a_service_that_dies_is_started_again(installation: Installation) -> None:
    notifier = installation.services["notifier"]
    before = notifier.pid
    notifier.kill()
    until("it runs again", lambda: notifier.pid not in (None, before) and notifier.is_ready)


def test_no_secret_is_written_anywhere(
    installation: Installation, api: Api, collector: OtlpReceiver, tmp_path: Path
) -> None:
    parts, environment = installation.parts, installation.environment()
    written: dict[str, str] = {}
    for name in installation.services:
        installation.restart(name, FAIRWAY_LOG__LEVEL="debug")
    parts.postgresql.kill()  # errors are where secrets get out
    refused = api.http.get("me")
    assert refused.status_code == 503, refused.text
    written["answer without a database"] = refused.text
    parts.postgresql.start()
    parts.s3.kill()
    refused = api.http.post("documents", content=b"x", headers={"X-File-Name": "x.oem"})
    assert refused.status_code == 503, refused.text
    written["answer without objects"] = refused.text
    parts.s3.start()
    until("every service works again", lambda: all(each.is_ready for each in installation.services.values()))

    written["dump"] = parts.postgresql.run("pg_dump", "fairway").decode()
    for name, service in installation.services.items():
        written[f"log of {name}"] = service.log.read_text()
        written[f"metrics of {name}"] = httpx.get(f"{service.address}/metrics", timeout=60).text
    wrong = tmp_path / "wrong"
    wrong.write_text("not-the-password-of-anything")
    by_file = [name for name in environment if name.endswith(("PASSWORD_FILE", "SECRET_ACCESS_KEY_FILE", "URL_FILE"))]
    assert len(by_file) >= 3
    for name in by_file:
        said = fairway("doctor", environment=environment | {name: str(wrong)})
        written[f"doctor with a wrong {name}"] = said.stdout + said.stderr
    written["spans"] = "".join(span.raw.decode(errors="replace") for span in collector.spans())
    written["doctor"] = fairway("doctor", environment=environment).stdout
    secrets = {**parts.passwords(), "the wrong one": wrong.read_text()}
    assert len(secrets) >= 6
    assert len(written) > 2 * len(SERVICES)
    assert [f"{name} in {place}" for name, text in secrets.items() for place in written if text in written[place]] == []
