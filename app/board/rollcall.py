"""Roll call: which connected screens lost their board, got another, or must be dressed anew."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.board import paint
from app.board.paint import Wall
from app.live.hub import Hub
from app.screens import tokens

# Settings that are part of the page itself and not of any frame.
SHELL = ("theme", "motion", "scale", "overscan", "orientation", "language")

Shells = dict[str, Mapping[str, Any]]


def call(session: Session, hub: Hub) -> None:
    """Dismisses whoever was revoked, sends on whoever was given another board."""
    connected = hub.connected()
    boards = tokens.boards_of(session, set(connected))
    for screen_id, wall in connected.items():
        if screen_id not in boards:
            hub.dismiss(screen_id)
        elif isinstance(wall, Wall) and boards[screen_id] != wall.slug:
            hub.tell(screen_id, {"do": "reload"})


def dress(session: Session, hub: Hub, walls: Iterable[Wall], known: Shells) -> Shells:
    """Reloads the pages of a board whose shell has changed; gives the shells as they are now."""
    now: Shells = {}
    for wall in walls:
        board = paint.board_of(session, wall.slug)
        if board is None:
            continue
        now[wall.slug] = {name: board.settings.get(name) for name in SHELL}
        if known.get(wall.slug, now[wall.slug]) != now[wall.slug]:
            hub.tell_all(wall, {"do": "reload"})
    return now
