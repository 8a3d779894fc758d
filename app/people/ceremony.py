"""What a browser carries between two steps of a way in: signed, short-lived, for one purpose."""

import base64
import hashlib
import hmac
import json
from typing import Any

from fastapi import Response
from starlette.requests import HTTPConnection

from app import clock
from app.people.doors import cookie_name, set_cookie
from app.settings import Settings

COOKIE = "cheerboard-step"
GOOD_FOR_SECONDS = 600


def remember(response: Response, settings: Settings, purpose: str, facts: dict[str, Any]) -> None:
    """Gives the browser facts that it can keep but not change, for ten minutes."""
    ends = int(clock.now().timestamp()) + GOOD_FOR_SECONDS
    told = json.dumps({"purpose": purpose, "ends": ends, "facts": facts}).encode()
    body = base64.urlsafe_b64encode(told).decode()
    sealed = f"{body}.{_seal(settings, body)}"
    set_cookie(response, settings, sealed, name=COOKIE, max_age=GOOD_FOR_SECONDS)


def recall(connection: HTTPConnection, settings: Settings, purpose: str) -> dict[str, Any] | None:
    """The facts again, or None: none were given, they ran out, or somebody changed them."""
    body, _, seal = connection.cookies.get(cookie_name(settings, COOKIE), "").partition(".")
    if not hmac.compare_digest(seal.encode(errors="replace"), _seal(settings, body).encode()):
        return None
    told = json.loads(base64.urlsafe_b64decode(body))
    if told["purpose"] != purpose or told["ends"] < clock.now().timestamp():
        return None
    facts: dict[str, Any] = told["facts"]
    return facts


def _seal(settings: Settings, body: str) -> str:
    return hmac.new(settings.key, f"step {body}".encode(), hashlib.sha256).hexdigest()
