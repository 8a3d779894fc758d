"""Every scene in every state, theme and size as a picture, and contact sheets of them.

`make gallery` writes `build/gallery/`; `python -m tests.gallery pulse tide` draws only those two.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from app import clock
from app.board.scene import scenes
from app.db import connect
from app.migrations import migrate
from tests.board import wall
from tests.board.house import House, house, settings_for
from tests.machine import NO_CHROMIUM, chromium

FOLDER = Path("build/gallery")
STATES = ("empty", "few", "normal", "many")
# Drawn once more while nobody is heard.
SILENT = ("stale", "offline")
THEMES = ("ink", "paper")
SIZES = {"l": (1920, 1080), "s": (1280, 720), "p": (1080, 1920)}
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
SILENCE = """(state) => {
  const stage = document.getElementById("stage");
  stage.classList.add(state === "stale" ? "waiting" : "offline");
  const word = document.querySelector(".freshness-word");
  word.textContent = state === "stale" ? word.dataset.waiting || "waiting"
    : (word.dataset.offline || "offline since {time}").replace("{time}", "14:32");
}"""


def main(wanted: list[str]) -> None:
    """Draws the wanted scenes, or all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = chromium()
    assert path, NO_CHROMIUM
    names = wanted or list(scenes())
    with sync_playwright() as playwright, clock.frozen(wall.NOON):
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for state in STATES:
            with serving(state) as home:
                _draw(browser, home, names, state)
        for name in names:
            _sheet(browser, name)
        browser.close()


@contextmanager
def serving(state: str, language: str | None = None) -> Iterator[House]:
    """A server whose company is in one of the states."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/wall.db"
        database = connect(url)
        migrate(database)
        with clock.frozen(wall.NOON), database.write.begin() as session:
            wall.fill(session, state, language)
        database.dispose()
        with house(settings_for(url, Path(folder))) as running:
            yield running


def _draw(browser: Browser, home: House, names: list[str], state: str) -> None:
    for size, (width, height) in SIZES.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        for name in names:
            _look(page, home, name)
            _shoot(page, f"{name}-{state}", size)
            if state == "normal":
                for silent in SILENT:
                    page.evaluate(SILENCE, silent)
                    _shoot(page, f"{name}-{silent}", size)
        page.close()


def _look(page: Page, home: House, name: str) -> None:
    view = page.viewport_size
    assert view is not None
    turned = "portrait" if view["height"] > view["width"] else "landscape"
    page.goto(f"{home.url}/tv/hall?scene={name}&motion=off&orientation={turned}")
    page.wait_for_selector(f"#scene-{name}", state="attached")
    page.evaluate("document.fonts.ready")
    page.evaluate("document.getAnimations().forEach((one) => one.finish())")


def _shoot(page: Page, name: str, size: str) -> None:
    for theme in THEMES:
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
        page.evaluate("document.getAnimations().forEach((one) => one.finish())")
        page.screenshot(path=FOLDER / f"{name}-{theme}-{size}.png")


def _sheet(browser: Browser, name: str) -> None:
    """All pictures of one scene side by side."""
    made = sorted(path.name for path in FOLDER.glob(f"{name}-*-*-*.png"))
    page = browser.new_page(viewport={"width": 1960, "height": 1200})
    images = "".join(f'<img src="{one}" height="{360 if one[-5] == "p" else 203}">' for one in made)
    sheet = FOLDER / f"_{name}.html"
    sheet.write_text(
        "<style>img{vertical-align:top;margin:2px}</style>"
        f'<body style="background:#888">{images}</body>'
    )
    page.goto(sheet.resolve().as_uri())
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"00-{name}.png", full_page=True)
    sheet.unlink()
    page.close()


if __name__ == "__main__":
    main(sys.argv[1:])
