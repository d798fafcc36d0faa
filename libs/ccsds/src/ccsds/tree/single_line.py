"""Text that a line can hold."""

from __future__ import annotations

import re

__all__ = ["one_line"]

BREAKS = re.compile(r"[\r\n\f\v\x85\u2028\u2029]+")
BLANKS = " \t"


def one_line(text: str) -> str:
    """The text with a blank for whatever breaks lines, and for the blanks around that.

    Taken apart and put together: a pattern that begins with blanks takes quadratic time on a run of them.
    """
    first, *others = BREAKS.split(text)
    if not others:
        return text
    middle = [part.strip(BLANKS) for part in others[:-1]]
    return " ".join([first.rstrip(BLANKS), *middle, others[-1].lstrip(BLANKS)])
