"""The look at the browser, against a made-up DevTools that says what the test says."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from kiosk import agent
from tests.patience import PATIENCE

SEEN = {"at": "http://wall.example.com/tv/hall", "status": 200, "scene": "pulse", "kept": True}
ANSWER = {"id": 1, "result": {"result": {"value": SEEN}}}


def frame(told: dict[str, Any]) -> bytes:
    text = json.dumps(told).encode()
    if len(text) < 126:
        return b"\x81" + bytes([len(text)]) + text
    if len(text) < 65536:
        return b"\x81\x7e" + len(text).to_bytes(2, "big") + text
    return b"\x81\x7f" + len(text).to_bytes(8, "big") + text


class DevTools:
    """One tab; after the handshake it sends `says` and is silent, or hangs up."""

    def __init__(self) -> None:
        self.says = b""
        self.asked = b""
        self.hangs_up = True
        self.done = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        client, _ = self.socket.accept()
        with client, suppress(OSError):  # who has waited long enough hangs up
            client.recv(4096)
            address = f"ws://127.0.0.1:{self.port}/devtools/page/1"
            strange = {"url": "chrome://omnibox-popup.top-chrome/"}
            page = {"url": "http://wall.example.com/tv/hall", "webSocketDebuggerUrl": address}
            body = json.dumps([strange, page]).encode()
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            self.asked = client.recv(4096)
            client.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
            client.recv(4096)
            client.sendall(self.says)
            if not self.hangs_up:
                self.done.wait(PATIENCE)


@pytest.fixture
def devtools(monkeypatch: pytest.MonkeyPatch) -> Iterator[DevTools]:
    monkeypatch.setattr(agent, "ROUND", PATIENCE)
    made = DevTools()
    yield made
    made.done.set()
    made.thread.join()
    made.socket.close()


@pytest.mark.parametrize("noise", [0, 200, 70_000])
def test_sees_what_is_on_show_whatever_else_is_told(devtools: DevTools, noise: int) -> None:
    event = {"method": "Some.event", "params": {"text": "x" * noise}}
    devtools.says = frame({"id": 1, "result": {}}) + frame(event) + frame(ANSWER)
    assert agent.look(devtools.port) == SEEN
    assert devtools.asked.startswith(b"GET /devtools/page/1 ")


def test_hears_that_the_page_crashed(devtools: DevTools) -> None:
    devtools.says = frame({"method": "Inspector.targetCrashed"})
    with pytest.raises(agent.CrashedError):
        agent.look(devtools.port)


@pytest.mark.parametrize(
    "says", [b"", b"\x81", b"\x81\x7e\x00", b"\x81\x05[1,2]", b"\x88\x00", b"\x81\x02{}"]
)
@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_browser_that_hangs_or_talks_nonsense_is_no_answer(
    devtools: DevTools, says: bytes, *, hangs_up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not hangs_up:
        monkeypatch.setattr(agent, "ROUND", 0.3)
    devtools.says, devtools.hangs_up = says, hangs_up
    assert agent.look(devtools.port) is None


def test_no_browser_is_no_answer(devtools: DevTools) -> None:
    devtools.hangs_up = True
    assert agent.look(devtools.port) is None
    devtools.thread.join()
    devtools.socket.close()
    assert agent.look(devtools.port) is None
