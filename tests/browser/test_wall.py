"""The wall in a real browser: every scene, state and size; nothing cut, tiny, heavy or foreign."""

import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response
from sqlalchemy import update

from app import clock
from app.db import connect
from app.language import LANGUAGES
from app.migrations import migrate
from app.scores.models import DailyTally
from tests.board import pseudo, wall
from tests.board.house import House, house, settings_for
from tests.browser.windows import WATCH, fresh, window

pytestmark = pytest.mark.browser

# Shown by the machine, and pages that are no board.
SYSTEM = ["welcome", "pair", "identify", "update"]
NOTICES = ["screen", "screen?token=old", "tv/nowhere"]
# Each state in another language: a sample of all pairs, without more pages to load.
STATES = [("empty", "de"), ("few", "fr"), ("normal", "da"), ("many", "nl"), ("normal", "ar")]
EVERY = [(state, code) for state in wall.STATES for code in (*LANGUAGES, "ar")]
NUMBERED = ["pulse", "tide", "leaderboard", "ladder", "week"]
LANDSCAPE = [(1920, 1080), (1280, 720), (960, 540), (3840, 2160)]
PORTRAIT = [(1080, 1920), (720, 1280), (2160, 3840)]
KB = 1024
AXE = Path(__file__).parent / "axe/axe-4.14.1.min.js"
LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - says how to test, no setting

# Everything wrong with the page as it stands, as sentences.
AUDIT = """() => {
  const wrong = [];
  const short = Math.min(innerWidth, innerHeight);
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth || page.scrollHeight > innerHeight) wrong.push("a scrollbar");
  const texts = [...document.querySelectorAll("body *")].filter((one) => {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    return own && !["title", "SCRIPT"].includes(one.tagName) && !one.closest(".spoken, .sign")
      && getComputedStyle(one).visibility !== "hidden" && one.getClientRects().length;
  });
  const name = (one) => `${one.className.baseVal || one.className || one.tagName} "`
    + one.textContent.trim().slice(0, 30) + '"';
  const boxes = texts.map((one) => {
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const scale = one.ownerSVGElement ? one.getScreenCTM().a : 1;
    const size = parseFloat(style.fontSize) * scale;
    if (size < 0.028 * short - 0.01) wrong.push(`${name(one)} is ${size} px small`);
    // The air that a font has left of its figures hangs in the margin.
    const edge = (one.closest(".numeral") ? 0.032 : 0.05) * short - 1;
    if (box.left < edge || box.top < edge || box.right > innerWidth - edge
      || box.bottom > innerHeight - edge) wrong.push(`${name(one)} leaves the safe area`);
    const ends = style.webkitLineClamp !== "none" || style.textOverflow === "ellipsis";
    const cut = style.overflowY !== "visible" && one.scrollHeight > one.clientHeight + 1;
    if (cut && !ends) wrong.push(`${name(one)} is cut`);
    const wide = style.display !== "inline" && one.scrollWidth > one.clientWidth + 1;
    if (wide && !ends && !one.ownerSVGElement) wrong.push(`${name(one)} is too wide`);
    return box;
  });
  texts.forEach((one, at) => texts.slice(at + 1).forEach((other, next) => {
    const a = boxes[at], b = boxes[at + 1 + next];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    const touch = wide > 2 && high > 2 && !one.contains(other);
    if (touch) wrong.push(`${name(one)} lies on ${name(other)}`);
  }));
  return wrong;
}"""

SILENT = f"""() => {{
  stage.classList.add('offline');
  stage.style.transform = 'none';
  document.querySelector('.freshness-word').textContent = 'offline since 14:32';
  const wrong = ({AUDIT})();
  document.getAnimations().forEach((one) => one.finish());
  return [wrong, getComputedStyle(picture).filter];
}}"""

# The rail changes its edge every hour.
EDGE = "(edge) => { document.documentElement.dataset.rail = edge }"


