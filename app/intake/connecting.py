"""/sources/new and /sources/…/setup: a survey platform is connected, and seen to deliver."""

import base64
import secrets as dice
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from app import web
from app.errors import CheerboardError, NotFoundError
from app.intake import bookkeeping, guide, registration, sheet, sourcebook
from app.intake.models import Source
from app.intake.progress import Progress, progress
from app.people import wording
from app.people.authorize import Actor
from app.people.doors import May, address_of_page

router = APIRouter(prefix="/sources", include_in_schema=False)

Admin = Annotated[Actor, Depends(May("sources.manage"))]
Form = Annotated[dict[str, str], Depends(web.form)]


@router.get("/new")
def new(request: Request, actor: Admin, platform: str = "") -> Response:
    """Which platform, and then what it asks for."""
    if not platform:
        found = sorted(guide.guides().values(), key=lambda one: one.title.casefold())
        return web.page(request, "intake/choose.html", actor=actor, here="sources", guides=found)
    return _form(request, actor, _guide(platform), {"secret": _secret(platform)})


@router.post("")
def add(request: Request, db: web.Db, settings: web.Config, actor: Admin, given: Form) -> Response:
    """Makes the source; what cannot work is said above the form, which stays filled in."""
    known = _guide(given.get("platform", ""))
    try:
        row_id = _added(db, settings.key, actor, known, given)
    except CheerboardError as error:
        return _form(request, actor, known, given, error)
    return RedirectResponse(f"/sources/{row_id}/setup", 303)


@router.get("/{source_id}/setup")
def setup(
    request: Request, source_id: web.Id, db: web.Db, settings: web.Config, actor: Admin
) -> Response:
    """What to do at the platform, with the exact address, and whether it arrives."""
    with db.read() as session:
        row = find(session, source_id)
        _, secrets = sourcebook.unseal_settings(settings.key, row)
        state = state_of(request, session, source_id)
    known = _guide(row.platform)
    address = address_of_page(request, settings, f"/hooks/{row.key}")
    return web.page(
        request,
        "intake/setup.html",
        actor=actor,
        here="sources",
        source=row,
        guide=known,
        marked=lambda text: guide.marked(text, address),
        address=address,
        script=guide.script_of(known, address),
        has_secret=bool(secrets),
        progress=state,
    )


@router.get("/{source_id}/arrival")
def waiting(request: Request, source_id: web.Id, db: web.Db, actor: Admin) -> Response:
    """The sentence alone, for a page that asks every few seconds."""
    del actor
    with db.read() as session:
        row = find(session, source_id)
        state = state_of(request, session, source_id)
    return HTMLResponse(web.fragment("intake/_arrival.html", source=row, progress=state))


def find(session: Session, source_id: int) -> Source:
    """The source of this id that was not removed. Raises NotFoundError."""
    row = session.get(Source, source_id)
    if row is None or row.removed_at is not None:
        raise NotFoundError("There is no such source.")
    return row


def state_of(request: Request, session: Session, source_id: int) -> Progress:
    """Whether it delivers; refusals are known where deliveries are received."""
    reception = getattr(request.app.state, "reception", None)
    refused = reception.refusals.last(source_id) if reception else None
    return progress(session, source_id, refused)


def _added(
    db: web.Db, key: bytes, actor: Actor, known: guide.Guide, given: Mapping[str, str]
) -> int:
    platform = sourcebook.platforms()[known.platform]
    settings = sheet.settings_of(platform, given)
    chosen = {name: value for name, value in settings.items() if value is not None}
    name = wording.label_of(given.get("name", ""), "name")
    secret = given.get("secret", "").strip()
    with db.write.begin() as session:
        row = registration.add(
            session, key, name, known.platform, chosen, [secret] if secret else []
        )
        bookkeeping.note(session, actor, row, None)
        return row.id


def _form(
    request: Request,
    actor: Actor,
    known: guide.Guide,
    given: Mapping[str, str],
    error: CheerboardError | None = None,
) -> Response:
    return web.page(
        request,
        "intake/new.html",
        status=error.status if error else 200,
        actor=actor,
        here="sources",
        guide=known,
        marked=guide.marked,
        given=given,
        trouble=error.sentence if error else "",
    )


def _guide(platform: str) -> guide.Guide:
    found = guide.guides().get(platform)
    if found is None:
        raise NotFoundError("There is no such platform.")
    return found


def _secret(platform: str) -> str:
    """A new one in the form that this platform's signature wants; empty where it makes its own."""
    known = sourcebook.platforms()[platform]
    if guide.guides()[platform].maker != "here":
        return ""
    if known.authentication.get("type") == "standard_webhooks":
        return "whsec_" + base64.b64encode(dice.token_bytes(32)).decode()
    return dice.token_urlsafe(32)
