"""A wall for far eyes in a real browser: larger words, and still nothing cut or touching."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app import clock
from app.board.models import Board
from tests.board import pseudo, wall
from tests.browser.test_wall import AUDIT, EVERY, LONG, opened, serving, show

pytestmark = [pytest.mark.browser, pytest.mark.faults]

SIZES = [(1920, 1080), (1080, 1920)]
SCALES = (1.25, 1.5) if LONG else (1.5,)
SCENES = [*wall.SCENES, *wall.CHOSEN] if LONG else ["ladder"]
LABEL = "parseFloat(getComputedStyle(document.querySelector('.note')).fontSize)"


@pytest.mark.parametrize(("state", "code"), EVERY if LONG else [("normal", "de")])
def test_what_is_larger_fits(browser: Browser, tmp_path: Path, state: str, code: str) -> None:
    wrong: list[str] = []
    with (
        clock.frozen(wall.NOON),
        pseudo.understood(),
        serving(tmp_path, state, code) as home,
        opened(browser) as page,
    ):
        for scale in SCALES:
            with home.database.write.begin() as session:
                session.query(Board).one().settings = {"language": code, "scale": scale}
            for scene in SCENES:
                for width, height in SIZES:
                    page.set_viewport_size({"width": width, "height": height})
                    show(page, home, scene, "still")
                    found = page.evaluate(AUDIT)
                    wrong += [f"{scene} x{scale} at {width}x{height}: {one}" for one in found]
                    if scene == "ladder" and state == "normal":
                        assert page.evaluate(LABEL) == pytest.approx(3.6 * 10.8 * scale, abs=0.1)
    assert not wrong, "\n".join(wrong)
