"""/forgotten asks for a link by mail, /reset/{key} sets another password."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from app import web
from app.errors import CheerboardError, NotFoundError
from app.people import resets
from app.people.doors import OPEN
from app.people.signin import Fields, address_of, spoken
from app.people.throttle import Throttle

router = APIRouter(dependencies=[OPEN], include_in_schema=False)


async def _throttle(request: Request) -> Throttle:
    """Mails are counted apart from passwords: asking for one must not lock the other."""
    state = request.app.state
    if not hasattr(state, "reset_throttle"):
        state.reset_throttle = Throttle()
    throttle: Throttle = state.reset_throttle
    return throttle


@router.get("/forgotten")
def forgotten_page(request: Request, settings: web.Config) -> Response:
    return web.page(
        request, "people/forgotten.html", by_mail=resets.are_offered(settings), sent=False, error=""
    )


@router.post("/forgotten")
def ask_for_reset(
    request: Request,
    db: web.Db,
    fields: Fields,
    brakes: Annotated[Throttle, Depends(_throttle)],
    after: BackgroundTasks,
) -> Response:
    """The same answer, after the same time, whether there is such an account or not."""
    settings = request.app.state.settings
    if not resets.are_offered(settings):
        raise NotFoundError("No mail can be sent from here: ask whoever runs this server.")
    email = fields.get("email", "")
    wait = brakes.claim(email.strip().casefold(), address_of(request))
    if wait:
        error = f"Too many tries. Try again in {spoken(wait)}."
        page = _page(request, status=429, error=error)
        page.headers["Retry-After"] = str(wait)
        return page
    after.add_task(resets.offer, db, settings, email)
    page = _page(request, sent=True)
    page.background = after
    return page


@router.get("/reset/{key}")
def reset_page(request: Request, key: str, db: web.Db) -> Response:
    with db.read() as session:
        email = resets.account_of(session, key).email
    return web.page(request, "people/reset.html", email=email, error="")


@router.post("/reset/{key}")
def reset(request: Request, key: str, db: web.Db, fields: Fields) -> Response:
    with db.read() as session:
        email = resets.account_of(session, key).email
    try:
        resets.use(db, key, fields.get("password", ""))
    except CheerboardError as error:
        said = {"email": email, "error": error.sentence}
        return web.page(request, "people/reset.html", status=error.status, **said)
    return RedirectResponse("/signin?done=reset", 303)


def _page(
    request: Request, *, status: int = 200, sent: bool = False, error: str = ""
) -> HTMLResponse:
    return web.page(
        request, "people/forgotten.html", status=status, by_mail=True, sent=sent, error=error
    )
