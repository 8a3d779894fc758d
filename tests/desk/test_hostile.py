"""Whatever stands in the address of a page: an answer of its own, never a broken server."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.board.models import Board
from app.db import Database
from app.main import create_app
from app.people.tokens import add_token
from app.settings import Settings
from tests import make

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - says how to test, no setting
NUL = "a\x00b"
ANYTHING = [
    "hall", "1", "0", "-1", "9" * 40, "abc", NUL, "\u202e\U0001f600", "' OR 1=1 --", "<script>",
    "%", "x" * 5000, "//evil.example",
]  # fmt: skip


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[FastAPI]:
    """The whole application, without the life of a server."""
    settings = Settings(database_url=database.url, data_dir=tmp_path, open_boards=True)
    made = create_app(settings)
    made.state.reception.is_open = True
    with database.write.begin() as session:
        make.company(session)
        session.add(
            Board(slug="hall", title="Hall", scenes=["pulse"], audience="staff", settings={})
        )
    yield made
    made.state.database.dispose()


def _questions(dependant: Any) -> set[str]:
    """The names a route understands behind the question mark."""
    inner = [_questions(one) for one in dependant.dependencies]
    return {one.alias for one in dependant.query_params}.union(*inner)


def _addresses(app: FastAPI, *, is_whole: bool) -> list[tuple[str, str]]:
    """(method, address) of every page and button with anything at every place that takes one."""
    found: list[tuple[str, str]] = []
    for route in iter_route_contexts(app.routes):
        path, methods = route.path or "", route.methods
        # The API is asked the same by a test of its own.
        if path.startswith(("/static", "/api/")) or not methods:
            continue
        asked = _questions(getattr(route.original_route, "dependant"))  # noqa: B009 - of FastAPI's
        for method in sorted(methods & {"GET", "POST"}):
            names = {part for part in path.split("/") if part.startswith("{")}
            places = [path] + [f"{path}?{name}=VALUE" for name in sorted(asked)]
            for value in (quote(one, safe="") for one in _some(len(found), is_whole=is_whole)):
                for place in places:
                    address = place.replace("VALUE", value)
                    for name in names:
                        address = address.replace(name, value if place == path else "hall")
                    found.append((method, address))
    return list(dict.fromkeys(found))


def _some(turn: int, *, is_whole: bool) -> list[str]:
    """What databases stumble over at every place, the rest in turns; everything in earnest.

    A page reads a value as its neighbours do, by the same few types. PostgreSQL is the stricter
    one, and who is nobody is turned away before anything is looked up: elsewhere all take turns.
    """
    if LONG:
        return ANYTHING
    others = [one for one in ANYTHING if one not in (NUL, "9" * 40)]
    taken = others[turn % len(others)]
    return [NUL, "9" * 40, taken] if is_whole else [(NUL, "9" * 40, taken)[turn % 3]]


@pytest.mark.faults
@pytest.mark.timeout(300)  # hundreds of requests, on a machine that may be busy
@pytest.mark.parametrize("role", ["admin", "nobody"])
def test_no_address_breaks_the_server(app: FastAPI, database: Database, role: str) -> None:
    headers = {"accept": "text/html"}
    if role == "admin":
        with database.write.begin() as session:
            headers["authorization"] = f"Bearer {add_token(session, 'look', 'admin')}"

    async def all_of_them() -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://wall.test", headers=headers
        ) as client:
            for method, address in _addresses(
                app, is_whole=role == "admin" and not database.is_sqlite
            ):
                answer = await client.request(method, address)
                assert answer.status_code < 500, (method, address[:100], answer.text[:300])
                assert answer.headers.get("location", "/").startswith(("/", "http://wall.test/"))
                assert not answer.headers.get("location", "/").startswith("//")

    asyncio.run(all_of_them())
