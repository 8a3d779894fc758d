"""/heroes: what was picked for the walls, suggestions to confirm first."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from app import web
from app.heroes import deciding, listing
from app.people.authorize import Actor, leads
from app.people.doors import May
from app.stories.listing import DESK

router = APIRouter(prefix="/heroes", include_in_schema=False)
Reader = Annotated[Actor, Depends(May("heroes.read"))]
Decider = Annotated[Actor, Depends(May("heroes.decide"))]
# A kind of pick as one says it, and the walls that a scope hangs on.
KIND = {
    "pick": "Hero",
    "team": "Team",
    "improved": "Step forward",
    "rescue": "Rescue",
    "newcomer": "Newcomer",
    "voice": "A customer’s words",
}
WALLS = {"company": "every wall", "site": "the walls of the site", "team": "the team’s own walls"}
DONE = {
    "confirmed": "Confirmed. It is on its way to the walls.",
    "withdrawn": "Taken off. No wall shows it.",
    "before": "Somebody was first: nothing changed.",
}


@router.get("")
def picks(request: Request, db: web.Db, actor: Reader, done: str = "") -> Response:
    """Suggestions first, then what walls show or showed lately."""
    with db.read() as session:
        waiting = listing.suggested(session)
        shown = listing.history(session, DESK)
    decides = actor.role in ("lead", "admin")
    return web.page(
        request,
        "heroes/picks.html",
        actor=actor,
        here="heroes",
        waiting=waiting,
        kinds=KIND,
        walls=WALLS,
        shown=shown,
        may_decide=lambda hero: decides and (actor.role != "lead" or leads(actor, hero.team_id)),
        done=DONE.get(done, ""),
    )


@router.post("/{hero_id}/confirm")
def confirm(hero_id: web.Id, db: web.Db, actor: Decider) -> Response:
    with db.write.begin() as session:
        is_done = deciding.confirm(session, actor, hero_id)
    return RedirectResponse(f"/heroes?done={'confirmed' if is_done else 'before'}", 303)


@router.post("/{hero_id}/withdraw")
def withdraw(hero_id: web.Id, db: web.Db, actor: Decider) -> Response:
    with db.write.begin() as session:
        is_done = deciding.withdraw(session, actor, hero_id)
    return RedirectResponse(f"/heroes?done={'withdrawn' if is_done else 'before'}", 303)
