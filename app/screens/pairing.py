"""Pairing: a browser shows a code, somebody signed in types or scans it, and it is a screen."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app import clock
from app.errors import CheerboardError, ForbiddenError, NotFoundError
from app.language import gettext as _
from app.live.bus import announce
from app.people.keys import digest, new_key
from app.people.wording import label_of
from app.screens import orders
from app.screens.models import Pairing, Screen

# No vowels, so no words; none of the letters and digits that look alike from across a room.
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ23456789"
LETTERS = 6
GOOD_FOR = timedelta(minutes=10)
# A wall of TVs behind one address may ask at once; somebody who asks for ever may not.
MOST_AT_ADDRESS, MOST = 40, 1000
# How often one code may be answered wrongly (a name taken, a board gone) before it is worth none.
MOST_TRIES = 10
# The dots that stand beside the code on the TV and on the phone: four rows of four.
PATTERN = 16
KINDS = ("promoter", "passive", "detractor")


@dataclass(frozen=True)
class Asked:
    """A browser that asks. `code` as it is kept, `pattern` derived from it, `address` its own."""

    code: str
    address: str
    created_at: datetime
    expires_at: datetime

    @property
    def shown(self) -> str:
        """`K7P-4MQ`."""
        return f"{self.code[:3]}-{self.code[3:]}"

    @property
    def pattern(self) -> tuple[str, ...]:
        """Sixteen kinds of dots, row by row, the same wherever this code is shown."""
        return tuple(KINDS[byte % 3] for byte in _bytes(self.code))[:PATTERN]


def ask(session: Session, address: str) -> tuple[str, Asked]:
    """A new code; returns the key for the browser's cookie with it.

    Raises CheerboardError (429) when too many ask at once.
    """
    now = clock.now()
    session.execute(delete(Pairing).where(Pairing.expires_at <= now))
    here = select(func.count(Pairing.id)).where(Pairing.address == address[:64])
    total = session.scalar(select(func.count(Pairing.id))) or 0
    if (session.scalar(here) or 0) >= MOST_AT_ADDRESS or total >= MOST:
        raise CheerboardError(
            _("Too many screens ask to be paired just now; this one tries again by itself."),
            status=429,
        )
    key = new_key()
    row = Pairing(
        code=next(code for code in _codes() if _row(session, code) is None),
        key_hash=digest(key),
        address=address[:64],
        created_at=now,
        expires_at=now + GOOD_FOR,
    )
    session.add(row)
    session.flush()
    return key, _asked(row)


def waiting(session: Session, key: str) -> Asked | None:
    """What the browser with this key shows, while its code is good."""
    row = session.scalar(select(Pairing).where(Pairing.key_hash == digest(key)))
    return _asked(row) if row is not None and _is_good(row) else None


def find(session: Session, code: str) -> Asked:
    """Who shows this code, however it was typed. Raises NotFoundError."""
    row = _row(session, read(code))
    if row is None or not _is_good(row):
        raise NotFoundError("No screen shows this code now. Codes last ten minutes; look again.")
    return _asked(row)


def count_try(session: Session, code: str) -> None:
    """One more answer to this code; call it in a transaction of its own, whatever follows."""
    session.execute(
        update(Pairing).where(Pairing.code == read(code)).values(tries=Pairing.tries + 1)
    )


def pair(session: Session, code: str, name: str, board_slug: str) -> Screen:
    """Makes the browser that shows this code a new screen; the code is used up.

    Raises CheerboardError (409) when the name is taken, NotFoundError when nobody shows the code.
    """
    name = label_of(name, "screen's name")
    taken = session.scalar(select(Screen).where(Screen.name == name))
    if taken is not None and taken.revoked_at is None:
        raise CheerboardError(f"There is a screen {name!r} already.", status=409)
    key_hash = _use_up(session, code)
    if taken is not None:  # a revoked one gives its name back
        taken.name = f"{name[:180]} (revoked {taken.id})"
        session.flush()
    screen = Screen(name=name, board_slug=board_slug, token_hash=key_hash, created_at=clock.now())
    session.add(screen)
    session.flush()
    announce(session, "screens")
    return screen


def repair(session: Session, screen_id: int, code: str) -> Screen:
    """The browser that shows this code takes the place of a screen, which keeps name and board."""
    screen = session.get(Screen, screen_id)
    if screen is None:
        raise NotFoundError("There is no such screen.")
    return _give(session, screen, _use_up(session, code))


def renew(session: Session, screen_id: int) -> str:
    """A new key for the same screen, for a new link; the old one opens nothing any more."""
    screen = session.get(Screen, screen_id)
    if screen is None:
        raise NotFoundError("There is no such screen.")
    key = new_key()
    _give(session, screen, digest(key))
    return key


def rename(session: Session, screen_id: int, name: str) -> Screen:
    """Another name for a screen. Raises CheerboardError (409) when it is taken."""
    screen, name = orders.find(session, screen_id), label_of(name, "screen's name")
    other = session.scalar(select(Screen.id).where(Screen.name == name, Screen.id != screen_id))
    if other is not None:
        raise CheerboardError(f"There is a screen {name!r} already.", status=409)
    screen.name = name
    announce(session, "screens")
    return screen


def read(code: str) -> str:
    """A code as it is kept: small letters, spaces and hyphens are forgiven."""
    return "".join(letter for letter in code.upper()[:32] if letter in ALPHABET)


def _give(session: Session, screen: Screen, key_hash: str) -> Screen:
    screen.token_hash, screen.revoked_at = key_hash, None
    session.flush()
    announce(session, "screens")
    return screen


def _use_up(session: Session, code: str) -> str:
    """The hash of the key that asked; of two who answer at once one is too late."""
    now = clock.now()
    used = session.execute(
        delete(Pairing)
        .where(Pairing.code == read(code), Pairing.expires_at > now, Pairing.tries <= MOST_TRIES)
        .returning(Pairing.key_hash)
    ).first()
    if used is None:
        raise ForbiddenError("No screen shows this code now. Codes last ten minutes; look again.")
    return str(used.key_hash)


def _row(session: Session, code: str) -> Pairing | None:
    return session.scalar(select(Pairing).where(Pairing.code == code))


def _is_good(row: Pairing) -> bool:
    return clock.now() < row.expires_at and row.tries < MOST_TRIES


def _asked(row: Pairing) -> Asked:
    return Asked(row.code, row.address, row.created_at, row.expires_at)


def _codes() -> Iterator[str]:
    while True:
        yield "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))


def _bytes(code: str) -> bytes:
    return hashlib.sha256(b"pattern " + code.encode()).digest()
