"""Every kind of body becomes a list of documents: JSON, forms, multipart, CloudEvents, lists."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from python_multipart.multipart import parse_options_header

from app.intake import strictjson
from app.intake.strictjson import JSONRefusedError

MAX_FIELDS = 2_000
FORM = "application/x-www-form-urlencoded"


# The documents in a body, and whether they are CloudEvents.
Parsed = tuple[tuple[Any, ...], bool]


def parse(body: bytes, headers: Mapping[str, str], json_fields: tuple[str, ...] = ()) -> Parsed:
    """The documents in a body, and whether they are CloudEvents (whole envelopes).

    Header names are lower-case. `json_fields` of a form are parsed in place. Raises
    JSONRefusedError, one sentence, when the syntax is broken.
    """
    kind = headers.get("content-type", "")
    # The batch's name begins with the other one's.
    if kind.lower().startswith("application/cloudevents-batch"):
        events = strictjson.loads(body)
        if not isinstance(events, list):
            raise JSONRefusedError("A CloudEvents batch is a list.")
        return tuple(_unpacked(event) for event in events), True
    if kind.lower().startswith("application/cloudevents"):
        return (_unpacked(strictjson.loads(body)),), True
    if "ce-specversion" in headers and not body.strip():
        return (_envelope(None, headers),), True  # an event may go without data
    document = _one(body, kind)
    if isinstance(document, dict) and not _is_json(body, kind):
        document = _with_json_fields(document, json_fields)
    if "ce-specversion" in headers:
        return (_envelope(document, headers),), True
    return (tuple(document) if isinstance(document, list) else (document,)), False


def field(body: bytes, kind: bytes, name: str) -> bytes | None:
    """One field of a form, or of a JSON object, as it was before encoding; None when missing."""
    try:
        document = _one(body, kind.decode("latin-1"))
    except JSONRefusedError:
        return None
    value = document.get(name) if isinstance(document, dict) else None
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else None


def event_id(event: Any) -> str | None:
    """What names a CloudEvent: its source and id together."""
    if not isinstance(event, dict):
        return None
    source, own = event.get("source"), event.get("id")
    return f"{source} {own}" if isinstance(source, str) and isinstance(own, str) else None


def _is_json(body: bytes, kind: str) -> bool:
    plain = kind.partition(";")[0].strip().lower()
    if plain == "multipart/form-data":
        return False
    # Many a script posts JSON and leaves its library's default type on it.
    return plain != FORM or body.lstrip()[:1] in (b"{", b"[")


def _one(body: bytes, kind: str) -> Any:
    if _is_json(body, kind):
        return strictjson.loads(body)
    return _expanded(_pairs(body) if kind.lower().startswith(FORM) else _parts(body, kind))


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("ascii" if body.isascii() else "utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except UnicodeDecodeError:
        raise JSONRefusedError("The form is not UTF-8 text.") from None
    except ValueError:
        raise JSONRefusedError(f"The form has more than {MAX_FIELDS:,} fields.") from None


def _parts(body: bytes, kind: str) -> list[tuple[str, str]]:
    """The text fields of a multipart body; files are left out."""
    boundary = parse_options_header(kind)[1].get(b"boundary")
    if not boundary:
        raise JSONRefusedError("The multipart body names no boundary.")
    delimiter = b"\r\n--" + boundary
    if body.count(delimiter) > MAX_FIELDS:
        raise JSONRefusedError(f"The form has more than {MAX_FIELDS:,} fields.")
    _preamble, *parts = (b"\r\n" + body).split(delimiter)
    if not parts or not parts[-1].startswith(b"--"):
        raise JSONRefusedError("The multipart body does not end with its boundary.")
    found = [_part(part) for part in parts[:-1]]
    return [pair for pair in found if pair is not None]


def _part(part: bytes) -> tuple[str, str] | None:
    head, blank, data = part.partition(b"\r\n\r\n")
    if not blank:
        raise JSONRefusedError("A part of the multipart body has no end of its headers.")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-disposition":
            options = parse_options_header(value.strip())[1]
            if b"name" in options and b"filename" not in options:
                return _decoded(options[b"name"]), _decoded(data)
    return None


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise JSONRefusedError("The form is not UTF-8 text.") from None


def _expanded(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Rails' brackets become objects: `response[score]=9`; `a[]` and repeated names, lists."""
    document: dict[str, Any] = {}
    for name, value in pairs:
        head, bracket, tail = name.partition("[")
        steps = [head, *(tail[:-1].split("][") if bracket and tail.endswith("]") else ())]
        if bracket and (not head or not tail.endswith("]")):
            steps = [name]
        if len(steps) > strictjson.MAX_DEPTH:
            raise JSONRefusedError("The form is nested too deeply.")
        _place(document, steps, value)
    return document


def _place(document: dict[str, Any], steps: list[str], value: str) -> None:
    as_list = steps[-1] == "" and len(steps) > 1
    *way, last = steps[:-1] if as_list else steps
    for step in way:
        document = document.setdefault(step, {})
        if not isinstance(document, dict):
            raise JSONRefusedError("The form names a field both as a value and as a group.")
    there = document.get(last)
    if isinstance(there, dict):
        raise JSONRefusedError("The form names a field both as a value and as a group.")
    if isinstance(there, list):
        there.append(value)
    elif there is not None:
        document[last] = [there, value]
    else:
        document[last] = [value] if as_list else value


def _with_json_fields(document: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    for name in names:
        written = document.get(name)
        if isinstance(written, str) and written.strip():
            document[name] = strictjson.loads(written.encode())
    return document


def _envelope(data: Any, headers: Mapping[str, str]) -> dict[str, Any]:
    attributes = {
        name[3:]: unquote(value) for name, value in headers.items() if name.startswith("ce-")
    }
    return {**attributes, "data": data}


def _unpacked(event: Any) -> Any:
    """`data_base64` is another way to write `data`."""
    packed = event.get("data_base64") if isinstance(event, dict) else None
    if packed is None or "data" in event:
        return event
    try:
        data = base64.b64decode(packed, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise JSONRefusedError("The event's data_base64 is not base64.") from None
    rest = {name: value for name, value in event.items() if name != "data_base64"}
    return {**rest, "data": _one(data, str(event.get("datacontenttype") or "application/json"))}
