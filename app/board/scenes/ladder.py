"""Ladder: what we want to reach, and how others and we ourselves stood."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from app.board import benchmarks, reading, rungs, wording
from app.board.figure import Figure, figure_of
from app.board.rungs import Rung
from app.board.scene import Scene, Stage
from app.language import gettext as _
from app.language import ngettext
from app.scores.nps import MIN_SHOWN, Tally, nps, rounded
from app.scores.tallies import rolling

SECONDS = 15
# The same weekday a year ago.
YEAR = timedelta(days=364)
LONGEST_NAME = 28
# Of a narrow wall that is looked at from afar.
FAR_AND_TALL = 4


@dataclass(frozen=True)
class Ladder:
    figure: Figure
    voices: str
    window: str
    headline: str
    note: str
    rungs: tuple[Rung, ...]

    @property
    def empty(self) -> bool:
        return not [one for one in self.rungs if one.state not in ("us", "open")]


def look(session: Session, stage: Stage) -> Ladder:
    tally = rolling(session, stage.scope, stage.scope_id, stage.today, stage.window_days)
    rungs_ = [*_own(session, stage), *_others(session, stage)]
    return drawn(rungs_, tally, stage.target, stage.window_days, _room(stage))


def steps(session: Session, stage: Stage) -> tuple[int, ...]:
    view = look(session, stage)
    if view.empty:
        return ()
    rungs_ = [text for one in view.rungs for text in (one.name, one.note)]
    size = (view.figure.between, view.voices, view.window)
    return (reading.seconds(view.headline, view.note, *size, *rungs_),)


def drawn(
    found: Sequence[Rung], tally: Tally, target: int | None, days: int, room: int = rungs.MOST
) -> Ladder:
    """The ladder of these rungs for a tally of so many days."""
    ladder = rungs.ladder(found, tally, room)
    headline, note = _headline(ladder, tally, target)
    return Ladder(
        figure=figure_of(tally, None, days),
        voices=wording.voices(tally.n),
        window=wording.window(days),
        headline=headline,
        note=note,
        rungs=ladder,
    )


def _room(stage: Stage) -> int:
    return stage.rows(FAR_AND_TALL if stage.portrait and stage.scale > 1 else rungs.MOST)


def _own(session: Session, stage: Stage) -> list[Rung]:
    own = []
    if stage.target is not None:
        own.append(Rung("target", "target", _("Target"), _("set by ourselves"), stage.target))
    then = stage.today - YEAR
    before = rolling(session, stage.scope, stage.scope_id, then, stage.window_days)
    score = nps(before)
    if score is not None and before.n >= MIN_SHOWN:
        note = wording.voices(before.n)
        own.append(Rung("past", "past", _("Ourselves a year ago"), note, float(score)))
    return own


def _others(session: Session, stage: Stage) -> list[Rung]:
    return [
        Rung(
            id=f"other-{at}",
            kind="benchmark",
            name=one.name,
            note=_source(one),
            value=None if one.value is None else float(one.value),
            stale=one.is_stale(stage.today),
        )
        for at, one in enumerate(benchmarks.table(session))
    ]


def _source(one: benchmarks.Figure) -> str:
    if one.value is None:
        return _("no published figure")
    return ", ".join(filter(None, (str(one.year or ""), wording.cut(one.source, 60))))


def _headline(ladder: Sequence[Rung], tally: Tally, target: int | None) -> tuple[str, str]:
    score = nps(tally)
    if score is None or tally.n < MIN_SHOWN:
        note = _("collecting, %(n)s of %(all)s", n=tally.n, all=MIN_SHOWN)
        return _("Too few voices to climb yet"), note
    if target is None:
        return _to_the_next(ladder, tally, rounded(score))
    gap = target - rounded(score)
    if gap > 0:
        head = ngettext("%(n)s point to the target", "%(n)s points to the target", gap)
        return head, _promoters(tally, target)
    if rungs.state(target, tally) == "passed":
        return _("Above the target"), _("and more than chance")
    return _("Level with the target"), _("the difference may still be chance")


def _to_the_next(ladder: Sequence[Rung], tally: Tally, score: int) -> tuple[str, str]:
    above = [one for one in ladder if one.value is not None and rounded(one.value) > score]
    if not above:
        return _("Nobody above us on this ladder"), _("A target would give us something to reach.")
    head = ngettext(
        "%(n)s point to %(name)s",
        "%(n)s points to %(name)s",
        rounded(above[-1].value or 0.0) - score,
        name=wording.cut(above[-1].name, LONGEST_NAME),
    )
    return head, _promoters(tally, above[-1].value or 0.0)


def _promoters(tally: Tally, goal: float) -> str:
    more = rungs.more_promoters(tally, goal)
    if not more:
        return ""
    return ngettext(
        "about %(n)s more promoter in the same time",
        "about %(n)s more promoters in the same time",
        more,
    )


scene = Scene(
    name="ladder",
    title="Ladder",
    topics=frozenset({"responses", "company", "boards"}),
    dwell=SECONDS,
    look=look,
    steps=steps,
)
