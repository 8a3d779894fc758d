"""Celebrated: everybody a board's hero scene shows, in its order: nominations, then the pick."""

from sqlalchemy.orm import Session

from app.board.scene import Stage
from app.heroes import honours
from app.heroes.honours import Honour
from app.heroes.listing import HeroView, current


def nominated(session: Session, stage: Stage) -> list[Honour]:
    """Who was nominated lately at this board's place, newest first."""
    return honours.on_show(session, stage.audience, scope=stage.scope, scope_id=stage.scope_id)


def picked(session: Session, stage: Stage) -> HeroView | None:
    """The pick of this board's own place."""
    return current(session, stage.today, stage.audience, scope=stage.scope, scope_id=stage.scope_id)


def celebrated(session: Session, stage: Stage) -> list[Honour | HeroView]:
    """One after the other, as the items of the scene."""
    pick = picked(session, stage)
    return [*nominated(session, stage), *([pick] if pick else [])]
