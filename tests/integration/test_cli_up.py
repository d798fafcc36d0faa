"""`fairway up` as a process: the first start, a second one on the folder, the end, and starting again."""

import json
import re
import signal
import socket
import urllib.error
import urllib.request

import pytest
from support.command_line import program, serving

pytestmark = pytest.mark.slow

AS_OF = "2024-09-17T12:00:00+00:00"


def get(served, path, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(served.url + path, headers=headers), timeout=30) as answer:
        return answer.status, answer.read().decode()


def end(served):
    served.process.send_signal(signal.SIGTERM)
    return served.process.wait(60)


def test_the_first_start_lets_somebody_in_and_a_restart_keeps_everything(tmp_path):
    folder = tmp_path / "data"
    with serving(folder) as served:
        assert served.token is not None
        assert served.sign_in.startswith(f"{served.url}/sign-in?code=")
        assert "REPLAY" not in served.said
        status, page = get(served, served.sign_in.removeprefix(served.url))
        assert status == 200
        assert "<html" in page
        _, tokens = get(served, "/v1/tokens", served.token)
        with pytest.raises(urllib.error.HTTPError, match="401"):
            get(served, "/v1/tokens")
        assert end(served) == 0
    with serving(folder) as again:
        assert again.token is None  # it is shown once
        assert json.loads(get(again, "/v1/tokens", served.token)[1]) == json.loads(tokens)
        assert again.sign_in != served.sign_in
        assert end(again) == 0


def test_a_killed_process_goes_on_where_it_was(tmp_path):
    folder = tmp_path / "data"
    with serving(folder) as served:
        _, tokens = get(served, "/v1/tokens", served.token)
        served.process.send_signal(signal.SIGKILL)
        assert served.process.wait(60) == -signal.SIGKILL
    with serving(folder) as again:
        assert again.token is None
        assert json.loads(get(again, "/v1/tokens", served.token)[1]) == json.loads(tokens)
        assert get(again, "/healthz")[0] == 200
        assert end(again) == 0


def test_a_second_process_on_the_folder_is_refused_in_one_sentence(tmp_path):
    folder = tmp_path / "data"
    with serving(folder) as served:
        second = program("up", "--data", folder, "--port", "0")
        assert second.exit_code == 3
        (sentence,) = second.errors.splitlines()
        assert sentence.startswith(f"fairway: The folder {folder} is in use by process {served.process.pid}.")
        assert "--data" in sentence
        migrate = program("migrate", "--data", folder)
        assert migrate.exit_code == 3
        assert len(migrate.errors.splitlines()) == 1
        assert get(served, "/healthz")[0] == 200


def test_a_replay_goes_on_where_it_was(tmp_path):
    folder = tmp_path / "data"
    with serving(folder, "--as-of", AS_OF) as served:
        (first,) = re.findall(r"REPLAY: it is (\S+) here", served.said)
        end(served)
    with serving(folder) as again:
        (second,) = re.findall(r"REPLAY: it is (\S+) here", again.said)
        end(again)
    assert AS_OF[:16] <= first[:16] <= second[:16] < "2024-09-17T12:30"
    assert first < second
    other = program("up", "--data", folder, "--port", "0", "--as-of", "2024-09-18T00:00:00Z")
    assert other.exit_code == 2
    assert len(other.errors.splitlines()) == 1


def test_a_port_that_is_taken_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = program("up", "--data", tmp_path / "data", "--port", port)
    assert ended.exit_code == 3
    assert re.fullmatch(rf"fairway: Nothing can listen on 127.0.0.1:{port} \(.*\)\. Stop .*\n", ended.errors)


def test_a_time_that_is_none_is_refused(tmp_path):
    ended = program("up", "--data", tmp_path / "data", "--as-of", "yesterday")
    assert ended.exit_code == 2
    assert "--as-of" in ended.errors
    assert not (tmp_path / "data").exists()
