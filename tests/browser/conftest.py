"""One real Chromium for each worker, and a real server on a loopback port."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.board import routes
from app.db import connect
from app.live import hub
from tests.board.house import House, house, settings_for
from tests.board.screenplay import board, screen
from tests.browser.puppet import PATIENT, SHORT, Puppet
from tests.browser.windows import fresh, window
from tests.machine import NO_CHROMIUM, chromium
from tests.patience import PATIENCE

# Two cores are shared with other tests: what is waited for may come late, never not at all.
expect.set_options(timeout=1000 * PATIENCE)

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The pages of a room share one process, which is started once and then warm.
]


@pytest.fixture(scope="session")
def started() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """The browser, and the loop in which Playwright waits for it."""
    path = chromium()
    assert path, NO_CHROMIUM
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield opened, loop
        asyncio._set_running_loop(loop)
        opened.close()


@pytest.fixture
def browser(started: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """The one Chromium of this worker.

    Playwright leaves its loop marked as running, for as long as the browser lives; a test after
    this one that runs a loop of its own would be refused. So the mark lasts as long as the test.
    """
    opened, loop = started
    asyncio._set_running_loop(loop)
    yield opened
    asyncio._set_running_loop(None)


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A server with the board `hall`, open to everybody. Its heart beats fast, because the tests
    shorten a screen's patience alike.
    """
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.3)
    yield from _house(sqlite_url, tmp_path, open_boards=True)


@pytest.fixture
def closed(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The same for those who are let in only; there is a screen called `Lobby`."""
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.3)
    yield from _house(sqlite_url, tmp_path, open_boards=False)


def _house(url: str, folder: Path, *, open_boards: bool) -> Iterator[House]:
    database = connect(url)
    with database.write.begin() as session:
        board(session, scenes=["pulse", "tide", "leaderboard"])
        screen(session, "Lobby")
    database.dispose()
    with house(settings_for(url, folder, open_boards=open_boards)) as running:
        yield running


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "LIMITS", SHORT)


@pytest.fixture
def server(home: House, tv: Page, monkeypatch: pytest.MonkeyPatch) -> Puppet:
    monkeypatch.setattr(routes, "LIMITS", PATIENT)
    return Puppet(tv, home, monkeypatch)


@pytest.fixture
def tv(browser: Browser) -> Iterator[Page]:
    """A screen of 1920 by 1080. What its console and its policy complain of fails the test."""
    with window(browser, (1920, 1080), "tv") as page, uncomplaining(page):
        yield page


@pytest.fixture
def new_tv(browser: Browser) -> Iterator[Page]:
    """The same, taken out of its box."""
    with fresh(browser, (1920, 1080)) as page, uncomplaining(page):
        yield page


@contextmanager
def uncomplaining(page: Page) -> Iterator[None]:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and not _is_network(message.text)
            else None
        ),
    )
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " (event) => console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI))"
    )
    yield
    assert complaints == []


def _is_network(text: str) -> bool:
    """A server that is away on purpose is told on the console by the browser itself."""
    known = (
        "ERR_CONNECTION",
        "net::ERR_FAILED",
        "WebSocket connection to",
        "htmx:ws:error",
        "status of 503",
    )
    return any(words in text for words in known)
