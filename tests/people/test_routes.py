"""Every route of the whole application names its action, and every role is asked at its door."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from app.db import Database
from app.main import create_app
from app.people.authorize import MAY
from app.people.doors import SCREEN_COOKIE, ScreenPass, declared
from app.settings import Settings
from tests.people.visitor import Visitor, lead

ROLES = ["nobody", "screen", "viewer", "lead", "admin"]
OPEN_TO_ALL = "open to all"
# What is everybody's, by address: anything else that opens itself to all fails here.
EVERYBODYS = {
    "/", "/signin", "/signout", "/screen", "/healthz", "/readyz", "/metrics",
    "/api/v1/openapi.json", "/openapi.json",
}  # fmt: skip


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[FastAPI]:
    made = create_app(Settings(database_url=database.url, data_dir=tmp_path))
    made.state.screen_door = lambda *_: ScreenPass(1, "Lobby", "lobby")
    made.state.reception.is_open = True
    yield made
    made.state.database.dispose()


def routes(app: FastAPI) -> list[tuple[str, set[str], str | None]]:
    """Address, methods (none for a socket) and declared action of everything but the files."""
    found = []
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            assert route.path == "/static"
            continue
        found.append((route.path or "", set(route.methods or ()), declared(route)))
    return found


def test_every_route_names_its_action(app: FastAPI) -> None:
    found = routes(app)
    assert {"/desk", "/stories", "/tv/{slug}/live"} <= {path for path, _, _ in found}
    forgotten = [path for path, _, action in found if action is None]
    assert forgotten == []


def test_only_these_are_everybodys(app: FastAPI) -> None:
    opened = {path for path, _, action in routes(app) if action == OPEN_TO_ALL}
    assert opened <= EVERYBODYS


@pytest.mark.parametrize("role", ROLES)
def test_every_door(app: FastAPI, database: Database, role: str) -> None:
    """Who may is never told 401 or 403, who may not is told nothing else."""
    visitor = _visitor(app, database, role)
    for path, methods, action in routes(app):
        if action in (None, OPEN_TO_ALL, "boards.watch"):
            continue  # a board leads elsewhere instead of refusing; its own tests ask it
        for method in methods - {"HEAD", "OPTIONS"}:
            address = path
            for name in ("story_id", "screen_id", "delivery_id", "id", "slug", "name", "key"):
                address = address.replace(f"{{{name}}}", "7")
            answer = visitor.ask(method, address, data={"csrf": visitor.proof})
            refused = answer.status_code in (401, 403) or "/signin" in str(
                answer.headers.get("location")
            )
            assert refused == (role not in MAY[action]), (method, path, answer.status_code)


class _Insider(Visitor):
    proof = ""


def _visitor(app: FastAPI, database: Database, role: str) -> _Insider:
    visitor = _Insider(app)
    if role == "screen":
        visitor.cookies.set(SCREEN_COOKIE, "key")
    elif role != "nobody":
        lead(database, role=role)
        assert visitor.sign_in().status_code == 303
        visitor.proof = visitor.csrf
    return visitor


def test_a_socket_without_the_right_hears_4401(app: FastAPI) -> None:
    said: list[dict[str, Any]] = []

    async def knock() -> None:
        scope = {
            "type": "websocket", "path": "/tv/lobby/live", "raw_path": b"/tv/lobby/live",
            "query_string": b"", "headers": [(b"host", b"wall.test")], "subprotocols": [],
            "scheme": "ws", "server": ("wall.test", 80), "client": ("10.0.0.9", 1),
            "root_path": "", "asgi": {"version": "3.0"}, "state": {},
        }  # fmt: skip
        waiting = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]

        async def receive() -> Any:
            return waiting.pop(0)

        async def send(message: Any) -> None:
            said.append(message)

        await app(scope, receive, send)

    asyncio.run(knock())
    assert [m.get("code") for m in said if m["type"] == "websocket.close"] == [4401]
