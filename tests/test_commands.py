"""The command line is there as agreed, and trouble is one clear line and an exit code."""

from pathlib import Path
from typing import Any

import pytest
import typer.main
from sqlalchemy import select

from app import console, filelock
from app.__main__ import cli
from app.board.models import Board
from app.db import Database
from app.people.keys import digest
from app.screens.models import Screen
from tests import make
from tests.terminal import Command, cheerboard, terminal

__all__ = ["cheerboard"]

# command -> what it understands, as agreed with those who script it
AGREED = {
    "serve": "--host --port",
    "demo": "--port --speed",
    "migrate": "",
    "company set": "--name --timezone --target --window --individuals --domain",
    "site add": "--timezone --json",
    "team add": "--site --json",
    "person add": "--team --alias --email --json",
    "person import": "",
    "person set": "--visibility --team",
    "lead add": "--name --role --password-stdin",
    "token add": "--scope --json",
    "source add": "--platform --secret --settings --json",
    "source list": "--json",
    "source remove": "",
    "source secret": "--add --drop-old",
    "source test": "--headers",
    "board add": "--title --scenes --audience --site --team",
    "board set": "",
    "board list": "--json",
    "scene list": "--json",
    "screen add": "--board --json",
    "replay": "--source --failed --all",
    "rebuild": "--check",
}


@pytest.mark.parametrize("name", AGREED)
def test_every_agreed_command_is_there(name: str) -> None:
    found: Any = typer.main.get_command(cli)
    for word in name.split():
        assert word in found.commands, f"{name} is missing"
        found = found.commands[word]
    options = {option for parameter in found.params for option in parameter.opts}
    assert set(AGREED[name].split()) <= options


def test_every_command_says_what_it_does() -> None:
    waiting: list[Any] = [typer.main.get_command(cli)]
    while waiting:
        found = waiting.pop()
        assert found.help, found.name
        waiting.extend(getattr(found, "commands", {}).values())


def test_a_board_is_hung_and_listed(cheerboard: Command) -> None:
    cheerboard("board", "add", "hall", "--title", "Entrance hall", "--scenes", "pulse")
    (listed,) = cheerboard("board", "list", "--json").document
    assert listed["slug"] == "hall"
    assert listed["title"] == "Entrance hall"
    assert listed["url"].endswith("/tv/hall")
    assert "Entrance hall" in cheerboard("board", "list").out


def test_a_board_without_scenes_named_shows_them_all(
    cheerboard: Command, database: Database
) -> None:
    cheerboard("board", "add", "hall", "--title", "Hall")
    known = cheerboard("scene", "list", "--json").document
    with database.read() as session:
        scenes = session.scalars(select(Board.scenes)).one()
    assert sorted(scenes) == sorted(s["name"] for s in known if not s["system"])
    assert scenes[0] == "pulse"


def test_a_board_of_a_team_finds_it_as_written(cheerboard: Command, database: Database) -> None:
    with database.write.begin() as session:
        team = make.team(session, "Zürich Süd").id
    assert cheerboard("board", "add", "sued", "--title", "Süd", "--team", " ZÜRICH süd").code == 0
    with database.read() as session:
        assert session.scalars(select(Board.team_id)).one() == team
    cheerboard("board", "add", "x", "--title", "X", "--team", "North").refused("no team 'North'")
    both = cheerboard("board", "add", "x", "--title", "X", "--team", "A", "--site", "B")
    both.refused("not both")


@pytest.mark.parametrize("slug", ["", "Hall", "hall way", "hall_1", "hall-", "a" * 65, "../x", "ä"])
def test_a_slug_is_an_address(cheerboard: Command, slug: str) -> None:
    cheerboard("board", "add", slug, "--title", "T").refused("slug")


def test_a_second_board_of_a_slug_is_refused(cheerboard: Command) -> None:
    assert cheerboard("board", "add", "hall", "--title", "Hall").code == 0
    cheerboard("board", "add", "hall", "--title", "Again").refused("already")


