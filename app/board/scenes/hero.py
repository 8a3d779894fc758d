"""Hero: somebody to thank this week, and why; picked from the numbers, or by a colleague."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.board import cheers, letters, reading, shapes, wording
from app.board.celebrated import celebrated
from app.board.scene import Scene, Stage
from app.heroes import houserules
from app.heroes.badges import Mark
from app.heroes.honours import Honour
from app.heroes.listing import HeroView
from app.language import gettext as _

SECONDS = 15
# One golden dot for each delighted customer, up to a full ring.
RING = 48
RING_RADIUS = 10.4
LONGEST_QUOTE = 160
# A colleague's reason up to this length stands in the larger type.
AT_EASE = 130


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
    nominated: bool = False
    title: str = ""
    news: str = ""
    badge: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def long(self) -> bool:
        return len(self.name) > 14

    @property
    def wordy(self) -> bool:
        """Whether the words need the smaller type."""
        return len(self.quote) > 100 or (self.nominated and len(self.reason) > AT_EASE)

    @property
    def roomy(self) -> bool:
        return not (self.long or self.wordy or (self.nominated and self.quote))


@dataclass(frozen=True)
class Spotlight:
    """A hero as far as this audience may know; None when there is none.

    `invites` where there is room for the code by which colleagues put somebody forward.
    """

    portrait: Portrait | None
    invites: bool = False

    @property
    def nobody(self) -> tuple[str, str]:
        """The disc and the ring of a portrait that waits for somebody."""
        return shapes.beads(letters.disc()), shapes.beads(shapes.circle(RING, RING_RADIUS))


def look(session: Session, stage: Stage) -> Spotlight:
    face: Portrait | None
    shown = celebrated(session, stage)
    one = shown[stage.item] if stage.item < len(shown) else None
    if isinstance(one, Honour):
        face = kudos(one)
    else:
        face = portrait(one, stage.window_days) if one else None
    # Colleagues are asked where only colleagues pass.
    asks = stage.audience == "staff" and houserules.load(session).open_link
    return Spotlight(face, invites=asks and (face is None or face.roomy))


def steps(session: Session, stage: Stage) -> tuple[int, ...]:
    return tuple(_seconds(one, stage.window_days) for one in celebrated(session, stage))


def _seconds(one: Honour | HeroView, days: int) -> int:
    quote = wording.cut(one.story.text, LONGEST_QUOTE) if one.story else ""
    if isinstance(one, Honour):
        why: tuple[str, ...] = (_("Nominated by a colleague"), one.badge, one.reason)
    else:
        why = (cheers.title(one), cheers.reason(one, days))
    return reading.seconds(one.name, quote, one.team, *why)


def kudos(honour: Honour) -> Portrait:
    """Somebody whom a colleague put forward: no numbers, and the gold is in the badge."""
    face = letters.raster(honour.name)
    return Portrait(
        name=honour.name,
        quote=wording.cut(honour.story.text, LONGEST_QUOTE) if honour.story else "",
        language=honour.story.language if honour.story else None,
        reason=honour.reason,
        team=honour.team or "",
        lit=shapes.beads(face.lit),
        grain=shapes.beads(face.rest),
        gold="",
        rest=shapes.beads(shapes.circle(RING, RING_RADIUS)),
        nominated=True,
        badge=honour.badge,
        marks=honour.marks,
    )


def portrait(hero: HeroView, days: int) -> Portrait:
    """The picture of a hero, spelt with the name that may be shown."""
    face = letters.raster(hero.name)
    ring = shapes.circle(RING, RING_RADIUS)
    thanks = min(hero.promoters or 0, RING)
    return Portrait(
        name=hero.name,
        quote=wording.cut(hero.story.text, LONGEST_QUOTE) if hero.story else "",
        language=hero.story.language if hero.story else None,
        reason=wording.cut(cheers.reason(hero, days), 160),
        team=hero.team or "",
        lit=shapes.beads(face.lit),
        grain=shapes.beads(face.rest),
        gold=shapes.beads(ring[:thanks]),
        rest=shapes.beads(ring[thanks:]),
        title=cheers.title(hero),
        news=cheers.news(hero),
    )


scene = Scene(
    name="hero",
    title="Hero of the week",
    topics=frozenset({"heroes", "people", "stories"}),
    dwell=SECONDS,
    look=look,
    steps=steps,
)
