"""Stories, panic and numbers in a real browser: by key, by finger, and for everybody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app import clock
from app.db import Database
from app.desk import numberpages, panic
from app.people.models import Company
from app.screens.models import Screen
from app.stories.models import Story
from tests.browser import test_desk as desk
from tests.browser.windows import DRAWN, fresh, loaded
from tests.desk import scenery
from tests.people.visitor import house, lead

pytestmark = pytest.mark.browser

PAGES = [
    "/stories/1", "/stories?done=hold&story=1", "/panic", "/panic?done=blank", "/numbers",
    "/numbers?scope=team&id=1", "/numbers/answers", "/numbers/made", "/numbers/then",
]  # fmt: skip


@pytest.fixture(scope="module")
def at(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[str, Database]]:
    """A desk with stories, screens and a score, and its database."""
    folder = tmp_path_factory.mktemp("stories")
    database, _ = desk._house(folder, sqlite_template)
    lead(database, role="admin")
    with database.write.begin() as session:
        desk._fill(session)
        session.get_one(Company, 1).target = 40
        for name in ("Lobby", f"Canteen {'far away ' * 12}"):
            session.add(
                Screen(name=name, board_slug="lobby", token_hash=name, created_at=clock.now())
            )
        for number in range(6):
            scenery.story(session, f"{scenery.TEXT} Story {number} of many.")
    app = house(database, folder, panic.router, numberpages.router)
    with desk._serving(app) as address:
        yield address, database
    database.dispose()


@pytest.fixture
def phone(browser: Browser, at: tuple[str, Database]) -> Iterator[Page]:
    with desk._page(browser, desk.PHONE, has_touch=True) as page:
        desk._let_in(page, at[0])
        yield page
        assert page.evaluate("violations") == []


def state(database: Database, name: str | None) -> str:
    number = int((name or "").removeprefix("story-"))
    with database.read() as session:
        return session.scalars(select(Story.state).where(Story.id == number)).one()


def test_nothing_stands_in_anybodys_way(phone: Page, at: tuple[str, Database]) -> None:
    """Axe, every target for a finger, and letters twice as large."""
    for path in PAGES:
        phone.goto(at[0] + path)
        for closed in phone.query_selector_all("summary"):
            closed.click()
        assert desk._findings(phone) == [], path
        for letters in ("100%", "200%"):
            phone.evaluate(f"document.documentElement.style.fontSize = '{letters}'")
            assert phone.evaluate(desk.CUT_OFF) == [], (path, letters)
            assert phone.evaluate(desk.SMALL_TARGETS) == [], (path, letters)


def test_by_keyboard_released_undone_and_held(phone: Page, at: tuple[str, Database]) -> None:
    phone.goto(f"{at[0]}/stories")
    phone.keyboard.press("j")
    phone.keyboard.press("j")
    phone.keyboard.press("k")
    name = phone.locator(".story.chosen").get_attribute("id")
    phone.keyboard.press("r")
    expect(phone.get_by_role("status")).to_contain_text("Released.")
    assert state(at[1], name) == "released"
    phone.keyboard.press("u")
    expect(phone.get_by_role("status")).to_contain_text("Undone.")
    assert state(at[1], name) == "candidate"


def test_by_a_swipe_held_and_by_a_short_one_not(phone: Page, at: tuple[str, Database]) -> None:
    phone.goto(f"{at[0]}/stories")
    story = phone.locator("section[aria-labelledby=waiting] .story").first
    name = story.get_attribute("id")
    finger = phone.context.new_cdp_session(phone)
    box = story.bounding_box()
    assert box is not None

    def swipe(way: int) -> None:
        x, y = box["x"] + box["width"] / 2, box["y"] + 30

        def touch(kind: str, dx: float) -> None:
            points = [] if kind == "touchEnd" else [{"x": x + dx, "y": y}]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", 0)
        for step in range(1, 6):
            touch("touchMove", way * step / 5)
        touch("touchEnd", way)

    swipe(-40)
    expect(phone.locator(f"#{name}")).to_be_visible()
    swipe(-150)
    expect(phone.get_by_role("status")).to_contain_text("Put aside.")
    assert phone.locator(f"section[aria-labelledby=waiting] #{name}").count() == 0


def test_words_are_tapped_out_and_the_server_keeps_what_is_left(
    phone: Page, at: tuple[str, Database]
) -> None:
    phone.goto(f"{at[0]}/stories/1")
    for word in ("technician", "took"):
        phone.get_by_role("button", name=word, exact=True).tap()
    phone.get_by_role("button", name="Keep this version").tap()
    expect(phone.get_by_role("status")).to_contain_text("Cut.")
    expect(phone.locator("article blockquote")).to_contain_text("The … his shoes off,")
    expect(phone.get_by_role("button", name="technician", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )


def test_panic_in_two_taps_and_the_screen_answers_by_itself(
    phone: Page, at: tuple[str, Database]
) -> None:
    phone.goto(f"{at[0]}/desk")
    phone.get_by_role("link", name="Panic").tap()
    phone.get_by_role("button", name="Blank everything").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Every wall is dark")
    lobby = phone.locator("#obeyed li").filter(has_text="Lobby lobby")
    expect(lobby).to_contain_text("is away")
    with at[1].write.begin() as session:
        screen = session.scalars(select(Screen).where(Screen.name == "Lobby")).one()
        screen.report, screen.seen_at = {"dark": True}, clock.now()
    expect(lobby).to_contain_text("is dark")
    phone.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    phone.get_by_role("button", name="Light everything again").tap()
    expect(phone.get_by_role("status")).to_have_text("Lit again.")


def test_no_heavier_than_a_phone_likes(browser: Browser, at: tuple[str, Database]) -> None:
    """At most 150 KB, uncompressed, for a phone that has kept nothing but its key."""
    for path in ("/stories/1", "/numbers"):
        with fresh(browser, desk.PHONE) as page:
            desk._let_in(page, at[0])
            weight = sum(size for _, size in loaded(page, at[0] + path))
            assert 50_000 < weight <= 150_000, path


def test_the_walls_heavy_letters_stay_on_the_wall(
    browser: Browser, at: tuple[str, Database]
) -> None:
    """Also where the sheet that names a phone's own comes late, and words are drawn before it."""
    asked: list[str] = []
    with fresh(browser, desk.PHONE) as page:
        desk._let_in(page, at[0])
        page.on("request", lambda request: asked.append(request.url))
        page.route("**/desktype.css*", lambda route: route.abort())
        page.goto(f"{at[0]}/stories/1", wait_until="networkidle")
        page.evaluate(DRAWN)
    assert [url for url in asked if "/fonts/atkinson" in url]
    assert not [url for url in asked if "/fonts/bricolage" in url]