GOOD = {
    "dwell=20": {"dwell": 20},
    "dwell=auto": {},
    "theme=paper": {"theme": "paper"},
    "theme=auto": {"theme": "auto"},
    "hours=08:00-18:30": {"hours": dict.fromkeys(
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("08:00", "18:30"))},
    "hours=Th-Friday 08:00-18:00, sat 09:00-24:00": {"hours": {
        "thu": ("08:00", "18:00"), "fri": ("08:00", "18:00"), "sat": ("09:00", "24:00")}},
    "hours=site": {},
    "hours=always": {"hours": "always"},
    "holidays=2026-12-26, 2026-12-25": {"holidays": ["2026-12-25", "2026-12-26"]},
    "holidays=de-by,2026-12-24": {"holidays": ["2026-12-24", "DE-BY"]},
    "orientation=portrait": {"orientation": "portrait"},
    "scale=1.25": {"scale": 1.25},
    "overscan=5": {"overscan": 5},
    "motion=calm": {"motion": "calm"},
    "language=pt-BR": {"language": "pt-BR"},
    "sound=on": {"sound": "on"},
}  # fmt: skip


@pytest.mark.parametrize("change", GOOD)
def test_an_option_is_kept(cheerboard: Command, database: Database, change: str) -> None:
    cheerboard("board", "add", "hall", "--title", "Hall")
    assert cheerboard("board", "set", "hall", change).code == 0
    with database.read() as session:
        kept = session.scalars(select(Board.settings)).one()
    hours = kept.get("hours")
    if isinstance(hours, dict):
        kept["hours"] = {day: tuple(times) for day, times in hours.items()}
    assert kept == GOOD[change]


def test_scenes_and_audience_are_options_too(cheerboard: Command, database: Database) -> None:
    cheerboard("board", "add", "hall", "--title", "Hall")
    assert cheerboard("board", "set", "hall", "scenes=pulse", "audience=street").code == 0
    with database.read() as session:
        board = session.scalars(select(Board)).one()
    assert (board.scenes, board.audience, board.settings) == (["pulse"], "street", {})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("colour=red", "no option 'colour'"),
        ("theme", "not KEY=VALUE"),
        ("theme=pink", "theme is one of ink, paper"),
        ("scenes=pulse,nope", "no scene 'nope'; there are: "),
        ("scenes=pulse,pulse", "each of them once"),
        ("scenes=", "1 to 12 scenes"),
        ("dwell=3", "from 5 to 120"),
        ("dwell=nan", "from 5 to 120"),
        ("dwell=long", "from 5 to 120"),
        ("hours=9-5", "hours look like"),
        ("hours=18:00-08:00", "hours look like"),
        ("hours=fri-mon 08:00-18:00", "the earlier one first"),
        ("hours=foo 08:00-18:00", "Days are"),
        ("holidays=christmas", "holidays are dates"),
        ("holidays=DE-XX", "'DE-XX' is neither"),
        ("overscan=7", "from 0 to 6"),
        ("scale=0", "from 0.75 to 1.5"),
        ("language=klingon!", "is not a language"),
        ("audience=all", "audience is one of staff, visitor, street"),
    ],
)
def test_a_bad_option_changes_nothing(
    cheerboard: Command, database: Database, change: str, why: str
) -> None:
    cheerboard("board", "add", "hall", "--title", "Hall")
    cheerboard("board", "set", "hall", "sound=on", change).refused(why)
    with database.read() as session:
        assert session.scalars(select(Board.settings)).one() == {}


@pytest.mark.parametrize("title", ["", "   ", "x" * 201, "a\x00b"])
def test_a_title_can_be_shown(cheerboard: Command, title: str) -> None:
    cheerboard("board", "add", "hall", "--title", title).refused("board's title")


