"""The agent watches a made-up browser and a TV, on a clock that is set."""

import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kiosk import agent
from kiosk.agent import GRACE, LOST, STEADY, Config
from kiosk.tests.staging import BOARD, BOOT, MONDAY, Stage


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
