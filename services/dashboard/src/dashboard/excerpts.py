"""The lines of a file around its findings: enough to see what is wrong, never the whole file."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass

__all__ = ["Line", "Window", "lines_around", "lines_to_show", "read_lines"]

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
    """One line as it came, without its end."""

    number: int
    raw: bytes

    @property
    def text(self) -> str:
        """The line as it is shown: control characters as their pictures, so that each keeps its place."""
        return _shown(self.raw)

    def window(self, column: int | None, *, has_column: bool = True) -> "Window":
        """Return the part of the line that is shown around `column` (in bytes, from 1), and where that falls in it.

        Its neighbours are shown from the same place, so that the columns stand below each other; `has_column` is
        false for them.
        """
        text = self.text
        before = None if column is None else len(_shown(self.raw[: column - 1]))
        start = max(min((before or 0) - LONGEST_LINE // 2, len(text) - LONGEST_LINE), 0)
        end = start + LONGEST_LINE
        shown = f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
        return Window(shown, before - start + bool(start) if has_column and before is not None else None)


@dataclass(frozen=True, slots=True)
class Window:
    """The shown part of a line; `caret` counts the characters before the marked one."""

    text: str
    caret: int | None


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
    return Line(number, raw.removesuffix(b"\r"))


def _shown(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace").translate(_PICTURES)


def lines_around(line: int, lines: Mapping[int, Line]) -> list[Line]:
    """Return the line and those around it, as far as they were read; nothing where the line itself was not."""
    if line not in lines:
        return []
    return [lines[number] for number in sorted(lines_to_show([line])) if number in lines]
