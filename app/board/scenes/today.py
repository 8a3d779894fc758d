"""Today: the answers of this day as they came, hour by hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.board import dayline, reading, voices, wording
from app.board.dayline import Dayline
from app.board.scene import Scene, Stage
from app.board.voices import KINDS, Voice
from app.language import gettext as _
from app.language import ngettext

# Of a busier day the newest are drawn; the tallies know how many there were.
MOST = 4000


@dataclass(frozen=True)
class Today:
    """`counts` by kind; a day without a voice has its hours."""

    headline: str
    note: str
    counts: tuple[tuple[str, str], ...]
    day: Dayline


def look(session: Session, stage: Stage) -> Today:
    return drawn(voices.of_day(session, stage, MOST), stage)


def steps(_session: Session, stage: Stage) -> tuple[int, ...]:
    """By the words it has on most days; its numbers are not worth a query here."""
    headline = ngettext("%(n)s voice today", "%(n)s voices today", 1)
    time = wording.time(stage.local)
    return (reading.seconds(headline, _("the last one at %(time)s", time=time)),)


def drawn(heard: Sequence[tuple[datetime, Voice]], stage: Stage) -> Today:
    """The picture of one day's voices, oldest first."""
    number = len(heard)
    kinds = [voice.kind for _at, voice in heard]
    return Today(
        headline=ngettext("%(n)s voice today", "%(n)s voices today", number),
        note=_("the last one at %(time)s", time=wording.time(heard[-1][0])) if heard else "",
        counts=tuple((kind, wording.grouped(kinds.count(kind))) for kind in KINDS),
        day=dayline.dayline(
            [(at.hour, voice.kind) for at, voice in heard],
            stage.local.hour,
            tall=stage.portrait,
            letters=stage.letters,
        ),
    )


scene = Scene(
    name="today",
    title="Today",
    topics=frozenset({"responses", "company"}),
    dwell=12,
    look=look,
    steps=steps,
)
