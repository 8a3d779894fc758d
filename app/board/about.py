"""/about: what hangs here, which version, whose marks and letters; for all, in six languages."""

from importlib.metadata import version

from babel import Locale
from fastapi import APIRouter, Request, Response

from app import language, web
from app.people.doors import OPEN

router = APIRouter(include_in_schema=False)


@router.get("/about", dependencies=[OPEN])
def about(request: Request, lang: str = "") -> Response:
    """In the language the address names, else the one the browser likes best."""
    asked = lang if lang in language.LANGUAGES else ""
    liked = language.accepted(request.headers.get("accept-language", ""))
    names = [(code, str(Locale(code).display_name).capitalize()) for code in language.LANGUAGES]
    with language.speaking(asked or liked):
        return web.page(request, "board/about.html", version=version("cheerboard"), languages=names)
