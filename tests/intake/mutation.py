"""Recorded deliveries turned into ones that no sender ever sent, signed as if one had."""

import base64
import copy
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from app import clock
from tests.intake.recorded import Recorded


class Raw:
    """Stands in a document for JSON text that no honest encoder writes."""

    def __init__(self, text: str) -> None:
        self.text = text


class Sent(NamedTuple):
    """One request; `is_genuine`: the hook must keep it or have kept it."""

    body: bytes
    headers: dict[bytes, bytes]
    query: str
    is_genuine: bool


DEEP: Any = 0
for _ in range(31):
    DEEP = [DEEP]
NASTY: list[Any] = [
    None, True, False, 0, 7, 10, 11, -1, 8.7, 9.0, 1e308, 10**19, 2**63, -(2**63) - 1, "", " ", "0",
    "10", "8.7", "-0", "NaN", "true", [], {}, [9], [[9]], {"a": 1}, ["a", "b"], "\x00", "a\x00b",
    "\u202e\u2066x", "\U0001f600" * 50, "x" * 3_000, "é" * 300, "2026-06-10T09:15:31Z",
    "1781082931", "2026-13-45", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
    1781082931000, 1e15,
    {"": ""}, {"id": {}}, {"\x00": "\x00"}, [None] * 40, DEEP, [{}], "' OR 1=1 --", "<script>",
    Raw("NaN"), Raw("-Infinity"), Raw("9" * 5_000), Raw("1e999"), Raw('"\\ud800"'), Raw("-0.0"),
    Raw("[" * 5_000 + "]" * 5_000), Raw('{"a":1,"a":2}'), Raw("01"), Raw("\ufeff1"), Raw('"\x01"'),
]  # fmt: skip
KINDS = [
    None, "", "application/json", "text/plain", "application/x-www-form-urlencoded", "\xff",
    "multipart/form-data", "multipart/form-data; boundary=x", "application/cloudevents+json",
    "application/cloudevents-batch+json", "application/vnd.any.v1+json; charset=utf-16",
    'multipart/form-data; boundary="', "application/json" + ";a=b" * 200,
]  # fmt: skip
EXTRA = [
    (b"ce-specversion", b"1.0"), (b"ce-id", b"%FF%00"), (b"ce-source", b"\xff"), (b"ce-", b""),
    (b"webhook-id", b"x" * 2_000), (b"x-forwarded-for", b"\xff"), (b"accept", b"*"),
    (b"content-length", b"99999999999999999999999"), (b"content-encoding", b"gzip"),
    (b"expect", b"100-continue"), (b"transfer-encoding", b"chunked"), (b"ce-data", b"{}"),
]  # fmt: skip
# Refused before anything is kept, whoever sent it.
NOT_KEPT = {b"content-encoding", b"content-length"}
_DELIVERY_ID = re.compile(rb'("(?:eventId|event_id|messageId|uuid)": ?")[^"]*')

Draw = Callable[[int], int]


def mutated(case: Recorded, draw: Draw) -> Sent:
    """A delivery like the recorded one; `draw(n)` is a number from 0 to n - 1."""
    body, headers = case.body, {k.lower().encode(): v.encode() for k, v in case.headers.items()}
    if draw(8):  # else it is told apart from no other, and may be a repeat
        body = _DELIVERY_ID.sub(rb"\g<1>d-%d" % draw(2**40), body)
    for _ in range(1 + draw(2)):
        body = [_structure, _structure, _structure, _structure, _bytes, _same][draw(6)](body, draw)
    is_genuine = True
    if draw(4) == 0:
        kind = KINDS[draw(len(KINDS))]
        headers.pop(b"content-type", None)
        headers |= {} if kind is None else {b"content-type": kind.encode("latin-1")}
    if draw(6) == 0:
        name, value = EXTRA[draw(len(EXTRA))]
        headers[name] = value
        is_genuine = name not in NOT_KEPT
    headers, query = sign(case, body, headers)
    if headers and draw(8) == 0:
        is_genuine = False
        name = list(headers)[draw(len(headers))]
        headers[name] = _bytes(headers[name], draw)
        headers = {k: v for k, v in headers.items() if not {0, 10, 13} & set(v)}
    return Sent(body, headers, query, is_genuine)


