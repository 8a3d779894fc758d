"""Every route asked as everybody, and compared with the table in SECURITY.md."""

import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from app.db import connect
from app.people.authorize import MAY, OF_A_TEAM
from app.people.doors import declared
from tests.people.world import ROLES, World, make_world

SECURITY = Path(__file__).resolve().parents[2] / "SECURITY.md"
ROW = re.compile(r"^\| `((?:GET|POST|PUT|PATCH|DELETE|WS) \S+)` \|(.+)\|$", re.M)
OPEN = "open to all"
LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - says how to test, no setting
# The proof is asked for before anybody looks who it is: no cookie, a screen's, an account's.
KINDS = ROLES if LONG else ["nobody", "screen", "admin"]
SAFE = ("GET", "WS")


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("roles")
    (folder / "roles.db").write_bytes(sqlite_template.read_bytes())
    database = connect(f"sqlite:///{folder / 'roles.db'}")
    made = make_world(database, folder)
    yield made
    made.app.state.database.dispose()
    database.dispose()


@pytest.fixture(scope="module")
def beginning(world: World) -> Iterator[Any]:
    """The world's database before anybody pressed anything."""
    with closing(world.app.state.database.writer.raw_connection()) as door:
        kept = type(door.driver_connection)(":memory:")
        door.driver_connection.backup(kept)
    yield kept
    kept.close()


@pytest.fixture(autouse=True)
def begun_anew(world: World, beginning: Any) -> None:
    """Workers share these tests and take them in any order: none finds what another has done."""
    world._keys.clear()
    with closing(world.app.state.database.writer.raw_connection()) as door:
        beginning.backup(door.driver_connection)


def table() -> dict[str, list[str]]:
    """`GET /desk` -> what each role hears."""
    rows = [
        (row[1], [cell.strip() for cell in row[2].split("|")])
        for row in ROW.finditer(SECURITY.read_text())
    ]
    assert len({name for name, _ in rows}) == len(rows), "a route has two rows"
    return dict(rows)


def routes(world: World) -> dict[str, str]:
    """`GET /desk` -> the action its route declares."""
    found = {}
    for route in iter_route_contexts(world.app.routes):
        if isinstance(route.original_route, Mount):
            continue
        for method in sorted(set(route.methods or {"WS"}) - {"HEAD", "OPTIONS"}):
            action = declared(route)
            assert action, f"{method} {route.path} names no action: Depends(May(…)) or OPEN"
            found[f"{method} {route.path}"] = action
    return found


def test_every_route_has_its_row(world: World) -> None:
    found, listed = routes(world), table()
    missing = [_row(name, action) for name, action in found.items() if name not in listed]
    gone = [name for name in listed if name not in found]
    assert missing == [], "\nAdd to the table in SECURITY.md, if this is meant:\n" + "\n".join(
        missing
    )
    assert gone == [], f"rows of SECURITY.md without a route: {gone}"


def _row(name: str, action: str) -> str:
    """The row as the declared action would have it."""
    cells = []
    for role in ROLES:
        allowed = action == OPEN or role.split()[-1] in MAY[action]
        cells.append("yes" if allowed and not _is_others(role, action) else "no")
    return f"| `{name}` | {' | '.join(cells)} |"


def _is_others(role: str, action: str) -> bool:
    return role == "other lead" and action in OF_A_TEAM


def test_what_is_open_is_open_to_all(world: World) -> None:
    for name, action in routes(world).items():
        cells = table().get(name, ["?"] * len(ROLES))
        assert (cells[0] == "yes") == (action == OPEN), f"{name}: {action}, but {cells}"


@pytest.mark.parametrize("role", ROLES)
def test_everybody_hears_what_the_table_says(world: World, role: str) -> None:
    column, listed = ROLES.index(role), table()
    asked = {n: listed[n][column] for n, action in routes(world).items() if action != OPEN}
    asked = {n: "yes" if cell == "empty" else cell for n, cell in asked.items()}

    async def all_of_them() -> dict[str, str]:
        heard = {}
        async with _client(world) as client:
            for name in asked:
                method, path = name.split()
                if method == "WS":
                    refused = await _knock(world, role, path)
                else:
                    refused = await _refuses(client, world, role, name)
                heard[name] = "no" if refused else "yes"
        return heard

    heard = asyncio.run(all_of_them())
    assert {n: h for n, h in heard.items() if h != asked[n]} == {}, (
        f"as {role}, not as in the table"
    )


@pytest.mark.faults
@pytest.mark.parametrize("role", KINDS)
def test_nothing_changes_without_a_proof_or_from_another_site(world: World, role: str) -> None:
    found = {n: a for n, a in routes(world).items() if not n.startswith(SAFE)}
    assert found

    async def all_of_them() -> list[tuple[str, str, int]]:
        let_in = []
        async with _client(world) as client:
            for name, action in found.items():
                foreign = await _ask(client, world, role, name, site="cross-site")
                if not _is_refusal(foreign):
                    let_in.append((name, "from another site", foreign.status_code))
                if action != OPEN and role != "nobody":
                    bare = await _ask(client, world, role, name, proves=False)
                    if bare.status_code != 403:
                        let_in.append((name, "without a proof", bare.status_code))
        return let_in

    assert asyncio.run(all_of_them()) == []


def _client(world: World) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(world.app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://wall.test")


async def _refuses(client: httpx.AsyncClient, world: World, role: str, name: str) -> bool:
    answer = await _ask(client, world, role, name)
    assert answer.status_code < 500, (name, answer.text)
    return _is_refusal(answer)


def _is_refusal(answer: httpx.Response) -> bool:
    goal = answer.headers.get("location", "")
    return answer.status_code in (401, 403) or goal.startswith(("/signin?next=", "/screen"))


async def _ask(
    client: httpx.AsyncClient,
    world: World,
    role: str,
    name: str,
    *,
    proves: bool = True,
    site: str = "same-origin",
) -> httpx.Response:
    method, path = name.split()
    # What changes things may end a session, so it gets one of its own.
    cookies, proof = world.cookies(role, fresh=method != "GET")
    headers = {"accept": "text/html", "sec-fetch-site": site}
    headers["cookie"] = "; ".join(f"{key}={value}" for key, value in cookies.items())
    if proves:
        headers["x-csrf-token"] = proof
    return await client.request(method, world.address(path), headers=headers)


async def _knock(world: World, role: str, path: str) -> bool:
    """Whether a socket is told to go away (4401)."""
    said: list[Any] = []
    cookies, _ = world.cookies(role)
    cookie = "; ".join(f"{key}={value}" for key, value in cookies.items())
    path = world.address(path)
    scope = {
        "type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"host", b"wall.test"), (b"cookie", cookie.encode())], "subprotocols": [],
        "scheme": "ws", "server": ("wall.test", 80), "client": ("10.0.0.9", 1),
        "root_path": "", "asgi": {"version": "3.0"}, "state": {},
    }  # fmt: skip
    waiting = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        said.append(message)

    await world.app(scope, receive, send)
    return 4401 in [one.get("code") for one in said if one["type"] == "websocket.close"]
