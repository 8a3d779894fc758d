"""The one JSON loader for everything from outside: bounded, and without surprises."""

import codecs
import json
import re
from typing import Any, NoReturn

MAX_DEPTH = 32
MAX_KEYS = 2_000
MAX_DIGITS = 20
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class JSONRefusedError(ValueError):
    """Not JSON, or JSON that no honest sender writes; the message is one sentence."""


def loads(body: bytes, most_keys: int = MAX_KEYS) -> Any:
    """The document in UTF-8 bytes (a byte order mark is tolerated).

    Refuses NaN and Infinity, a key that stands twice in one object, half surrogate pairs, numbers
    out of bounds, more than 32 levels and too many keys. Raises JSONRefusedError.
    """
    try:
        text = (body[3:] if body.startswith(codecs.BOM_UTF8) else body).decode()
        # Numbers are looked at one by one only where one could be out of bounds.
        document = (_WARY if _may_hold_long_numbers(body) else _DECODER).decode(text)
    except JSONRefusedError:
        raise
    except UnicodeDecodeError:
        raise JSONRefusedError("The body is not UTF-8 text.") from None
    except RecursionError:
        raise JSONRefusedError(_TOO_DEEP) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise JSONRefusedError(f"The body is not JSON: {error.msg} at {where}.") from None
    # Counting bytes is far cheaper than walking, and nearly every body passes by it.
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _measure_depth(document)
    if body.count(b":") > most_keys:
        _count_keys(document, most_keys)
    if b"\\u" in body and _SURROGATE.search(body):
        _refuse_surrogates(document)
    return document


_TOO_DEEP = f"The body is nested deeper than {MAX_DEPTH} levels."


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise JSONRefusedError("The body names a key twice in one object.")
    return made


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise JSONRefusedError(f"The body holds a number of more than {MAX_DIGITS} digits.")
    return int(digits)


def _real(digits: str) -> float:
    value = float(digits)
    if value - value != 0:  # only infinity does that here
        raise JSONRefusedError("The body holds a number that is too large.")
    return value


# Every digit becomes a 0, so that a long run of them is found like a word.
_DIGITS_ALIKE = bytes.maketrans(b"123456789E", b"000000000e")
_LONG = b"0" * (MAX_DIGITS + 1)


def _may_hold_long_numbers(body: bytes) -> bool:
    """Also when they stand in a text: it only costs time to be wary."""
    alike = body.translate(_DIGITS_ALIKE)
    return _LONG in alike or b"e000" in alike or b"e+000" in alike


def _constant(name: str) -> NoReturn:
    raise JSONRefusedError(f"The body holds {name}, which is not JSON.")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
_WARY = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_constant
)


def _measure_depth(document: Any) -> None:
    level, depth = [document], 0
    while level:
        level = [
            child for thing in level for child in _children(thing) if isinstance(child, dict | list)
        ]
        depth += 1
        if depth > MAX_DEPTH:
            raise JSONRefusedError(_TOO_DEEP)


def _count_keys(document: Any, most: int) -> None:
    waiting, keys = [document], 0
    while waiting:
        thing = waiting.pop()
        keys += len(thing) if isinstance(thing, dict) else 0
        if keys > most:
            raise JSONRefusedError(f"The body holds more than {most:,} keys.")
        waiting.extend(_children(thing))


def _children(thing: Any) -> Any:
    if isinstance(thing, dict):
        return thing.values()
    return thing if isinstance(thing, list) else ()


def _refuse_surrogates(document: Any) -> None:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise JSONRefusedError("The body holds half a surrogate pair.") from None
