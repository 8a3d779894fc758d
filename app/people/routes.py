"""/signin and /signout."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from app import web
from app.people import sessions
from app.people.accounts import check_credentials, count_accounts
from app.people.doors import (
    OPEN,
    SESSION_COOKIE,
    Acting,
    clear_cookie,
    cookie_name,
    set_cookie,
)
from app.people.throttle import Throttle

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
def signin_page(request: Request, db: web.Db, actor: Acting, next: str = HOME) -> Response:
    if actor.account_id is not None:
        return RedirectResponse(local_path(next), 303)
    with db.read() as session:
        if not count_accounts(session):
            return web.page(request, "people/first.html")
    return _form(request, next=next)


@router.post("/signin")
def signin(
    request: Request, db: web.Db, settings: web.Config, fields: Fields, brakes: Brakes
) -> Response:
    email, goal = fields.get("email", ""), fields.get("next", HOME)
    address = request.client.host if request.client else ""
    wait = brakes.claim(email.strip().casefold(), address)
    if wait:
        error = f"Too many tries. Try again in {_spoken(wait)}."
        answer = _form(request, status=429, next=goal, email=email, error=error)
        answer.headers["Retry-After"] = str(wait)
        return answer
    account = check_credentials(db, email, fields.get("password", ""))
    if account is None:
        error = "The e-mail or the password is wrong."
        return _form(request, status=401, next=goal, email=email, error=error)
    brakes.forgive(email.strip().casefold(), address)
    with db.write.begin() as session:
        sessions.close_session(session, request.cookies.get(cookie_name(settings), ""))
        key = sessions.open_session(session, account.id)
    answer = RedirectResponse(local_path(goal), 303)
    age = int(sessions.ABSOLUTE.total_seconds())
    set_cookie(answer, settings, key, name=SESSION_COOKIE, max_age=age)
    return answer


@router.post("/signout")
def signout(request: Request, db: web.Db, settings: web.Config, actor: Acting) -> Response:
    if actor.account_id is not None:
        with db.write.begin() as session:
            sessions.close_session(session, request.cookies.get(cookie_name(settings), ""))
    answer = RedirectResponse("/signin", 303)
    clear_cookie(answer, settings)
    return answer


def local_path(text: str) -> str:
    """A path of this server, or the desk when the text would lead anywhere else."""
    is_ours = text.startswith("/") and not text.startswith("//")
    return text if is_ours and text.isprintable() and "\\" not in text else HOME


def _form(
    request: Request,
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
    )
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _spoken(seconds: int) -> str:
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
