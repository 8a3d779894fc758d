"""Scene: one picture of the wall, found by its file. Stage: what every scene may know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app import clock, language
from app.board import opening, whereabouts
from app.board.models import Board
from app.people.models import Company, Site, Team
from app.registry import discover
from app.web import STATIC, environment

LANDSCAPE = "landscape"
PORTRAIT = "portrait"
LARGEST_SCALE = 1.5


@dataclass(frozen=True)
class Stage:
    """The facts of one board at one moment. `item` counts from 0 within a scene that has several.

    `today` is the local date of the board's own place. `ready` is false until a company is set.
    `asleep` is true outside the office hours of its place, and on its holidays.
    """

    slug: str
    title: str
    audience: str
    scope: str
    scope_id: int
    settings: Mapping[str, Any]
    window_days: int
    target: int | None
    individuals: bool
    timezone: str
    now: datetime
    today: date
    orientation: str = LANDSCAPE
    item: int = 0
    ready: bool = True
    asleep: bool = False

    @property
    def portrait(self) -> bool:
        return self.orientation == PORTRAIT

    @property
    def scale(self) -> float:
        """How far away the wall is looked at: from 1 to 1.5 its words grow and become fewer."""
        return min(max(float(self.settings.get("scale", 1)), 1.0), LARGEST_SCALE)

    @property
    def letters(self) -> float:
        """How much larger letters within a picture are, which itself makes room; as in tv.css."""
        return self.scale / (1.4 - 0.4 * self.scale)

    def rows(self, most: int) -> int:
        """Of so many rows at scale 1, how many there is room for: words grow in both directions."""
        return max(1, int(most / self.scale**1.25))

    @property
    def local(self) -> datetime:
        """The present moment on this board's own clock."""
        return self.now.astimezone(ZoneInfo(self.timezone))


Look = Callable[[Session, Stage], Any]
Steps = Callable[[Session, Stage], tuple[int, ...]]


@dataclass(frozen=True)
class Scene:
    """Drawn by `templates/board/scenes/<name>.html` from `view = look(session, stage)`.

    `topics` are those after which it must be drawn anew. `steps` says how long each of its items
    stays, by its words in the language that is spoken (none: it is left out of the rotation);
    `dwell` is for when nobody asks, as when it is the only scene. System scenes are shown by the
    machine, never by a board's list.
    """

    name: str
    title: str
    topics: frozenset[str]
    dwell: int
    look: Look
    system: bool = False
    steps: Steps | None = None

    def seconds(self, session: Session, stage: Stage) -> tuple[int, ...]:
        """How long each item of this scene is on show, in order."""
        return (self.dwell,) if self.steps is None else self.steps(session, stage)


@cache
def scenes() -> Mapping[str, Scene]:
    """Every scene there is, by name."""
    return discover("app.board.scenes", "scene", Scene)


def stage_of(session: Session, board: Board, orientation: str = LANDSCAPE, item: int = 0) -> Stage:
    """The stage of a board now. A board of a team or site lives by that place's clock."""
    company = session.get(Company, 1)
    scope, scope_id = _scope(board)
    timezone = _timezone(session, board, company)
    now = clock.now()
    return Stage(
        slug=board.slug,
        title=board.title,
        audience=board.audience,
        scope=scope,
        scope_id=scope_id,
        settings=board.settings,
        window_days=company.window_days if company else 28,
        target=company.target if company else None,
        individuals=bool(company and company.individuals),
        timezone=timezone,
        now=now,
        today=clock.day_in(timezone, now),
        orientation=orientation,
        item=item,
        ready=company is not None,
        asleep=not _is_open(session, board, now.astimezone(ZoneInfo(timezone))),
    )


def _is_open(session: Session, board: Board, local: datetime) -> bool:
    """By the board's own hours, else by those of its site."""
    own = board.settings.get("hours")
    site = whereabouts.site_of(session, board)
    kept = site.office_hours if site else None
    rests = (*board.settings.get("holidays", ()), *((site.holidays if site else None) or ()))
    return opening.is_open(own or kept, rests, local)


def _scope(board: Board) -> tuple[str, int]:
    if board.team_id is not None:
        return "team", board.team_id
    if board.site_id is not None:
        return "site", board.site_id
    return "company", 1


def _timezone(session: Session, board: Board, company: Company | None) -> str:
    site_id = board.site_id
    if board.team_id is not None:
        team = session.get(Team, board.team_id)
        site_id = team.site_id if team else None
    site = session.get(Site, site_id) if site_id else None
    if site is not None:
        return site.timezone
    return company.timezone if company else "UTC"


@cache
def styles() -> list[str]:
    """Style sheets of the scenes that have one, by their path under `static/`."""
    paths = [f"css/scenes/{name}.css" for name in scenes()]
    return [path for path in paths if (STATIC / path).exists()]


environment.globals["scene_styles"] = styles
environment.globals["counted"] = language.count
