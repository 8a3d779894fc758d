"""Who is pushed what, over real sockets; what begins at a commit, on both databases."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import delete

from app import clock
from app.board import draw as drawing
from app.board import paint, rollcall
from app.board.draw import Draw
from app.board.models import Board
from app.board.scene import Scene, scenes
from app.db import connect
from app.live.bus import announce
from app.live.hub import Hub
from app.responses.models import Response
from app.stories.release import recall, release
from tests.board.house import House, house, settings_for
from tests.board.screenplay import WORDS, answer, board, candidate, listening
from tests.patience import PATIENCE

# Second 2 of a loop of 30 s: pulse is on show, tide comes after it.
MORNING = datetime(2026, 3, 2, 9, 0, 2, tzinfo=UTC)


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> Iterator[House]:
    database = connect(database_url)
    with database.write.begin() as session:
        board(session)
    database.dispose()
    with house(settings_for(database_url, tmp_path)) as running:
        yield running


def counted(name: str) -> float:
    return REGISTRY.get_sample_value(f"cheerboard_{name}") or 0.0


def test_an_answer_becomes_a_dot_on_every_screen(home: House) -> None:
    with (
        listening(home.url, query="?scene=pulse") as one,
        listening(home.url, query="?scene=pulse&orientation=portrait") as other,
    ):
        assert one.hear()["type"] == other.hear()["type"] == "snap"
        observed = counted("delivery_to_screen_seconds_count")
        dot = answer(home.database, arrived=clock.now())
        for ears in (one, other):
            frame = ears.hear_until(f'id="{dot}"')[-1]
            # A screen that a busy machine made slow is sent the whole picture instead.
            assert frame["type"] in {"frame", "snap"}
            if frame["type"] == "frame":
                assert 'hx-target="#slot-rail"' in frame["content"]
                assert 'hx-target="#slot-pulse-0"' in frame["content"]
        # A heartbeat later at the latest it has been observed, once for the whole delivery.
        answer(home.database)
        one.hear_until("r2")
        assert counted("delivery_to_screen_seconds_count") == observed + 1


@pytest.mark.pages
def test_a_burst_of_500_is_two_frames_a_second_and_ends_right(home: House) -> None:
    with listening(home.url, query="?scene=pulse") as ears, ThreadPoolExecutor(1) as screen:
        ears.hear()
        # A screen that does not read is sent the whole picture instead of the frames between.
        reading = screen.submit(ears.hear_until, 'id="r500"')
        for _ in range(500):
            last = answer(home.database)
        assert last == "r500"
        frames = reading.result()
    times = [datetime.fromisoformat(frame["at"]) for frame in frames]
    # A minute may begin meanwhile. A timer may be a few milliseconds early by the wall clock.
    for first, third in zip(times, times[2:], strict=False):
        assert third - first >= timedelta(milliseconds=980)
    assert [frame["v"] for frame in frames] == list(
        range(frames[0]["v"], frames[0]["v"] + len(frames))
    )


@pytest.mark.pages
def test_a_topic_that_changes_nothing_sends_nothing(home: House) -> None:
    with clock.frozen(MORNING), listening(home.url) as ears:
        first = ears.hear()
        with home.database.write.begin() as session:
            announce(session, "responses", "heroes", "people")
        dot = answer(home.database)
        assert ears.hear_until(dot)[-1]["v"] == first["v"] + 1


@pytest.mark.pages
def test_the_next_scene_is_sent_before_it_comes_and_the_old_one_no_longer_after(
    home: House,
) -> None:
    # Somewhere in the middle of a step.
    middle = MORNING + timedelta(seconds=6)
    with clock.frozen(middle):
        with listening(home.url) as ears:
            snap = ears.hear()
        steps = snap["plan"]["steps"]
        now = next(name for name in ("pulse", "tide") if f"#slot-{name}-0" in snap["content"])
        other = "tide" if now == "pulse" else "pulse"
        assert f"#slot-{other}-0" not in snap["content"]
        assert {step["scene"] for step in steps} == {"pulse", "tide"}
        timeline = home.live.draw._timelines["hall"]
        _, ends = timeline.plan.on_show(middle)
    # Other orientations are other pictures, drawn for the first time at that moment.
    early, late = ends - timedelta(seconds=2), ends + timedelta(seconds=1)
    with clock.frozen(early), listening(home.url, query="?orientation=portrait") as ears:
        both = ears.hear()["content"]
        assert f"#slot-{now}-0" in both
        assert f"#slot-{other}-0" in both
    with clock.frozen(late), listening(home.url, query="?orientation=landscape") as ears:
        home.live.draw.hear({"sources"})
        after = ears.hear_until(f"#slot-{other}-0")[-1]["content"]
        assert f"#slot-{now}-0" not in after


@pytest.mark.pages
def test_a_minute_is_drawn_anew_though_nobody_answered(home: House) -> None:
    with clock.frozen(MORNING), listening(home.url) as ears:
        assert "10:00" in ears.hear()["content"]
        with clock.frozen(MORNING + timedelta(minutes=1)):
            home.live.draw.hear({"sources"})
            assert "10:01" in ears.hear_until("10:01")[-1]["content"]


@pytest.mark.pages
def test_a_scene_that_raises_leaves_its_old_picture_and_everything_else_alive(
    home: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pulse = scenes()["pulse"]

    def broken(*_: Any) -> Any:
        raise RuntimeError("no such shape")

    def with_pulse(scene: Scene) -> None:
        monkeypatch.setattr(paint, "scenes", lambda: {**scenes(), "pulse": scene})

    with listening(home.url, query="?scene=pulse") as ears:
        ears.hear()
        failed = counted("failed_parts_total")
        with_pulse(replace(pulse, look=broken))
        dot = answer(home.database)
        frame = ears.hear_until(dot)[-1]
        assert "slot-rail" in frame["content"]
        assert "slot-pulse-0" not in frame["content"]
        assert counted("failed_parts_total") > failed
        with_pulse(pulse)
        dot = answer(home.database)
        assert "slot-pulse-0" in ears.hear_until(dot)[-1]["content"]
    assert "pulse-0 of hall could not be drawn" in caplog.text


def test_trouble_with_the_database_is_survived(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(home.url, query="?scene=pulse") as ears:
        ears.hear()
        real = paint.board_of
        calls = iter([True])

        def failing_once(*args: Any) -> Board | None:
            if next(calls, False):
                raise ConnectionError("the database is away")
            return real(*args)

        monkeypatch.setattr(paint, "board_of", failing_once)
        dot = answer(home.database)
        ears.hear_until(dot)


@pytest.mark.pages
def test_a_minute_that_could_not_be_drawn_is_drawn_soon(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With it midnight: a wall would show yesterday until the next one."""
    monkeypatch.setattr(drawing, "RETRY_SECONDS", 0.05)
    shells = iter([ConnectionError("the database is away")])

    def failing_once(*_: Any) -> dict[str, Any]:
        for trouble in shells:
            raise trouble
        return {}

    with clock.frozen(MORNING), listening(home.url) as ears:
        assert "10:00" in ears.hear()["content"]
        monkeypatch.setattr(rollcall, "dress", failing_once)
        with clock.frozen(MORNING + timedelta(minutes=1)):
            home.live.draw.hear({"sources"})
            assert "10:01" in ears.hear_until("10:01")[-1]["content"]


