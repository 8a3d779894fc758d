"""/hooks/{key}: one plain ASGI application in front of the router, because every call counts."""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any, NamedTuple

from app import clock, metrics
from app.errors import CheerboardError, NotFoundError, UnauthorizedError, UnavailableError
from app.intake import documents
from app.intake.coercion import identifier
from app.intake.documents import Parsed
from app.intake.inbox import Arrival
from app.intake.reception import Reception
from app.intake.signatures import Check, Request
from app.intake.source import place
from app.intake.sourcebook import KnownSource
from app.intake.strictjson import JSONRefusedError

log = logging.getLogger("cheerboard.intake")

PATH = "/hooks/"
READ_SECONDS = 30.0
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
# What reading a delivery needs later; signatures, tokens and cookies are not kept.
_KEPT_HEADERS = {b"content-type", b"webhook-id"}

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Hook = Callable[[Scope, Receive, Send], Awaitable[None]]


Headers = tuple[tuple[bytes, bytes], ...]

_ALLOWED: Headers = ((b"allow", b"GET, HEAD, OPTIONS, POST"),)
_LATER: Headers = ((b"retry-after", b"2"),)
_CLOSE: Headers = ((b"connection", b"close"),)
_EXTRA = {503: _LATER, 413: _CLOSE, 408: _CLOSE, 405: _ALLOWED}
_KEPT = (202, "Kept.", ())
_REPEATED = (200, "Kept before.", ())
_LATE = "late"
_refused = metrics.deliveries.labels("refused")
_broken = metrics.deliveries.labels("failed")


_quoted = json.encoder.encode_basestring_ascii


class Address(NamedTuple):
    """Where a request was sent; `path` and `query` as they were written."""

    scheme: str
    path: bytes
    query: bytes


class _GoneError(Exception):
    """The sender hung up."""


