"""Who stands at the door: a request's cookie or token becomes an Actor; routes name an action."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from app import web
from app.errors import ForbiddenError, UnauthorizedError
from app.people import sessions
from app.people.authorize import MAY, Actor, authorize, may
from app.people.tokens import find_token
from app.settings import Settings

SESSION_COOKIE = "cheerboard"
SCREEN_COOKIE = "cheerboard-screen"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class ScreenPass:
    """What the door needs to know of a paired screen."""

    id: int
    name: str
    board_slug: str


# Finds a screen by the key in its cookie. Screens lie above this room, so create_app() hangs the
# function on `app.state.screen_door`; without it no screen is known.
ScreenDoor = Callable[[Session, str], ScreenPass | None]


def cookie_name(settings: Settings, name: str = SESSION_COOKIE) -> str:
    """`__Host-…` where the public address is https; a browser on plain http would refuse it."""
    return f"__Host-{name}" if web.is_https(settings) else name


def set_cookie(
    response: Response, settings: Settings, key: str, *, name: str, max_age: int
) -> None:
    """Hands a key to the browser and to no script; `max_age` in seconds."""
    response.set_cookie(
        cookie_name(settings, name),
        key,
        max_age=max_age,
        path="/",
        secure=web.is_https(settings),
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, settings: Settings, name: str = SESSION_COOKIE) -> None:
    """Takes the key back."""
    response.delete_cookie(
        cookie_name(settings, name),
        path="/",
        secure=web.is_https(settings),
        httponly=True,
        samesite="lax",
    )


def is_sealed(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether browsers trust this way enough for passkeys and installing: https or localhost."""
    return web.is_https(settings) or connection.url.hostname == "localhost"


def address_of_page(connection: HTTPConnection, settings: Settings, path: str) -> str:
    """The absolute address of a path: under BASE_URL, else as this browser reached us."""
    base = settings.base_url or f"{connection.url.scheme}://{connection.url.netloc}"
    return base.rstrip("/") + path


def recognise(connection: HTTPConnection, db: web.Db, settings: web.Config) -> Actor:
    """The actor behind a request or a socket: Bearer token, else session, else screen cookie.

    Raises UnauthorizedError for a token that is not known: a program must not mistake it for an
    empty answer. Blocks on the database; call it in a thread.
    """
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    # Other schemes may belong to a proxy in front of us.
    if scheme.lower() == "bearer":
        return _token(db, key.strip())
    key = connection.cookies.get(cookie_name(settings), "")
    if key and (actor := _account(db, key)):
        return actor
    key = connection.cookies.get(cookie_name(settings, SCREEN_COOKIE), "")
    door: ScreenDoor | None = getattr(connection.app.state, "screen_door", None)
    if key and door and (actor := _screen(db, door, key)):
        return actor
    return Actor(watches_any_board=settings.open_boards)


async def acting(
    connection: HTTPConnection,
    settings: web.Config,
    actor: Annotated[Actor, Depends(recognise)],
) -> Actor:
    """The actor, once an unsafe request with a cookie has proved that our own page sent it."""
    if actor.csrf and isinstance(connection, Request) and connection.method not in SAFE_METHODS:
        await _check_forgery(connection, settings, actor)
    return actor


Acting = Annotated[Actor, Depends(acting)]


@dataclass(frozen=True)
class May:
    """A route's action, enforced: `actor: Annotated[Actor, Depends(May("stories.release"))]`."""

    action: str

    def __post_init__(self) -> None:
        _known(self.action)

    def __call__(self, actor: Acting) -> Actor:
        authorize(actor, self.action)
        return actor


@dataclass(frozen=True)
class Checks:
    """A route that names its action and calls authorize() itself, with the thing or its own answer.

    `actor: Annotated[Actor, Depends(Checks("boards.watch"))]`.
    """

    action: str

    def __post_init__(self) -> None:
        _known(self.action)

    def __call__(self, actor: Acting) -> Actor:
        return actor


@dataclass(frozen=True)
class Open:
    """A route that is everybody's: `dependencies=[OPEN]`.

    Its forms are sent without a cookie that could prove anything, so where they come from decides.
    """

    action: str = "open to all"

    async def __call__(self, connection: HTTPConnection, settings: web.Config) -> None:
        is_unsafe = connection.scope.get("method", "GET") not in SAFE_METHODS
        if is_unsafe and web.is_foreign(connection, settings):
            raise ForbiddenError("Another site sent this request; nothing was changed.")


OPEN: Any = Depends(Open())


def declared(route: object) -> str | None:
    """The action a route declares; None means that somebody forgot."""
    waiting = [getattr(route, "dependant", None)]
    while waiting:
        dependant = waiting.pop()
        if dependant is None:
            continue
        if isinstance(dependant.call, May | Checks | Open):
            return dependant.call.action
        waiting.extend(dependant.dependencies)
    return None


def _known(action: str) -> None:
    if action not in MAY:
        raise LookupError(f"{action} is not in the table of app/people/authorize.py")


def _token(db: web.Db, key: str) -> Actor:
    with db.read() as session:
        token = find_token(session, key)
    if token is None:
        raise UnauthorizedError("This API token is not known, or was revoked.")
    return Actor("admin" if token.scope == "admin" else "viewer", token.name)


def _account(db: web.Db, key: str) -> Actor | None:
    with db.read() as session:
        found = sessions.find(session, key)
        if found is None:
            return None
        browser, account = found
        teams = sessions.teams_of(session, account)
    if sessions.is_drowsy(browser):
        with db.write.begin() as session:
            sessions.touch(session, browser.id)
    return Actor(
        account.role,
        account.name,
        account_id=account.id,
        team_ids=teams,
        csrf=csrf_of(key),
    )


def _screen(db: web.Db, door: ScreenDoor, key: str) -> Actor | None:
    with db.read() as session:
        found = door(session, key)
    if found is None:
        return None
    return Actor(
        "screen", found.name, screen_id=found.id, board_slug=found.board_slug, csrf=csrf_of(key)
    )


def csrf_of(key: str) -> str:
    """The proof that goes with a cookie's key: nobody can make it without the key."""
    return hmac.new(key.encode(errors="replace"), b"csrf", hashlib.sha256).hexdigest()


async def _check_forgery(request: Request, settings: Settings, actor: Actor) -> None:
    if web.is_foreign(request, settings):
        raise ForbiddenError("Another site sent this request; nothing was changed.")
    proof = request.headers.get("x-csrf-token") or (await web.form(request)).get("csrf", "")
    if not hmac.compare_digest(proof.encode(errors="replace"), actor.csrf.encode()):
        raise ForbiddenError("This page is too old; reload it and try again.")


def installs(request: Request) -> bool:
    """Whether a phone may put the desk on its home screen: on https only."""
    return web.is_https(request.app.state.settings)


# Every page offers only what will work.
web.environment.globals["may"] = may
web.environment.globals["installs"] = installs
