"""Deciding: a lead confirms a suggested pick, or takes any pick off. Compare-and-set."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from app.heroes.models import Hero
from app.heroes.picking import HERO
from app.live.bus import announce
from app.people import audit
from app.people.authorize import Actor, authorize


def confirm(session: Session, actor: Actor, hero_id: int) -> bool:
    """Lets walls show a suggestion; False when it is shown already, or was turned down.

    Raises NotFoundError for an unknown id, ForbiddenError for another team's.
    """
    hero = _found(session, actor, hero_id)
    return _move(
        session, actor, hero, "heroes.confirm",
        HERO.c.withdrawn_at.is_(None), HERO.c.state == "suggested",
        state="shown", confirmed_at=clock.now(), confirmed_by=actor.account_id,
    )  # fmt: skip


def withdraw(session: Session, actor: Actor, hero_id: int) -> bool:
    """Takes a pick off every wall, or turns a suggestion down; False when it is off already.

    Nobody moves up in its place. Raises as `confirm`.
    """
    hero = _found(session, actor, hero_id)
    return _move(
        session, actor, hero, "heroes.withdraw",
        HERO.c.withdrawn_at.is_(None), withdrawn_at=clock.now(),
    )  # fmt: skip


def _found(session: Session, actor: Actor, hero_id: int) -> Hero:
    hero = session.scalar(select(Hero).where(Hero.id == hero_id))
    if hero is None:
        raise NotFoundError("There is no such hero.")
    authorize(actor, "heroes.decide", hero)
    return hero


def _move(
    session: Session, actor: Actor, hero: Hero, action: str, *where: object, **values: object
) -> bool:
    """Whether this press was the one that had the effect."""
    statement = update(HERO).where(HERO.c.id == hero.id, *where).values(**values)  # type: ignore[arg-type]
    moved = session.connection().execute(statement).rowcount
    session.expire(hero)
    if not moved:
        return False
    audit.record(session, actor, action, f"hero {hero.id}", None, {"reason": hero.reason})
    announce(session, "heroes")
    return True
