"""The agent against a made-up server and browser, on a clock that is set."""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kiosk import agent
from kiosk.agent import GRACE, LOST, STEADY, Box, Config
from tests.server import free_port

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
BOARD = {"at": "http://wall.example.com/tv/hall", "status": 200, "scene": "pulse"}
BOOT = {"at": "file:///boot/index.html", "status": 200, "scene": ""}


class FakeServer:
    """Answers each path with the status it is given; notes who asked."""

    def __init__(self) -> None:
        self.answers: dict[str, int] = {}
        self.asked: list[tuple[str, str]] = []
        self.port = free_port()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                fake.asked.append((path, self.headers["User-Agent"]))
                self.send_response(fake.answers.get(path, 404))
                self.send_header("Location", "/tv/hall")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    thread = threading.Thread(target=fake.server.serve_forever, args=(0.01,))
    thread.start()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()
    thread.join()


@pytest.fixture
def config(server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(agent, "link", lambda: (True, "Office Wi-Fi"))
    monkeypatch.setattr(agent, "address", lambda: (True, "192.0.2.7"))
    return Config(server.url, f"{server.url}/screen?token=k", "hall-1", run=tmp_path)


class Stage:
    """A box whose browser shows what the test says; `ended` counts the browsers it killed."""

    def __init__(self, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shows: Mapping[str, Any] | Exception | None = BOARD
        self.led: list[str] = []
        self.ended: list[int] = []
        self.orders: list[str] = []
        self.takes = True
        (config.run / "board.pid").write_text("4711\n")
        monkeypatch.setattr(agent, "look", self.look)
        monkeypatch.setattr(os, "kill", lambda pid, _how: self.ended.append(pid))
        self.box = Box(config, self.switch)

    def look(self, _port: int, go: str = "") -> Mapping[str, Any] | None:
        if go:
            self.led.append(go)
        if isinstance(self.shows, Exception):
            raise self.shows
        return self.shows

    def switch(self, words: list[str]) -> str | None:
        self.orders.append(words[-1])
        return "" if self.takes else None

    def rounds(self, *seconds: float, at: datetime = MONDAY, screens: int = 1) -> None:
        for now in seconds:
            self.box.round(now, at, screens)


@pytest.fixture
def stage(config: Config, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(config, monkeypatch)


def told(config: Config) -> dict[str, Any]:
    text = (config.run / "status.js").read_text()
    found: dict[str, Any] = json.loads(text.removeprefix("told(").removesuffix(");\n"))
    return found


def test_leaves_for_the_board_only_when_all_five_are_true(
    server: FakeServer, config: Config
) -> None:
    server.answers = {"/healthz": 200, "/screen": 303}
    assert Box(config).check()
    assert told(config)["go"] == config.link
    assert [one["ok"] for one in told(config)["checks"]] == [True] * 5
    assert server.asked == [
        ("/healthz", "cheerboard-kiosk/1 hall-1"),
        ("/screen", "cheerboard-kiosk/1 hall-1"),
    ]


@pytest.mark.parametrize(
    ("answers", "failed", "words"),
    [
        ({"/healthz": 503, "/screen": 303}, "server", "answered 503"),
        ({"/healthz": 502, "/screen": 200}, "server", "answered 502"),
        ({"/healthz": 200, "/screen": 403}, "board", "no longer good"),
        ({"/healthz": 200, "/screen": 500}, "board", "answered 500"),
    ],
)
def test_says_which_check_failed(
    server: FakeServer, config: Config, answers: dict[str, int], failed: str, words: str
) -> None:
    server.answers = answers
    assert not Box(config).check()
    found = told(config)
    assert found["go"] is None
    line = next(one for one in found["checks"] if one["ok"] is False)
    assert (line["name"], words in line["words"]) == (failed, True)


def test_a_box_that_pairs_by_code_makes_no_codes_by_asking(
    server: FakeServer, config: Config
) -> None:
    server.answers = {"/healthz": 200, "/readyz": 200}
    unpaired = replace(config, link=f"{server.url}/screen")
    assert Box(unpaired).check()
    assert told(config)["go"] == unpaired.link
    assert [path for path, _ in server.asked] == ["/healthz", "/readyz"]


def test_asks_nothing_behind_what_failed(
    server: FakeServer, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "address", lambda: (False, "none"))
    assert not Box(config).check()
    assert [one["ok"] for one in told(config)["checks"]] == [True, False, None, None, None]
    assert server.asked == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://[::1", "nonsense", "http://a..b/"])
def test_a_server_that_cannot_be_reached_is_no_answer(url: str) -> None:
    assert agent.fetch(url, "hall-1") == 0


def test_knows_no_name_that_is_none() -> None:
    assert agent.name("http://127.0.0.1:8080") == (True, "127.0.0.1")
    ok, words = agent.name("http://" + "x" * 70 + ".invalid")
    assert not ok
    assert "does not know the name" in words


def test_finds_cards_that_are_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "run", lambda _words: None)
    for card, state in {"lo": "unknown", "eth0": "down", "wlan0": "up"}.items():
        (tmp_path / card).mkdir()
        (tmp_path / card / "operstate").write_text(state + "\n")
    assert agent.link(tmp_path) == (True, "wlan0")
    (tmp_path / "wlan0/operstate").write_text("down\n")
    assert agent.link(tmp_path)[0] is False


def test_counts_screens_that_say_what_they_are(tmp_path: Path) -> None:
    for port, state, edid in (
        ("A-1", "connected", b"e"),
        ("A-2", "connected", b""),
        ("B", "", b""),
    ):
        (tmp_path / f"card0-{port}").mkdir()
        (tmp_path / f"card0-{port}/status").write_text(state + "\n")
        (tmp_path / f"card0-{port}/edid").write_bytes(edid)
    assert agent.screens(tmp_path) == 1


def test_without_server_it_goes_to_the_last_picture_where_the_browser_keeps_one(
    server: FakeServer, stage: Stage
) -> None:
    box = stage.box
    assert not box.check()
    assert told(box.config)["go"] is None
    stage.shows = BOARD | {"at": f"{BOARD['at']}?theme=ink", "kept": True}
    stage.rounds(4)
    assert not box.check()
    assert told(box.config)["go"] == BOARD["at"]
    assert not Box(box.config).check()  # another agent, the same browser
    assert told(box.config)["go"] == BOARD["at"]
    server.answers = {"/healthz": 200, "/screen": 303}
    assert box.check()
    assert told(box.config)["go"] == box.config.link
    server.answers = {"/healthz": 200, "/screen": 403}  # a revoked screen shows nothing old
    assert not box.check()
    assert told(box.config)["go"] is None


@pytest.mark.parametrize(
    "page",
    [BOARD, BOARD | {"kept": False}, BOOT | {"kept": True}],
)
def test_where_no_worker_runs_it_stays_on_the_boot_page(stage: Stage, page: dict[str, Any]) -> None:
    stage.shows = page
    stage.rounds(4)
    assert not stage.box.check()
    assert told(stage.box.config)["go"] is None


def test_a_picture_that_was_not_there_is_not_gone_to_again(stage: Stage) -> None:
    stage.shows = BOARD | {"kept": True}
    stage.rounds(4)
    stage.shows = {"at": "chrome-error://chromewebdata/", "status": 0, "scene": "", "kept": False}
    stage.rounds(8)
    assert not stage.box.check()
    assert told(stage.box.config)["go"] is None


def test_three_unanswered_looks_are_a_hang(stage: Stage) -> None:
    stage.shows = None
    stage.rounds(GRACE + 1, GRACE + 5)
    assert stage.ended == []
    stage.rounds(GRACE + 9)
    assert stage.ended == [4711]


def test_one_answer_between_is_none(stage: Stage) -> None:
    stage.shows = None
    stage.rounds(100, 104)
    stage.shows = BOARD
    stage.rounds(108)
    stage.shows = None
    stage.rounds(112, 116)
    assert stage.ended == []


def test_a_new_browser_has_its_time_to_start(stage: Stage) -> None:
    stage.shows = None
    stage.rounds(*range(0, int(GRACE), 4))
    assert stage.ended == []
    stage.rounds(GRACE + 4)
    stage.rounds(*range(int(GRACE) + 8, int(2 * GRACE), 4))
    assert stage.ended == [4711]


def test_a_crashed_page_is_not_waited_for(stage: Stage) -> None:
    stage.shows = agent.CrashedError()
    stage.rounds(1)
    assert stage.ended == [4711]


@pytest.mark.parametrize(
    "page",
    [
        {"at": "chrome-error://chromewebdata/", "status": 0, "scene": ""},
        {"at": "http://wall.example.com/tv/hall", "status": 502, "scene": ""},
    ],
)
def test_who_stays_on_an_error_page_is_led_back(stage: Stage, page: dict[str, Any]) -> None:
    stage.shows = page
    stage.rounds(100, 100 + LOST - 1)
    assert stage.led == []
    stage.rounds(100 + LOST)
    assert stage.led == [agent.home(stage.box.config)]
    stage.shows = BOOT
    stage.rounds(130)
    stage.shows = page
    stage.rounds(140)
    assert len(stage.led) == 1
    assert stage.ended == []


def test_a_screen_plugged_in_later_gets_a_picture(stage: Stage) -> None:
    stage.rounds(0, 4, screens=0)
    assert stage.ended == []
    stage.rounds(8, 12, screens=1)
    assert stage.ended == [4711]


def test_no_browser_to_end_is_no_trouble(stage: Stage) -> None:
    (stage.box.config.run / "board.pid").unlink()
    stage.shows = agent.CrashedError()
    stage.rounds(1)
    assert stage.ended == []


def test_the_tv_follows_the_night_scene(stage: Stage) -> None:
    stage.rounds(0, STEADY - 1)
    assert stage.orders == []
    stage.rounds(STEADY, 60, 90)
    assert stage.orders == ["on"]
    stage.shows = BOARD | {"scene": "night"}
    stage.rounds(100)
    stage.shows = BOOT  # the server went away at night: still night
    stage.rounds(131, 200)
    assert stage.orders == ["on", "off"]
    stage.shows = BOARD
    stage.rounds(300, 330)
    assert stage.orders == ["on", "off", "on"]


def test_a_flicker_switches_nothing(stage: Stage) -> None:
    stage.rounds(0, 30)
    for now in range(40, 200, 20):
        stage.shows = BOARD | {"scene": "night" if now % 40 else "pulse"}
        stage.rounds(now)
    assert stage.orders == ["on"]


def test_a_tv_that_does_not_listen_is_not_asked_for_ever(stage: Stage) -> None:
    stage.takes = False
    stage.rounds(*range(0, 1000, 10))
    assert stage.orders == ["on"] * agent.TRIES


def test_the_tv_rests_outside_its_hours(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    words = (config.url, config.link, config.name, "mon-fri 08:00-18:00")
    stage = Stage(Config(*words, run=config.run), monkeypatch)
    stage.rounds(0, 30, at=MONDAY.replace(hour=17, minute=59))
    stage.rounds(60, 90, at=MONDAY.replace(hour=18))
    assert stage.orders == ["on", "off"]


def test_hours_are_those_of_a_board() -> None:
    hours = agent.read_hours("Mon-Fri 08:00-18:00,  sat 09:00-24:00")
    assert hours["fri"] == ("08:00", "18:00")
    assert "sun" not in hours
    assert not agent.is_open(hours, MONDAY.replace(hour=7, minute=59))
    assert agent.is_open(hours, MONDAY.replace(hour=8))
    assert agent.read_hours("07:00-19:00")["sun"] == ("07:00", "19:00")
    assert agent.is_open(agent.read_hours("always"), MONDAY)


@pytest.mark.parametrize(
    "text",
    ["late", "mon 18:00-08:00", "25:00-26:00", "fri-mon 08:00-09:00x", "mum 08:00-09:00", ","],
)
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="hours look like"):
        agent.read_hours(text)


def test_tells_systemd_that_it_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        agent.notify("WATCHDOG=1")
        assert systemd.recv(64) == b"WATCHDOG=1"


def test_is_one_file_of_the_standard_library() -> None:
    place = Path(agent.__file__)
    assert len(place.read_text().splitlines()) <= 300
    alone = subprocess.run(
        ["python3", "-ISBc", f"import runpy; runpy.run_path({str(place)!r})"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert alone.returncode == 0, alone.stderr
