"""`cheerboard serve` as a process: its log, its lock, its end."""

import json
import signal
import socket
import subprocess
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as open_socket
from websockets.typing import Origin

from app.server import route_name
from tests.patience import PATIENCE
from tests.ports import free_port
from tests.server import COMMAND, ROOT, Running, running, with_settings
from tests.terminal import Command, terminal


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "CHEERBOARD_DATA_DIR": str(tmp_path / "data"),
        "CHEERBOARD_HOST": "127.0.0.1",
        "CHEERBOARD_LOG_FORMAT": "json",
        "CHEERBOARD_OPEN_BOARDS": "true",
    }


def test_a_servers_life(
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One process for all of it: most of what a server costs is its start."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    command = terminal(monkeypatch, capsys)
    port = free_port()
    with running([*COMMAND, "serve", "--port", str(port)], port, environment) as server:
        server.wait_until_ready()
        secrets = visited(server, command)
        # That the lock ends with a process that was killed is seen in tests/faults/test_kill.py.
        command("serve", "--port", "0").refused("already serves")
        screens_are_told_to_come_back(server, command)
        assert server.process.wait(PATIENCE) == 0
    the_log_names_routes_and_never_keys(server, secrets)


def visited(server: Running, command: Command) -> list[str]:
    """All kinds of requests; what of them no log may repeat."""
    path = command("source", "add", "shop", "--platform", "generic", "--json").document["hook_path"]
    token = "cheer_" + "a-token-that-nobody-made"
    assert server.get(path).status_code == 200
    assert httpx.post(server.base + path, content=b"{").status_code == 400
    assert httpx.post(server.base + path + "x", content=b"{}").status_code == 404
    server.get("/api/v1/stories?after=secret-cursor", authorization=f"Bearer {token}")
    server.get("/screen?token=secret-token")
    server.get("/no/such/secret-page")
    return [path.rsplit("/", 1)[1], token, "secret", "127.0.0.1:"]


def the_log_names_routes_and_never_keys(server: Running, secrets: list[str]) -> None:
    events = [json.loads(line) for line in server.err]
    routes = {event["route"]: event["status"] for event in events if "route" in event}
    assert routes["/api/v1/stories"] == 401
    assert routes["unknown"] == 404
    assert routes["/hooks/{key}"] in {400, 404}
    assert {"at", "level", "logger", "event"} <= set(events[0])
    told = "".join(server.err + server.out)
    for secret in secrets:
        assert secret not in told.replace("http://127.0.0.1:", ""), secret


def screens_are_told_to_come_back(server: Running, command: Command) -> None:
    assert command("board", "add", "hall", "--title", "Hall").code == 0
    address = server.base.replace("http", "ws") + "/tv/hall/live"
    with open_socket(address, origin=Origin(server.base)) as screen:
        assert json.loads(screen.recv(timeout=PATIENCE))["type"] in {"snap", "hb"}
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            _listen(screen)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012


def test_a_taken_port_is_one_clear_line(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = subprocess.run(
            [
                *with_settings(environment),
                *COMMAND,
                *("serve", "--port", str(taken.getsockname()[1])),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("Could not listen on 127.0.0.1:")


def _listen(screen: ClientConnection) -> None:
    while True:
        screen.recv(timeout=PATIENCE)


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
