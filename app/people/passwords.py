"""Passwords: argon2id at OWASP's floor, two at a time, the same time for whom we do not know."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import CheerboardError, UnavailableError

SHORTEST, LONGEST = 10, 1000

# OWASP Password Storage Cheat Sheet: m = 19 MiB, t = 2, p = 1; about 60 ms of one core.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Two hash, a few wait; the next ones are told to come back, so that a flood of sign-ins takes
# neither both cores nor the threads that answer everybody else.
_hashing = threading.BoundedSemaphore(2)
_waiting = threading.BoundedSemaphore(10)


def check_password(password: str, email: str) -> None:
    """Raises CheerboardError when a new password is too weak to be kept."""
    if len(password) < SHORTEST:
        raise CheerboardError(f"A password needs {SHORTEST} characters or more.")
    if len(password) > LONGEST:
        raise CheerboardError(f"A password has {LONGEST} characters at most.")
    if password.strip().casefold() in (email.casefold(), email.partition("@")[0].casefold()):
        raise CheerboardError("The password must not be the e-mail address.")
    if len(set(password)) < 4:
        raise CheerboardError("A password of fewer than four different characters is guessed.")


def hash_password(password: str) -> str:
    """What is kept of a password. Raises UnavailableError when too many are being hashed."""
    with _turn():
        return _hasher.hash(_bytes(password))


def is_password(kept: str | None, password: str) -> bool:
    """Whether this is the password of that hash; as slow for None, so that nobody can tell.

    Raises UnavailableError when too many are being hashed.
    """
    with _turn():
        try:
            _hasher.verify(_nobodys() if kept is None else kept, _bytes(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@contextmanager
def _turn() -> Iterator[None]:
    if not _waiting.acquire(blocking=False):
        raise UnavailableError("Many people are signing in right now; try again in a moment.")
    try:
        with _hashing:
            yield
    finally:
        _waiting.release()


@cache
def _nobodys() -> str:
    return _hasher.hash(b"nobody's password")


def _bytes(password: str) -> bytes:
    """One keyboard's "é" is another's "e" and accent: NFKC makes them the same password."""
    return unicodedata.normalize("NFKC", password).encode(errors="replace")