def hook(reception: Reception) -> Hook:
    """The application for every path that starts with `/hooks/`."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            status, sentence, extra = await _answer(reception, scope, receive)
        except CheerboardError as error:
            status, sentence, extra = refusal(scope["method"], error)
        except _GoneError:
            return
        await _say(send, status, sentence, extra)

    return application


async def _answer(reception: Reception, scope: Scope, receive: Receive) -> tuple[int, str, Headers]:
    if not reception.is_open:
        raise UnavailableError("This server is starting; send it again in a moment.")
    key = scope["path"][len(PATH) :].rstrip("/")
    source = await reception.find(key) if _KEY.fullmatch(key) else None
    if source is None:
        raise NotFoundError("There is no hook at this address.")
    headers = dict(scope["headers"])
    if scope["method"] != "POST":
        return _handshake(scope["method"], headers)
    body = await _body(receive, headers, reception.most_bytes)
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    address = Address(scope.get("scheme", "http"), path, scope["query_string"])
    arrival = examined(reception, source, address, headers, body)
    return outcome(arrival, is_new=await reception.writer.keep(arrival))


def examined(
    reception: Reception,
    source: KnownSource,
    address: Address,
    headers: Mapping[bytes, bytes],
    body: bytes,
) -> Arrival:
    """The delivery as it will be kept. Raises UnauthorizedError when it is not genuine."""
    received_at = clock.now()
    if source.trouble is not None:
        raise UnavailableError("This source cannot be used as it is set up.")
    if source.check is not None:
        url = _url(reception, address, headers) if source.signs_url else ""
        request = Request(body, headers, "POST", url, address.query)
        try:
            _demand_genuine(source.check, request, received_at)
        except UnauthorizedError as error:
            reception.refusals.note(source.id, error.sentence)
            raise
    return _arrival(source, headers, body, received_at)


def outcome(arrival: Arrival, *, is_new: bool) -> tuple[int, str, Headers]:
    """What its sender is told after the commit. Raises when the syntax was broken."""
    if arrival.error is not None:
        _broken.inc()
        raise CheerboardError(arrival.error)
    return _KEPT if is_new else _REPEATED


def refusal(method: str, error: CheerboardError) -> tuple[int, str, Headers]:
    """The answer to what cannot be kept, and its line in the log."""
    facts = {"method": method, "route": "/hooks/{key}", "status": error.status}
    log.info("%s %s %s", *facts.values(), extra={"facts": facts})
    return error.status, error.sentence, _EXTRA.get(error.status, ())


def _handshake(method: str, headers: Mapping[bytes, bytes]) -> tuple[int, str, Headers]:
    """Platforms that knock before they post; CloudEvents asks whether its origin may."""
    if method not in ("HEAD", "GET", "OPTIONS"):
        raise CheerboardError("This address takes webhooks by POST.", status=405)
    origin = headers.get(b"webhook-request-origin")
    if method != "OPTIONS" or not origin or not origin.isascii():
        return 200, "This address takes webhooks by POST.", _ALLOWED
    granted: Headers = ((b"webhook-allowed-origin", origin), (b"webhook-allowed-rate", b"*"))
    return 200, "Welcome.", _ALLOWED + granted


async def _body(receive: Receive, headers: Mapping[bytes, bytes], most: int) -> bytes:
    """The raw bytes, as signed. Refuses a body too large before it is read, or while."""
    if headers.get(b"content-encoding", b"identity").strip().lower() not in (b"identity", b""):
        raise CheerboardError("Bodies must not be compressed.", status=415)
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length[:20]) > most:
        raise CheerboardError(f"The body is larger than {most:,} bytes.", status=413)
    # What asyncio.timeout() does, for a tenth of its cost: nearly every body is there already.
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine that runs has a task
    late = asyncio.get_running_loop().call_later(READ_SECONDS, task.cancel, _LATE)
    try:
        return await _whole(receive, most)
    except asyncio.CancelledError as error:
        if error.args != (_LATE,):
            raise
        task.uncancel()
        raise CheerboardError("The body did not arrive in time.", status=408) from None
    finally:
        late.cancel()


async def _whole(receive: Receive, most: int) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise _GoneError
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            raise CheerboardError(f"The body is larger than {most:,} bytes.", status=413)
    return body


def _demand_genuine(check: Check, request: Request, at: datetime) -> None:
    try:
        check(request, at.timestamp())
    except UnauthorizedError:
        _refused.inc()
        raise


def _url(reception: Reception, address: Address, headers: Mapping[bytes, bytes]) -> str:
    """The address as the sender knows it."""
    asked = f"{address.scheme}://{headers.get(b'host', b'').decode('latin-1')}"
    base = reception.settings.base_url.rstrip("/") or asked
    asked_for = [address.path, address.query] if address.query else [address.path]
    return base + b"?".join(asked_for).decode("latin-1")


def _arrival(
    source: KnownSource, headers: Mapping[bytes, bytes], body: bytes, received_at: datetime
) -> Arrival:
    """The row to keep: as it came, with its delivery id, and failed when its syntax is broken."""
    kept = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in headers.items()
        if name in _KEPT_HEADERS or name[:3] == b"ce-"
    }
    parsed: Parsed = ((), False)
    error = None
    try:
        parsed = documents.parse(body, kept, source.platform.json_fields)
    except JSONRefusedError as refused:
        error = str(refused)
    outcome = "kept" if error is None else "failed"
    name = _delivery_id(source, kept, parsed)
    return Arrival(source.id, name, received_at, _as_json(kept), body, outcome, error, parsed)


def _as_json(headers: Mapping[str, str]) -> str:
    """What json.dumps makes of texts, without building an encoder for each delivery."""
    pairs = [f"{_quoted(name)}: {_quoted(value)}" for name, value in headers.items()]
    return "{" + ", ".join(pairs) + "}"


def _delivery_id(source: KnownSource, headers: Mapping[str, str], parsed: Parsed) -> str | None:
    """What this platform calls the delivery; a retry has the same."""
    found, are_events = parsed
    named = source.delivery_id
    if named and named.startswith("header:"):
        return identifier(headers.get(named.removeprefix("header:")))
    if are_events:
        ids = [documents.event_id(event) for event in found]
        return None if None in ids else identifier("\n".join(map(str, ids)))
    return identifier(place(found[0], named)) if named and len(found) == 1 else None


async def _say(send: Send, status: int, sentence: str, extra: Headers) -> None:
    body = sentence.encode() + b"\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        *extra,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
