"""What the services ask of the mail system."""

from email.message import EmailMessage
from typing import Protocol

from servicekit.errors import FairwayError

__all__ = ["MailTransport", "MessageWithoutId", "message_id_of"]


class MessageWithoutId(FairwayError):
    """A message has no Message-ID, so sending it again could not be recognised. This is a fault of ours."""

    code = "message-without-id"
    title = "Mail without Message-ID"
    remedy = "Report it: every mail that is written gets its Message-ID before it is sent."


class MailTransport(Protocol):
    """Sends messages. Every message has a Message-ID; the same message may be sent again after a crash."""

    async def send(self, message: EmailMessage) -> None:
        """Hand `message` over durably.

        Raises
        ------
        MessageWithoutId
            The message has no Message-ID.
        Unavailable, StorageFull
            It could not be handed over; it may be sent again.
        """


def message_id_of(message: EmailMessage) -> str:
    """Return the Message-ID without its angle brackets, or raise MessageWithoutId."""
    message_id = str(message.get("Message-ID", "")).strip().removeprefix("<").removesuffix(">")
    if not message_id:
        raise MessageWithoutId("A message without a Message-ID was to be sent")
    return message_id
