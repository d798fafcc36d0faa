"""How a command ends, and how it says what is wrong: one sentence, what, where, what to do."""

from enum import IntEnum

__all__ = ["CommandError", "ExitCode", "one_line"]


class ExitCode(IntEnum):
    """The exit codes of every command."""

    GOOD = 0
    NEGATIVE = 1
    """Done, and the answer is negative: an error finding, a close approach where that was asked for."""
    USAGE = 2
    """Wrong usage, or input that cannot be read."""
    UNAVAILABLE = 3
    """A service or dependency is not available."""


class CommandError(Exception):
    """A command cannot go on. The message is for the person at the terminal."""

    def __init__(self, message: str, exit_code: ExitCode = ExitCode.USAGE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def one_line(error: Exception) -> str:
    """What an error of somebody else's says, without the lines of background that some add."""
    said = " ".join(str(error).partition("\n(")[0].split()).rstrip(".")
    return said or type(error).__name__
