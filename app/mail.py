"""Mail to people at the desk, through the company's own server; nothing is sent without one."""

import asyncio
import logging
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import aiosmtplib

from app.errors import UnavailableError
from app.settings import Settings

log = logging.getLogger("cheerboard.mail")

PATIENCE_SECONDS = 15.0


def is_set_up(settings: Settings) -> bool:
    """Whether there is a mail server to send through."""
    return bool(settings.smtp_host)


def send(settings: Settings, to: Sequence[str], subject: str, text: str) -> None:
    """Sends one plain text to each address, to each alone; blocks up to 15 s for each.

    Call it after the transaction, in a thread or a background task. Raises UnavailableError when
    there is no mail server, or when it did not take every mail; those before were sent. What the
    server answered is logged, without addresses.
    """
    if not is_set_up(settings):
        raise UnavailableError("No mail server is set up: CHEERBOARD_SMTP_HOST is empty.")
    for address in to:
        try:
            asyncio.run(_send(settings, _letter(settings, address, subject, text)))
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            code = getattr(error, "code", "")
            log.warning("A mail was not sent: %s %s", type(error).__name__, code)
            raise UnavailableError("The mail server did not take the mail.") from error


def _letter(settings: Settings, to: str, subject: str, text: str) -> EmailMessage:
    """The mail; a line break in a header is an error, not a second header."""
    letter = EmailMessage()
    letter["From"] = settings.smtp_from or settings.smtp_user or f"cheerboard@{settings.smtp_host}"
    letter["To"] = to
    letter["Subject"] = subject
    letter["Date"] = formatdate(localtime=False)
    letter["Message-ID"] = make_msgid(domain="cheerboard.invalid")
    # Answers of machines would be answered by nobody.
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    return letter


async def _send(settings: Settings, letter: EmailMessage) -> None:
    await aiosmtplib.send(
        letter,
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user or None,
        password=settings.smtp_password.get_secret_value() or None,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        timeout=PATIENCE_SECONDS,
    )
