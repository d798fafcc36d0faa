"""A real process observed while it does the main job: one trace from an upload to the mails, and every metric."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from support.main_job import AS_OF, Job, prepare_job, set_up_organizations
from support.otlp_receiver import OtlpReceiver, ReceivedSpan, receiving_spans
from support.service_process import ServiceProcess

CALLER_TRACE, CALLER_SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

SHOWN_ELSEWHERE = {
    *("fairway_consumer_lag", "fairway_consumer_oldest_age_seconds"),  # by a broker
    *("fairway_database_connections", "fairway_database_connections_limit"),  # by PostgreSQL
    "fairway_certificate_not_after_timestamp_seconds",  # where a setting names a certificate
    *("fairway_space_track_account_held", "fairway_space_track_account_stopped", "fairway_space_track_budget_left"),
    *("fairway_space_track_pull_age_seconds", "fairway_space_track_task_age_seconds", "fairway_feed_failing"),
    "fairway_space_track_requests_total",  # with an account at Space-Track
}


@dataclass(frozen=True)
class Traced:
    """What was sent, and what the collector was told."""

    job: Job
    administrator: str
    mails: Path
    first_trace: str
    spans: list[ReceivedSpan]
    exposition: str
    """What /metrics showed at the end."""

    def of_trace(self, trace_id: str) -> list[ReceivedSpan]:
        return [span for span in self.spans if span.trace_id == trace_id]


@pytest.fixture(scope="module")
def receiver() -> Iterator[OtlpReceiver]:
    with receiving_spans() as listening:
        yield listening


@pytest.fixture(scope="module")
def traced(receiver: OtlpReceiver, tmp_path_factory: pytest.TempPathFactory) -> Traced:
    """Two good files of two operators whose satellites meet; the second comes from a caller who traces too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAIRWAY_TRACING__OTLP_ENDPOINT", receiver.endpoint)
        service = ServiceProcess(tmp_path_factory.mktemp("traced") / "data", AS_OF)
        service.start()
    try:
        administrator = service.administrator()
        job = set_up_organizations(service.url, administrator, prepare_job())
        service.wait_until_quiet()
        first, second, _broken = job.files
        first_trace = _upload(service, job, first.owner, first.name, first.content).headers["x-trace-id"]
        service.wait_until_quiet()
        traceparent = {"traceparent": f"00-{CALLER_TRACE}-{CALLER_SPAN}-01"}
        _upload(service, job, second.owner, second.name, second.content, traceparent)
        service.wait_until_quiet()
        refused = httpx.get(
            f"{service.url}/v1/documents/nothing", headers={"Authorization": "Bearer fwy_x"}, timeout=60
        )
        assert refused.status_code == 401
        exposition = httpx.get(f"{service.url}/metrics", timeout=60).text
    finally:
        service.stop()  # sends what is left
    return Traced(job, administrator, service.data / "mail", first_trace, receiver.spans(), exposition)


def _upload(
    service: ServiceProcess, job: Job, owner: str, name: str, content: bytes, headers: dict[str, str] | None = None
) -> httpx.Response:
    sent = {
        "Authorization": f"Bearer {job.tokens[owner]}",
        "Content-Type": "application/octet-stream",
        "X-File-Name": name,
        **(headers or {}),
    }
    answer = httpx.post(f"{service.url}/v1/documents", content=content, headers=sent, timeout=60)
    assert answer.status_code == 202, answer.text
    return answer


def ancestors(spans: list[ReceivedSpan], span: ReceivedSpan) -> list[str]:
    """Return the names from `span` up to the root."""
    by_id = {each.span_id: each for each in spans}
    names = [span.name]
    while span.parent_id in by_id:
        span = by_id[span.parent_id]
        names.append(span.name)
    return names


