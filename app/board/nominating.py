"""A board asks for nominations: the QR code on a wall for staff, and the form behind it."""

from datetime import timedelta
from io import BytesIO
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock, web
from app.board import paint
from app.board.look import Watcher
from app.errors import CheerboardError, NotFoundError
from app.heroes import drafts, houserules, nominations
from app.heroes.nominationmodels import Nomination
from app.people.authorize import authorize
from app.people.doors import OPEN, address_of_page
from app.people.signin import address_of, spoken
from app.people.throttle import Throttle
from app.people.wording import label_of

router = APIRouter(include_in_schema=False)
Fields = Annotated[dict[str, str], Depends(web.form)]

# What one board takes in an hour, and what may wait of it, however many phones ask.
HOUR, AN_HOUR, WAITING = timedelta(hours=1), 20, 60
TRAP = "website"


async def _throttle(request: Request) -> Throttle:
    """Counts nominations by address and board; made on the event loop, once."""
    state = request.app.state
    if not hasattr(state, "nomination_throttle"):
        state.nomination_throttle = Throttle()
    throttle: Throttle = state.nomination_throttle
    return throttle


Brakes = Annotated[Throttle, Depends(_throttle)]


@router.get("/tv/{slug}/nominate.svg")
def code(request: Request, slug: str, db: web.Db, settings: web.Config, actor: Watcher) -> Response:
    """The QR code on a wall; it leads to where this very screen found us."""
    authorize(actor, "boards.watch", slug)
    with db.read() as session:
        rules = houserules.load(session)
        board = paint.board_of(session, slug)
    if board is None or board.audience != "staff" or not rules.open_link:
        raise NotFoundError("This board asks for no nominations.")
    link = houserules.link_of(settings.key, slug, rules)
    made = segno.make(address_of_page(request, settings, f"/nominate/{link}"), error="m")
    drawn = BytesIO()
    made.save(drawn, kind="svg", border=3, dark="#10151f", light="#ffffff", omitsize=True)
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@router.get("/nominate/{key}", dependencies=[OPEN])
def strangers_form(
    request: Request, key: str, db: web.Db, settings: web.Config, done: str = ""
) -> Response:
    """The form behind the code, for colleagues without an account."""
    with db.read() as session:
        _board_of(session, settings.key, key)
        return _form(request, session, key, {}, done=bool(done))


@router.post("/nominate/{key}", dependencies=[OPEN])
def put_forward(
    request: Request,
    key: str,
    db: web.Db,
    settings: web.Config,
    fields: Fields,
    brakes: Brakes,
) -> Response:
    """Takes it, always to approval; whatever was wrong about the person, the answer is thanks."""
    with db.read() as session:
        slug = _board_of(session, settings.key, key)
        # A key that is worth something stands well in a header; any other may hold anything.
        thanks = Response(status_code=303, headers={"Location": f"/nominate/{key}?done=thanks"})
        try:
            named = label_of(fields.get("person", ""), "name of your colleague")
            draft = drafts.draft_of(session, None, {**fields, "story": ""})
        except CheerboardError as error:
            return _form(request, session, key, fields, error)
        if fields.get(TRAP):  # no person sees that field
            return thanks
        address = address_of(request)
        if wait := brakes.claim(f"{slug} {address}", address):
            slow = CheerboardError(f"Thank you. Try again in {spoken(wait)}.", status=429)
            return _form(request, session, key, fields, slow)
    with db.write.begin() as session:
        if _is_full(session, slug):
            full = CheerboardError("Many are waiting already; try again later.", status=429)
            return _form(request, session, key, fields, full)
        nominations.put_forward(session, slug, named, draft)
    return thanks


def _board_of(session: Session, secret: bytes, link: str) -> str:
    """The slug behind a link. Raises NotFoundError when it is worth nothing, or not any more."""
    slug = houserules.slug_of(secret, link, houserules.load(session))
    board = paint.board_of(session, slug) if slug else None
    if board is None or board.audience != "staff":
        raise NotFoundError("This link is not good any more; scan the code on the wall again.")
    return board.slug


def _is_full(session: Session, slug: str) -> bool:
    of_it = select(func.count(Nomination.id)).where(Nomination.board_slug == slug)
    lately = session.scalar(of_it.where(Nomination.made_at > clock.now() - HOUR)) or 0
    waiting = session.scalar(of_it.where(Nomination.state == "waiting")) or 0
    return lately >= AN_HOUR or waiting >= WAITING


def _form(
    request: Request,
    session: Session,
    key: str,
    fields: dict[str, str],
    error: CheerboardError | None = None,
    *,
    done: bool = False,
) -> Response:
    return web.page(
        request,
        "heroes/put_forward.html",
        status=error.status if error else 200,
        key=key,
        fields=fields,
        badges=houserules.load(session).badges,
        shortest=drafts.SHORTEST,
        longest=drafts.LONGEST,
        error=error.sentence if error else "",
        done=done,
    )
