"""/roster/import: a file of people, looked at, taken over, and taken back by one press."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import delete

from app import web
from app.db import Database
from app.desk import following
from app.desk.rosteroptout import take_off_hidden
from app.errors import CheerboardError
from app.live.bus import announce
from app.people import audit, rosterbook, rosterfile, rosterimports
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import Alias, Person, Team
from app.people.names import fold

router = APIRouter(prefix="/roster/import", include_in_schema=False)
Manager = Annotated[Actor, Depends(May("roster.manage"))]
SHOWN = 200


async def _sent(request: Request) -> bytes:
    """The file itself, as our script sends it, or what was pasted into the form."""
    if not request.headers.get("content-type", "").lower().startswith("text/csv"):
        return (await web.form(request)).get("text", "").encode()
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > rosterfile.LARGEST:
            raise CheerboardError("A roster file has 5 MB at most.", status=413)
    return bytes(raw)


@router.get("")
def import_page(request: Request, db: web.Db, actor: Manager) -> Response:
    return _form(request, db, actor)


@router.post("")
def look_at_file(
    request: Request, db: web.Db, actor: Manager, raw: Annotated[bytes, Depends(_sent)]
) -> Response:
    """Nothing is changed yet."""
    try:
        with db.write.begin() as session:
            made_id = rosterimports.look(session, actor, raw).id
    except CheerboardError as error:
        return _form(request, db, actor, error, raw[:60_000].decode(errors="replace"))
    return RedirectResponse(f"/roster/import/{made_id}", 303)


@router.get("/{import_id}")
def preview_page(request: Request, import_id: web.Id, db: web.Db, actor: Manager) -> Response:
    with db.read() as session:
        found = rosterimports.one(session, import_id)
        rows = rosterfile.read(found.text.encode()) if found.text else []
        planned = rosterimports.plan(session, rows) if found.state == "looked at" else []
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for one in planned:
        counts[one.outcome] += 1
    doing = [one for one in planned if one.outcome != "unchanged"]
    return web.page(
        request,
        "people/import_preview.html",
        actor=actor,
        here="roster",
        file=found,
        planned=doing[:SHOWN],
        more=max(len(doing) - SHOWN, 0),
        counts=counts,
    )


@router.post("/{import_id}/take")
def take_over(import_id: web.Id, db: web.Db, actor: Manager) -> Response:
    names = rosterimports.take_over(db, actor, import_id)
    take_off_hidden(db)
    _follow(db, names, f"file {import_id}")
    return RedirectResponse(f"/roster/import/{import_id}", 303)


@router.post("/{import_id}/undo")
def take_back(import_id: web.Id, db: web.Db, actor: Manager) -> Response:
    with db.write.begin() as session:
        rosterimports.one(session, import_id)
        first = rosterimports.move(session, import_id, "taken over", "taken back")
    if first:
        _follow(db, _undone(db, actor, import_id), f"file {import_id}")
    return RedirectResponse(f"/roster/import/{import_id}", 303)


def _undone(db: Database, actor: Actor, import_id: int) -> list[str]:
    """Takes back what the journal says; the folded names that mean something else now.

    Who became a hero meanwhile, or a team that got people, stays.
    """
    with db.read() as session:
        journal = rosterimports.one(session, import_id).journal or {}
        names = [folded for _, folded in journal.get("aliases", ())]
    with db.write.begin() as session:
        for person_id, before in journal.get("changes", ()):
            if (person := session.get(Person, person_id)) is not None:
                names.append(fold(person.name))
                rosterfile.restore(person, before)
        for person_id, folded in journal.get("aliases", ()):
            session.execute(
                delete(Alias).where(Alias.person_id == person_id, Alias.folded == folded)
            )
        facts = {name: len(ones) for name, ones in journal.items()}
        audit.record(session, actor, "roster.manage", f"file {import_id}", facts, None)
        rosterimports.one(session, import_id).journal = None
        announce(session, "people", "heroes", "stories")
    for person_id in journal.get("people", ()):
        following.let_go(db, person_id)
    for table, ids in ((Person, journal.get("people", ())), (Team, journal.get("teams", ()))):
        for one_id in ids:
            _drop(db, actor, table, one_id)
    return names


def _drop(db: Database, actor: Actor, table: type[Person] | type[Team], one_id: int) -> None:
    with db.write.begin() as session:
        thing: Any = session.get(table, one_id)
        if thing is not None:
            try:
                rosterbook.remove(session, actor, thing)
            except CheerboardError:
                return  # in use since; it stays, and the page of the roster shows it


def _follow(db: Database, names: list[str], text: str) -> None:
    if names:
        with db.write.begin() as session:
            following.begin(session, "employee", names, text)


def _form(
    request: Request,
    db: Database,
    actor: Actor,
    error: CheerboardError | None = None,
    text: str = "",
) -> Response:
    with db.read() as session:
        return web.page(
            request,
            "people/import.html",
            status=error.status if error else 200,
            actor=actor,
            here="roster",
            error=error.sentence if error else "",
            text=text,
            last=rosterimports.last(session),
            columns=rosterfile.COLUMNS,
        )