def test_an_unknown_board_is_named(cheerboard: Command) -> None:
    cheerboard("board", "set", "nowhere", "theme=ink").refused("no board 'nowhere'")
    cheerboard("screen", "add", "TV", "--board", "nowhere").refused("no board 'nowhere'")


def test_a_screen_gets_a_link_of_which_only_the_hash_is_kept(
    cheerboard: Command, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHEERBOARD_BASE_URL", "https://wall.example.com/")
    cheerboard("board", "add", "hall", "--title", "Hall")
    made = cheerboard("screen", "add", "TV 1", "--board", "hall", "--json").document
    assert set(made) == {"id", "name", "url"}
    address, _, token = made["url"].partition("?token=")
    assert address == "https://wall.example.com/screen"
    assert len(token) >= 43
    with database.read() as session:
        screen = session.scalars(select(Screen)).one()
    assert (str(screen.id), screen.name, screen.board_slug) == (made["id"], "TV 1", "hall")
    assert screen.token_hash == digest(token)
    cheerboard("screen", "add", "TV 1", "--board", "hall").refused("already")


def test_wrong_usage_is_one_line(cheerboard: Command) -> None:
    cheerboard("dance").refused("No such command")
    cheerboard("board", "add", "hall").refused("--title")
    cheerboard("serve", "--port", "many").refused("--port")
    cheerboard("export").refused("'what'. Choose from: responses, heroes, stories")
    cheerboard("token", "add", "x", "--scope", "all").refused("'--scope': 'all' is not one of")


def test_a_wrong_setting_is_named_without_its_value(
    cheerboard: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHEERBOARD_PORT", "s3cret")
    ended = cheerboard("board", "list")
    ended.refused("CHEERBOARD_PORT")
    assert "s3cret" not in ended.err
    monkeypatch.delenv("CHEERBOARD_PORT")
    for address in ("wall.example.com", "https://", "ftp://wall.example.com", "https://a b"):
        monkeypatch.setenv("CHEERBOARD_BASE_URL", address)
        cheerboard("board", "list").refused("CHEERBOARD_BASE_URL: this is no address such as")


def test_a_database_without_schema_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHEERBOARD_DATA_DIR", str(tmp_path))
    run = terminal(monkeypatch, capsys)
    run("board", "list").refused("run `cheerboard migrate`")
    assert run("migrate").code == 0
    assert run("board", "list", "--json").document == []


def test_a_database_that_is_none_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cheerboard.db").write_bytes(b"this is a shopping list" * 100)
    monkeypatch.setenv("CHEERBOARD_DATA_DIR", str(tmp_path))
    run = terminal(monkeypatch, capsys)
    run("board", "list").refused("not a database")
    for address in ("carrier-pigeon://loft", "mysql://u:s3cret@localhost/x"):
        monkeypatch.setenv("CHEERBOARD_DATABASE_URL", address)
        ended = run("board", "list")
        ended.refused("CHEERBOARD_DATABASE_URL is not the address of a database")
        assert "s3cret" not in ended.err


def test_an_unsafe_sqlite_refuses_to_write_beside_a_server(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHEERBOARD_DATABASE_URL", sqlite_url)
    monkeypatch.setattr(console, "sqlite_is_safe", lambda: False)
    run = terminal(monkeypatch, capsys)
    lock = console.server_lock(sqlite_url)
    assert lock is not None
    server = filelock.hold(lock)
    assert server is not None
    run("board", "add", "hall", "--title", "Hall").refused("stop the server first")
    assert run("board", "list", "--json").document == []
    server.close()
    assert run("board", "add", "hall", "--title", "Hall").code == 0


def test_a_second_server_on_one_file_is_refused(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHEERBOARD_DATABASE_URL", sqlite_url)
    lock = console.server_lock(sqlite_url)
    assert lock is not None
    first = filelock.hold(lock)
    assert first is not None
    terminal(monkeypatch, capsys)("serve", "--port", "0").refused("already serves")
    first.close()
