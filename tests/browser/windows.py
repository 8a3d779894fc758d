"""Windows onto a page: the browser's own rooms outlive a test, its cookies and pages do not.

Who has drawn a page once draws the next in half the time, as long as one page of that room stays.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.patience import PATIENCE

# Keeps what a policy complains of.
WATCH = (
    "window.violations = [];"
    "addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective));"
)
DRAWN = "document.body.getBoundingClientRect() && document.fonts.ready"
_rooms: dict[tuple[Browser, str], BrowserContext] = {}


@contextmanager
def window(browser: Browser, size: tuple[int, int], whose: str = "", **how: Any) -> Iterator[Page]:
    """A page that knows nobody yet; `whose` parts those who are there at the same time."""
    place = (browser, f"{whose} {sorted(how.items())}")
    if place not in _rooms:
        _rooms[place] = browser.new_context(**how)
        _rooms[place].set_default_timeout(1000 * PATIENCE)
        _rooms[place].new_page()  # and it stays
    room = _rooms[place]
    room.clear_cookies()
    page = room.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    yield page
    _close(browser, page)


def _close(browser: Browser, page: Page) -> None:
    """Without waiting for it: Chromium now and then never says that a page is closed."""
    target = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]
    browser.new_browser_cdp_session().send("Target.closeTarget", {"targetId": target["targetId"]})


@contextmanager
def fresh(browser: Browser, size: tuple[int, int], **how: Any) -> Iterator[Page]:
    """A page of a browser that has never been anywhere: nothing is in its cache."""
    room = browser.new_context(viewport={"width": size[0], "height": size[1]}, **how)
    room.set_default_timeout(1000 * PATIENCE)
    yield room.new_page()
    room.close()


def loaded(page: Page, address: str) -> list[tuple[str, int]]:
    """Address and bytes of all that a page asked for until nothing more came.

    Bodies are fetched when everything has arrived: what comes meanwhile would be left out. Letters
    are asked for by what is drawn, which a busy machine does when the network was idle for long.
    """
    heard: list[Response] = []
    # Playwright marks what it calls, and a method of a list cannot be marked.
    page.on("response", lambda answer: heard.append(answer))  # noqa: PLW0108 - see above
    page.goto(address, wait_until="networkidle")
    page.evaluate(DRAWN)
    return [(answer.url, len(answer.body())) for answer in heard]
