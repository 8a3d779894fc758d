"""A phone nominates in three taps and a wall shows it; taken back, the wall forgets it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.board import paint
from app.desk import pages as desk
from app.heroes import houserules, pages
from app.people import routes as people
from app.people.authorize import Actor
from tests import make
from tests.board.house import House
from tests.browser.puppet import until
from tests.browser.test_desk import CUT_OFF, PHONE, SMALL_TARGETS, _findings, _let_in
from tests.browser.windows import WATCH, window
from tests.desk import scenery
from tests.people.visitor import lead

pytestmark = pytest.mark.browser

KEY = "made-up-key-of-Lobby"
WHY = "Drove back at nine in the evening because the heating had failed again."


@pytest.fixture
def office(closed: House) -> House:
    """The house with its desk, two people, a customer's words, and a wall that shows heroes."""
    for room in (people, desk, pages):
        closed.app.include_router(room.router)
    lead(closed.database, role="admin")
    with closed.database.write.begin() as session:
        team = make.team(session, f"Service {'long' * 20}")
        ana = make.person(session, "Ana Muster", team)
        make.person(session, f"Ben {'Lindqvist' * 8}", team)
        scenery.story(session, person=ana, state="released")
        scenery.story(session, "x" * 300, person=ana)
        board = paint.board_of(session, "hall")
        assert board is not None
        board.scenes = ["pulse", "hero"]
        houserules.change(session, Actor("admin", "Root"), open_link=True)
    return closed


@pytest.fixture
def phone(browser: Browser, office: House) -> Iterator[Page]:
    """Signed in as a lead; what its policy complains of fails the test."""
    with window(browser, PHONE, "phone", has_touch=True) as page:
        page.add_init_script(WATCH)
        _let_in(page, office.url)
        yield page


def test_a_phone_nominates_in_three_taps_and_takes_it_back(
    office: House, phone: Page, tv: Page
) -> None:
    tv.goto(f"{office.url}/screen?token={KEY}")
    until(tv, "wall.guard.send({type: 'report'})")
    taps: list[Locator] = []

    def tap(what: Locator) -> None:
        taps.append(what)
        what.tap()

    phone.goto(f"{office.url}/desk")
    tap(phone.get_by_role("link", name="Nominate", exact=True))
    tap(phone.get_by_role("link", name="Ana Muster"))
    phone.get_by_label("What did they do?").fill(WHY)
    assert phone.locator("#count").inner_text() == f"{280 - len(WHY)} left"
    tap(phone.get_by_role("button", name="Put it on the wall"))
    assert len(taps) == 3
    expect(tv.get_by_text(WHY)).to_be_visible()
    expect(tv.get_by_text("nominated by a colleague").filter(visible=True)).to_be_visible()
    phone.get_by_role("button", name="Take back").tap()
    until(tv, f"!document.documentElement.innerHTML.includes({WHY!r})")


def test_the_form_shows_the_real_scene_and_finds_people(office: House, phone: Page) -> None:
    phone.goto(f"{office.url}/nominations")
    phone.get_by_label("Name or team").fill("lind")
    expect(phone.locator("#people a")).to_have_count(1)
    phone.get_by_label("Name or team").fill("ana")
    phone.get_by_role("link", name="Ana Muster").tap()
    phone.get_by_label("What did they do?").fill(WHY)
    phone.get_by_label("Kindness").check()
    phone.get_by_role("button", name="Look first").tap()
    frame = phone.frame_locator(".look iframe")
    expect(frame.locator(".hero-name")).to_have_text("Ana M.")
    expect(frame.locator(".hero-badge")).to_have_text("Kindness")
    phone.get_by_label("What did they do?").fill("Something else that they did.")
    expect(frame.locator(".hero-reason")).to_have_text("Something else that they did.")
    assert phone.evaluate("violations") == []


def test_everybody_can_read_reach_and_hit_it(office: House, phone: Page) -> None:
    with office.database.write.begin() as session:
        ana = make.person(session, "Cleo Marsh")
        make.nomination(session, ana, WHY, badge="Kindness", figure="heart")
        make.nomination(session, ana, "x" * 280, state="waiting", giver="")
        make.nomination(session, ana, WHY, state="declined", board_slug="hall", named="y" * 200)
        rules = houserules.load(session)
    link = houserules.link_of(office.settings.key, "hall", rules)
    paths = ["", "/for/1", "/1", "/history", "/rules"]
    for path in [f"/nominations{path}" for path in paths] + [f"/nominate/{link}"]:
        phone.goto(office.url + path)
        assert _findings(phone) == [], path
        assert phone.evaluate("violations") == [], path
        for letters in ("100%", "200%"):
            phone.evaluate(f"document.documentElement.style.fontSize = '{letters}'")
            assert phone.evaluate(CUT_OFF) == [], path
            # A radio button is as large as the words that belong to it.
            small = [one for one in phone.evaluate(SMALL_TARGETS) if not one.startswith(": 24 x")]
            assert small == [], path