def sign(
    case: Recorded, body: bytes, headers: dict[bytes, bytes]
) -> tuple[dict[bytes, bytes], str]:
    """The headers and the query with which this body is genuine now."""
    scheme, secret = case.facts["_signature_scheme"], case.facts["_secret"]
    if scheme["type"] == "hmac":
        mac = hmac.new(secret.encode(), body, scheme["algorithm"]).digest()
        written = base64.b64encode(mac) if scheme["encoding"] == "base64" else mac.hex().encode()
        given = {scheme["header"].lower().encode(): scheme["prefix"].encode() + written}
        return {**headers, **given}, case.query
    if scheme["type"] != "standard_webhooks":
        return headers, case.query
    name = headers.get(b"webhook-id") or b"x"
    name = name if len(name) > 1_000 else hashlib.sha256(body).hexdigest().encode()
    stamp = b"%d" % clock.now().timestamp()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, b"%b.%b.%b" % (name, stamp, body), "sha256").digest()
    given = {b"webhook-signature": b"v1," + base64.b64encode(mac), b"webhook-timestamp": stamp}
    return {**headers, **given, b"webhook-id": name}, case.query


def _same(body: bytes, _draw: Draw) -> bytes:
    return body


def _bytes(body: bytes, draw: Draw) -> bytes:
    """Flips, cuts, doubles or puts in a few bytes."""
    at = draw(len(body) + 1)
    end = min(len(body), at + 1 + draw(40))
    middle = [
        bytes(byte ^ (1 << draw(8)) for byte in body[at:end][:1]) + body[at + 1 : end],
        b"",
        body[at:end] * 2,
        [b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b'"', b"{", b"]", b"\r\n"][draw(8)],
    ][draw(4)]
    return body[:at] if draw(12) == 0 else body[:at] + middle + body[end:]


def _structure(body: bytes, draw: Draw) -> bytes:
    """Changes a node of the JSON, of the JSON within a form, or a pair of a form."""
    start, end = _json_within(body)
    try:
        document = json.loads(body[start:end])
    except (ValueError, RecursionError):
        return _pairs(body, draw) if body[:9] == b"response[" else _bytes(body, draw)
    for _ in range(1 + draw(2)):
        document = _changed(document, draw)
    return body[:start] + _dumped(document, is_ascii=draw(2) == 0) + body[end:]


def _json_within(body: bytes) -> tuple[int, int]:
    mark = body.find(b'name="rawRequest"\r\n\r\n')
    if mark < 0:
        return 0, len(body)
    start = mark + len(b'name="rawRequest"\r\n\r\n')
    return start, body.find(b"\r\n--", start)


def _pairs(body: bytes, draw: Draw) -> bytes:
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    if not pairs:
        return body
    at = draw(len(pairs))
    name, _ = pairs[at]
    value = NASTY[draw(len(NASTY))]
    word = value.text if isinstance(value, Raw) else str(value)
    pairs[at : at + 1] = [
        [(name, word)], [], [(name, "1"), (name, word)], [(name + "[x]", word)], [(name[:-1], "")],
        [("[" + name, "")], [(name + "[]", word)] * 3,
    ][draw(7)]  # fmt: skip
    return urlencode(pairs).encode()


def _changed(document: Any, draw: Draw) -> Any:
    document = copy.deepcopy(document)
    places = list(_places(document)) if isinstance(document, dict | list) else []
    if not places or draw(12) == 0:
        return [document] * (1 + draw(3))
    inside, key = places[draw(len(places))]
    other, place = places[draw(len(places))]
    nasty = copy.deepcopy(NASTY[draw(len(NASTY))])
    what = draw(7)
    if what == 0:
        del inside[key]
    elif what == 1 and isinstance(inside, dict):
        inside[f"{key}_"] = inside.pop(key)
    elif what == 2 and isinstance(inside, list):
        inside.append(copy.deepcopy(inside[key]))
    else:
        new = [[inside[key]], {"value": inside[key]}, copy.deepcopy(other[place])]
        inside[key] = [*new, nasty, nasty, nasty, nasty][what]
    return document


def _places(node: Any) -> Any:
    """Where every value stands: the container and the key in it."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in list(pairs):
        yield node, key
        if isinstance(value, dict | list):
            yield from _places(value)


def _dumped(document: Any, *, is_ascii: bool) -> bytes:
    raws: list[str] = []

    def marked(value: Any) -> str:
        raws.append(value.text)
        return f"raw-{len(raws) - 1}-raw"

    written = json.dumps(document, default=marked, ensure_ascii=is_ascii)
    for at, raw in enumerate(raws):
        written = written.replace(f'"raw-{at}-raw"', raw)
    return written.encode("utf-8", "surrogatepass")
