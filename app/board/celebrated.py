"""Celebrated: everybody a board's hero scene shows, in its order: nominations, then the picks."""

from sqlalchemy.orm import Session

from app.board.scene import Stage
from app.heroes import honours, listing
from app.heroes.honours import Honour
from app.heroes.listing import HeroView

# A loop of scenes has more to show than heroes.
MOST_PICKS = 3


def nominated(session: Session, stage: Stage) -> list[Honour]:
    """Who was nominated lately at this board's place, newest first."""
    return honours.on_show(session, stage.audience, scope=stage.scope, scope_id=stage.scope_id)


def picked(session: Session, stage: Stage) -> HeroView | None:
    """The first pick of this board's own place."""
    return next(iter(_picks(session, stage)), None)


def _picks(session: Session, stage: Stage) -> list[HeroView]:
    return listing.celebrated(
        session, stage.today, stage.audience, scope=stage.scope, scope_id=stage.scope_id
    )


def celebrated(session: Session, stage: Stage) -> list[Honour | HeroView]:
    """One after the other, as the items of the scene."""
    return [*nominated(session, stage), *_picks(session, stage)[:MOST_PICKS]]
