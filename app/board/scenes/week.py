"""Week: the last whole week in one sentence, four numbers, its best story and its hero."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app import language
from app.board import milestones, reading, wording
from app.board.figure import Figure, figure_of
from app.board.scene import Scene, Stage
from app.heroes.listing import current
from app.language import gettext as _
from app.language import ngettext
from app.scores.nps import MIN_SHOWN, Tally, change, shown
from app.scores.tallies import rolling, trend
from app.stories.listing import StoryView, released

DAYS = 7
SECONDS = 18
STORIES = 50
LONGEST = 180
STORY_UP_TO = 1.3


@dataclass(frozen=True)
class Number:
    """`kind` is the shape beside it, or empty."""

    shown: str
    label: str
    kind: str = ""


@dataclass(frozen=True)
class Week:
    """`numbers` are empty before the first whole week; `days` are then its names to come."""

    headline: str
    dates: str
    numbers: tuple[Number, ...]
    story: str
    language: str | None
    line: str
    hero: str
    days: tuple[str, ...] = ()


def look(session: Session, stage: Stage) -> Week:
    """The review of the week that ended with the last Sunday; it stands for seven days."""
    sunday = stage.today - timedelta(days=stage.today.isoweekday())
    tally = rolling(session, stage.scope, stage.scope_id, sunday, DAYS)
    if not tally.n:
        week = tuple(language.weekday(sunday + timedelta(days=nth)) for nth in range(1, DAYS + 1))
        return Week("", "", (), "", None, "", "", week)
    weeks = trend(
        session, stage.scope, stage.scope_id, sunday, days=DAYS, points=milestones.LOOK_BACK
    )
    tallies = [point.tally for point in weeks]
    # From afar only the sentence, its numbers and the hero can be read in time.
    story = _best(session, stage, sunday) if stage.scale <= STORY_UP_TO else None
    hero = current(session, sunday, stage.audience, scope=stage.scope, scope_id=stage.scope_id)
    return Week(
        headline=headline(tallies),
        dates=_dates(sunday),
        numbers=numbers(figure_of(tally, None, DAYS), tally),
        story=wording.cut(story.text, LONGEST) if story else "",
        language=story.language if story else None,
        line=" · ".join(filter(None, (story.team, story.site))) if story else "",
        hero=hero.name if hero else "",
    )


def steps(session: Session, stage: Stage) -> tuple[int, ...]:
    view = look(session, stage)
    if not view.numbers:
        return ()
    labels = [one.label for one in view.numbers]
    told = (view.story, view.line, view.hero)
    return (reading.seconds(view.headline, view.dates, *labels, *told),)


def headline(weeks: list[Tally]) -> str:
    """One true sentence about the last of these weeks, oldest first.

    Better or harder only beyond chance (|z| from 1.96, looked at once a week); then whether more
    customers spoke than in any week before.
    """
    *earlier, now = weeks
    shift = change(now, earlier[-1]) if earlier else None
    if shift is not None and shift.verdict in ("clear", "alert") and shown(shift.delta) != "0":
        points = shown(shift.delta)[1:]
        if shift.delta > 0:
            return _("A better week: up %(points)s", points=points)
        return _("A harder week: down %(points)s", points=points)
    if milestones.is_record(weeks):
        return _("More voices than in any week before")
    if shift is None or shift.verdict == "too_few":
        return ngettext("%(n)s customer spoke to us", "%(n)s customers spoke to us", now.n)
    return _("A week much like the one before")


def numbers(figure: Figure, tally: Tally) -> tuple[Number, ...]:
    """Voices, the score with its range, who was delighted and who needs us."""
    if figure.shown:
        score = Number(figure.shown, figure.range or "")
    else:
        score = Number("–", _("too few for a score, %(n)s of %(all)s", n=tally.n, all=MIN_SHOWN))
    count = wording.grouped
    return (
        score,
        Number(count(tally.n), ngettext("voice", "voices", tally.n)),
        Number(count(tally.promoters), _("delighted"), "promoter"),
        Number(count(tally.detractors), _("need us"), "detractor"),
    )


def _dates(sunday: date) -> str:
    first = sunday - timedelta(days=DAYS - 1)
    return _("%(first)s to %(last)s", first=wording.day(first), last=wording.day(sunday))


def _best(session: Session, stage: Stage, sunday: date) -> StoryView | None:
    """The story of that week that its rank says to read first."""
    told = released(
        session, stage.audience, scope=stage.scope, scope_id=stage.scope_id, limit=STORIES
    )
    those = [one for one in told if sunday - timedelta(days=DAYS) < one.answered_on <= sunday]
    return max(those, key=lambda one: one.rank, default=None)


scene = Scene(
    name="week",
    title="Week in review",
    topics=frozenset({"responses", "company", "stories", "heroes", "people"}),
    dwell=SECONDS,
    look=look,
    steps=steps,
)
