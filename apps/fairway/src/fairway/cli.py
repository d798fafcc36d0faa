"""The command line: ``fairway --help``."""

import sys
from typing import Annotated, Any

import typer

from fairway.commands import (
    catalog,
    dead_letters,
    demo,
    doctor,
    migrate,
    openapi,
    pc,
    rebuild,
    routes,
    screen,
    serve,
    token,
    up,
    upload,
)
from fairway.commands import convert as convert_command
from fairway.commands import validate as validate_command
from fairway.errors import CommandError, ExitCode, one_line

__all__ = ["app", "main"]

_SERVER_ERROR = 500
_NOT_FREE = frozenset({"folder-in-use"})
"""Codes of errors that another process causes, whatever their status."""
_WRONG_SETTINGS = frozenset({"invalid-settings"})
"""Codes of errors that who starts the process causes, whatever their status."""

app = typer.Typer(
    name="fairway",
    help="Conjunction assessment: checks orbit files, screens them for close approaches, tells who must know.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",  # lines of one paragraph flow together
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Take the options that every command has."""
    context.obj = {"debug": debug}


app.command("up")(up.up)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("migrate")(migrate.migrate)
app.command("doctor")(doctor.doctor)
app.command("rebuild")(rebuild.rebuild)
app.command("release-outbound")(rebuild.release)
app.command("validate")(validate_command.validate)
app.command("convert")(convert_command.convert)
app.command("screen")(screen.screen)
app.command("pc")(pc.pc)
app.command("upload")(upload.upload)
app.command("openapi")(openapi.openapi)
app.command("routes")(routes.routes)
app.add_typer(catalog.app, name="catalog")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(token.app, name="token")


def main(arguments: list[str] | None = None) -> Any:
    """Run a command; what goes wrong is one sentence on standard error, and an exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        return app(arguments)
    except CommandError as error:
        if "--debug" in arguments:
            raise
        _say(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(ExitCode.GOOD)
    except Exception as error:
        if "--debug" in arguments:
            raise
        _say(_sentence(error))
        sys.exit(_exit_code(error))


def _say(sentence: str) -> None:
    print(f"fairway: {sentence}", file=sys.stderr)  # noqa: T201 - plain, so that nothing is read as markup


def _sentence(error: Exception) -> str:
    if sentence := str(getattr(error, "sentence", "")):
        return sentence
    return f"{one_line(error)} (fairway --debug shows where)"


def _exit_code(error: Exception) -> ExitCode:
    """Errors of our own that are the caller's fault are wrong usage; all else is something that does not work."""
    code, status = getattr(error, "code", None), getattr(error, "status", 400)
    if not isinstance(code, str) or code in _NOT_FREE:
        return ExitCode.UNAVAILABLE
    is_callers = code in _WRONG_SETTINGS or (isinstance(status, int) and status < _SERVER_ERROR)
    return ExitCode.USAGE if is_callers else ExitCode.UNAVAILABLE
