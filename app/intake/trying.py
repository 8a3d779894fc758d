"""/sources/…/try: other settings tried on the last delivery, with the result beside its body."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from app import web
from app.errors import CheerboardError
from app.intake import bookkeeping, guide, registration, sheet, sourcebook, tryout
from app.intake.connecting import Admin, Form, find
from app.intake.models import Delivery, Source
from app.people.authorize import Actor
from app.people.models import Company

router = APIRouter(prefix="/sources", include_in_schema=False)


@router.get("/{source_id}/try")
def look(request: Request, source_id: web.Id, db: web.Db, actor: Admin) -> Response:
    """The settings as they are, and what they make of the last delivery."""
    return _page(request, db, source_id, actor, None)


@router.post("/{source_id}/try")
def attempt(request: Request, source_id: web.Id, db: web.Db, actor: Admin, given: Form) -> Response:
    """Tries what the form says, or keeps it; a source that cannot work is never kept."""
    if given.get("do") != "keep":
        return _page(request, db, source_id, actor, given)
    try:
        _keep(db, request.app.state.settings.key, source_id, actor, given)
    except CheerboardError as error:
        if error.status == 404:
            raise
        return _page(request, db, source_id, actor, given)
    return RedirectResponse(f"/sources/{source_id}?done=kept", 303)


def _keep(db: web.Db, key: bytes, source_id: int, actor: Actor, given: Mapping[str, str]) -> None:
    with db.write.begin() as session:
        row = find(session, source_id)
        before = bookkeeping.facts_of(row)
        changes = sheet.settings_of(sourcebook.platforms()[row.platform], given)
        registration.change_settings(session, key, row.name, changes)
        bookkeeping.note(session, actor, row, before)


def _page(
    request: Request, db: web.Db, source_id: int, actor: Actor, given: Mapping[str, str] | None
) -> Response:
    config = request.app.state.settings
    with db.read() as session:
        row = find(session, source_id)
        delivery = tryout.last_delivery(session, source_id)
        zone = session.scalar(select(Company.timezone)) or "UTC"
    stored, secrets = sourcebook.unseal_settings(config.key, row)
    platform = sourcebook.platforms()[row.platform]
    trouble, found = "", None
    try:
        wanted = _wanted(row, stored, given)
        source = tryout.candidate(row, wanted, secrets, zone)
        if delivery is not None:
            found = tryout.attempt(
                source, delivery, config.key, allow_local=config.allow_local_fetch
            )
    except CheerboardError as error:
        trouble = error.sentence
    own = platform.expressions(stored) if platform.expressions else {}
    return web.page(
        request,
        "intake/try.html",
        status=422 if trouble and given is not None else 200,
        actor=actor,
        here="sources",
        source=row,
        guide=guide.guides()[row.platform],
        marked=guide.marked,
        given=sheet.fields_of(platform, stored) | dict(given or {}),
        own=sheet.mapping_lines(own),
        delivery=delivery,
        body=_body(row, delivery, secrets, stored),
        found=found,
        trouble=trouble,
        is_tried=given is not None,
    )


def _wanted(
    row: Source, stored: Mapping[str, Any], given: Mapping[str, str] | None
) -> dict[str, Any]:
    """What is stored, with what the form says in its place."""
    platform = sourcebook.platforms()[row.platform]
    changes = sheet.settings_of(platform, given) if given is not None else {}
    return {name: one for name, one in {**stored, **changes}.items() if one is not None}


def _body(
    row: Source, delivery: Delivery | None, secrets: list[str], stored: Mapping[str, Any]
) -> tryout.Body | None:
    if delivery is None:
        return None
    return tryout.document_of(delivery, row.platform, hidden_in(row, secrets, stored))


def hidden_in(row: Source, secrets: list[str], stored: Mapping[str, Any]) -> list[str]:
    """What must not stand in a body that is shown: some platforms send their secrets back."""
    platform = sourcebook.platforms().get(row.platform)
    sealed = platform.sealed if platform else frozenset()
    return [row.key, *secrets, *(str(stored[name]) for name in sealed if stored.get(name))]
