"""/desk/invented: the answers that never were, and taking them away. For admins."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app import web
from app.errors import CheerboardError, NotFoundError
from app.people import sample
from app.people.authorize import Actor, may
from app.people.doors import May

router = APIRouter(prefix="/desk/invented", include_in_schema=False)
Admin = Annotated[Actor, Depends(May(sample.ACTION))]
Fields = Annotated[dict[str, str], Depends(web.form)]


def is_offered(request: Request, session: Session, actor: Actor) -> bool:
    """Whether there is something invented that this person may take away."""
    known = sample.of(request)
    return known is not None and may(actor, sample.ACTION) and known.is_there(session)


@router.get("")
def invented_page(request: Request, db: web.Db, actor: Admin) -> Response:
    with db.read() as session:
        if not is_offered(request, session, actor):
            raise NotFoundError("There are no invented answers here.")
    return web.page(request, "desk/invented.html", actor=actor, here="home")


@router.post("/clear")
def clear(request: Request, db: web.Db, actor: Admin, fields: Fields) -> Response:
    """All of it in one step, after the box was ticked; a second press finds nothing."""
    known = sample.of(request)
    if known is None:
        raise NotFoundError("There are no invented answers here.")
    if fields.get("sure") != "yes":
        raise CheerboardError("Tick the box first: what goes cannot be brought back.", status=422)
    known.clear(db, actor)
    return RedirectResponse("/desk", 303)
