"""(d) From the webhook to the changed DOM of a real Chromium, idle and under load."""

import contextlib
import random
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.bench.fanout import crowd
from tests.bench.intake import burst
from tests.bench.posts import answers, signed
from tests.bench.serving import Served, cheerboard
from tests.bench.table import Row

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Every change of the picture, with the number of voices it then shows.
WATCH = """() => {
  window.seen = [];
  const look = () => {
    const note = document.querySelector('.pulse .note');
    const n = note ? Number(note.textContent.split('·').pop().replace(/\\D/g, '')) : 0;
    window.seen.push([performance.timeOrigin + performance.now(), n]);
  };
  look();
  new MutationObserver(look).observe(document.getElementById('picture'),
    {childList: true, subtree: true, characterData: true, attributes: true});
}"""
START = 50


def measure(idle: int = 60, seconds: int = 20) -> list[Row]:
    """p50 and p95 in ms. Idle: one answer at a time. Busy: 100 answers/s and 200 sockets more."""
    with tempfile.TemporaryDirectory() as folder, cheerboard(Path(folder), core=None) as served:
        burst(served, signed(served.hook, answers(START, prefix="start")))
        with _television(served) as page:
            alone = _delays(page, _post(served, idle, START, lambda: random.uniform(0.7, 1.1)))
            with crowd(served.port, 200, "/tv/hall/live?scene=pulse"):
                posted = _post(served, 100 * seconds, START + idle, lambda: 0.01)
                crowded = _delays(page, posted)
    return [
        Row("latency: webhook to DOM, idle, p95 ms", _at(alone, 0.95), "< 300",
            f"p50 {_at(alone, 0.5):.0f} ms, {idle} answers"),
        Row("latency: webhook to DOM, 100/s and 200 sockets, p95 ms", _at(crowded, 0.95), "< 1000",
            f"p50 {_at(crowded, 0.5):.0f} ms"),
    ]  # fmt: skip


@contextlib.contextmanager
def _television(served: Served) -> Iterator[Page]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"http://127.0.0.1:{served.port}/tv/hall?scene=pulse")
        page.wait_for_selector(".pulse .note")
        page.wait_for_timeout(2000)
        page.evaluate(WATCH)
        yield page
        browser.close()


def _post(served: Served, count: int, before: int, pause: object) -> dict[int, float]:
    """Posts one answer after the other; for each number of voices, when it was posted (ms)."""
    prefix = f"l{before}"
    requests = signed(served.hook, answers(count, prefix=prefix), prefix=prefix)
    posted: dict[int, float] = {}
    due = time.perf_counter()
    with socket.create_connection(("127.0.0.1", served.port)) as wire:
        for number, request in enumerate(requests, before + 1):
            posted[number] = time.time() * 1000
            wire.sendall(request)
            answer = b""
            while not answer.endswith(b".\n"):
                answer += wire.recv(65536)
            assert b" 202 " in answer[:20], answer[:200]
            due += pause()  # type: ignore[operator]
            threading.Event().wait(max(0.0, due - time.perf_counter()))
    return posted


def _delays(page: Page, posted: dict[int, float]) -> list[float]:
    page.wait_for_function(
        "n => window.seen[window.seen.length - 1][1] >= n", arg=max(posted), timeout=30_000
    )
    seen = page.evaluate("() => window.seen.splice(0, window.seen.length - 1)")
    seen += page.evaluate("() => window.seen")
    delays, at = [], 0
    for number, when in sorted(posted.items()):
        while seen[at][1] < number:
            at += 1
        delays.append(seen[at][0] - when)
    return sorted(delays)


def _at(delays: list[float], part: float) -> float:
    return delays[min(len(delays) - 1, int(len(delays) * part))]
