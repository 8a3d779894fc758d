"""Hero: somebody to thank this week, and why."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.board import letters, shapes, wording
from app.board.scene import Scene, Stage
from app.heroes.listing import HeroView, current
from app.language import ngettext

SECONDS = 15
# One golden dot for each delighted customer, up to a full ring.
RING = 48
RING_RADIUS = 10.4
LONGEST_QUOTE = 160


@dataclass(frozen=True)
class Portrait:
    """`lit` and `grain` are the disc, `gold` and `rest` the ring; paths of dots, in cells."""

    name: str
    quote: str
    language: str | None
    reason: str
    team: str
    lit: str
    grain: str
    gold: str
    rest: str

    @property
    def long(self) -> bool:
        return len(self.name) > 14

    @property
    def wordy(self) -> bool:
        """Whether the quote needs the smaller type."""
        return len(self.quote) > 100


@dataclass(frozen=True)
class Spotlight:
    """The week's hero as far as this audience may know; None when there is none."""

    portrait: Portrait | None


def look(session: Session, stage: Stage) -> Spotlight:
    hero = _current(session, stage)
    return Spotlight(portrait(hero, stage.window_days) if hero else None)


def steps(session: Session, stage: Stage) -> tuple[int, ...]:
    return (SECONDS,) if _current(session, stage) else ()


def portrait(hero: HeroView, days: int) -> Portrait:
    """The picture of a hero, spelt with the name that may be shown."""
    face = letters.raster(hero.name)
    ring = shapes.circle(RING, RING_RADIUS)
    thanks = min(hero.promoters or 0, RING)
    return Portrait(
        name=hero.name,
        quote=wording.cut(hero.story.text, LONGEST_QUOTE) if hero.story else "",
        language=hero.story.language if hero.story else None,
        reason=wording.cut(_reason(hero, days), 160),
        team=hero.team or "",
        lit=shapes.beads(face.lit),
        grain=shapes.beads(face.rest),
        gold=shapes.beads(ring[:thanks]),
        rest=shapes.beads(ring[thanks:]),
    )


def _reason(hero: HeroView, days: int) -> str:
    """A pick in the language of the wall; what a person wrote stays as it was written."""
    if hero.kind != "pick" or hero.promoters is None:
        return hero.reason
    if days == wording.FOUR_WEEKS:
        return ngettext(
            "%(n)s delighted customer in four weeks",
            "%(n)s delighted customers in four weeks",
            hero.promoters,
        )
    return ngettext(
        "%(n)s delighted customer in %(days)s days",
        "%(n)s delighted customers in %(days)s days",
        hero.promoters,
        days=days,
    )


def _current(session: Session, stage: Stage) -> HeroView | None:
    """The hero of this board's own place."""
    return current(session, stage.today, stage.audience, scope=stage.scope, scope_id=stage.scope_id)


scene = Scene(
    name="hero",
    title="Hero of the week",
    topics=frozenset({"heroes", "people", "stories"}),
    dwell=SECONDS,
    look=look,
    steps=steps,
)
