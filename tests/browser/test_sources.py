"""The sources' pages in a real browser: reachable, readable, and turning green by themselves."""

import json
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from app import clock
from app.db import Database, connect
from app.intake.models import Delivery
from app.main import create_app
from app.settings import Settings
from tests import make
from tests.browser.puppet import until
from tests.browser.test_desk import (
    CUT_OFF,
    DESK,
    PHONE,
    SMALL_TARGETS,
    _findings,
    _let_in,
    _page,
    _serving,
)
from tests.patience import PATIENCE
from tests.people.visitor import lead

pytestmark = pytest.mark.browser

HOUR = timedelta(hours=1)
# The bar of ways is looked at where the desk is.
IN_MAIN = CUT_OFF.replace("body *", "main *")
HOSTILE = '{"comment": "<script>alert(1)</script>' + "x" * 600 + '"'


@pytest.fixture(scope="module")
def desk(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A whole server with sources in every state."""
    folder = tmp_path_factory.mktemp("sources")
    path = folder / "wall.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = connect(f"sqlite:///{path}")
    lead(database, role="admin")
    _fill(database)
    database.dispose()
    app = create_app(Settings(database_url=database.url, data_dir=folder))
    with _serving(app) as address:
        while not app.state.reception.is_open:
            time.sleep(0.02)
        yield address


def _fill(database: Database) -> None:
    with database.write.begin() as session:
        make.company(session)
        _source(session, "Shops", "typeform", {"score_field_ref": "nps"}, 10)
        _source(session, "Web shop", "generic", {}, 700)
        failing = _source(session, f"Hotline {'of the north ' * 6}", "delighted", {}, 30)
        for outcome, error in (("ignored", "It is about another survey."), ("failed", "Not JSON.")):
            _deliver(session, failing, timedelta(minutes=3), outcome, error)
        make.source(session, "New", "formbricks", settings={"score_element": "nps"})


def _source(session: Session, name: str, platform: str, settings: dict[str, str], ago: int) -> int:
    """Deliveries every half an hour for a month, until so many minutes ago."""
    made = make.source(session, name, platform, settings=settings)
    made.created_at = clock.now() - timedelta(days=90)
    last = timedelta(minutes=ago)
    for back in range(1440, -1, -1):
        _deliver(session, made.id, last + back * HOUR / 2)
    return made.id


def _deliver(
    session: Session, source_id: int, ago: timedelta, outcome: str = "processed", error: str = ""
) -> None:
    session.add(
        Delivery(
            source_id=source_id, received_at=clock.now() - ago, headers={}, outcome=outcome,
            body=HOSTILE.encode() if error else b'{"response_id": "r-1", "score": 9}',
            error=error or None,
        )
    )  # fmt: skip


PAGES = ["/desk", "/sources", "/sources/new", "/sources/new?platform=generic", "/sources/3",
         "/sources/2/try", "/sources/4/setup"]  # fmt: skip


@pytest.mark.parametrize(
    ("size", "letters", "scheme", "paths"),
    [(PHONE, "200%", "dark", PAGES), (DESK, "100%", "light", PAGES[1:3] + PAGES[-2:-1])],
)
def test_nothing_stands_in_anybodys_way(
    browser: Browser, desk: str, size: tuple[int, int], letters: str, scheme: str, paths: list[str]
) -> None:
    with _page(browser, size, color_scheme=scheme) as page:
        _let_in(page, desk)
        for path in paths:
            page.goto(desk + path)
            for closed in page.query_selector_all("summary"):
                closed.click()
            assert _findings(page) == [], path
            page.evaluate(f"document.documentElement.style.fontSize = '{letters}'")
            assert page.evaluate(IN_MAIN) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert page.evaluate(SMALL_TARGETS) == [], path
            assert page.evaluate("violations") == [], path


def _connect(page: Page, at: str, name: str) -> str:
    """Any sender by the form; where its page is."""
    page.goto(f"{at}/sources/new?platform=generic")
    page.fill("#name", name)
    page.fill("#secret", "")
    page.click("text=Make its address")
    page.wait_for_url("**/setup")
    return page.url


def _post(address: str, number: int) -> None:
    body = json.dumps({"response_id": f"r-{number}", "score": 9}).encode()
    asked = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answered:
        assert answered.status == 202


# What its button says for two seconds.
HEARD = """() => {
  const button = document.querySelector("button.copy");
  window.said = [];
  new MutationObserver(() => said.push(button.textContent)).observe(button, {childList: true});
}"""


def test_the_first_delivery_turns_the_page_green_by_itself(browser: Browser, desk: str) -> None:
    with _page(browser) as page:
        _let_in(page, desk)
        _connect(page, desk, "By itself")
        assert "Waiting" in page.locator("#arrival").inner_text()
        address = page.locator("code.copied").first.inner_text()
        page.evaluate(HEARD)
        page.locator("button.copy").first.click()
        until(page, "said.includes('Copied')")
        _post(address, 1)
        page.locator("#arrival.counted").wait_for()
        assert "is counted" in page.locator("#arrival").inner_text()
        assert page.evaluate("violations") == []


def test_without_a_script_the_page_asks_as_well(browser: Browser, desk: str) -> None:
    with _page(browser, java_script_enabled=False) as page:
        _let_in(page, desk)
        _connect(page, desk, "Plain")
        assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "5"
        _post(page.locator("code.copied").first.inner_text(), 2)
        for _ in range(100):  # sooner than it would by itself
            if page.locator("#arrival.counted").count():
                break
            page.reload()
        assert "is counted" in page.locator("#arrival").inner_text()
        assert page.locator("meta[http-equiv=refresh]").count() == 0  # it rests
