"""The whole way on a screen without glass: boot page, server, board, and what goes wrong."""

import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.db import connect
from kiosk import agent
from kiosk.agent import Box, Config
from kiosk.tests import glass
from kiosk.tests.glass import Glass
from tests.board.screenplay import board, screen
from tests.patience import PATIENCE
from tests.ports import free_port
from tests.server import COMMAND, running

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.browser
@pytest.mark.skipif(bool(glass.why_not()), reason=glass.why_not() or "it can run here")
def test_from_boot_to_board_and_back_after_a_crash(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "HERE", glass.LIB)
    monkeypatch.setattr(agent, "LOST", 0.0)
    monkeypatch.setattr(agent, "ROUND", 15.0)  # a browser on a busy machine answers late
    monkeypatch.setattr(agent, "link", lambda: (True, "eth0"))
    monkeypatch.setattr(agent, "address", lambda: (True, "192.0.2.7"))
    key = paired(sqlite_url)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    link = f"{url}/screen?token={key}"
    settings = {"CHEERBOARD_DATABASE_URL": sqlite_url, "CHEERBOARD_DATA_DIR": str(tmp_path)}
    with glass.hung(url, link) as wall:
        box = Box(Config(url, link, "hall-1", devtools=wall.devtools, run=wall.run))
        waits_for_the_server(wall, box)
        with running([*COMMAND, "serve", "--port", str(port)], port, settings) as server:
            server.wait_until_ready()
            goes_on_to_the_board(wall, box)
            finds_back(wall, box)
        stays_without_server(wall, box)
        comes_back_with_the_last_picture(wall, box)
        ends_what_crashed(wall, box)


def paired(url: str) -> str:
    database = connect(url)
    with database.write.begin() as session:
        board(session)
        key = screen(session, "Lobby")
    database.dispose()
    return key


def waits_for_the_server(wall: Glass, box: Box) -> None:
    assert not told(wall, box)
    wall.until("document.getElementById('headline').textContent.includes('does not answer')")
    assert wall.value("document.querySelectorAll('#checks .ok').length") == 3
    assert wall.value("[innerWidth, innerHeight].join('x')") == "1280x720"
    wall.picture("boot")


def goes_on_to_the_board(wall: Glass, box: Box) -> None:
    assert told(wall, box)
    wall.until("location.pathname === '/tv/hall' && !!document.getElementById('stage')")
    seen = agent.look(wall.devtools)
    assert seen is not None
    assert (seen["status"], bool(seen["scene"])) == (200, True)
    assert wall.value("[innerWidth, innerHeight].join('x')") == "1280x720"
    assert wall.value("isSecureContext"), "no service worker without"
    wall.until("document.fonts.status === 'loaded'")
    wall.picture("board")


def finds_back(wall: Glass, box: Box) -> None:
    """Nobody gets to the browser's own pages, and nobody stays on its error page."""
    wall.ask("Page.navigate", url="chrome://settings")
    wall.until("location.href.startsWith('chrome-error:')")
    box.round(100.0, MONDAY, 1)
    wall.until("location.pathname === '/tv/hall' && !!navigator.serviceWorker.controller")
    wall.until(
        "caches.match('/tv/hall').then((one) => { window.isKept = !!one; }), !!window.isKept"
    )
    box.round(102.0, MONDAY, 1)


def stays_without_server(wall: Glass, box: Box) -> None:
    box.check()
    box.round(104.0, MONDAY, 1)
    assert wall.value("location.pathname") == "/tv/hall"


def comes_back_with_the_last_picture(wall: Glass, box: Box) -> None:
    """A browser that starts anew while the server is away opens the boot page, and goes on."""
    wall.ask("Page.navigate", url=agent.home(box.config))
    told(wall, box)
    wall.until("location.pathname === '/tv/hall' && !!document.querySelector('.stage.offline')")
    wall.until("[...document.fonts].some((one) => one.status === 'loaded')")
    box.round(106.0, MONDAY, 1)
    wall.picture("kept")


def ends_what_crashed(wall: Glass, box: Box) -> None:
    wall.crash()
    glass.wait_for(lambda: crashed(wall.devtools), "DevTools tells of the crash")
    box.round(108.0, MONDAY, 1)
    assert wall.process.wait(PATIENCE) == -signal.SIGKILL


def told(wall: Glass, box: Box) -> bool:
    """The five checks, where the browser may read them: on a box both are the same user."""
    ready = box.check()
    (wall.run / "status.js").chmod(0o644)
    return ready


def crashed(port: int) -> bool:
    try:
        agent.look(port)
    except agent.CrashedError:
        return True
    return False
