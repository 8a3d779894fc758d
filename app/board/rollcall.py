"""Roll call: which connected screens lost their board, must be dark, dressed anew, or told."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.board import opening, paint
from app.board.paint import Wall
from app.board.scene import stage_of
from app.live.hub import Hub, Visitor
from app.screens import tokens
from app.screens.blanking import Dark
from app.screens.orders import Orders

# Settings that are part of the page itself and not of any frame.
SHELL = ("theme", "motion", "scale", "overscan", "orientation", "language")

Shells = dict[str, Mapping[str, Any]]


def call(session: Session, hub: Hub, orders: Orders) -> None:
    """Dismisses whoever was revoked, sends on whoever was given another board, passes orders on."""
    connected = hub.connected()
    boards = tokens.boards_of(session, set(connected))
    for screen_id, wall in connected.items():
        if screen_id not in boards:
            hub.dismiss(screen_id)
        elif isinstance(wall, Wall) and boards[screen_id] != wall.slug:
            hub.tell(screen_id, {"do": "reload"})
    for screen_id, command in orders.fresh(session):
        hub.tell(screen_id, command)


def darken(hub: Hub, before: Dark, now: Dark, doubted: Collection[Visitor]) -> None:
    """Tells those who must be dark now and were not, the other way round, and all the doubted."""
    if now != before or doubted:
        for is_dark in (True, False):
            hub.tell_those(
                lambda who, is_dark=is_dark: (  # type: ignore[misc]
                    _covers(now, who) is is_dark
                    and (who in doubted or _covers(before, who) is not is_dark)
                ),
                {"do": "blank" if is_dark else "unblank"},
            )


def _covers(dark: Dark, who: Visitor) -> bool:
    slug = who.key.slug if isinstance(who.key, Wall) else ""
    return not who.stays_lit and dark.covers(who.screen_id, slug)


def dress(session: Session, hub: Hub, walls: Iterable[Wall], known: Shells) -> Shells:
    """Reloads the pages of a board whose shell has changed; gives the shells as they are now."""
    now: Shells = {}
    for wall in walls:
        board = paint.board_of(session, wall.slug)
        if board is None:
            continue
        now[wall.slug] = {name: board.settings.get(name) for name in SHELL} | {
            "theme": opening.theme_at(
                board.settings.get("theme", ""), stage_of(session, board).local
            )
        }
        if known.get(wall.slug, now[wall.slug]) != now[wall.slug]:
            hub.tell_all(wall, {"do": "reload"})
    return now
