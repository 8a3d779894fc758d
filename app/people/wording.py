"""What people typed, made tidy or refused: names, e-mail addresses, time zones. Pure."""

import re
import unicodedata
from functools import cache
from zoneinfo import available_timezones

from app.errors import CheerboardError
from app.people.names import fold

LONGEST = 200
# One @ with something around it and a dot behind; the mail server knows the rest.
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")


def label_of(text: str, what: str) -> str:
    """A name as it is kept: NFC, trimmed, single spaces, 1 to 200 characters that can be seen.

    Raises CheerboardError that calls it `what`.
    """
    label = " ".join(unicodedata.normalize("NFC", text).split())
    if not label or not fold(label):
        raise CheerboardError(f"The {what} is empty.")
    # An alias is kept folded as well, which may be longer: "ﬁ" is "fi".
    if max(len(label), len(fold(label))) > LONGEST:
        raise CheerboardError(f"The {what} is longer than {LONGEST} characters.")
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in label):
        raise CheerboardError(f"The {what} contains a character that cannot be shown.")
    return label


def email_of(text: str) -> str:
    """An e-mail address as it is kept: trimmed and case-folded."""
    email = text.strip().casefold()
    if len(email) > 320 or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise CheerboardError(f"{text.strip()[:80]!r} is not an e-mail address.")
    return email


def timezone_of(text: str) -> str:
    """The name of an IANA time zone, whatever its capitals."""
    found = _timezones().get(text.strip().casefold())
    if found is None:
        raise CheerboardError(
            f"{text.strip()[:80]!r} is not an IANA time zone; one looks like Europe/Berlin."
        )
    return found


@cache
def _timezones() -> dict[str, str]:
    # Some systems list a "localtime", which is another zone on another machine.
    return {name.casefold(): name for name in available_timezones() - {"localtime"}}
