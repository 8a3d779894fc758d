"""Themes: what would have made it a 9 or 10, counted in rings, with released words beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from sqlalchemy.orm import Session

from app.board import reading, wording
from app.board.scene import Scene, Stage
from app.language import gettext as _
from app.language import ngettext, spoken
from app.stories.listing import StoryView, released
from app.text import themes
from app.themes import nightly
from app.themes.counting import MIN_PASSIVES

LEAST, MOST, MOST_TALL = 2, 3, 5
# Rings there is room for in a row, and signs for somebody's words.
RINGS = 20
WORDS, WORDS_TALL = 72, 110
# Released stories that are searched for one about a theme.
STORIES = 20
SECONDS = 18


@dataclass(frozen=True)
class Row:
    """`rings` are ids; `words` are a customer's, released by a lead: how it sounds gone well."""

    name: str
    count: str
    rings: tuple[str, ...]
    words: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Reasons:
    """`places` rings fit into a row; one ring is `each` voices."""

    rows: tuple[Row, ...]
    note: str
    each: int
    places: int


NOTHING = Reasons((), "", 1, 0)


def look(session: Session, stage: Stage) -> Reasons:
    report = nightly.newest(session, stage.scope, stage.scope_id)
    if report is None or stage.audience != "staff":
        return NOTHING
    found = report.facts["themes"][: max(LEAST, stage.rows(MOST_TALL if stage.portrait else MOST))]
    wrote = report.facts["wrote"]["passive"]
    if not found or wrote < MIN_PASSIVES:
        return NOTHING
    each = ceil(max(one["passives"] for one in found) / RINGS)
    told = _told(
        released(session, stage.audience, scope=stage.scope, scope_id=stage.scope_id, limit=STORIES)
    )
    rows = tuple(_row(one["theme"], one["passives"], each) for one in found)
    room = int((WORDS_TALL if stage.portrait else WORDS) / stage.scale)
    rows = tuple(
        _quoted(row, told.get(one["theme"]), room) for row, one in zip(rows, found, strict=True)
    )
    return Reasons(rows, _note(wrote), each, max(len(row.rings) for row in rows))


def steps(session: Session, stage: Stage) -> tuple[int, ...]:
    """Left out while there is nothing to say, and before strangers: it is about us."""
    view = look(session, stage)
    if not view.rows:
        return ()
    rows = [text for one in view.rows for text in (one.name, one.count, one.words)]
    return (reading.seconds(_("What would have made it a 9 or 10?"), view.note, *rows),)


def _note(wrote: int) -> str:
    said = ngettext(
        "%(n)s customer with a 7 or 8 wrote why", "%(n)s customers with a 7 or 8 wrote why", wrote
    )
    return f"{said}\u00a0· {wording.window(nightly.DAYS)}"


def _row(theme: str, count: int, each: int) -> Row:
    rings = tuple(f"theme-{theme}-{at}" for at in range(ceil(count / each)))
    return Row(
        name=themes.name(theme, spoken().code),
        count=wording.grouped(count),
        rings=rings,
    )


def _quoted(row: Row, story: StoryView | None, most: int) -> Row:
    if story is None:
        return row
    return replace(row, words=wording.cut(story.text, most), language=story.language)


def _told(stories: Sequence[StoryView]) -> dict[str, StoryView]:
    """Theme -> the newest released story about it; a story speaks for one theme only."""
    found: dict[str, StoryView] = {}
    for story in stories:
        free = sorted(themes.about(story.text) - found.keys())
        if free:
            found[free[0]] = story
    return found


scene = Scene(
    name="themes",
    title="What would make it a 10",
    topics=frozenset({"stories", "company"}),
    dwell=SECONDS,
    look=look,
    steps=steps,
)
