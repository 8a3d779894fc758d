"""What a way to authenticate is made of: a request, a check, and the words of its settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What was received. Header names are lower-case; `url` is BASE_URL + path + query."""

    body: bytes
    headers: Mapping[bytes, bytes]
    method: str = "POST"
    url: str = ""
    query: bytes = b""


# Takes the request and unix seconds; raises UnauthorizedError with one sentence.
Check = Callable[[Request, float], None]


def text(scheme: Mapping[str, Any], key: str, default: str) -> str:
    value = scheme.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"authentication.{key} must be a text.")
    return default if value is None else value


def choice(scheme: Mapping[str, Any], key: str, known: tuple[str, ...], default: str) -> str:
    value = text(scheme, key, default)
    if value != default and value not in known:
        raise ValueError(f"authentication.{key} must be one of {', '.join(known)}.")
    return value


def number(scheme: Mapping[str, Any], key: str, default: float) -> float:
    value = scheme.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise ValueError(f"authentication.{key} must be a positive number of seconds.")
    return float(value)
