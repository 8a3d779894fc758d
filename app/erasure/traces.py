"""Traces: whether a raw delivery tells of a customer, however its body is written. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from app.intake import documents
from app.intake.strictjson import JSONRefusedError

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
# Escapes within escapes: JSON in a form field in JSON.
_LAYERS = 4
# An id this long is no score and no year; a shorter one must stand under a name of an id.
_TELLING = 8
_NAMES_ID = re.compile(r"(?:id|token|key|ref|uuid|guid|number)s?$", re.IGNORECASE)


def email_pattern(email: str) -> re.Pattern[str]:
    """Finds this address and not one that only contains it; in case-folded text."""
    return re.compile(rf"(?<![\w.+-]){re.escape(email)}(?![\w-]|\.\w)")


def tells_of_email(body: bytes, email: re.Pattern[str]) -> bool:
    """Whether a body of any kind, a broken one too, holds the address."""
    return any(email.search(text) for text in _readings(body))


def tells_of_id(body: bytes, headers: Mapping[str, Any], ids: Iterable[str]) -> bool:
    """Whether a body names one of these responses: a whole value, or in a broken body a word."""
    wanted = set(ids)
    if not wanted:
        return False
    kind = {str(name).lower(): str(value) for name, value in headers.items()}
    try:
        found, _ = documents.parse(body, kind)
    except JSONRefusedError:
        return any(
            len(one) >= _TELLING and re.search(rf"(?<!\w){re.escape(one.casefold())}(?!\w)", text)
            for one in wanted
            for text in _readings(body)
        )
    return any(_names(value, "", wanted) for value in found)


def _names(value: Any, key: str, wanted: set[str]) -> bool:
    if isinstance(value, Mapping):
        return any(_names(inner, str(name), wanted) for name, inner in value.items())
    if isinstance(value, list | tuple):
        return any(_names(inner, key, wanted) for inner in value)
    if isinstance(value, bool) or value is None:
        return False
    text = str(value)
    if text in wanted:
        return len(text) >= _TELLING or bool(_NAMES_ID.search(key))
    # JSON within a field of a form.
    return text[:1] in "{[" and any(f'"{one}"' in text for one in wanted)


def _readings(body: bytes) -> Iterable[str]:
    """The body as text, case-folded, with one layer of escapes less each time."""
    text = body.decode("utf-8", "replace")
    if "\0" in text:
        text = text.replace("\0", "")  # UTF-16 of plain letters
    seen = set()
    layer = {text}
    for _ in range(_LAYERS):
        for one in layer:
            yield one.casefold()
        seen |= layer
        layer = {other for one in layer for other in (_unescaped(one), unquote_plus(one))} - seen


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return text.replace("\\/", "/").replace("\\\\", "\\")


def is_single(body: bytes, headers: Mapping[str, Any]) -> bool:
    """Whether a body is about one answer only, as far as can be told."""
    kind = {str(name).lower(): str(value) for name, value in headers.items()}
    try:
        found, _ = documents.parse(body, kind)
    except JSONRefusedError:
        return True
    return len(found) <= 1
