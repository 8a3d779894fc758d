"""Blanking: screens that must be dark now, however often they come back; and who has obeyed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.live.bus import announce
from app.screens.models import Blanking, Screen


@dataclass(frozen=True)
class Dark:
    """Which screens must be dark. A board's darkness is also that of browsers without a screen."""

    everything: bool = False
    boards: frozenset[str] = frozenset()
    screens: frozenset[int] = frozenset()

    def covers(self, screen_id: int | None, slug: str) -> bool:
        return self.everything or slug in self.boards or screen_id in self.screens


@dataclass(frozen=True)
class Obeyed:
    """One screen: whether it must be dark, what it last said it was (None: nothing), and when."""

    screen_id: int
    name: str
    board_slug: str
    wanted: bool
    said: bool | None
    seen_at: datetime | None

    @property
    def agrees(self) -> bool:
        return self.said is not None and self.said == self.wanted


def blank_screen(session: Session, screen_id: int) -> None:
    """Darkens one screen until it is lit again."""
    _darken(session, "screen", [str(screen_id)])


def blank_boards(session: Session, slugs: Collection[str]) -> None:
    """Darkens every screen of these boards, also one that is paired later.

    A site is its boards: `app.board.whereabouts.slugs_at(session, site_id)` names them.
    """
    _darken(session, "board", slugs)


def blank_all(session: Session) -> None:
    """Darkens everything there is."""
    _darken(session, "all", ["all"])


def light_screen(session: Session, screen_id: int) -> bool:
    """Takes one screen's own darkness back; false when its board's, or everybody's, keeps it so."""
    _forget(session, Blanking.scope == "screen", Blanking.target == str(screen_id))
    screen = session.get(Screen, screen_id)
    return screen is None or not dark(session).covers(screen_id, screen.board_slug)


def light_boards(session: Session, slugs: Collection[str]) -> bool:
    """Lights boards and each of their screens; false when everything is still dark."""
    ids = session.scalars(select(Screen.id).where(Screen.board_slug.in_(slugs)))
    one = (Blanking.scope == "screen") & Blanking.target.in_([str(number) for number in ids])
    _forget(session, or_(one, (Blanking.scope == "board") & Blanking.target.in_(slugs)))
    return not dark(session).everything


def light_all(session: Session) -> None:
    """Lights everything, whatever darkened it."""
    _forget(session)


def dark(session: Session) -> Dark:
    """What must be dark now."""
    rows = session.execute(select(Blanking.scope, Blanking.target)).all()
    return Dark(
        everything=any(row.scope == "all" for row in rows),
        boards=frozenset(row.target for row in rows if row.scope == "board"),
        screens=frozenset(int(row.target) for row in rows if row.scope == "screen"),
    )


def obeyed(session: Session, slugs: Collection[str] | None = None) -> list[Obeyed]:
    """Every screen that was not revoked (of these boards): told from its own reports, by name."""
    query = select(Screen).where(Screen.revoked_at.is_(None)).order_by(Screen.name)
    if slugs is not None:
        query = query.where(Screen.board_slug.in_(slugs))
    now = dark(session)
    return [
        Obeyed(
            screen_id=screen.id,
            name=screen.name,
            board_slug=screen.board_slug,
            wanted=now.covers(screen.id, screen.board_slug),
            said=(screen.report or {}).get("dark"),
            seen_at=screen.seen_at,
        )
        for screen in session.scalars(query)
    ]


def _darken(session: Session, scope: str, targets: Collection[str]) -> None:
    known = set(session.scalars(select(Blanking.target).where(Blanking.scope == scope)))
    fresh = [target for target in dict.fromkeys(targets) if target not in known]
    session.add_all(Blanking(scope=scope, target=one, since=clock.now()) for one in fresh)
    session.flush()
    announce(session, "screens")


def _forget(session: Session, *which: object) -> None:
    session.execute(delete(Blanking).where(*which))  # type: ignore[arg-type]
    announce(session, "screens")
