"""What is said to whom: a message as a rule decides on it, before it becomes text and HTML."""

from dataclasses import dataclass

__all__ = ["Content", "Message", "Recipient", "Table"]


@dataclass(frozen=True)
class Recipient:
    """One address, and the organization on whose behalf it is told."""

    address: str
    organization_id: str | None
    why: str
    """Why this address, as the end of "You receive this because …"."""


@dataclass(frozen=True)
class Table:
    """A table with a title; `note` stands below it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str | None = None


@dataclass(frozen=True)
class Content:
    """The body of a mail. Its text part and its HTML part say the same, because both are made from this."""

    headline: str
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    """Label and value, in their order."""
    tables: tuple[Table, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """What it is, and its address."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One mail to one recipient, decided on by a rule."""

    subject_id: str
    """The document, event or run that it is about."""
    occasion: str = "once"
    """What makes it another message about the same subject."""
    recipient: Recipient
    subject: str
    """Subject line of the mail."""
    content: Content
    reason: str
    """The rule and the values that met it."""
    is_synthetic: bool = False
    """Whether made-up data took part."""
    is_replay: bool = False
