"""Boards and screens by finger, by keyboard and without a script; a TV that answers by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.board.models import Board
from app.db import connect
from app.desk import boards, company, pages, screens
from app.people import routes as people
from app.settings import Settings
from tests.board.house import House, app_of, house, settings_for
from tests.board.screenplay import board, screen
from tests.browser.test_desk import CUT_OFF, DESK, PHONE, SMALL_TARGETS, _findings, _let_in, _page
from tests.browser.windows import fresh, loaded
from tests.people.visitor import lead

pytestmark = pytest.mark.browser

SCENES = ["pulse", "tide", "leaderboard", "story"]
PAGES = ["/boards", "/boards/hall", "/screens", "/screens/1", "/company"]


def rooms(settings: Settings) -> FastAPI:
    """The walls, and the desk's pages about them."""
    app = app_of(settings)
    for room in (people, pages, boards, screens, company):
        app.include_router(room.router)
    return app


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    database = connect(sqlite_url)
    with database.write.begin() as session:
        board(session, scenes=list(SCENES))
        board_key = screen(session, "Lobby")
        assert board_key
    lead(database, role="admin")
    database.dispose()
    with house(settings_for(sqlite_url, tmp_path, open_boards=False), rooms) as running:
        yield running


@pytest.fixture
def desk(browser: Browser, home: House) -> Iterator[Page]:
    """A phone, signed in."""
    with _page(browser) as page:
        _let_in(page, home.url)
        yield page


def order(home: House) -> list[str]:
    with home.database.read() as session:
        return session.scalars(select(Board.scenes)).one()


def drag(page: Page, name: str, to: str) -> None:
    """Takes a scene by its handle and lets it go over another one."""
    spots = []
    for one in (name, to):
        box = page.locator(f"li[data-name={one}] .handle").bounding_box()
        assert box is not None
        spots.append((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
    (x, start), (_, end) = spots
    page.mouse.move(x, start)
    page.mouse.down()
    page.mouse.move(x, (start + end) / 2, steps=3)
    page.mouse.move(x, end + (2 if end > start else -2), steps=3)
    page.mouse.up()


def test_scenes_by_drag_and_by_keyboard(home: House, desk: Page) -> None:
    desk.goto(f"{home.url}/boards/hall")
    drag(desk, "story", to="pulse")
    desk.wait_for_url("**moved=**")
    assert order(home) == ["story", "pulse", "tide", "leaderboard"]
    button = desk.get_by_role("button", name="Move down: Pulse")
    button.focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**moved=down+pulse**")
    assert order(home) == ["story", "tide", "pulse", "leaderboard"]
    expect(button).to_be_focused()  # pressed again, it moves on
    desk.keyboard.press("Enter")
    desk.wait_for_function("!document.querySelector('[data-name=pulse] + li')")
    assert order(home) == ["story", "tide", "leaderboard", "pulse"]
    desk.goto(f"{home.url}/boards/hall?look=pulse")
    frame = desk.frame_locator("iframe")
    expect(frame.locator("#slot-pulse-0 .scene")).to_be_visible()
    assert desk.evaluate("violations") == []


def test_the_settings_without_a_script(browser: Browser, home: House) -> None:
    with _page(browser, java_script_enabled=False) as page:
        _let_in(page, home.url)
        page.goto(f"{home.url}/boards/hall")
        assert page.locator(".handle").first.is_hidden()
        page.get_by_role("button", name="Leave out: Tide").click()
        page.get_by_label("Hours").fill("soon")
        page.get_by_role("button", name="Keep").click()
        expect(page.get_by_label("Hours")).to_have_attribute("aria-invalid", "true")
        page.get_by_label("Hours").fill("always")
        page.get_by_label("Ground").select_option("paper")
        page.get_by_role("button", name="Keep").click()
        expect(page.get_by_role("status")).to_contain_text("Kept.")
    assert order(home) == ["pulse", "leaderboard", "story"]


def test_the_tv_answers_and_the_page_says_so_by_itself(home: House, desk: Page, tv: Page) -> None:
    tv.context.add_cookies(
        [{"name": "cheerboard-screen", "value": "made-up-key-of-Lobby", "url": home.url}]
    )
    tv.goto(f"{home.url}/tv/hall")
    desk.goto(f"{home.url}/screens")
    expect(desk.locator("#said-1")).to_contain_text("live")  # never seen a moment ago
    desk.goto(f"{home.url}/screens/1")
    answer = desk.locator("#answer")
    for press, words in [
        ("Identify", "It shows its number and its name."),
        ("Reload", "It has loaded its page anew."),
        ("Blank", "It is dark."),
    ]:
        desk.get_by_role("button", name=press, exact=True).click()
        expect(answer).to_have_text(words)
    desk.get_by_role("button", name="Light it again").click()
    expect(answer).not_to_contain_text("lit")
    expect(desk.locator("#facts")).to_contain_text("1920x1080")
    desk.locator("summary", has_text="Revoke it").click()
    desk.get_by_role("button", name="Revoke: Lobby").click()
    tv.wait_for_url("**/screen")


def test_nothing_stands_in_anybodys_way(home: House, desk: Page) -> None:
    found = {}
    for path in PAGES:
        desk.goto(home.url + path)
        for closed in desk.query_selector_all("summary"):
            closed.click()
        found[path] = _findings(desk)
        for size, letters in ((PHONE, "200%"), (DESK, "100%")):
            desk.set_viewport_size({"width": size[0], "height": size[1]})
            desk.evaluate(f"document.documentElement.style.fontSize = '{letters}'")
            assert desk.evaluate(CUT_OFF) == [], (path, size)
            assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert desk.evaluate(SMALL_TARGETS) == [], (path, size)
    assert found == {path: [] for path in PAGES}


def test_no_heavier_than_a_phone_likes(browser: Browser, home: House) -> None:
    """At first load, before anybody asks for the preview."""
    with fresh(browser, PHONE) as page:
        _let_in(page, home.url)
        came = loaded(page, f"{home.url}/boards/hall")
    assert 50_000 < sum(size for _, size in came) <= 150_000, came
