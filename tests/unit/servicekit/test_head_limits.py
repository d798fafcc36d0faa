"""The head of a request has a limit, on a real socket: request line and headers, and trailers like them."""

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest
from support.sample_service import READER, WRITER
from support.serving import serving

from servicekit.http.head_limit import MOST_HEAD_BYTES

ENDLESS = 30 * 1024 * 1024
"""More than any limit lets through."""
PIECE = b"x" * 16_384
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /v1/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer writer\r\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("heads")) as running:
        yield running.address


@contextmanager
def connection(address: str) -> Iterator[socket.socket]:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as opened:
        yield opened


def send_endlessly(caller: socket.socket, piece: bytes) -> int:
    """Send until the other side answers or closes, and return how much was sent."""
    sent = 0
    with suppress(ConnectionError):
        while sent < ENDLESS and not select.select([caller], [], [], 0)[0]:
            caller.sendall(piece)
            sent += len(piece)
    return sent


def answer(caller: socket.socket) -> bytes:
    return b"".join(iter(lambda: caller.recv(65_536), b""))


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        pytest.param(GET + b"X-Long: ", PIECE, id="a-header-without-end"),
        pytest.param(GET, b"X-More: 1\r\n" * 1_000, id="headers-without-end"),
        pytest.param(b"GET /", PIECE, id="an-address-without-end"),
        pytest.param(b"", b"\r\n" * 8_192, id="empty-lines-without-end"),
    ],
)
def test_a_head_without_end_is_answered_and_the_connection_closed(address: str, beginning: bytes, piece: bytes) -> None:
    with connection(address) as caller:
        caller.sendall(beginning)
        assert send_endlessly(caller, piece) < ENDLESS
        said = answer(caller)
    assert said.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert b"connection: close" in said
    assert httpx.get(f"{address}/healthz").status_code == 200


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(GET + b"X-Long: " + b"x" * MOST_HEAD_BYTES + b"\r\n\r\n", id="header"),
        pytest.param(b"GET /" + b"x" * (2 * MOST_HEAD_BYTES) + b" HTTP/1.1\r\nHost: x\r\n\r\n", id="address"),
    ],
)
def test_a_head_that_is_too_large_is_refused_also_when_it_comes_at_once(address: str, head: bytes) -> None:
    with connection(address) as caller:
        caller.sendall(head)
        assert answer(caller).startswith(b"HTTP/1.1 431 ")


def test_a_head_just_below_the_limit_is_taken(address: str) -> None:
    head = {"X-Long": "x" * (MOST_HEAD_BYTES - 1_000)}
    assert httpx.get(f"{address}/healthz", headers=head).status_code == 200


def test_a_large_body_is_no_head_also_where_both_come_together(address: str) -> None:
    body = b'{"name": "' + b"x" * 200_000 + b'"}'
    head = b"Content-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    with connection(address) as caller:
        caller.sendall(POST + head % len(body) + body)
        assert not answer(caller).startswith(b"HTTP/1.1 431 ")
    file = httpx.post(f"{address}/v1/things/files", content=body, headers=WRITER)
    assert file.status_code != 431


def test_requests_on_a_kept_connection_are_counted_each_for_itself(address: str) -> None:
    head = {**READER, "X-Long": "x" * 8_000}
    with httpx.Client(base_url=address) as kept:
        assert {kept.get("/healthz", headers=head).status_code for _ in range(40)} == {200}


def test_requests_that_come_behind_one_another_at_once_are_all_answered(address: str) -> None:
    with connection(address) as caller:
        caller.sendall((GET + b"X-Long: " + b"x" * 4_000 + b"\r\n\r\n") * 40 + GET + b"Connection: close\r\n\r\n")
        assert answer(caller).count(b"HTTP/1.1 200 OK") == 41


def test_trailers_without_end_are_cut_off(address: str) -> None:
    with connection(address) as caller:
        caller.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n")
        assert send_endlessly(caller, b"X-More: 1\r\n" * 1_000) < ENDLESS
    assert httpx.get(f"{address}/healthz").status_code == 200
