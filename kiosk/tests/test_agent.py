"""The agent's checks before the board, against a made-up server."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk import agent
from kiosk.agent import Box, Config
from kiosk.tests.staging import BOARD, BOOT, FakeServer, Stage, told


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
