"""The board on the engines that hang on walls: Chromium 85, 87, 89 and 108, and with no script."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.board.models import Board
from app.db import connect
from app.live.bus import announce
from tests.board import wall
from tests.board.house import House, house, settings_for
from tests.faults.engines import PACKAGES, NotToBeHadError, tab
from tests.server import ROOT

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - says how to test, no setting
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not LONG, reason="old engines are fetched in `make faults` only"),
]
# What the demand is: nothing overflows, and the words stand where they can be read.
FITS = """document.documentElement.scrollWidth <= innerWidth
  && document.documentElement.scrollHeight <= innerHeight"""
PICTURES = ROOT / "build/engines"


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    database = connect(sqlite_url)
    with database.write.begin() as session:
        wall.fill(session, "normal")
    database.dispose()
    with house(settings_for(sqlite_url, tmp_path)) as running:
        yield running


@pytest.mark.parametrize("engine", PACKAGES)
def test_an_old_engine_draws_the_board_and_takes_its_frames(
    home: House, tmp_path: Path, engine: str
) -> None:
    try:
        with tab(engine, tmp_path / "profile") as page:
            assert f"/{engine}." in page.version
            with home.database.read() as session:
                scenes = session.query(Board).one().scenes
            for scene in scenes:
                page.send("Page.navigate", url=f"{home.url}/tv/hall?scene={scene}")
                page.until("document.readyState === 'complete'")
                page.until(f"!!document.querySelector('.scene.{scene}')")
                # Connected: the server's first whole picture was swapped.
                page.until("window.wall && wall.guard.send({type: 'report'})")
                dot = _answered(home)
                page.until(f"!!document.getElementById('{dot}')")
                assert page.evaluate(FITS), scene
                page.until("document.fonts.status === 'loaded'")
                _picture(page.send("Page.captureScreenshot")["data"], f"{engine}-{scene}")
            page.send("Emulation.setScriptExecutionDisabled", value=True)
            page.send("Page.navigate", url=f"{home.url}/tv/hall?scene=pulse")
            page.until("location.pathname === '/still/hall'")
            page.until("document.readyState === 'complete' && !!document.querySelector('#rail')")
            assert page.evaluate(FITS)
            _picture(page.send("Page.captureScreenshot")["data"], f"{engine}-still")
            assert page.complaints == []
    except NotToBeHadError as reason:
        pytest.skip(str(reason))


def _answered(home: House) -> str:
    """One more voice; the id of its dot on the rail."""
    with home.database.write.begin() as session:
        (number,) = wall.hear(session, [9])
        announce(session, "responses")
    return f"r{number}"


def _picture(data: str, name: str) -> None:
    """For whoever wants to look at it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{name}.png").write_bytes(base64.b64decode(data))
