"""/nominations: a lead puts somebody forward in three taps, approves, changes and takes back."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, web
from app.errors import CheerboardError
from app.heroes import drafts, honours, houserules, nominations, nominees, rulespages
from app.heroes.badges import marks
from app.people.authorize import Actor, authorize, may
from app.people.doors import May
from app.people.models import AuditEntry, Company

router = APIRouter(prefix="/nominations", include_in_schema=False)
router.include_router(rulespages.router)
Giver = Annotated[Actor, Depends(May("nominations.make"))]
Decider = Annotated[Actor, Depends(May("nominations.decide"))]
Fields = Annotated[dict[str, str], Depends(web.form)]

# A page with the real scene in a frame.
POLICY = f"{web.CONTENT_SECURITY_POLICY}; frame-src 'self'"
DONE = {
    "shown": "On its way to the walls.",
    "waiting": "Sent. A second lead approves it.",
    "approved": "Approved. It is on its way to the walls.",
    "declined": "Turned down. No wall shows it.",
    "withdrawn": "Taken back. No wall shows it any more.",
    "edited": "Changed.",
}


@router.get("")
def overview(
    request: Request,
    db: web.Db,
    actor: Giver,
    q: Annotated[str, Query(max_length=200)] = "",
    done: str = "",
) -> Response:
    """Whom to nominate, what waits, what is on the walls."""
    with db.read() as session:
        return _overview(request, session, actor, search=q, said=DONE.get(done, ""))


@router.get("/history")
def history(request: Request, db: web.Db, actor: Giver) -> Response:
    with db.read() as session:
        ended = honours.entries(session, actor, ("shown", "declined", "withdrawn"))
        zone = _zone(session)
    return web.page(
        request,
        "heroes/history.html",
        actor=actor,
        here="nominations",
        ended=ended,
        said=lambda at: spoken(at, zone),
    )


@router.get("/for/{person_id}")
def nominate_page(request: Request, person_id: web.Id, db: web.Db, actor: Giver) -> Response:
    with db.read() as session:
        return _form(request, session, actor, person_id, {})


@router.post("/for/{person_id}")
def nominate(
    request: Request, person_id: web.Id, db: web.Db, actor: Giver, fields: Fields
) -> Response:
    """Puts somebody forward, or shows first how a wall would."""
    if "look" in fields:
        with db.read() as session:
            return _form(request, session, actor, person_id, fields)
    try:
        with db.write.begin() as session:
            nominations.check_own(session, actor, person_id)
            draft = drafts.draft_of(session, person_id, fields)
            made = nominations.nominate(session, actor, person_id, draft)
            state = made.state
    except CheerboardError as error:
        if error.status in (403, 404):
            raise
        with db.read() as session:
            return _form(request, session, actor, person_id, fields, error)
    return RedirectResponse(f"/nominations?done={state}", 303)


@router.get("/{nomination_id}")
def nomination_page(request: Request, nomination_id: web.Id, db: web.Db, actor: Giver) -> Response:
    with db.read() as session:
        nominations.authorize_for(session, actor, "nominations.make", nomination_id)
        return _one(request, session, actor, nomination_id)


@router.post("/{nomination_id}/edit")
def edit(
    request: Request, nomination_id: web.Id, db: web.Db, actor: Giver, fields: Fields
) -> Response:
    try:
        with db.write.begin() as session:
            found = nominations.authorize_for(session, actor, "nominations.make", nomination_id)
            version = drafts.number_of(fields.get("version", "")) or 0
            draft = drafts.draft_of(session, found.person_id, fields, had=found)
            nominations.edit(session, actor, nomination_id, version, draft)
    except CheerboardError as error:
        if error.status in (403, 404):
            raise
        with db.read() as session:
            return _one(request, session, actor, nomination_id, fields, error)
    return RedirectResponse("/nominations?done=edited", 303)


@router.post("/{nomination_id}/approve")
def approve(
    request: Request, nomination_id: web.Id, db: web.Db, actor: Decider, fields: Fields
) -> Response:
    def decide(session: Session) -> None:
        person = drafts.number_of(fields.get("person", ""))
        nominations.approve(session, actor, nomination_id, person)

    return _decide(request, db, actor, nomination_id, "approved", decide)


@router.post("/{nomination_id}/decline")
def decline(request: Request, nomination_id: web.Id, db: web.Db, actor: Decider) -> Response:
    def turn_down(session: Session) -> None:
        nominations.decline(session, actor, nomination_id)

    return _decide(request, db, actor, nomination_id, "declined", turn_down)


@router.post("/{nomination_id}/withdraw")
def withdraw(request: Request, nomination_id: web.Id, db: web.Db, actor: Giver) -> Response:
    def take_back(session: Session) -> None:
        nominations.withdraw(session, actor, nomination_id)

    return _decide(request, db, actor, nomination_id, "withdrawn", take_back)


def _decide(
    request: Request, db: web.Db, actor: Actor, nomination_id: int, done: str, effect: Any
) -> Response:
    """One press; whoever comes second is shown who was first."""
    action = "nominations.make" if done == "withdrawn" else "nominations.decide"
    try:
        with db.write.begin() as session:
            nominations.authorize_for(session, actor, action, nomination_id)
            effect(session)
    except CheerboardError as error:
        if error.status in (403, 404):
            raise
        with db.read() as session:
            return _overview(request, session, actor, error=error)
    return RedirectResponse(f"/nominations?done={done}", 303)


def _overview(
    request: Request,
    session: Session,
    actor: Actor,
    *,
    search: str = "",
    said: str = "",
    error: CheerboardError | None = None,
) -> Response:
    zone, rules = _zone(session), houserules.load(session)
    waiting = honours.entries(session, actor, ("waiting",))
    unnamed = any(one.person is None for one in waiting)
    return web.page(
        request,
        "heroes/overview.html",
        status=error.status if error else 200,
        actor=actor,
        here="nominations",
        search=search,
        people=nominees.offered(session, actor, search),
        colleagues=nominees.offered(session, actor, limit=500) if unnamed else [],
        waiting=waiting,
        shown=honours.entries(session, actor, ("shown",), limit=10),
        left=nominations.left(session, actor, rules),
        rules=rules,
        done=said,
        error=error.sentence if error else "",
        said=lambda at: spoken(at, zone),
        may_rule=may(actor, "nominations.rule"),
    )


def _form(
    request: Request,
    session: Session,
    actor: Actor,
    person_id: int,
    fields: dict[str, str],
    error: CheerboardError | None = None,
) -> Response:
    person = nominees.find(session, person_id)
    authorize(actor, "nominations.make", person)
    rules = houserules.load(session)
    return _framed(
        request,
        "heroes/nominate.html",
        error,
        actor=actor,
        person=person,
        rules=rules,
        left=nominations.left(session, actor, rules),
        **_writing(session, person_id, fields),
    )


def _one(
    request: Request,
    session: Session,
    actor: Actor,
    nomination_id: int,
    fields: dict[str, str] | None = None,
    error: CheerboardError | None = None,
) -> Response:
    one, zone = honours.entry(session, actor, nomination_id), _zone(session)
    story = str(one.story.id) if one.story else ""
    written = {"reason": one.reason, "badge": one.badge, "story": story}
    return _framed(
        request,
        "heroes/nomination.html",
        error,
        actor=actor,
        one=one,
        changes=_changes(session, nomination_id),
        spoken=lambda at: spoken(at, zone),
        **_writing(session, one.person_id, fields or written, badge=(one.badge, one.marks)),
    )


def _writing(
    session: Session, person_id: int | None, fields: dict[str, str], badge: Any = None
) -> dict[str, Any]:
    """What the fields of a nomination need. A badge that was given stays to be chosen."""
    badges = {name: marks(one) for name, one in houserules.load(session).badges.items()}
    if badge and badge[0]:
        badges.setdefault(*badge)
    return {
        "fields": fields,
        "badges": badges,
        "words": nominees.words_of(session, person_id) if person_id else [],
        "person_id": person_id,
        "shortest": drafts.SHORTEST,
        "longest": drafts.LONGEST,
    }


def _framed(
    request: Request, template: str, error: CheerboardError | None, **context: Any
) -> Response:
    answer = web.page(
        request,
        template,
        status=error.status if error else 200,
        here="nominations",
        error=error.sentence if error else "",
        **context,
    )
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def _changes(session: Session, nomination_id: int) -> list[AuditEntry]:
    """Its history, oldest first, as the audit log has it."""
    of_it = AuditEntry.thing == f"nomination {nomination_id}"
    return list(session.scalars(select(AuditEntry).where(of_it).order_by(AuditEntry.id)))


def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo(session.scalar(select(Company.timezone)) or "UTC")


def spoken(at: datetime, zone: ZoneInfo) -> str:
    """A moment as one says it: "14:02" today, "3 Nov 14:02" before."""
    local = at.astimezone(zone)
    if local.date() == clock.day_in(zone.key):
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}"
