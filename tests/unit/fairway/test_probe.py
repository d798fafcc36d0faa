"""The health check of a container, against a server that answers what it is told."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from fairway.probe import main, probe

READY = (200, {"ready": True, "checks": {"store": "ok"}})
NOT_READY = (503, {"ready": False, "checks": {"store": "the database does not answer", "warm": "ok"}})


class Service(HTTPServer):
    answer: tuple[int, object] = READY


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = self.server.answer if self.path == "/readyz" else (404, {})
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (READY, []),
        (NOT_READY, ["store: the database does not answer"]),
        ((500, b"<html>"), ["port PORT answers 500"]),
        ((503, ["no checks"]), ["port PORT answers 503"]),
    ],
    ids=["ready", "not-ready", "no-json", "other-json"],
)
def test_it_says_what_is_not_ready(service, answer, wrong):
    service.answer = answer
    assert probe("127.0.0.1", service.server_port) == [line.replace("PORT", str(service.server_port)) for line in wrong]


def test_nobody_listening_is_unhealthy(service, monkeypatch, capsys):
    monkeypatch.setenv("FAIRWAY_HTTP__PORT", str(service.server_port))
    assert main() == 0
    assert capsys.readouterr().out == "ready\n"
    service.server_close()
    assert main() == 1
    assert "does not answer" in capsys.readouterr().out


def test_it_costs_no_import_of_the_service():
    code = "import sys, fairway.probe; print({'pydantic', 'typer', 'sqlalchemy', 'numpy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
