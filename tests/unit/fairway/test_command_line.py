"""What every command has: help, a quick start, one sentence where something is wrong."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from support.command_line import fairway

from fairway import cli
from fairway.commands import doctor
from fairway.errors import CommandError, ExitCode
from servicekit.errors import InvalidSettings
from servicekit.runtime import AddressInUse, FolderInUse

REGISTERED = {
    *("up", "demo", "serve", "migrate", "doctor", "validate", "convert", "screen", "pc", "upload", "openapi"),
    *("catalog fetch", "catalog load", "catalog demo", "dead-letters list", "dead-letters show"),
    *("dead-letters replay", "token create", "token list", "token revoke", "token bootstrap"),
    *("routes", "rebuild", "release-outbound"),
}


def commands(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in command.commands.items():
        here = f"{path} {name}".strip()
        if getattr(inner, "commands", None):
            yield from commands(inner, here)
        else:
            yield here, inner


COMMANDS = dict(commands(typer.main.get_command(cli.app)))


def test_what_is_registered_is_what_is_there():
    assert COMMANDS.keys() == REGISTERED


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_every_option_says_what_it_does(capsys, name):
    command = COMMANDS[name]
    assert command.help
    assert [parameter.name for parameter in command.params if not getattr(parameter, "help", None)] == []
    ended = fairway(capsys, *name.split(), "--help")
    assert ended.exit_code == 0
    assert command.help.split()[0] in ended.output


def test_the_command_line_starts_without_the_heavy_libraries():
    heavy = {"numba", "numpy", "sqlalchemy", "fastapi", "pydantic", "pyarrow", "httpx"}
    program = "import sys, fairway.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert heavy & set(done.stdout.split()) == set()


def raising(monkeypatch, error):
    def fail():
        raise error

    app = typer.Typer()
    app.callback()(cli.options)
    app.command("doctor")(doctor.doctor)
    app.command("fail")(fail)
    monkeypatch.setattr(cli, "app", app)


@pytest.mark.parametrize(
    ("error", "exit_code", "sentence"),
    [
        (CommandError("x is wrong: mend it"), 2, "x is wrong: mend it"),
        (CommandError("y is away: wait", ExitCode.UNAVAILABLE), 3, "y is away: wait"),
        (FolderInUse("The folder /d is in use by process 7"), 3, "The folder /d is in use by process 7. Stop that"),
        (AddressInUse("Nothing can listen on :80"), 3, "Nothing can listen on :80. Stop what listens"),
        (InvalidSettings("FAIRWAY_HTTP__PORT: not a number"), 2, "FAIRWAY_HTTP__PORT: not a number. Correct"),
        (ConnectionRefusedError(111, "Connection refused"), 3, "[Errno 111] Connection refused (fairway --debug"),
        (RuntimeError("two\nlines"), 3, "two lines (fairway --debug shows where)"),
        (KeyError(), 3, "KeyError (fairway --debug shows where)"),
    ],
)
def test_an_error_is_one_sentence_and_an_exit_code(capsys, monkeypatch, error, exit_code, sentence):
    raising(monkeypatch, error)
    ended = fairway(capsys, "fail")
    assert ended.exit_code == exit_code
    assert ended.output == ""
    assert ended.errors.startswith(f"fairway: {sentence}")
    assert len(ended.errors.splitlines()) == 1


def test_debug_shows_the_traceback(monkeypatch):
    raising(monkeypatch, RuntimeError("inside"))
    with pytest.raises(RuntimeError, match="inside"):
        cli.main(["--debug", "fail"])


@pytest.mark.parametrize("arguments", [["nonsense"], ["validate"], ["screen", "--catalog"], ["up", "--port", "many"]])
def test_wrong_usage_ends_with_2(capsys, arguments):
    assert fairway(capsys, *arguments).exit_code == 2
