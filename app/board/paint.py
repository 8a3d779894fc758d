"""Paint: a wall's parts as HTML, from the same templates for the first paint and every frame."""

import contextlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, metrics, web
from app.board import plan, rail, wording
from app.board.models import Board
from app.board.plan import Loop, Step, Timeline
from app.board.scene import LANDSCAPE, Scene, Stage, scenes, stage_of
from app.db import Database
from app.language import speaking

log = logging.getLogger(__name__)

RAIL = "rail"
RAIL_TOPICS = frozenset({"responses", "company", "boards", "people"})
# What every scene depends on, whether it says so or not.
COMMON_TOPICS = frozenset({"company", "boards", "people"})
PERSONAL_TOPICS = frozenset({"people", "heroes", "stories"})
# Shown when none of a board's scenes has anything to show: a wall is never bare.
LAST_RESORT = "pulse"
# Shown alone outside the hours of a board.
NIGHT = "night"


@dataclass(frozen=True)
class Wall:
    """One picture: a board's, for one orientation, with or without a scene pinned to it."""

    slug: str
    orientation: str = LANDSCAPE
    pinned: str | None = None


def board_of(session: Session, slug: str) -> Board | None:
    """The board at an address; PostgreSQL would refuse to look for one with a NUL in it."""
    return None if "\x00" in slug else session.scalar(select(Board).where(Board.slug == slug))


def round_of(session: Session, board: Board, stage: Stage) -> tuple[Loop, ...]:
    """What the rotation of this board has to show now. A scene that fails to say is left out."""
    if stage.asleep:
        return ((Step(NIGHT, 0, scenes()[NIGHT].dwell),),)
    seconds: dict[str, tuple[int, ...]] = {}
    for name in board.scenes:
        scene = scenes().get(name)
        if scene is not None and not scene.system:
            seconds[name] = _seconds(session, stage, scene)
    loops = plan.round_of(seconds) or ((Step(LAST_RESORT, 0, scenes()[LAST_RESORT].dwell),),)
    return tuple(
        tuple(replace(step, personal=_is_personal(step.scene)) for step in loop) for loop in loops
    )


def pinned_to(name: str) -> Timeline:
    """The timeline of a wall that shows one scene only. Raises KeyError when there is none."""
    step = Step(name, 0, scenes()[name].dwell, personal=_is_personal(name))
    return plan.first([(step,)], clock.now())


def _is_personal(scene: str) -> bool:
    """Whoever must hear of people, heroes or stories shows them."""
    return bool(scenes()[scene].topics & PERSONAL_TOPICS)


def warm_up(database: Database) -> None:
    """Draws one board once for nobody: templates are compiled and queries known before they count.

    What goes wrong here goes wrong again, and is told, when somebody looks.
    """
    with contextlib.suppress(Exception), database.read() as session:
        board = session.scalars(select(Board).order_by(Board.id).limit(1)).first()
        if board is not None:
            stage = stage_of(session, board)
            steps = {step.key for loop in round_of(session, board, stage) for step in loop}
            paint(session, stage, [RAIL, *steps])


def topics_of(part: str) -> frozenset[str]:
    """After which topics a part must be drawn anew."""
    if part == RAIL:
        return RAIL_TOPICS
    return scenes()[part.rpartition("-")[0]].topics | COMMON_TOPICS


def paint(session: Session, stage: Stage, parts: Iterable[str]) -> Mapping[str, str]:
    """The HTML of each part. One that fails is missing, logged and counted."""
    painted: dict[str, str] = {}
    for part in parts:
        try:
            painted[part] = wording.lettered(_part(session, stage, part))
        except Exception:
            log.exception("%s of %s could not be drawn", part, stage.slug)
            metrics.failed_parts.inc()
            session.rollback()
    return painted


def _part(session: Session, stage: Stage, part: str) -> str:
    with speaking(stage.settings.get("language")):
        if part == RAIL:
            return web.fragment("board/rail.html", stage=stage, rail=rail.look(session, stage))
        name, _, item = part.rpartition("-")
        stage = replace(stage, item=int(item))
        view = scenes()[name].look(session, stage)
        return web.fragment(f"board/scenes/{name}.html", stage=stage, view=view)


def _seconds(session: Session, stage: Stage, scene: Scene) -> tuple[int, ...]:
    try:
        with speaking(stage.settings.get("language")):
            seconds = scene.seconds(session, stage)
    except Exception:
        log.exception("%s of %s could not say how long it is", scene.name, stage.slug)
        metrics.failed_parts.inc()
        session.rollback()
        return ()
    dwell = stage.settings.get("dwell")
    return tuple(int(dwell) for _ in seconds) if dwell else seconds