@pytest.fixture(scope="module", params=EVERY if LONG else STATES, ids="-".join)
def hung(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
) -> Iterator[tuple[House, int]]:
    """A server whose company is in one of the states and speaks one of the languages; which."""
    folder = tmp_path_factory.mktemp("wall")
    shutil.copy(sqlite_template, folder / "wall.db")
    with pseudo.understood(), serving(folder, *request.param) as running:
        yield running, (EVERY if LONG else STATES).index(request.param)


def serving(folder: Path, state: str, language: str | None = None) -> Any:
    url = f"sqlite:///{folder / 'wall.db'}"
    database = connect(url)
    migrate(database)
    with clock.frozen(wall.NOON), database.write.begin() as session:
        wall.fill(session, state, language)
    database.dispose()
    return house(settings_for(url, folder))


@contextmanager
def opened(browser: Browser, width: int = 1920, height: int = 1080) -> Iterator[Page]:
    with window(browser, (width, height)) as page:
        page.add_init_script(WATCH)
        yield page


def show(page: Page, at: House, scene: str, door: str = "tv") -> None:
    view = page.viewport_size
    assert view is not None
    turned = "portrait" if view["height"] > view["width"] else "landscape"
    page.goto(f"{at.url}/{door}/hall?scene={scene}&orientation={turned}")
    page.wait_for_selector(f"#scene-{scene}")
    page.evaluate("document.fonts.ready")


@pytest.mark.faults
def test_every_scene_fits_every_wall(browser: Browser, hung: tuple[House, int]) -> None:
    home, nth = hung
    wrong: list[str] = []
    with opened(browser) as page, clock.frozen(wall.NOON):
        for turn, sizes in enumerate((LANDSCAPE, PORTRAIT)):
            for scene in _scenes(nth + turn):
                page.set_viewport_size({"width": sizes[0][0], "height": sizes[0][1]})
                show(page, home, scene, "still")
                for at, (width, height) in enumerate(_sizes(nth, sizes)):
                    page.set_viewport_size({"width": width, "height": height})
                    page.evaluate(EDGE, "top" if at % 2 else "bottom")
                    found = page.evaluate(AUDIT)
                    wrong += [f"{scene} at {width}x{height}: {one}" for one in found]
                assert page.evaluate("violations") == []
    assert not wrong, "\n".join(wrong)


def _scenes(turn: int) -> list[str]:
    """The suite takes every third, in turns: each stands on its wall in one state or two, upright
    and lying. All of them behind CHEERBOARD_FAULTS=long.
    """
    every = [*wall.SCENES, *wall.CHOSEN]
    return every if LONG else every[turn % 3 :: 3]


