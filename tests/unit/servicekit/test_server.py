"""A real process on a real socket: it starts, refuses, streams, and stops in order."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
from support.sample_service import READER, WRITER
from support.serving import Running, serving, start

from servicekit.runtime.server import listen


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with serving(tmp_path) as running:
        yield running


def test_an_answer_does_not_wait_until_its_head_is_acknowledged() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_connection_rests_between_two_requests_for_as_long_as_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAIRWAY_HTTP__KEEP_ALIVE_S", "1")
    with serving(tmp_path) as service:
        host, port = service.address.removeprefix("http://").split(":")
        with closing(HTTPConnection(host, int(port), timeout=60)) as connection:
            for _ in range(2):
                connection.request("GET", "/healthz")
                assert connection.getresponse().read()
            assert connection.sock.recv(1) == b"", "it is closed when it has rested"


def test_a_second_process_on_the_folder_says_one_sentence_and_ends(service: Running, tmp_path: Path) -> None:
    with start(tmp_path) as second:
        out, error = second.communicate(timeout=60)
    assert second.returncode == 1
    assert out == ""
    sentence = error.splitlines()[-1]
    assert f"The folder {tmp_path} is in use by process {service.process.pid}. Stop that process" in sentence
    assert "Traceback" not in error


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start(tmp_path, port) as process:
            _, error = process.communicate(timeout=60)
    assert error.startswith(f"Nothing can listen on 127.0.0.1:{port} (Address already in use). Stop what listens there")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_streams_and_closes_everything(service: Running, number: signal.Signals) -> None:
    with httpx.stream("GET", f"{service.address}/v1/things/progress", headers=READER, timeout=60) as response:
        lines = response.iter_lines()
        seen = [next(lines) for _ in range(6)]
        assert seen[:5] == [": begin", "", "id: 0", "event: step", 'data: {"step": 0}']
        service.process.send_signal(number)
        rest = list(lines)
    assert [line for line in rest if line.startswith("data")] == ['data: {"step": 1}', 'data: {"step": 2}']
    out, error = service.process.communicate(timeout=60)
    assert (out, service.process.returncode) == ("closed\n", 0)
    assert '"stopped"' in error.splitlines()[-1]


def test_a_killed_process_gives_its_folder_free(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
    with serving(tmp_path) as second:
        assert httpx.get(f"{second.address}/readyz", timeout=60).status_code == 200


def test_a_caller_that_sends_too_much_gets_the_answer(service: Running) -> None:
    body = b"x" * (8 * 1024 * 1024)
    declared = httpx.post(f"{service.address}/v1/things", content=body, headers=WRITER, timeout=60)
    assert (declared.status_code, declared.json()["code"]) == (413, "too-large")
    pieces = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
    streamed = httpx.post(f"{service.address}/v1/things", content=pieces, headers=WRITER, timeout=60)
    assert (streamed.status_code, streamed.json()["code"]) == (413, "too-large")


def test_a_caller_that_asks_first_is_not_made_to_send(service: Running) -> None:
    host, port = service.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(
            b"POST /v1/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer writer\r\n"
            b"Content-Length: 9000000\r\nExpect: 100-continue\r\n\r\n"
        )
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_an_upload_that_breaks_off_is_no_failure_of_ours(service: Running) -> None:
    host, port = service.address.removeprefix("http://").split(":")
    entry: list[str] = []

    def read_log() -> None:
        assert service.process.stderr is not None
        for line in service.process.stderr:
            if "/v1/things/files" in line:
                entry.append(line)
                return

    reader = threading.Thread(target=read_log, daemon=True)
    reader.start()
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(
            b"POST /v1/things/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer writer\r\n"
            b"Content-Length: 9000000\r\n\r\nhalf"
        )
    reader.join(timeout=60)
    assert '"status": 499' in entry[0]
    assert "Traceback" not in entry[0]
    assert httpx.get(f"{service.address}/healthz", timeout=60).status_code == 200
