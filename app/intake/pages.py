"""/sources: whether answers really arrive, what went wrong, and pressing it again."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock, web
from app.errors import CheerboardError
from app.intake import (
    bookkeeping,
    connecting,
    deliveries,
    guide,
    overview,
    registration,
    sourcebook,
    trying,
    tryout,
)
from app.intake.connecting import Admin, Form, find, state_of
from app.intake.models import Delivery, Source
from app.live.bus import announce
from app.people.authorize import Actor, may
from app.people.doors import May
from app.people.models import Company

router = APIRouter(include_in_schema=False)
router.include_router(connecting.router)
router.include_router(trying.router)

# Failed deliveries that one page shows.
SHOWN = 10
AGAIN = ("failed", "ignored")


@router.get("/sources")
def listing(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("sources.read"))],
    done: str = "",
) -> Response:
    """Every source at a glance; addresses, errors and bodies are for admins."""
    with db.read() as session:
        states, said = overview.states(session), _said(session)
    return web.page(
        request, "intake/list.html", actor=actor, here="sources", states=states, said=said,
        done=done, may_manage=may(actor, "sources.manage"),
        titles={name: one.title for name, one in guide.guides().items()},
    )  # fmt: skip


@router.get("/sources/{source_id}")
def one(
    request: Request,
    source_id: web.Id,
    db: web.Db,
    settings: web.Config,
    actor: Admin,
    done: str = "",
) -> Response:
    """One source: how it is doing, what failed with its body, its secrets, and taking it away."""
    with db.read() as session:
        row = find(session, source_id)
        state = next(one for one in overview.states(session) if one.id == source_id)
        stored, secrets, trouble = _opened(settings.key, row)
        hidden = trying.hidden_in(row, secrets, stored)
        failed = [
            (one, tryout.body_of(one.body, one.size, hidden))
            for one in overview.newest_failed(session, source_id, SHOWN)
        ]
        said, progress = _said(session), state_of(request, session, source_id)
    return web.page(
        request, "intake/source.html", actor=actor, here="sources", source=row, state=state,
        failed=failed, secrets=len(secrets), trouble=trouble, said=said, done=done,
        progress=progress, guide=guide.guides()[row.platform],
        marked=guide.marked,
    )  # fmt: skip


@router.post("/sources/{source_id}/replay")
def replay(source_id: web.Id, db: web.Db, actor: Admin, given: Form) -> Response:
    """Processes again whatever of this source failed, or was ignored."""
    outcome = given.get("outcome", "failed")
    if outcome not in AGAIN:
        raise CheerboardError("Only what failed or was ignored is processed again.", status=422)
    with db.read() as session:
        name = find(session, source_id).name
    marked = deliveries.replay(db, source_id, (outcome,))
    with db.write.begin() as session:
        bookkeeping.note_replay(session, actor, name, f"{marked} {outcome}")
    return RedirectResponse(f"/sources/{source_id}?done=replayed", 303)


@router.post("/sources/{source_id}/deliveries/{delivery_id}/replay")
def replay_one(source_id: web.Id, delivery_id: web.Id, db: web.Db, actor: Admin) -> Response:
    """Processes one failed delivery again; a second press changes nothing."""
    with db.write.begin() as session:
        row = find(session, source_id)
        marked = session.scalars(
            update(Delivery)
            .where(
                Delivery.id == delivery_id,
                Delivery.source_id == source_id,
                Delivery.outcome.in_(AGAIN),
            )
            .values(outcome="kept", error=None, processed_at=None, fetch_at=None, attempts=0)
            .returning(Delivery.id)
        ).all()
        if marked:
            announce(session, "sources")  # wakes whoever processes
            bookkeeping.note_replay(session, actor, row.name, f"delivery {delivery_id}")
    return RedirectResponse(f"/sources/{source_id}?done=replayed", 303)


@router.post("/sources/{source_id}/secret")
def add_secret(
    source_id: web.Id, db: web.Db, settings: web.Config, actor: Admin, given: Form
) -> Response:
    """A further secret, valid beside the others until they are dropped."""
    secret = given.get("secret", "").strip()
    if not secret:
        raise CheerboardError("The secret is empty.", status=422)
    _change_secrets(db, settings.key, source_id, actor, secret)
    goal = "/setup" if given.get("from") == "setup" else "?done=secret"
    return RedirectResponse(f"/sources/{source_id}{goal}", 303)


@router.post("/sources/{source_id}/secret/drop")
def drop_secrets(source_id: web.Id, db: web.Db, settings: web.Config, actor: Admin) -> Response:
    """Only the newest secret stays valid."""
    _change_secrets(db, settings.key, source_id, actor, None)
    return RedirectResponse(f"/sources/{source_id}?done=dropped", 303)


@router.post("/sources/{source_id}/remove")
def remove(source_id: web.Id, db: web.Db, actor: Admin, given: Form) -> Response:
    """Closes the hook after the box was ticked; the answers stay."""
    if given.get("sure") != "yes":
        raise CheerboardError("Tick the box first: its address stops working.", status=422)
    with db.write.begin() as session:
        row = find(session, source_id)
        before = bookkeeping.facts_of(row)
        registration.remove(session, row.name)
        bookkeeping.note(session, actor, row, before)
    return RedirectResponse("/sources?done=removed", 303)


def _change_secrets(
    db: web.Db, key: bytes, source_id: int, actor: Actor, secret: str | None
) -> None:
    with db.write.begin() as session:
        row = find(session, source_id)
        valid = registration.change_secrets(
            session, key, row.name, added=secret, drop_old=secret is None
        )
        bookkeeping.note_secrets(session, actor, row, valid)


def _opened(key: bytes, row: Source) -> tuple[dict[str, Any], list[str], str]:
    """Settings, secrets, and why the source cannot be used, if so."""
    try:
        stored, secrets = sourcebook.unseal_settings(key, row)
        sourcebook.validate(row.platform, stored, secrets)
    except CheerboardError as error:
        return dict(row.settings), [], error.sentence
    return stored, secrets, ""


def _said(session: Session) -> Any:
    """A moment as one says it, in the company's zone: `14:02` today, `3 Nov 14:02` before."""
    zone = ZoneInfo(session.scalar(select(Company.timezone)) or "UTC")
    today = clock.day_in(zone.key)

    def said(at: datetime | None) -> str:
        if at is None:
            return "never"
        local = at.astimezone(zone)
        if local.date() == today:
            return f"{local:%H:%M}"
        year = f" {local.year}" if local.year != today.year else ""
        return f"{local.day} {local:%b}{year} {local:%H:%M}"

    return said
