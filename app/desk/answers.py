"""/numbers/answers: the answers behind a number, for those whose teams they are about."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import web
from app.desk.numbers import within
from app.desk.question import Asked, answered
from app.people import roster
from app.people.authorize import Actor, may
from app.people.doors import May
from app.people.models import Company, Person, Team
from app.responses.models import Response as Answer
from app.scores import nps
from app.scores.summary import Summary
from app.text import details
from app.text.known import Known
from app.text.redaction import redact

router = APIRouter(prefix="/numbers", include_in_schema=False)
SHOWN = 30
Kind = Literal["promoter", "passive", "detractor", ""]
SCORES = {
    "promoter": (nps.PROMOTER_FROM, 10),
    "passive": (nps.DETRACTOR_TO + 1, nps.PROMOTER_FROM - 1),
    "detractor": (0, nps.DETRACTOR_TO),
    "": (0, 10),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One answer; `customer` is name and e-mail, for admins only; `person` where they are shown."""

    id: int
    score: int
    kind: str
    day: date
    comment: str
    team: str | None
    person: str | None
    customer: tuple[str, ...]


@router.get("/answers")
def answers(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("answers.read"))],
    question: Asked,
    kind: Kind = "",
    before: Annotated[int | None, Query(ge=1, le=web.BIGGEST)] = None,
) -> Response:
    with db.read() as session:
        company, number = answered(session, question)
        query = _query(actor, number, kind)
        if before is not None:
            query = query.where(Answer.id < before)
        rows = session.execute(query.order_by(Answer.id.desc()).limit(SHOWN + 1)).all()
        said = _said(session, actor, company, rows[:SHOWN])
    return web.page(
        request,
        "desk/answers.html",
        actor=actor,
        here="numbers",
        question=question,
        number=number,
        kind=kind,
        answers=said,
        older=rows[SHOWN - 1].Response.id if len(rows) > SHOWN else None,
        is_part=bool(actor.role == "lead" and actor.team_ids),
    )


def _query(actor: Actor, number: Summary, kind: Kind) -> Any:
    low, high = SCORES[kind]
    query = (
        select(Answer, Team.name.label("team"), Person.name.label("person"), Person.visibility)
        .outerjoin(Team, Team.id == Answer.team_id)
        .outerjoin(Person, Person.id == Answer.person_id)
        .where(Answer.status == "counted", *within(number.window), Answer.score.between(low, high))
    )
    if number.scope != "company":
        query = query.where(getattr(Answer, f"{number.scope}_id") == number.scope_id)
    if actor.role == "lead" and actor.team_ids:
        query = query.where(or_(Answer.team_id.is_(None), Answer.team_id.in_(actor.team_ids)))
    return query


def _said(session: Session, actor: Actor, company: Company, rows: Any) -> list[Said]:
    """Customers' words; for a lead without what points at the customer."""
    is_whole = may(actor, "responses.read")
    names = () if is_whole else roster.load(session).names
    found = []
    for row in rows:
        answer: Answer = row.Response
        comment, score = answer.comment or "", answer.score or 0
        if not is_whole:
            told = details.personal(answer.attributes)
            comment = redact(comment, Known(answer.name, answer.email, told), names).text
        found.append(
            Said(
                id=answer.id,
                score=score,
                kind=nps.category(score),
                day=answer.answered_on,
                comment=comment,
                team=row.team,
                person=row.person if company.individuals and row.visibility != "hidden" else None,
                customer=tuple(filter(None, (answer.name, answer.email))) if is_whole else (),
            )
        )
    return found
