"""Random keys that open a door: shown or set once, kept only as their SHA-256."""

import hashlib
import secrets


def new_key() -> str:
    """A key of 256 random bits, safe in an address and in a cookie."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is kept of a key. It is random, so one plain hash cannot be guessed backwards."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()
