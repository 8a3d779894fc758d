"""The socket of /tv/{slug}: the hint that something changed, and the picture with it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, WebSocket

from app import web
from app.board import paint
from app.board.look import Asked, Look, Watcher
from app.board.onair import Live
from app.board.paint import Wall
from app.board.scene import LANDSCAPE
from app.db import Database
from app.live.hub import Visitor, cmd
from app.people.authorize import Actor, may
from app.screens import blanking

router = APIRouter()


@router.websocket("/tv/{slug}/live")
async def live(socket: WebSocket, slug: str, actor: Watcher, look: Asked) -> None:
    """Serves one screen until it goes, is revoked, or the server ends."""
    origin = socket.headers.get("origin")
    if origin is not None and not web.is_our_origin(origin, socket, socket.app.state.settings):
        await socket.close(1008, "Another site's page opened this socket.")
        return
    await socket.accept()
    if not may(actor, "boards.watch", slug):
        moved = actor.role == "screen"
        await socket.send(cmd({"do": "reload" if moved else "unpair"}))
        await socket.close(4401)
        return
    database: Database = socket.app.state.database
    if not await asyncio.to_thread(_is_board, database, slug):
        await socket.close(1013, "There is no such board.")
        return
    if await asyncio.to_thread(must_be_dark, database, actor, slug):
        await socket.send(cmd({"do": "blank"}))
    on_air: Live = socket.app.state.live
    await on_air.hub.attend(_visitor(on_air, actor, slug, look), socket.receive, socket.send)


def must_be_dark(database: Database, actor: Actor, slug: str) -> bool:
    """Whether this browser must be dark; whoever is signed in may look at what is not shown."""
    with database.read() as session:
        return actor.account_id is None and blanking.dark(session).covers(actor.screen_id, slug)


def _visitor(on_air: Live, actor: Actor, slug: str, look: Look) -> Visitor:
    def heard(message: Mapping[str, Any]) -> None:
        if actor.screen_id is not None:
            on_air.reports.put(actor.screen_id, message)
        # A screen that came while the others were told hears it with the next look.
        must, is_dark = on_air.draw.dark.covers(actor.screen_id, slug), message.get("dark")
        if not visitor.stays_lit and isinstance(is_dark, bool) and is_dark is not must:
            on_air.draw.doubt(visitor)

    wall = Wall(slug, look.orientation or LANDSCAPE, look.scene)
    visitor = Visitor(wall, actor.screen_id, heard, stays_lit=actor.account_id is not None)
    return visitor


def _is_board(database: Database, slug: str) -> bool:
    with database.read() as session:
        return paint.board_of(session, slug) is not None
