"""What a screen may cost for as long as it hangs: bytes, scripts, origins, memory, nodes."""

import gzip
import os
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, Page, Response

from app.live.envelope import partials
from tests.board.house import House
from tests.board.screenplay import answers
from tests.browser.puppet import Puppet, until

pytestmark = pytest.mark.browser

KB = 1024
LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - how the tests are run
# The suite's short form; the long one is the promise of the page.
FRAMES = (500, 2000) if LONG else (300, 600)
# The shorter form still sees the browser compile what it runs often.
GROWTH = 1.02 if LONG else 1.05
AT_ONCE = 100


@pytest.fixture
def tv(new_tv: Page) -> Page:
    """Nothing cached, nothing remembered of another page."""
    return new_tv


def test_the_first_load_is_light_and_asks_nobody_else(home: House, tv: Page) -> None:
    answers(home.database, [10, 9, 8, 3] * 20)
    ear = tv.context.new_cdp_session(tv)
    ear.send("Network.enable")
    sizes: list[float] = []
    ear.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    urls: list[str] = []
    scripts: list[int] = []

    def weigh(response: Response) -> None:
        urls.append(response.url)
        if urlsplit(response.url).path.endswith(".js"):
            scripts.append(len(gzip.compress(response.body())))

    tv.on("response", weigh)
    tv.on("websocket", lambda socket: urls.append(socket.url.replace("ws", "http", 1)))
    tv.goto(f"{home.url}/tv/hall")
    until(tv, "document.fonts.status === 'loaded'")
    until(tv, "wall.guard.send({type: 'report'})")
    assert {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in urls} <= {
        home.url,
        "data://",
    }
    assert len(scripts) >= 9
    assert len(sizes) >= len(scripts)
    assert sum(sizes) <= 300 * KB
    assert sum(scripts) <= 60 * KB


class Rails:
    """Frames as a busy day has them: with each one a voice comes and the oldest goes."""

    def __init__(self, server: Puppet, rail: str, pulse: str) -> None:
        self.server, self.v = server, 1
        self.rail, self.pulse = rail, pulse

    def send(self, number: int) -> None:
        for _ in range(0, number, AT_ONCE):
            for _ in range(AT_ONCE):
                self.v += 1
                parts = {"rail": self.shifted(self.rail), "pulse-0": self.shifted(self.pulse)}
                self.server.say("frame", self.v, content=partials(parts))
            newest = max(map(int, re.findall(r'id="r(\d+)"', self.rail))) + self.v
            # One text for all of them: the browser keeps what it has compiled.
            until(self.server.page, "(id) => !!document.getElementById(id)", f"r{newest}")

    def shifted(self, html: str) -> str:
        def later(found: re.Match[str]) -> str:
            return f'id="{found[1]}{int(found[2]) + self.v}"'

        return re.sub(r'id="([rv])(\d+)"', later, html)


def weight(page: Page, ear: CDPSession) -> tuple[float, int]:
    """Bytes of script memory in use and elements, once everything has come to rest."""
    until(page, "document.getAnimations().length === 0 && !document.querySelector('.cluster')")
    for _ in range(3):
        ear.send("HeapProfiler.collectGarbage")
    used = ear.send("Runtime.getHeapUsage")["usedSize"]
    return used, page.evaluate("document.querySelectorAll('*').length")


@pytest.mark.faults
def test_frames_leave_nothing_behind(home: House, server: Puppet, tv: Page) -> None:
    answers(home.database, [10, 9, 8, 3] * 20)
    page = tv.request.get(f"{home.url}/tv/hall?scene=pulse").text()
    rail = re.search(r'<div id="slot-rail">(.*?)</div>\s*<p id="fresh', page, re.S)
    pulse = re.search(r'<div id="slot-pulse-0"[^>]*>(.*?)</div>\s*</div>\s*<div', page, re.S)
    assert rail
    assert pulse
    server.say("snap", 1, content=partials({"rail": rail[1], "pulse-0": pulse[1]}))
    ear = tv.context.new_cdp_session(tv)
    rails = Rails(server, rail[1], pulse[1])
    rails.send(FRAMES[0])
    early, nodes = weight(tv, ear)
    rails.send(FRAMES[1] - FRAMES[0])
    late, nodes_late = weight(tv, ear)
    print(f"heap {early} -> {late}: {late / early - 1:+.2%}; nodes {nodes} -> {nodes_late}")
    assert server.heard == []
    assert nodes_late == nodes
    assert late <= GROWTH * early
