"""/nominations/rules: how many, who approves, which badges, and the code on the walls."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from app import web
from app.errors import CheerboardError
from app.heroes import badges, drafts, houserules
from app.people.authorize import Actor
from app.people.doors import May

router = APIRouter(include_in_schema=False)
Ruler = Annotated[Actor, Depends(May("nominations.rule"))]
Fields = Annotated[dict[str, str], Depends(web.form)]
DONE = {
    "rules": "These rules hold from now on.",
    "badges": "The list is changed. Who has a badge keeps it.",
    "links": "Every code that was photographed before is worth nothing now.",
}


@router.get("/rules")
def rules_page(request: Request, db: web.Db, actor: Ruler, done: str = "") -> Response:
    return _page(request, db, actor, said=DONE.get(done, ""))


@router.post("/rules")
def set_rules(request: Request, db: web.Db, actor: Ruler, fields: Fields) -> Response:
    try:
        with db.write.begin() as session:
            houserules.change(
                session,
                actor,
                per_month=drafts.number_of(fields.get("per_month", "")) or 0,
                second_lead=fields.get("second_lead") == "on",
                open_link=fields.get("open_link") == "on",
            )
    except CheerboardError as error:
        return _page(request, db, actor, error=error)
    return RedirectResponse("/nominations/rules?done=rules", 303)


@router.post("/rules/badges")
def keep_badge(request: Request, db: web.Db, actor: Ruler, fields: Fields) -> Response:
    """Adds a badge, draws one anew, or takes one off the list."""
    try:
        with db.write.begin() as session:
            had = houserules.load(session).badges
            if "remove" in fields:
                now = badges.without_badge(had, fields["remove"])
            else:
                now = badges.with_badge(had, fields.get("name", ""), fields.get("figure", ""))
            houserules.change(session, actor, badges=now)
    except CheerboardError as error:
        return _page(request, db, actor, error=error)
    return RedirectResponse("/nominations/rules?done=badges", 303)


@router.post("/rules/links")
def renew_links(db: web.Db, actor: Ruler) -> Response:
    """Makes every code on the walls anew, and the old ones worthless."""
    with db.write.begin() as session:
        known = houserules.load(session)
        houserules.change(session, actor, generation=known.generation + 1)
    return RedirectResponse("/nominations/rules?done=links", 303)


def _page(
    request: Request,
    db: web.Db,
    actor: Actor,
    *,
    said: str = "",
    error: CheerboardError | None = None,
) -> Response:
    with db.read() as session:
        rules = houserules.load(session)
    return web.page(
        request,
        "heroes/rules.html",
        status=error.status if error else 200,
        actor=actor,
        here="nominations",
        rules=rules,
        drawn={name: badges.marks(figure) for name, figure in rules.badges.items()},
        figures={name: badges.marks(name) for name in badges.FIGURES},
        done=said,
        error=error.sentence if error else "",
    )
