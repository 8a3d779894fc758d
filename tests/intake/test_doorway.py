"""The short way of a delivery: raw bytes in, raw bytes out, and everything unusual goes round."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from app.errors import UnavailableError
from app.intake import doorway
from app.intake.doorway import Doorway
from app.intake.routes import hook
from tests.intake.door import SECRET, Door, answer, signed
from tests.patience import PATIENCE


class Sender:
    """One connection, as plain as a platform's."""

    def __init__(self, port: int) -> None:
        self.plug = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.file = self.plug.makefile("rb")

    def send(self, data: bytes) -> None:
        self.plug.sendall(data)

    def heard(self) -> tuple[int, dict[str, str], str]:
        """The next answer: status, headers, body."""
        status = int(self.file.readline().split()[1])
        headers = {}
        while line := self.file.readline().strip():
            name, _, value = line.decode().partition(": ")
            assert name not in headers, "a header came twice"
            headers[name] = value
        return status, headers, self.file.read(int(headers["content-length"])).decode()

    def is_closed(self) -> bool:
        return self.file.read(1) == b""


@contextmanager
def listening(door: Door) -> Iterator[int]:
    config = uvicorn.Config(
        hook(door.reception), ws="none", lifespan="off", log_config=None, access_log=False
    )
    config.load()
    state = ServerState()
    made = partial(Doorway, config, state, {}, reception=door.reception)

    async def start() -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)

    async def stop() -> None:
        server.close()
        for connection in list(state.connections):
            connection.shutdown()
        await asyncio.sleep(0)

    server: asyncio.Server = door.portal.call(start)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        door.portal.call(stop)


@pytest.fixture
def path(sqlite_door: Door) -> str:
    made = sqlite_door.source("survey", "generic", SECRET)
    sqlite_door.reception.book.reload()
    return made


@pytest.fixture
def sender(sqlite_door: Door) -> Iterator[Sender]:
    with listening(sqlite_door) as port:
        made = Sender(port)
        yield made
        made.file.close()
        made.plug.close()


@pytest.fixture
def long_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The methods of the requests that went through ASGI."""
    taken: list[str] = []
    before = HttpToolsProtocol.on_headers_complete

    def noted(self: Any) -> None:
        taken.append(self.parser.get_method().decode())
        before(self)

    monkeypatch.setattr(HttpToolsProtocol, "on_headers_complete", noted)
    return taken


def post(path: str, body: bytes, name: str = "msg_1", **more: str) -> bytes:
    headers = {"content-length": str(len(body)), "content-type": "application/json"}
    headers |= signed(body, name) | {key.replace("_", "-"): value for key, value in more.items()}
    head = "".join(f"{key}: {value}\r\n" for key, value in headers.items() if value)
    return f"POST {path} HTTP/1.1\r\nhost: wall\r\n{head}\r\n".encode() + body


def body_of(response_id: str, **more: Any) -> bytes:
    return json.dumps(answer(response_id, **more)).encode()


def test_kept_after_its_commit_and_known_again(
    sqlite_door: Door, sender: Sender, path: str, long_ways: list[str]
) -> None:
    request = post(path, body_of("r-1"))
    sender.send(request)
    assert sender.heard()[::2] == (202, "Kept.\n")
    sender.send(request)
    status, headers, said = sender.heard()
    assert (status, said) == (200, "Kept before.\n")
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert long_ways == []
    assert [one.external_id for one in sqlite_door.responses()] == ["r-1"]


def test_pieces_and_pipelines(sqlite_door: Door, sender: Sender, path: str) -> None:
    first, second, third = (
        post(path, body_of(f"r-{one}", comment="ü" * one * 90), f"m-{one}") for one in (1, 2, 3)
    )
    for at in range(0, len(first), 97):
        sender.send(first[at : at + 97])
    assert sender.heard()[0] == 202
    sender.send(second + third + b"HEAD " + path.encode() + b" HTTP/1.1\r\nhost: wall\r\n\r\n")
    assert [sender.heard()[0] for _ in range(2)] == [202, 202]
    assert sender.file.readline().split()[1] == b"200"
    assert sorted(one.external_id for one in sqlite_door.responses()) == ["r-1", "r-2", "r-3"]


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        (lambda path: post(path, body_of("r-1"), webhook_signature="v1,AAAA"), 401),
        (lambda path: post(path, b'{"response_id": '), 400),
        (lambda path: post(path + "x", body_of("r-1")), 404),
        (lambda path: post(path, body_of("r-1"), content_encoding="gzip"), 415),
        (lambda path: post(path, body_of("r-1", comment="x" * 70_000)), 202),
        (lambda path: post(path, body_of("r-1"), connection="close"), 202),
        (lambda path: post(path, body_of("r-1")).replace(b"POST", b"PUT", 1), 405),
    ],
    ids=["forged", "broken", "unknown", "packed", "large", "last", "put"],
)
def test_says_what_the_long_way_says(
    sqlite_door: Door, sender: Sender, path: str, request_of: Any, status: int
) -> None:
    """A broken one is kept as failed all the same."""
    request = request_of(path)
    sender.send(request)
    heard = sender.heard()
    assert heard[0] == status
    head, _, body = request.partition(b"\r\n\r\n")
    method, _, rest = head.partition(b" ")
    lines = [line.split(b": ", 1) for line in rest.split(b"\r\n")[1:]]
    again = sqlite_door.send(
        method.decode(), rest.split(b" ")[0].decode(), content=body, headers=lines
    )
    if status != 202:
        assert (again.status_code, again.text) == heard[::2]
    assert (status in (202, 400)) == bool(sqlite_door.settle())


def test_a_chunked_body_goes_the_long_way(sender: Sender, path: str, long_ways: list[str]) -> None:
    body = body_of("r-1")
    request = post(path, body, content_length="", transfer_encoding="chunked")
    head = request.partition(b"\r\n\r\n")[0]
    sender.send(head + b"\r\n\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")
    assert sender.heard()[0] == 202
    assert long_ways == ["POST"]


def test_a_body_that_never_comes(
    sender: Sender, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorway, "READ_SECONDS", 0.05)
    sender.send(post(path, body_of("r-1"))[:-4])
    status, _, said = sender.heard()
    assert (status, said) == (408, "The body did not arrive in time.\n")
    assert sender.is_closed()


def test_what_cannot_be_stored_is_to_come_again(
    sqlite_door: Door, sender: Sender, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_arrivals: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(sqlite_door.reception.writer, "_store", full)
    sender.send(post(path, body_of("r-1")))
    status, headers, said = sender.heard()
    assert (status, headers["retry-after"]) == (503, "2")
    assert said == "The delivery could not be stored.\n"
    monkeypatch.undo()

    def crowded(*_anything: Any) -> None:
        raise UnavailableError("Too many deliveries are waiting to be stored.")

    monkeypatch.setattr(sqlite_door.reception.writer, "put", crowded)
    sender.send(post(path, body_of("r-1")))
    assert sender.heard()[0] == 503


def test_a_surprise_is_an_answer_and_the_next_one_is_served(
    sender: Sender, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(doorway, "examined", lambda *_anything: 1 / 0)
        sender.send(post(path, body_of("r-1")))
        assert sender.heard()[0] == 500
    sender.send(post(path, body_of("r-1")))
    assert sender.heard()[0] == 202
