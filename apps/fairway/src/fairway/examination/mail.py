"""The mail server: reachable, TLS, lets us in. No mail is sent."""

import ssl
from typing import TYPE_CHECKING

from fairway.examination.report import Examination, bad, good

if TYPE_CHECKING:
    from servicekit.settings import Settings

__all__ = ["mail"]

_PATIENCE_S = 5.0


async def mail(settings: "Settings") -> list[Examination]:
    """Connect to the mail server and sign in."""
    from servicekit.errors import Unavailable
    from servicekit.mail.smtp import open_smtp

    smtp = settings.mail.smtp
    if smtp.host is None:
        return [good("mail", "files of the data folder")]
    where = f"{smtp.host}:{smtp.port}"
    if smtp.ca_file is not None and not smtp.ca_file.is_file():
        return [bad("mail", f"there is no file {smtp.ca_file}", "check FAIRWAY_MAIL__SMTP__CA_FILE")]
    impatient = smtp.model_copy(update={"timeout_s": min(smtp.timeout_s, _PATIENCE_S)})
    try:
        async with open_smtp(impatient) as transport:
            await transport.check()
    except Unavailable as error:
        return [bad("mail", f"{where}: {error.detail}", _remedy(error.__cause__))]
    security = {"none": "without TLS", "tls": "with TLS", "starttls": "with STARTTLS"}[smtp.security]
    who = "nobody signs in" if smtp.user is None else f"lets {smtp.user} in"
    return [good("mail", f"{where} answers {security}, {who}")]


def _remedy(cause: BaseException | None) -> str:
    from aiosmtplib import SMTPAuthenticationError, SMTPException

    causes = []
    while cause is not None:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    if any(isinstance(each, SMTPAuthenticationError) for each in causes):
        return "check FAIRWAY_MAIL__SMTP__USER and FAIRWAY_MAIL__SMTP__PASSWORD"
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
        return "name the authority of the server's certificate in FAIRWAY_MAIL__SMTP__CA_FILE, and its name in HOST"
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return "check FAIRWAY_MAIL__SMTP__SECURITY: tls is TLS from the first byte, usually on port 465"
    if any(isinstance(each, SMTPException) and "STARTTLS" in str(each).upper() for each in causes):
        return "the server has no STARTTLS: check FAIRWAY_MAIL__SMTP__SECURITY and the port"
    return "check FAIRWAY_MAIL__SMTP__HOST, its port and security, and that the server runs"
