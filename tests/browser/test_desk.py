"""The desk in a real browser, at phone and desk size: reachable, readable, and no script needed."""

import os
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from app import clock
from app.db import Database, connect
from app.desk import rosterroutes
from app.followups import pages as followups
from app.heroes import pickpages
from app.integrity import pages as integrity
from app.people.keys import digest
from app.people.models import Invitation, PasswordReset
from app.scores import pages as scores
from app.themes import pages as themes
from tests import make
from tests.browser.windows import WATCH, fresh, loaded, window
from tests.desk import scenery
from tests.patience import PATIENCE
from tests.people.visitor import PASSWORD, house, lead

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "axe" / "axe-4.14.1.min.js"
PHONE, DESK, SMALLEST = (390, 844), (1280, 800), (320, 568)
PAGES = [
    "/desk", "/desk/more", "/stories", "/accounts", "/account", "/audit", "/invited/made-up",
    "/matching", "/roster", "/roster/people/1", "/roster/import", "/dignity", "/worksheet",
    "/reset/made-up", "/nowhere", "/week", "/themes", "/integrity",
    "/followups", "/followups/1", "/heroes",
]  # fmt: skip
OUTSIDE = ["/setup", "/signin", "/forgotten"]
LONG = "x" * 300
# In the suite the forms of a test share the pages; behind CHEERBOARD_FAULTS=long each takes all.
TAKES_ALL = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - how the tests are run


def _share(turn: int, turns: int, pages: list[str]) -> list[str]:
    return pages if TAKES_ALL else pages[turn::turns]


