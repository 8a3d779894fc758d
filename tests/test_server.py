"""`cheerboard serve` as a process: its log, its lock, its end."""

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as open_socket
from websockets.typing import Origin

from app.server import route_name
from tests.server import COMMAND, ROOT, Running, free_port, running, with_settings


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "CHEERBOARD_DATA_DIR": str(tmp_path / "data"),
        "CHEERBOARD_HOST": "127.0.0.1",
        "CHEERBOARD_LOG_FORMAT": "json",
        "CHEERBOARD_OPEN_BOARDS": "true",
    }


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[Running]:
    port = free_port()
    with running([*COMMAND, "serve", "--port", str(port)], port, environment) as started:
        started.wait_until_ready()
        yield started


def command(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*with_settings(environment), *COMMAND, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_log_names_routes_and_never_keys(server: Running, environment: dict[str, str]) -> None:
    made = command(environment, "source", "add", "shop", "--platform", "generic", "--json")
    path = json.loads(made.stdout)["hook_path"]
    token = "cheer_" + "a-token-that-nobody-made"
    assert server.get(path).status_code == 200
    assert httpx.post(server.base + path, content=b"{").status_code == 400
    assert httpx.post(server.base + path + "x", content=b"{}").status_code == 404
    server.get("/api/v1/stories?after=secret-cursor", authorization=f"Bearer {token}")
    server.get("/screen?token=secret-token")
    server.get("/no/such/secret-page")
    assert server.end() == 0
    events = [json.loads(line) for line in server.err]
    routes = {event["route"]: event["status"] for event in events if "route" in event}
    assert routes["/api/v1/stories"] == 401
    assert routes["unknown"] == 404
    assert routes["/hooks/{key}"] in {400, 404}
    assert {"at", "level", "logger", "event"} <= set(events[0])
    told = "".join(server.err + server.out)
    for secret in (path.rsplit("/", 1)[1], token, "secret", "127.0.0.1:"):
        assert secret not in told.replace("http://127.0.0.1:", ""), secret


def test_one_server_for_one_file(server: Running, environment: dict[str, str]) -> None:
    second = command(environment, "serve", "--port", "0")
    assert second.returncode == 2
    assert "already serves" in second.stderr
    assert second.stderr.count("\n") == 1
    assert server.end(signal.SIGKILL) != 0
    # The lock ended with its process: nothing has to be cleaned up by hand.
    port = free_port()
    with running([*COMMAND, "serve", "--port", str(port)], port, environment) as third:
        third.wait_until_ready()
        assert third.end(signal.SIGINT) == 0


def test_a_taken_port_is_one_clear_line(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = command(environment, "serve", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("Could not listen on 127.0.0.1:")


def test_screens_are_told_to_come_back(server: Running, environment: dict[str, str]) -> None:
    command(environment, "board", "add", "hall", "--title", "Hall")
    address = server.base.replace("http", "ws") + "/tv/hall/live"
    with open_socket(address, origin=Origin(server.base)) as screen:
        assert json.loads(screen.recv(timeout=20))["type"] in {"snap", "hb"}
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            _listen(screen)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert server.process.wait(20) == 0


def _listen(screen: ClientConnection) -> None:
    while True:
        screen.recv(timeout=20)


@pytest.mark.parametrize(
    ("path", "template", "name"),
    [
        ("/static/css/tv.css", None, "/static/{path}"),
        ("/tv/hall", "/tv/{slug}", "/tv/{slug}"),
        ("/api/v1/stories/7/release", "/stories/{id}/release", "/api/v1/stories/{id}/release"),
        ("/anything", None, "unknown"),
    ],
)
def test_a_route_has_one_name(path: str, template: str | None, name: str) -> None:
    class Route:
        pass

    route = Route()
    if template is not None:
        route.path = template  # type: ignore[attr-defined]  # any object with a path is a route
    assert route_name({"type": "http", "path": path, "route": route}) == name
