"""From a message to the mail: subject line, text part and HTML part."""

import re
from dataclasses import dataclass

import jinja2

from notifier.message import Message

__all__ = ["Mail", "one_line", "render"]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of text: a name could hide or reorder words with them."""
_LONGEST_SUBJECT = 200

_REPLAY = ("[REPLAY]", "This was made in a replay of archived days. It is not about the present.")
_SYNTHETIC = ("[SYNTHETIC]", "This was made from synthetic data: the objects and their orbits do not exist.")


@dataclass(frozen=True)
class Mail:
    """A message as it is stored and sent."""

    subject: str
    text: str
    html: str


def one_line(text: str) -> str:
    """Return `text` as a single line without control characters, so that it can stand in a header or a table."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _shown(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _environment(*, html: bool) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("notifier"),
        autoescape=html,  # noqa: S701 - the text part is no HTML
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: _shown(value) if isinstance(value, str) else value,
    )
    environment.filters["one_line"] = one_line
    return environment


_TEXT = _environment(html=False).get_template("mail.txt.j2")
_HTML = _environment(html=True).get_template("mail.html.j2")


def render(message: Message, *, longest_table: int) -> Mail:
    """Return the mail that says `message`."""
    warnings = [*([_REPLAY] if message.is_replay else []), *([_SYNTHETIC] if message.is_synthetic else [])]
    subject = one_line(" ".join([*(mark for mark, _ in warnings), message.subject]))
    if len(subject) > _LONGEST_SUBJECT:
        subject = subject[: _LONGEST_SUBJECT - 1] + "…"
    values = {
        "message": message,
        "content": message.content,
        "banners": [banner for _, banner in warnings],
        "longest_table": longest_table,
    }
    return Mail(subject, _TEXT.render(values), _HTML.render(values))
