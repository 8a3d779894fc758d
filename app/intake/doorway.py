"""Doorway: uvicorn's HTTP protocol, with a short way for deliveries, because every call counts."""

import asyncio
import logging
from functools import partial
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.errors import CheerboardError, UnavailableError
from app.intake.inbox import Arrival
from app.intake.reception import Reception
from app.intake.routes import PATH, READ_SECONDS, Address, Headers, examined, outcome, refusal
from app.intake.sourcebook import KnownSource
from app.intake.writer import NOT_STORED, Fate

# Larger bodies need the flow control of the long way.
MOST_BYTES = 64 * 1024
_START = PATH.encode()
_UNUSUAL = {b"content-encoding", b"transfer-encoding", b"expect", b"upgrade"}

log = logging.getLogger("cheerboard.intake")


class Post:
    """One delivery to a known hook. Takes the place of uvicorn's cycle, whose words it has."""

    __slots__ = (
        "address", "body", "disconnected", "headers", "keep_alive", "late", "message_event",
        "more_body", "response_complete", "source", "waiting_for_100_continue",
    )  # fmt: skip

    def __init__(
        self,
        source: KnownSource,
        headers: dict[bytes, bytes],
        address: Address,
        event: asyncio.Event,
    ) -> None:
        self.source = source
        self.headers = headers
        self.address = address
        self.body = bytearray()
        self.more_body = True
        self.late: asyncio.TimerHandle | None = None
        self.response_complete = False
        self.waiting_for_100_continue = False
        self.disconnected = False
        self.keep_alive = True
        self.message_event = event


class Doorway(HttpToolsProtocol):
    """Serve with `http=partial(Doorway, reception=...)`.

    A request costs uvicorn a task, a cycle and four messages, several times what there is to do
    for a delivery. An ordinary one (POST, a known key, a small body of known length) is therefore
    examined as soon as its last byte is here and answered after its commit, without any of these.
    Everything else goes the long way through ASGI, which serves deliveries under any other server.
    """

    cycle: Any

    def __init__(self, *args: Any, reception: Reception, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reception = reception
        self.event = asyncio.Event()  # nobody waits for it

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        post = self.cycle
        if type(post) is Post and post.more_body and post.late is None:
            post.late = self.loop.call_later(READ_SECONDS, self._give_up, post)

    def on_headers_complete(self) -> None:
        post = self._ordinary() if self.url.startswith(_START) else None
        if post is None:
            super().on_headers_complete()
        else:
            self.cycle = post

    def on_message_complete(self) -> None:
        if type(self.cycle) is Post:
            self._take(self.cycle)
        else:
            super().on_message_complete()

    def _ordinary(self) -> Post | None:
        """None when the request has to go the long way."""
        parser = self.parser
        headers = dict(self.headers)
        length = headers.get(b"content-length", b"")
        if (
            (self.cycle is not None and not self.cycle.response_complete)
            or parser.get_method() != b"POST"
            or parser.get_http_version() != "1.1"
            or not parser.should_keep_alive()
            or not self.reception.is_open
            or not _UNUSUAL.isdisjoint(headers)
            or not length.isdigit()
            or int(length[:8]) > min(MOST_BYTES, self.reception.most_bytes)
        ):
            return None
        url = httptools.parse_url(self.url)
        key = url.path[len(_START) :].decode("latin-1")
        source = self.reception.book.by_key.get(key)
        if source is None:
            return None
        address = Address(self.scheme or "http", url.path, url.query or b"")
        return Post(source, headers, address, self.event)

    def _take(self, post: Post) -> None:
        """The last byte is here."""
        post.more_body = False
        if post.late is not None:
            post.late.cancel()
        body = bytes(post.body)
        try:
            arrival = examined(self.reception, post.source, post.address, post.headers, body)
            self.reception.writer.put(arrival, partial(self._kept, post, arrival))
        except CheerboardError as error:
            self._say(post, *refusal("POST", error))
        except Exception:
            log.exception("a delivery broke its examination")
            self._say(post, 500, "Something went wrong.", ())

    def _kept(self, post: Post, arrival: Arrival, fate: Fate) -> None:
        """After the commit."""
        try:
            if fate == "lost":
                raise UnavailableError(NOT_STORED)
            self._say(post, *outcome(arrival, is_new=fate == "kept"))
        except CheerboardError as error:
            self._say(post, *refusal("POST", error))

    def _give_up(self, post: Post) -> None:
        post.keep_alive = False
        error = CheerboardError("The body did not arrive in time.", status=408)
        self._say(post, *refusal("POST", error))

    def _say(self, post: Post, status: int, sentence: str, extra: Headers) -> None:
        post.response_complete = True
        if self.transport.is_closing():
            return
        body = sentence.encode() + b"\n"
        lines = [STATUS_LINE[status]]
        for name, value in (*self.server_state.default_headers, *extra):
            lines += (name, b": ", value, b"\r\n")
        lines += (
            b"content-type: text/plain; charset=utf-8\r\ncontent-length: ",
            b"%d\r\n\r\n" % len(body),
            body,
        )
        self.transport.write(b"".join(lines))
        if not post.keep_alive:
            self.transport.close()
        self.on_response_complete()
