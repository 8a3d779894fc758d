"""/signin and /signout, and what every way in ends with: a session in this browser."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from app import web
from app.people import firststart, resets, sessions
from app.people.accounts import check_credentials
from app.people.doors import (
    OPEN,
    SESSION_COOKIE,
    Acting,
    clear_cookie,
    cookie_name,
    is_sealed,
    set_cookie,
)
from app.people.throttle import Throttle
from app.settings import Settings

router = APIRouter(dependencies=[OPEN], include_in_schema=False)
HOME = "/desk"


async def _throttle(request: Request) -> Throttle:
    """The server's one throttle; made on the event loop, so that there are never two."""
    state = request.app.state
    if not hasattr(state, "throttle"):
        state.throttle = Throttle()
    throttle: Throttle = state.throttle
    return throttle


Fields = Annotated[dict[str, str], Depends(web.form)]
Brakes = Annotated[Throttle, Depends(_throttle)]


@router.get("/signin")
def signin_page(
    request: Request,
    db: web.Db,
    settings: web.Config,
    actor: Acting,
    next: str = HOME,
) -> Response:
    if actor.account_id is not None:
        return RedirectResponse(local_path(next), 303)
    with db.read() as session:
        if firststart.is_fresh(session):
            return RedirectResponse("/setup", 303)
    return _form(request, settings, next=next)


@router.post("/signin")
def signin(
    request: Request, db: web.Db, settings: web.Config, fields: Fields, brakes: Brakes
) -> Response:
    email, goal = fields.get("email", ""), fields.get("next", HOME)
    wait = brakes.claim(email.strip().casefold(), address_of(request))
    if wait:
        error = f"Too many tries. Try again in {spoken(wait)}."
        answer = _form(request, settings, status=429, next=goal, email=email, error=error)
        answer.headers["Retry-After"] = str(wait)
        return answer
    account = check_credentials(db, email, fields.get("password", ""))
    if account is None:
        error = "The e-mail or the password is wrong."
        return _form(request, settings, status=401, next=goal, email=email, error=error)
    brakes.forgive(email.strip().casefold(), address_of(request))
    return let_in(request, db, settings, account.id, goal)


@router.post("/signout")
def signout(request: Request, db: web.Db, settings: web.Config, actor: Acting) -> Response:
    if actor.account_id is not None:
        with db.write.begin() as session:
            sessions.close_session(session, request.cookies.get(cookie_name(settings), ""))
    answer = RedirectResponse("/signin", 303)
    clear_cookie(answer, settings)
    return answer


def let_in(
    request: Request, db: web.Db, settings: Settings, account_id: int, goal: str = HOME
) -> Response:
    """Signs this browser in and leads it on; its session before, if any, ends."""
    with db.write.begin() as session:
        sessions.close_session(session, request.cookies.get(cookie_name(settings), ""))
        key = sessions.open_session(session, account_id, browser_of(request))
    answer = RedirectResponse(local_path(goal), 303)
    age = int(sessions.ABSOLUTE.total_seconds())
    set_cookie(answer, settings, key, name=SESSION_COOKIE, max_age=age)
    return answer


def local_path(text: str) -> str:
    """A path of this server, or the desk when the text would lead anywhere else."""
    is_ours = text.startswith("/") and not text.startswith("//")
    return text if is_ours and text.isprintable() and "\\" not in text else HOME


def address_of(request: Request) -> str:
    """Where a request comes from, as far as we know."""
    return request.client.host if request.client else ""


def browser_of(request: Request) -> str:
    """What a browser calls itself in two words, such as "Chrome on Android"."""
    agent = request.headers.get("user-agent", "")
    systems = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux")
    system = next((one for one in systems if one in agent), "")
    # Each browser also claims to be those behind it in this list.
    names = ("Edg", "OPR", "SamsungBrowser", "Firefox", "FxiOS", "CriOS", "Chrome", "Safari")
    name = next((one for one in names if re.search(rf"{one}\w*/", agent)), "")
    called = {"Edg": "Edge", "OPR": "Opera", "FxiOS": "Firefox", "CriOS": "Chrome"}.get(name, name)
    system = {"Macintosh": "Mac", "CrOS": "ChromeOS"}.get(system, system)
    return " on ".join(one for one in (called, system) if one)


def spoken(seconds: int) -> str:
    """A wait as one says it: "40 seconds", "2 minutes"."""
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _form(
    request: Request,
    settings: Settings,
    *,
    next: str,
    status: int = 200,
    email: str = "",
    error: str = "",
) -> Response:
    answer = web.page(
        request,
        "people/signin.html",
        status=status,
        next=local_path(next),
        email=email[:320],
        error=error,
        by_mail=resets.are_offered(settings),
        oidc=settings.oidc_name if settings.oidc_issuer else "",
        passkeys=is_sealed(request, settings),
    )
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