def test_a_command_beside_the_server_is_seen(home: House) -> None:
    with listening(home.url, query="?scene=pulse") as ears:
        ears.hear()
        dot = answer(home.database)
        ears.hear_until(f'id="{dot}"')
        other = connect(home.settings.database)
        with other.write.begin() as session:
            session.execute(delete(Response))
            announce(session, "responses")
        other.dispose()
        # A minute may begin meanwhile, and shows the rail with what is still there.
        while f'id="{dot}"' in (content := ears.hear()["content"]):
            pass
        assert "#slot-rail" in content


@pytest.mark.pages
def test_a_board_set_anew_reloads_its_pages(home: House) -> None:
    with listening(home.url) as ears:
        ears.hear()
        with home.database.write.begin() as session:
            found = paint.board_of(session, "hall")
            assert found is not None
            found.settings = {"theme": "paper"}
            announce(session, "boards")
        while (message := ears.hear())["type"] != "cmd":
            assert message["type"] in ("frame", "snap")
        assert message["do"] == "reload"


def test_a_released_story_reaches_every_screen_and_a_recalled_one_leaves_them_all(
    home: House,
) -> None:
    """Whether the scene is pinned or comes round: the very next picture is without it."""
    with home.database.write.begin() as session:
        found = paint.board_of(session, "hall")
        assert found is not None
        found.scenes = ["story"]
    story_id = candidate(home.database)
    with (
        clock.frozen(MORNING),
        listening(home.url, query="?scene=story") as pinned,
        listening(home.url) as rotating,
    ):
        for ears in (pinned, rotating):
            assert WORDS not in ears.hear()["content"]
        with home.database.write.begin() as session:
            release(session, story_id)
        for ears in (pinned, rotating):
            assert WORDS in ears.hear()["content"]
        with home.database.write.begin() as session:
            recall(session, story_id)
        for ears in (pinned, rotating):
            assert WORDS not in ears.hear()["content"]
        assert "pulse" in {step.scene for step in home.live.draw._timelines["hall"].plan.steps}


def test_a_commit_of_one_server_redraws_the_walls_of_another(
    home: House, database_url: str, tmp_path: Path
) -> None:
    """Two processes on one PostgreSQL; on SQLite there is one, and a second stands for commands."""
    with (
        house(settings_for(database_url, tmp_path)) as other,
        listening(home.url, query="?scene=pulse") as here,
        listening(other.url, query="?scene=pulse") as there,
    ):
        here.hear()
        there.hear()
        for writer in (home, other):
            dot = answer(writer.database)
            for ears in (here, there):
                ears.hear_until(f'id="{dot}"')


@pytest.mark.parametrize("steps", range(8))
def test_it_ends_though_something_was_said_in_the_same_moment(steps: int, sqlite_url: str) -> None:
    """However far a word has come when the end is asked for."""
    database = connect(sqlite_url)

    async def live() -> None:
        draw = Draw(database, Hub("1"))
        await draw.start()
        await until_at_rest(draw)
        draw._note(frozenset({"responses"}))
        for _ in range(steps):
            await asyncio.sleep(0)
        ending = asyncio.create_task(draw.stop())
        await asyncio.wait([ending], timeout=PATIENCE)
        assert ending.done()

    asyncio.run(live())
    database.dispose()


async def until_at_rest(draw: Draw) -> None:
    for _ in range(1000):
        if draw._minute is not None and not draw._due.is_set() and not draw._heard:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never rests")
