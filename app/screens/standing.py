"""Standing: how a screen is and what it obeyed, told from its own reports and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.screens.models import Screen, ScreenOrder
from app.screens.orders import GOOD_FOR, number_of

# A screen reports every 15 s and what it said is stored within five: three missed are silence.
LIVE_WITHIN = timedelta(seconds=50)
# Longer than a restart of the server or a lost packet; from then on somebody should go and look.
STALE_WITHIN = timedelta(minutes=5)
# A page's age comes in whole seconds.
ROUNDING = timedelta(seconds=0.5)

State = Literal["live", "stale", "offline", "asleep", "new", "revoked"]


@dataclass(frozen=True)
class Ordered:
    """The last order to a screen: obeyed as it says itself, waiting, or (`missed`) too late."""

    what: str
    at: datetime
    obeyed: bool
    missed: bool


def state_of(screen: Screen, now: datetime, build: str, *, asleep: bool) -> State:
    """`live` heard lately and up to date; `stale` silent for a moment, or drawing another build.

    `asleep` whatever it says while its board rests by plan (a TV switched off then is not lost),
    `new` while it never said anything, `offline` otherwise.
    """
    if screen.revoked_at is not None:
        return "revoked"
    if screen.seen_at is None:
        return "new"
    if asleep:
        return "asleep"
    silence = now - screen.seen_at
    if silence > STALE_WITHIN:
        return "offline"
    drawn = report_of(screen).get("build")
    return "live" if silence <= LIVE_WITHIN and drawn in (None, build) else "stale"


def report_of(screen: Screen) -> dict[str, Any]:
    """The newest report; empty before the first."""
    return screen.report or {}


def last_order(session: Session, screen: Screen, now: datetime) -> Ordered | None:
    """What was asked of a screen last, and whether its reports say that it was done."""
    last = session.scalars(
        select(ScreenOrder)
        .where(ScreenOrder.screen_id == screen.id)
        .order_by(ScreenOrder.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return None
    obeyed = _has_obeyed(screen, last)
    return Ordered(last.what, last.at, obeyed, not obeyed and now - last.at > 2 * GOOD_FOR)


def _has_obeyed(screen: Screen, asked: ScreenOrder) -> bool:
    """A page that was loaded anew is younger than the order; any other names the order."""
    report = report_of(screen)
    if asked.what == "reload":
        began = began_at(screen)
        return began is not None and began + ROUNDING >= asked.at
    return bool(report.get("order", 0) >= number_of(asked.at))


def began_at(screen: Screen) -> datetime | None:
    """When the page that reports was loaded; None when it does not say, or cannot mean it."""
    uptime = report_of(screen).get("uptime")
    if screen.seen_at is None or uptime is None or not 0 <= uptime < 10 * 366 * 86_400:
        return None
    return screen.seen_at - timedelta(seconds=uptime)