# Links inside of a sentence are exempt (WCAG 2.5.8), and what is not drawn.
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, summary")]
  .filter((one) => one.getClientRects().length && one.type !== "hidden")
  .filter((one) => !one.closest("p:not(:has(> a.go:only-child))"))
  .filter((one) => !one.classList.contains("skip"))
  .map((one) => [one.textContent.trim() || one.id, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.9 || box.width < 43.9)
  .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
CUT_OFF = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getClientRects().length && !one.closest("svg, pre, .skip, .spoken"))
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 30)}`)"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[str]:
    """The address of a desk with stories in every state, hostile and long ones among them."""
    database, app = _house(tmp_path_factory.mktemp("desk"), sqlite_template)
    lead(database, role="admin")
    lead(database, f"{'bo' * 30}@example.com")
    with database.write.begin() as session:
        _fill(session)
    with _serving(app) as address:
        yield address
    database.dispose()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[str]:
    """The address of a desk that nobody can sign in to yet."""
    database, app = _house(tmp_path_factory.mktemp("bare"), sqlite_template)
    with _serving(app) as address:
        yield address
    database.dispose()


def _house(folder: Path, template: Path) -> tuple[Database, FastAPI]:
    database = connect(f"sqlite:///{shutil.copy(template, folder / 'desk.db')}")
    rooms = (followups, rosterroutes, pickpages, scores, integrity, themes)
    return database, house(database, folder, *(room.router for room in rooms))


def _fill(session: Session) -> None:
    scenery.northwind(session)
    later = clock.now() + timedelta(hours=1)
    session.add_all(
        [
            PasswordReset(account_id=1, token_hash=digest("made-up"), expires_at=later),
            Invitation(
                token_hash=digest("made-up"),
                role="viewer",
                created_at=clock.now(),
                expires_at=later,
            ),
        ]
    )
    person = make.person(session, f"Ana Maria {'Lindqvist' * 8}", make.team(session, "Service"))
    scenery.voices(session, 780, 300, 204)
    scenery.board(session, "lobby", "Claims, ground floor")
    for state in ("candidate", "released", "recalled"):
        scenery.story(session, state=state, person=person)
    scenery.story(session, f"<script>alert(1)</script> {LONG} \u202edlrow", reasons=[LONG])
    scenery.story(session, created_at=clock.now() - timedelta(days=40))
    make.hero(session, person)
    make.case(
        session, scenery.story(session, LONG, state="recalled", score=0).response_id, note=LONG
    )


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        thread.join(PATIENCE)


@contextmanager
def _page(
    browser: Browser, size: tuple[int, int] = PHONE, color_scheme: Any = None, **how: Any
) -> Iterator[Page]:
    with window(browser, size, "desk", **how) as page:
        page.add_init_script(WATCH)
        page.emulate_media(color_scheme=color_scheme)
        yield page


def _sign_in(page: Page, at: str, password: str = PASSWORD) -> None:
    page.goto(f"{at}/signin")
    page.fill("#email", "uma@example.com")
    page.fill("#password", password)
    page.click("main button")


def _let_in(page: Page, at: str) -> None:
    """Signed in without looking at the form, which has tests of its own."""
    who: dict[str, Any] = {"email": "uma@example.com", "password": PASSWORD}
    answer = page.request.post(f"{at}/signin", form=who, max_redirects=0)
    assert answer.status == 303


def _findings(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({resultTypes: ['violations'], preload: false})")
    return [
        f"{one['id']}: {[node['target'] for node in one['nodes']]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_nothing_serious_stands_in_anybodys_way(
    browser: Browser, desk: str, bare: str, size: tuple[int, int], scheme: str
) -> None:
    with _page(browser, size, color_scheme=scheme) as page:
        found = {}
        turn = int(scheme == "light")
        for path in _share(turn, 2, OUTSIDE):
            page.goto(bare + path)
            found[f"outside {path}"] = _findings(page)
        _sign_in(page, desk, "wrong, wrong")
        found["wrong"] = _findings(page)
        _let_in(page, desk)
        for path in _share(turn, 2, PAGES):
            gone = page.goto(desk + path)
            assert gone is not None
            assert (gone.status == 404) == (path == "/nowhere"), path
            for closed in page.query_selector_all("summary"):
                closed.click()
            found[path] = _findings(page)
            assert page.evaluate("violations") == []
    assert found == {name: [] for name in found}


def test_a_finding_would_be_found(browser: Browser, desk: str) -> None:
    with _page(browser) as page:
        page.goto(f"{desk}/signin")
        page.evaluate("document.querySelector('label').remove()")
        assert _findings(page) != []


def test_release_and_recall_without_a_script_in_two_taps(browser: Browser, desk: str) -> None:
    with _page(browser, java_script_enabled=False) as page:
        _let_in(page, desk)
        page.goto(f"{desk}/desk")
        # One or more: the tests of this desk come in any order.
        page.get_by_role("link", name=re.compile("stor(y|ies) to release")).click()
        waiting = page.locator("section[aria-labelledby=waiting] .story")
        out = page.locator("section[aria-labelledby=released] .story")
        before = waiting.count(), out.count()
        name = waiting.last.get_attribute("id")
        waiting.last.get_by_role("button", name="Release").click()
        assert page.get_by_role("status").inner_text().startswith("Released.")
        assert (waiting.count(), out.count()) == (before[0] - 1, before[1] + 1)
        page.locator(f"#{name}").get_by_role("button", name="Recall").click()
        assert page.get_by_role("status").inner_text().startswith("Taken off.")
        assert out.count() == before[1]


def test_a_double_tap_presses_nothing_twice_and_nothing_else(browser: Browser, desk: str) -> None:
    """The page may come back between the taps, with the next story where the first one was."""
    with _page(browser) as page:
        _let_in(page, desk)
        page.goto(f"{desk}/stories")
        waiting = page.locator("section[aria-labelledby=waiting] .story")
        before = waiting.count()
        time = page.context.new_cdp_session(page)
        time.send("Animation.enable")
        time.send("Animation.setPlaybackRate", {"playbackRate": 0})
        waiting.first.get_by_role("button", name="Turn down").click()
        page.wait_for_url("**/stories?done=recall&story=*")
        for again in ("Turn down", "Release"):  # wherever they stand now
            waiting.first.get_by_role("button", name=again).click(force=True)
        page.goto(f"{desk}/stories")
        assert waiting.count() == before - 1
        time.send("Animation.setPlaybackRate", {"playbackRate": 1})
        page.goto(f"{desk}/stories?done=recall&story=1")
        # Then it works again.
        page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
        with page.expect_navigation():
            waiting.first.get_by_role("button", name="Turn down").click()
        page.goto(f"{desk}/stories")
        assert waiting.count() == before - 2


@pytest.mark.parametrize(
    "turn",
    range(5),
    ids=["phone-100%", "phone-200%", "smallest-200%", "desk-100%", "desk-200%"],
)
def test_everything_fits_and_can_be_hit(browser: Browser, desk: str, bare: str, turn: int) -> None:
    size = (PHONE, PHONE, SMALLEST, DESK, DESK)[turn]
    letters = ("100%", "200%", "200%", "100%", "200%")[turn]
    with _page(browser, size) as page:
        _let_in(page, desk)
        inside, outside = _share(turn, 5, PAGES), _share(turn, 3, OUTSIDE)
        for path in [desk + path for path in inside] + [bare + path for path in outside]:
            page.goto(path)
            page.evaluate(f"document.documentElement.style.fontSize = '{letters}'")
            for closed in page.query_selector_all("summary"):
                closed.click()
            assert page.evaluate(CUT_OFF) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert page.evaluate(SMALL_TARGETS) == [], path


def test_by_keyboard_alone(browser: Browser, desk: str) -> None:
    with _page(browser) as page:
        page.goto(f"{desk}/signin")
        # The first field waits for it; the browser gives it the focus only when it has drawn.
        page.wait_for_function("document.activeElement.name === 'email'")
        page.keyboard.type("uma@example.com")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_no_heavier_than_a_phone_likes(browser: Browser, desk: str) -> None:
    """At most 150 KB at first load, and nothing from another host."""
    with fresh(browser, PHONE) as page:
        _let_in(page, desk)
        came = loaded(page, f"{desk}/stories")
    assert all(url.startswith((desk, "data:")) for url, _ in came)
    assert 50_000 < sum(size for _, size in came) <= 150_000, came


def test_a_passkey_is_made_and_signs_in(browser: Browser, desk: str) -> None:
    """On localhost, which browsers trust as they do https; a device that the browser plays."""
    at = desk.replace("127.0.0.1", "localhost")
    with _page(browser) as page:
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        device = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }  # fmt: skip
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})
        _sign_in(page, at)
        page.goto(f"{at}/account")
        page.get_by_role("button", name="Add this device").click()
        page.wait_for_url("**/account?done=passkey")
        assert "Chrome on Linux" in page.locator("section[aria-labelledby=keys]").inner_text()
        page.get_by_role("button", name="Sign out", exact=True).first.click()
        page.goto(f"{at}/signin?next=/account")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/account")
        page.get_by_role("button", name="Remove: ").click()
        page.wait_for_url("**/account?done=removed")
        page.goto(f"{at}/account")
        page.get_by_role("button", name="Sign out everywhere").click()
        page.wait_for_url("**/signin")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.get_by_role("heading", name="This passkey is not known here").wait_for()
        page.goto(f"{desk}/signin")  # by another name than localhost, on plain http
        assert page.locator("[data-passkey]").count() == 0
