"""Puppet: the server's end of a screen's real socket, made to say what no server should."""

import asyncio
import json
import time
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from app.board import routes
from app.live.envelope import partials, seal
from app.live.group import Group
from app.live.hub import Hub
from app.screens.blanking import Dark
from tests.board.house import House
from tests.patience import PATIENCE

DESIGN = dict(routes.LIMITS)
# Screens that lose patience within seconds, so that no test waits for a minute.
SHORT = DESIGN | {"waiting": 2, "offline": 4, "report": 0.3}
# For an end of the socket that the test itself plays: only what it waits for happens.
PATIENT = DESIGN | {"waiting": 60, "offline": 120, "report": 60, "spread": 0.2, "retry": 0.3}


# The page itself looks again: asking from outside takes more time than what is looked at.
LOOK = """(of) => new Promise((done, fail) => {
  let left = 2000;
  const look = async () => {
    try {
      const found = (%s);
      if (typeof found === "function" ? await found(of) : await found) done(true);
      else if (left--) setTimeout(look, 20);
      else done(false);
    } catch (error) { fail(error); }
  };
  look();
})"""


def until(page: Page, holds: str, of: object = None) -> None:
    """Waits for an expression, or a function of a value; a policy forbids Playwright's own way."""
    while True:
        try:
            assert page.evaluate(LOOK % holds, of), f"{holds} never came true"
        except Error as error:
            if "context was destroyed" in error.message:  # it goes on to another page
                continue
            raise
        return


class Puppet:
    """Opens the page in a browser, silences the real server and speaks in its place."""

    def __init__(self, page: Page, home: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self.heard: list[str] = []
        self.page = page
        self.hub = home.live.hub
        self.draw = home.live.draw
        self.build = home.live.hub.build
        self._seats: list[Any] = []
        # The server's heart sleeps already, and would beat once more in the middle of a test.
        monkeypatch.setattr(Group, "beat", lambda _: None)
        monkeypatch.setattr(Hub, "_resend", lambda *_: self.heard.append("snap"))
        page.goto(f"{home.url}/tv/hall?scene=pulse")
        self.opened()
        # From here on nobody draws, and nobody speaks but the test.
        asyncio.run_coroutine_threadsafe(home.live.draw.stop(), self._loop).result(PATIENCE)

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        assert self.hub._loop is not None
        return self.hub._loop

    def opened(self) -> None:
        """Waits for a socket that was not there before."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            if fresh := self.hub._seats - set(self._seats):
                self._seats += fresh
                return
            self.page.wait_for_timeout(10)
        raise AssertionError("no socket was opened")

    def close(self, code: int) -> None:
        self._loop.call_soon_threadsafe(self.hub._send_off, self._seats[-1], code)

    def say(self, kind: str, v: int, words: str = "", epoch: str = "e1", **more: Any) -> None:
        told: dict[str, Any] = {"type": kind, "v": v, "epoch": epoch, "build": self.build} | more
        if words:
            told["content"] = partials({"rail": f'<footer id="rail">{words}</footer>'})
        if kind == "snap" and "plan" not in more:
            plan = self.page.locator("#socket").get_attribute("data-plan")
            told["plan"] = json.loads(plan or "{}")
        # Past the outbox, which would leave out what a busy screen cannot take.
        sending = self._seats[-1].outbox._send(seal(told))
        asyncio.run_coroutine_threadsafe(sending, self._loop).result(PATIENCE)

    def darken(self, *, dark: bool = True) -> None:
        """Says so, and means it: whoever reports something else would be told again."""
        self.draw.dark = Dark(everything=dark)
        self.say("cmd", 1, do="blank" if dark else "unblank")

    def rail(self, words: str) -> None:
        expect(self.page.locator("#rail")).to_have_text(words)

    def asked(self, times: int) -> None:
        self.asks(times)
        assert len(self.heard) == times

    def asks(self, times: int = 1) -> None:
        """At least so often: what is missing on show is asked for again every second."""
        ends = time.monotonic() + PATIENCE
        while len(self.heard) < times and time.monotonic() < ends:
            self.page.wait_for_timeout(10)
        assert len(self.heard) >= times
        assert set(self.heard) == {"snap"}
