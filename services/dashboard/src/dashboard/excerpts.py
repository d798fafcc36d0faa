"""The lines of a file around its findings: enough to see what is wrong, never the whole file."""

from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass, field

__all__ = ["Excerpt", "Line", "excerpts_around", "lines_to_show", "read_lines"]

LINES_AROUND = 2
LONGEST_LINE = 160
"""Characters of a line that are shown; the window moves so that the column is in it."""
LONGEST_READ = 4096
"""Bytes of a line that are kept; what a line holds beyond them is not shown."""
MOST_BYTES = 64 * 1024 * 1024
"""No more of a file than this is read for a page."""

_PICTURES: dict[int, int | str] = {**{code: 0x2400 + code for code in range(32)}, 9: " ", 127: 0x2421}


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is shown; control characters are replaced by their pictures, so a column stays a column."""

    number: int
    text: str

    def window(self, column: int | None) -> "Window":
        """Return the part of the line that is shown, and where `column` (from 1) falls in it."""
        if len(self.text) <= LONGEST_LINE:
            start = 0
        else:
            start = min(max((column or 1) - 1 - LONGEST_LINE // 2, 0), len(self.text) - LONGEST_LINE)
        text = self.text[start : start + LONGEST_LINE]
        return Window(
            f"{'…' if start else ''}{text}{'…' if start + LONGEST_LINE < len(self.text) else ''}",
            None if column is None else max(column - 1 - start + (1 if start else 0), 0),
        )


@dataclass(frozen=True, slots=True)
class Window:
    """The shown part of a line; `caret` counts the characters before the marked one."""

    text: str
    caret: int | None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Consecutive lines."""

    lines: list[Line] = field(default_factory=list)


def lines_to_show(marked: Iterable[int]) -> set[int]:
    """Return the numbers of the marked lines and of those around them."""
    return {number for line in marked for number in range(max(1, line - LINES_AROUND), line + LINES_AROUND + 1)}


async def read_lines(content: AsyncIterator[bytes], wanted: Collection[int]) -> dict[int, Line]:
    """Read the wanted lines (from 1) of a file as it streams in, and stop after the last of them.

    A line ends with LF or CR LF. Lines beyond `MOST_BYTES` are left out.
    """
    found: dict[int, Line] = {}
    if not wanted:
        return found
    last, number, read = max(wanted), 1, 0
    begun = bytearray()
    async for piece in content:
        read += len(piece)
        *ended, rest = piece.split(b"\n")
        for end in ended:
            if number in wanted:
                found[number] = _line(number, bytes(begun) + end[:LONGEST_READ])
            begun.clear()
            number += 1
            if number > last:
                return found
        if number in wanted and len(begun) < LONGEST_READ:
            begun += rest[: LONGEST_READ - len(begun)]
        if read >= MOST_BYTES:
            return found
    if number in wanted and begun:
        found[number] = _line(number, bytes(begun))
    return found


def _line(number: int, raw: bytes) -> Line:
    text = raw.removesuffix(b"\r").decode("utf-8", errors="replace")
    return Line(number, text.translate(_PICTURES))


def excerpts_around(line: int, lines: dict[int, Line]) -> Excerpt | None:
    """Return the lines around `line`; None where the line itself was not read."""
    if line not in lines:
        return None
    return Excerpt([lines[number] for number in sorted(lines_to_show([line])) if number in lines])