def test_every_hop_from_the_upload_to_the_mail_is_in_one_trace(traced: Traced) -> None:
    spans = traced.of_trace(CALLER_TRACE)
    mails = [ancestors(spans, span) for span in spans if span.name == "mail.send"]
    assert mails, "no mail was sent in the trace"
    longest = max(mails, key=len)
    hops = [name for name in reversed(longest) if not name.startswith(("database", "objects"))]
    assert hops[0] == "POST /v1/documents"
    assert hops[-1] == "mail.send"
    for before, after in pairwise(hops[1:-1]):
        topic = after.removeprefix("process ")
        assert before == f"publish {topic}" or after.startswith("publish "), hops
    topics = [name.removeprefix("process ") for name in hops if name.startswith("process ")]
    assert topics[0] == "document.received.v1"
    assert "screening.completed.v1" in topics or "conjunction.updated.v1" in topics, topics
    assert topics[-1] == "notification.queued.v1"


def test_what_takes_time_is_a_span_of_the_hop_that_waits_for_it(traced: Traced) -> None:
    spans = traced.of_trace(CALLER_TRACE)
    above = {span.name: ancestors(spans, span)[1:] for span in spans}
    assert above["objects.create"][-1] == "POST /v1/documents"
    assert "POST /v1/documents" in above["database.write"]
    assert next(name for name in above if name.startswith("parsing ")), "the child that reads files"
    engine = above["compute screen_slice"]
    assert engine[0].startswith("process screening.task.")
    assert all(span.start_ns <= span.end_ns for span in spans)


def test_every_span_has_its_parent_and_one_has_the_callers(traced: Traced) -> None:
    spans = traced.of_trace(CALLER_TRACE)
    known = {span.span_id for span in spans}
    assert [span.name for span in spans if span.parent_id == CALLER_SPAN] == ["POST /v1/documents"]
    assert [span.name for span in spans if span.parent_id not in known | {CALLER_SPAN}] == []


def test_a_trace_of_our_own_is_the_one_that_the_caller_was_told(traced: Traced) -> None:
    spans = traced.of_trace(traced.first_trace)
    (root,) = [span for span in spans if not span.parent_id]
    assert root.name == "POST /v1/documents"
    assert root.attributes["http.response.status_code"] == 202
    assert root.attributes["http.route"] == "/v1/documents"
    assert root.resource["service.namespace"] == "fairway"
    assert "validator" in root.resource["fairway.services"]


def test_a_consumers_span_names_its_event_and_its_try(traced: Traced) -> None:
    (span,) = [each for each in traced.of_trace(CALLER_TRACE) if each.name == "process document.received.v1"]
    assert span.attributes["messaging.consumer.group.name"] == "validator.decide"
    assert span.attributes["fairway.attempt"] == 1
    assert len(span.attributes["messaging.message.id"]) == 36


def test_the_run_shows_every_metric_that_dashboards_and_alerts_name(traced: Traced) -> None:
    folder = Path(__file__).parents[2] / "deploy" / "observability"
    pages = [*folder.glob("dashboards/*.json"), folder / "prometheus-rules.yaml"]
    named = {name for page in pages for name in re.findall(r"\bfairway_\w+", page.read_text())}
    shown = set(re.findall(r"^(fairway_\w+?)(?:{| )", traced.exposition, re.MULTILINE))
    assert len(named) > 50
    assert named - shown - SHOWN_ELSEWHERE - {"fairway_memory_limit_bytes"} == set(), "a limit is not on every machine"
    assert named - shown >= SHOWN_ELSEWHERE, "what is shown after all is no exception"


def test_no_span_holds_a_secret_or_an_address(traced: Traced) -> None:
    everything = b"".join(span.raw for span in traced.spans)
    secrets = [traced.administrator, *traced.job.tokens.values()]
    assert [secret for secret in secrets if secret.encode() in everything] == []
    addresses = {
        line.partition(b":")[2].strip()
        for mail in traced.mails.glob("*.eml")
        for line in mail.read_bytes().splitlines()
        if line.startswith((b"To:", b"Subject:"))
    }
    assert addresses
    assert [each for each in addresses if each in everything] == []
