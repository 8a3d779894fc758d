"""Appeals: somebody says that an answer is not about them; a lead settles it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import CheerboardError, NotFoundError
from app.people import audit
from app.people.authorize import Actor
from app.people.models import Appeal, Person

LONGEST = 300
# Somebody with a link and time on their hands fills no lead's week.
MOST_OPEN = 50
TAKEN_OFF, KEPT, OPEN = "taken off", "kept", "open"


def appeal(session: Session, person: Person, response_id: int, text: str) -> Appeal:
    """Keeps an appeal for the leads; a second one about the same answer is the first.

    Whether the answer is theirs is the caller's to know.
    """
    same = select(Appeal).where(Appeal.response_id == response_id)
    if found := session.scalar(same.where(Appeal.person_id == person.id)):
        return found
    if session.scalar(same) is not None or len(of(session, person)) >= MOST_OPEN:
        raise CheerboardError("Your lead has enough appeals to settle first.", status=409)
    made = Appeal(
        person_id=person.id,
        response_id=response_id,
        text=" ".join(text.split())[:LONGEST],
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    audit.record(
        session, themselves(person), "people.show", f"appeal {made.id}", None, {"state": OPEN}
    )
    return made


def of(session: Session, person: Person) -> Sequence[Appeal]:
    """What a person appealed against, newest first."""
    query = select(Appeal).where(Appeal.person_id == person.id).order_by(Appeal.id.desc())
    return session.scalars(query.limit(MOST_OPEN)).all()


def one(session: Session, appeal_id: int) -> tuple[Appeal, Person]:
    """An appeal and whose it is. Raises NotFoundError for an unknown id."""
    found = session.get(Appeal, appeal_id, with_for_update=True)
    if found is None:
        raise NotFoundError("There is no such appeal.")
    return found, session.get_one(Person, found.person_id)


def settle(session: Session, actor: Actor, found: Appeal, outcome: str) -> bool:
    """Whether this press settled it; when somebody was first, their word stays."""
    if outcome not in (TAKEN_OFF, KEPT):
        raise CheerboardError(f"An appeal is settled as {TAKEN_OFF!r} or {KEPT!r}.")
    if found.outcome != OPEN:
        return False
    found.outcome, found.settled_at, found.settled_by = outcome, clock.now(), actor.name[:200]
    audit.record(
        session, actor, "people.show", f"appeal {found.id}", {"state": OPEN}, {"state": outcome}
    )
    return True


def waiting(session: Session) -> Sequence[tuple[Appeal, Person]]:
    """Open appeals, oldest first."""
    query = select(Appeal, Person).join(Person).where(Appeal.outcome == OPEN).order_by(Appeal.id)
    return [(row[0], row[1]) for row in session.execute(query.limit(MOST_OPEN))]


def themselves(person: Person) -> Actor:
    """Who acts on a person's own page, for the audit log."""
    return Actor("person", f"{person.name} (own page)"[:200])
