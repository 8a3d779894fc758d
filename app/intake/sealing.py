"""Secrets of sources, encrypted with the secret key; what a customer's device is, only as hash."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import CheerboardError

HASHED = ("device", "ip")


def seal(key: bytes, document: Mapping[str, Any]) -> str:
    """The document as text that only this secret key opens."""
    return _fernet(key).encrypt(json.dumps(document).encode()).decode()


def unseal(key: bytes, sealed: str) -> dict[str, Any]:
    """What was sealed; nothing for an empty text. Raises CheerboardError with another key."""
    if not sealed:
        return {}
    try:
        opened: dict[str, Any] = json.loads(_fernet(key).decrypt(sealed))
    except InvalidToken:
        raise CheerboardError(
            "A source's secrets were sealed with another CHEERBOARD_SECRET_KEY; give them again "
            "with `cheerboard source secret`."
        ) from None
    return opened


def salt(key: bytes) -> bytes:
    """The salt for what is kept only as hash."""
    return _derived(key, b"cheerboard customer device")


def hashed(salt: bytes, attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes, with those that would point at a device replaced by their salted hash."""
    return {
        name: hmac.new(salt, value.encode(), hashlib.sha256).hexdigest()[:32]
        if name in HASHED
        else value
        for name, value in attributes.items()
    }


def _fernet(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(key, b"cheerboard source secrets")))


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key)
