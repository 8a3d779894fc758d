"""A word that must come with a request, where nothing is signed."""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from app.errors import UnauthorizedError
from app.intake.scheme import Check, Request, text

# Headers a sender's user may have put a fixed word into.
_OWN_HEADER = re.compile(rb"authorization|x-.*|.*(token|key|secret|auth)")


def compile_fixed(kind: str, scheme: Mapping[str, Any], secrets: Sequence[str]) -> Check:
    """Nothing is signed: a fixed word must come with the request."""
    where = "authorization"
    prefix, username = "", ""
    if kind == "static_header":
        where, prefix = text(scheme, "header", "Authorization"), text(scheme, "prefix", "")
    elif kind == "basic":
        username, prefix = text(scheme, "username", ""), "Basic "
    words = [_fixed_word(kind, username, secret) for secret in secrets]
    header, start = where.lower().encode(), prefix.encode()
    parameter = text(scheme, "parameter", "token")

    def check(request: Request, _now: float) -> None:
        if kind == "url_token":
            given = dict(_query(request.query)).get(parameter.encode(), b"")
        else:
            given = request.headers.get(header, b"")
        rest = given[len(start) :].strip() if given.startswith(start) else b""
        if not any([hmac.compare_digest(one, rest) for one in words]):  # noqa: C419 - every one is compared: as slow for a wrong one
            place = f"parameter {parameter}" if kind == "url_token" else f"header {where}"
            raise UnauthorizedError(f"The {place} does not carry the secret.")

    return check


def _fixed_word(kind: str, username: str, secret: str) -> bytes:
    word = secret.strip().encode()
    return base64.b64encode(f"{username}:{secret}".encode()) if kind == "basic" else word


def _query(query: bytes) -> list[tuple[bytes, bytes]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return []


def compile_carried(scheme: Mapping[str, Any], secrets: Sequence[str]) -> Check:
    """The secret comes along: in the address, or in a header, with or without `Bearer`."""
    words = [secret.encode() for secret in secrets]
    parameter = text(scheme, "parameter", "token").encode()

    def check(request: Request, _now: float) -> None:
        given = [value for name, value in _query(request.query) if name == parameter]
        given += [
            value.removeprefix(b"Bearer ")
            for name, value in request.headers.items()
            if _OWN_HEADER.fullmatch(name)
        ]
        if not any([hmac.compare_digest(one, word) for one in given for word in words]):  # noqa: C419 - as above
            raise UnauthorizedError(
                f"Neither the parameter {parameter.decode()} nor a header carries the secret."
            )

    return check
