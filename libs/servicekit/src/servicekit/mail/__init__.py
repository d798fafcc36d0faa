"""Mail: one message to its recipients; sent again it keeps its Message-ID."""

from servicekit.mail.eml import EmlDirectory
from servicekit.mail.port import MailTransport, MessageWithoutId

__all__ = ["EmlDirectory", "MailTransport", "MessageWithoutId"]
