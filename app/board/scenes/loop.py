"""Loop: every customer who waits for a call is an open ring; a call closes it. Counts, no names."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app import language
from app.board import reading, wording
from app.board.scene import Scene, Stage
from app.followups import loops
from app.followups.loops import Kept, Loop
from app.language import gettext as _
from app.language import ngettext

MOST = 24
# A ring that was closed stays in its place so long, so that everybody sees it close.
CLOSING = timedelta(minutes=1)
# A share of fewer promises says nothing.
LEAST_KEPT = 10
MOST_CLOSED = {False: 14, True: 8}
# Rings of a wall that is looked at from afar, upright or not.
MOST_FAR = {False: 14, True: 6}
# Up to so many rings, each as large as they then can be.
SIZES = ((4, "xl"), (9, "l"), (14, "m"), (MOST, "s"))
# So many of the smallest stand in a row, upright or not.
A_ROW = {False: 12, True: 5}


@dataclass(frozen=True)
class Ring:
    """One loop. `share` is what is left of the promised time, in percent; 100 when it is closed.

    `tone` is late, today, later or closed.
    """

    id: int
    share: int
    label: str
    tone: str


@dataclass(frozen=True)
class Loops:
    """`more` are the open ones that are not drawn; `size` is how large a ring is."""

    headline: str
    note: str
    rings: tuple[Ring, ...]
    more: str
    size: str
    closed: int
    closed_said: str

    @property
    def said(self) -> str:
        return ". ".join(filter(None, (self.headline, self.note, self.closed_said)))


def look(session: Session, stage: Stage) -> Loops:
    place = stage.scope, stage.scope_id
    tomorrow = _midnight(stage, days=1)
    number, due = loops.open_count(session, *place, tomorrow)
    most = _most(stage)
    drawn = loops.waiting(
        session,
        *place,
        closed_after=stage.now - CLOSING,
        limit=most if number <= most else most - 1,
    )
    week = _midnight(stage, days=-stage.local.weekday())
    closed, last = loops.closed(session, *place, week)
    closing = sum(one.closed_at is not None for one in drawn)
    size = next((size for most, size in SIZES if len(drawn) <= most), SIZES[-1][1])
    rings = tuple(ring(one, stage) for one in drawn)
    return Loops(
        headline=_headline(number, due) if drawn else _nothing_open(last),
        note=_note(loops.kept(session, *place, stage.now)) if drawn else _when(stage, last),
        rings=_said_once(rings, A_ROW[stage.portrait]) if size == SIZES[-1][1] else rings,
        more=_more(number - (len(drawn) - closing)),
        size=size,
        closed=min(closed - closing, MOST_CLOSED[stage.portrait]),
        closed_said=_closed(closed),
    )


def steps(session: Session, stage: Stage) -> tuple[int, ...]:
    """Left out where nobody ever had to be rung, and on the street, which it does not concern."""
    if stage.audience == "street":
        return ()
    place = stage.scope, stage.scope_id
    number, _due = loops.open_count(session, *place, stage.now)
    if not number and not loops.closed(session, *place, stage.now)[1]:
        return ()
    view = look(session, stage)
    labels = [one.label for one in view.rings]
    return (reading.seconds(view.headline, view.note, view.closed_said, *labels),)


def _most(stage: Stage) -> int:
    """Where the word under a ring is larger, so is its place."""
    return MOST if stage.scale == 1 else MOST_FAR[stage.portrait]


def ring(one: Loop, stage: Stage) -> Ring:
    """How a loop is drawn at this moment."""
    if one.closed_at is not None:
        return Ring(one.id, 100, _("closed"), "closed")
    left, promised = one.due_at - stage.now, one.due_at - one.opened_at
    if left <= timedelta():
        return Ring(one.id, 0, _("overdue"), "late")
    share = max(3, min(97, round(100 * left / promised))) if promised > timedelta() else 3
    days = (one.due_at.astimezone(ZoneInfo(stage.timezone)).date() - stage.today).days
    return Ring(one.id, share, _label(one, stage, days), "later" if days else "today")


def _said_once(rings: Sequence[Ring], a_row: int) -> tuple[Ring, ...]:
    """Where many stand close together a word holds until the next one, within its row."""
    return tuple(
        replace(one, label="") if at % a_row and one.label == rings[at - 1].label else one
        for at, one in enumerate(rings)
    )


def _label(one: Loop, stage: Stage, days: int) -> str:
    if days == 0:
        return language.hours(math.ceil((one.due_at - stage.now) / timedelta(hours=1)))
    if days == 1:
        return _("tomorrow")
    on = one.due_at.astimezone(ZoneInfo(stage.timezone)).date()
    return language.weekday(on) if days < 7 else wording.day(on)


def _headline(number: int, due: int) -> str:
    said = ngettext("%(n)s loop open", "%(n)s loops open", number)
    return _("%(loops)s, %(due)s due today", loops=said, due=wording.grouped(due)) if due else said


def _nothing_open(last: datetime | None) -> str:
    return _("All loops closed") if last else _("No loop is open")


def _note(kept: Kept) -> str:
    if kept.n < LEAST_KEPT:
        return ""
    return _(
        "%(share)s of %(n)s closed within two working days",
        share=language.percent(kept.kept / kept.n),
        n=wording.grouped(kept.n),
    )


def _when(stage: Stage, last: datetime | None) -> str:
    if last is None:
        return _("When a customer is unhappy, a ring opens here until somebody has rung back.")
    local = last.astimezone(ZoneInfo(stage.timezone))
    if local.date() == stage.today:
        return _("the last one at %(time)s", time=wording.time(local))
    return _("the last one on %(day)s", day=wording.day(local.date()))


def _more(number: int) -> str:
    return f"+{wording.grouped(number)}" if number > 0 else ""


def _closed(number: int) -> str:
    if not number:
        return ""
    return ngettext(
        "closed this week: %(n)s customer heard again",
        "closed this week: %(n)s customers heard again",
        number,
    )


def _midnight(stage: Stage, days: int) -> datetime:
    """The beginning of a local day, from today."""
    return datetime.combine(
        stage.today + timedelta(days=days), time(), ZoneInfo(stage.timezone)
    ).astimezone(stage.now.tzinfo)


scene = Scene(
    name="loop",
    title="Closing the loop",
    topics=frozenset({"followups", "company"}),
    dwell=12,
    look=look,
    steps=steps,
)
