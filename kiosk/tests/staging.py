"""A stage for the agent: a made-up server and browser, on a clock that is set."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from kiosk import agent
from kiosk.agent import Box, Config
from tests.ports import free_port

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
BOARD = {"at": "http://wall.example.com/tv/hall", "status": 200, "scene": "pulse"}
BOOT = {"at": "file:///boot/index.html", "status": 200, "scene": ""}


class FakeServer:
    """Answers each path with the status it is given; notes who asked."""

    def __init__(self) -> None:
        self.answers: dict[str, int] = {}
        self.asked: list[tuple[str, str]] = []
        self.port = free_port()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                fake.asked.append((path, self.headers["User-Agent"]))
                self.send_response(fake.answers.get(path, 404))
                self.send_header("Location", "/tv/hall")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Stage:
    """A box whose browser shows what the test says; `ended` counts the browsers it killed."""

    def __init__(self, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shows: Mapping[str, Any] | Exception | None = BOARD
        self.led: list[str] = []
        self.ended: list[int] = []
        self.orders: list[str] = []
        self.takes = True
        (config.run / "board.pid").write_text("4711\n")
        monkeypatch.setattr(agent, "look", self.look)
        monkeypatch.setattr(os, "kill", lambda pid, _how: self.ended.append(pid))
        self.box = Box(config, self.switch)

    def look(self, _port: int, go: str = "") -> Mapping[str, Any] | None:
        if go:
            self.led.append(go)
        if isinstance(self.shows, Exception):
            raise self.shows
        return self.shows

    def switch(self, words: list[str]) -> str | None:
        self.orders.append(words[-1])
        return "" if self.takes else None

    def rounds(self, *seconds: float, at: datetime = MONDAY, screens: int = 1) -> None:
        for now in seconds:
            self.box.round(now, at, screens)


def told(config: Config) -> dict[str, Any]:
    text = (config.run / "status.js").read_text()
    found: dict[str, Any] = json.loads(text.removeprefix("told(").removesuffix(");\n"))
    return found