def _sizes(nth: int, sizes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The suite takes the usual one, where words are cut, and one that only rounds differently."""
    return sizes if LONG else [sizes[0], sizes[1 + nth % (len(sizes) - 1)]]


# More than a million voices in a week; and as many promoters as detractors.
COUNTS: list[dict[str, Any]] = [
    {"promoters": 7 * DailyTally.promoters, "detractors": 6_423 * DailyTally.detractors},
    {"promoters": 9, "detractors": 9},
]


@pytest.mark.faults
@pytest.mark.skipif(not LONG, reason="numbers of every size in every language: `make faults`")
@pytest.mark.parametrize("code", [*LANGUAGES, "ar"])
def test_numbers_of_every_size_fit(browser: Browser, tmp_path: Path, code: str) -> None:
    wrong: list[str] = []
    with (
        clock.frozen(wall.NOON),
        pseudo.understood(),
        serving(tmp_path, "many", code) as home,
        opened(browser) as page,
    ):
        for counts in COUNTS:
            with home.database.write.begin() as session:
                session.execute(update(DailyTally).values(**counts))
            for scene in NUMBERED:
                for width, height in (LANDSCAPE[0], PORTRAIT[0]):
                    page.set_viewport_size({"width": width, "height": height})
                    show(page, home, scene, "still")
                    found = page.evaluate(AUDIT)
                    wrong += [f"{scene} at {width}x{height}: {one}" for one in found]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("turn", [0, 1], ids=["landscape", "portrait"])
def test_what_is_no_board_fits_as_well(browser: Browser, usual: House, turn: int) -> None:
    size = (LANDSCAPE, PORTRAIT)[turn][-1 if LONG else 0]
    wrong: list[str] = []
    with opened(browser, *size) as page, clock.frozen(wall.NOON):
        # In the suite each is looked at in one of the two: they have one layout.
        for scene in SYSTEM if LONG else SYSTEM[turn::2]:
            show(page, usual, scene, "still")
            wrong += [f"{scene}: {one}" for one in page.evaluate(AUDIT)]
        for path in NOTICES if LONG else NOTICES[turn::2]:
            page.goto(f"{usual.url}/{path}")
            wrong += [f"{path}: {one}" for one in page.evaluate(AUDIT)]
        assert page.evaluate("violations") == []
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("usual")
    shutil.copy(sqlite_template, folder / "wall.db")
    with serving(folder, "normal") as running:
        yield running


def test_silence_is_said_in_the_rail_and_seen_in_the_picture(
    browser: Browser, usual: House
) -> None:
    with opened(browser, 1080, 1920) as page, clock.frozen(wall.NOON):
        show(page, usual, "story")
        # In one breath: a screen that hears its server's heart says at once that it does.
        wrong, look = page.evaluate(SILENT)
        assert (wrong, look) == ([], "saturate(0.6)")


def test_the_first_load_is_light_and_from_one_origin(browser: Browser, usual: House) -> None:
    heard: list[Response] = []
    with clock.frozen(wall.NOON), fresh(browser, LANDSCAPE[0]) as page:
        page.add_init_script(WATCH)
        # Playwright marks what it calls, and a method of a list cannot be marked.
        page.on("response", lambda answer: heard.append(answer))  # noqa: PLW0108 - see above
        show(page, usual, "pulse")
        bodies = {answer.url: answer.body() for answer in heard}
        assert page.evaluate("violations") == []
    assert all(url.startswith((usual.url, "data:")) for url in bodies)
    scripts = sum(len(gzip.compress(b)) for url, b in bodies.items() if ".js" in url)
    fonts = sum(len(body) for url, body in bodies.items() if ".woff2" in url)
    assert fonts > 0
    assert sum(map(len, bodies.values())) <= 300 * KB
    assert scripts <= 60 * KB
    assert fonts <= 180 * KB


# The middle, and a place between middle and edge that a diamond does not reach.
SHAPES = """() => ["promoter", "passive", "detractor"].map((id) => {
  const shape = document.getElementById(id);
  const style = getComputedStyle(shape);
  const hollow = getComputedStyle(document.getElementById("stage")).backgroundColor;
  return [[0, 0], [0.62, 0.62]].map(([x, y]) => {
    const at = new DOMPoint(x, y);
    return (style.fill !== hollow && shape.isPointInFill(at))
      || (style.stroke !== "none" && shape.isPointInStroke(at));
  });
})"""


def test_three_voices_are_three_shapes_whatever_their_colour(
    browser: Browser, usual: House
) -> None:
    with opened(browser) as page, clock.frozen(wall.NOON):
        show(page, usual, "pulse", "still")
        assert page.evaluate(SHAPES) == [[True, True], [False, True], [True, False]]


def test_axe_finds_nothing_on_a_wall(browser: Browser, usual: House) -> None:
    """Titles, order, language; and contrast as it is painted."""
    found: list[str] = []
    with opened(browser) as page, clock.frozen(wall.NOON):
        for scene in [*wall.SCENES, *wall.CHOSEN, *SYSTEM] if LONG else ["ladder"]:
            show(page, usual, scene)
            page.evaluate("document.getAnimations().forEach((one) => one.finish())")
            page.evaluate(AXE.read_text())
            told = page.evaluate("axe.run({resultTypes: ['violations'], preload: false})")
            found += [f"{scene}: {one['id']} ({one['impact']})" for one in told["violations"]]
    assert found == []
