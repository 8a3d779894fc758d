"""Alerts: a screen that falls silent while its wall should be lit is told once, and its return."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.notices import outbox
from app.people.models import Account
from app.screens.models import Screen, ScreenLoss
from app.settings import Settings

# Screens report every 15 s; a restart, an update or somebody with a ladder takes a few minutes.
SILENT_FOR = timedelta(minutes=10)
MOST_NAMED = 20

# Whether the wall of that slug should be lit at a moment. Boards lie above this room, so
# create_app() hands the function in.
Lit = Callable[[Session, str, datetime], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """What one look found: screens that were lost or came back, with their losses."""

    lost: Sequence[tuple[Screen, ScreenLoss]] = ()
    back: Sequence[tuple[Screen, ScreenLoss]] = ()

    def __bool__(self) -> bool:
        return bool(self.lost or self.back)


def watch(database: Database, settings: Settings, lit: Lit, up_since: datetime) -> Found:
    """Looks once and keeps notices of what it found, for admins; sends nothing itself.

    `up_since` is when this server began to listen: before it has listened for as long as a screen
    may be silent, silence says nothing. Call it every minute or so, beside any number of servers.
    """
    now = clock.now()
    if now - up_since < SILENT_FOR:
        return Found()
    with database.read() as session:
        if not _look(session, lit, now):
            return Found()
    with database.write.begin() as session:
        found = _look(session, lit, now)  # anew: another server may have been first
        for _, loss in found.back:
            loss.back_at = now
        session.add_all(loss for _, loss in found.lost)
        if found:
            _keep(session, settings, found)
    return found


def _look(session: Session, lit: Lit, now: datetime) -> Found:
    losses = {
        one.screen_id: one
        for one in session.scalars(select(ScreenLoss).where(ScreenLoss.back_at.is_(None)))
    }
    seen = session.scalars(
        select(Screen).where(Screen.revoked_at.is_(None), Screen.seen_at.is_not(None))
    ).all()
    silent = [one for one in seen if one.seen_at and one.seen_at <= now - SILENT_FOR]
    quiet = {one.id for one in silent}
    lost = [
        (one, ScreenLoss(screen_id=one.id, silent_since=one.seen_at, noticed_at=now))
        for one in silent
        if one.id not in losses and _should_be_lit(session, lit, one.board_slug, now)
    ]
    back = [(one, losses[one.id]) for one in seen if one.id in losses and one.id not in quiet]
    return Found(lost, back)


def _should_be_lit(session: Session, lit: Lit, slug: str, now: datetime) -> bool:
    """Now and when its silence began to count: a TV needs a while after the office opens."""
    return lit(session, slug, now) and lit(session, slug, now - SILENT_FOR)


def _keep(session: Session, settings: Settings, found: Found) -> None:
    to = session.scalars(
        select(Account.email).where(Account.role == "admin", Account.disabled_at.is_(None))
    ).all()
    if found.lost:
        outbox.put_mail(session, settings, to, *_mail(settings, "lost", found.lost))
    if found.back:
        outbox.put_mail(session, settings, to, *_mail(settings, "back", found.back))
    for kind, some in (("screen.lost", found.lost), ("screen.back", found.back)):
        for screen, loss in some:
            outbox.put_event(session, settings, kind, _told(screen, loss))


def _mail(
    settings: Settings, what: str, some: Sequence[tuple[Screen, ScreenLoss]]
) -> tuple[str, str]:
    number = len(some)
    name = some[0][0].name if number == 1 else f"{number} screens"
    said = {
        "lost": f"{name} {'does' if number == 1 else 'do'} not answer",
        "back": f"{name} {'is' if number == 1 else 'are'} back",
    }[what]
    lines = [
        f"{screen.name} (board {screen.board_slug}) was silent from {_utc(loss.silent_since)} on."
        for screen, loss in some[:MOST_NAMED]
    ]
    if number > MOST_NAMED:
        lines.append(f"And {number - MOST_NAMED} more.")
    if settings.base_url:
        lines.append(f"The desk: {settings.base_url.rstrip('/')}/desk")
    return " ".join(said.split()), "\n".join(lines) + "\n"


def _told(screen: Screen, loss: ScreenLoss) -> dict[str, object]:
    return {
        "id": str(screen.id),
        "name": screen.name,
        "board": screen.board_slug,
        "silent_since": _utc(loss.silent_since),
        "back_at": _utc(loss.back_at) if loss.back_at else None,
    }


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
