"""Personal links: the way to one's own page, without an account; given anew or revoked at once."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from app.people import audit
from app.people.authorize import Actor
from app.people.keys import digest, new_key
from app.people.models import Person, PersonalLink

GONE = "This link leads nowhere any more. Ask your lead for another one."


def give(session: Session, actor: Actor, person: Person) -> str:
    """A new link's key, shown this once; the one before leads nowhere any more."""
    _drop(session, person)
    key = new_key()
    session.add(PersonalLink(person_id=person.id, token_hash=digest(key), made_at=clock.now()))
    session.flush()
    audit.record(session, actor, "people.show", f"person {person.id}", None, {"link": "given"})
    return key


def revoke(session: Session, actor: Actor, person: Person) -> None:
    """The link leads nowhere any more; a second press changes nothing."""
    if _drop(session, person):
        facts = {"link": "revoked"}
        audit.record(session, actor, "people.show", f"person {person.id}", None, facts)


def of(session: Session, person: Person) -> PersonalLink | None:
    """The link there is, without its key."""
    return session.get(PersonalLink, person.id)


def find(session: Session, key: str) -> Person:
    """Whose page a key opens. Raises NotFoundError for a key that was replaced or never given."""
    whose = select(Person).join(PersonalLink).where(PersonalLink.token_hash == digest(key))
    person = session.scalar(whose)
    if person is None:
        raise NotFoundError(GONE)
    return person


def _drop(session: Session, person: Person) -> bool:
    theirs = PersonalLink.person_id == person.id
    return (
        session.execute(
            delete(PersonalLink).where(theirs).returning(PersonalLink.person_id)
        ).first()
        is not None
    )
