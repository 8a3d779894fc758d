"""Notice: a page of a wall that is no board, in the language of those who will look at it."""

from contextlib import AbstractContextManager

from fastapi import Request
from fastapi.responses import HTMLResponse

from app import language, web


def speaking(request: Request, slug: str = "") -> AbstractContextManager[None]:
    """Says everything within as this board does, else as the house's boards do, else the browser.

    A box behind a TV asks in the language it was shipped with, so the house comes first.
    """
    house: str | None = request.app.state.live.language(slug)
    return language.speaking(house or language.accepted(request.headers.get("accept-language", "")))


def trouble(request: Request, why: str, status: int) -> HTMLResponse:
    """One sentence in the spoken language; the page tries again by itself."""
    return web.page(request, "board/trouble.html", status=status, why=why)
