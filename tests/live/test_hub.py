"""The hub speaks the protocol over real sockets, behind a real server."""

import asyncio
import json

import pytest
from websockets.exceptions import ConnectionClosed

from app.live import hub as hub_module
from tests.live.wall import Wall, hear, until
from tests.patience import PATIENCE

SERVERS = ["app.live.wire:Wire", "websockets-sansio"]


@pytest.mark.parametrize("ws", SERVERS)
def test_a_screen_gets_the_whole_picture_and_then_what_changes(ws: str) -> None:
    async def story() -> None:
        async with Wall(ws=ws).serving() as wall, wall.screen() as screen:
            snap = await hear(screen)
            assert snap["type"] == "snap"
            assert snap["plan"] == wall.plan
            assert snap["build"] == "b1"
            assert snap["epoch"] == wall.hub.epoch
            assert "+47" in snap["content"]
            assert wall.draw(rail="<p>+48</p>") == 1
            frame = await hear(screen)
            assert frame["type"] == "frame"
            assert frame["v"] == snap["v"] + 1
            assert '<hx-partial hx-target="#slot-rail" hx-swap="innerMorph">' in frame["content"]
            assert "+48" in frame["content"]

    asyncio.run(story())


def test_what_did_not_change_is_not_sent() -> None:
    async def story() -> None:
        async with Wall().serving() as wall, wall.screen() as screen:
            first = await hear(screen)
            assert wall.draw() == 0
            wall.draw(**{"pulse-0": "<p>dots</p>"})
            frame = await hear(screen)
            assert frame["v"] == first["v"] + 1
            assert "rail" not in frame["content"]

    asyncio.run(story())


def test_a_new_plan_comes_with_a_snap() -> None:
    async def story() -> None:
        async with Wall().serving() as wall, wall.screen() as screen:
            first = await hear(screen)
            wall.plan = {**wall.plan, "steps": [{"scene": "pulse", "item": 0, "seconds": 12}]}
            wall.draw()
            snap = await hear(screen)
            assert (snap["type"], snap["v"]) == ("snap", first["v"] + 1)
            assert snap["plan"] == wall.plan

    asyncio.run(story())


def test_a_screen_that_asks_is_sent_the_whole_picture() -> None:
    async def story() -> None:
        async with Wall().serving() as wall, wall.screen() as screen:
            first = await hear(screen)
            await screen.send("not json at all")
            await screen.send(json.dumps(["snap"]))
            await screen.send(json.dumps({"type": "snap"}))
            again = await hear(screen)
            assert (again["type"], again["v"]) == ("snap", first["v"])

    asyncio.run(story())


def test_reports_are_handed_on() -> None:
    async def story() -> None:
        async with Wall().serving() as wall, wall.screen() as screen:
            await hear(screen)
            await screen.send(json.dumps({"type": "report", "v": 3}))
            await screen.send(json.dumps({"type": "report", "x": "y" * 5000}))
            await screen.send(json.dumps({"type": "report", "v": 4}))
            await until(lambda: len(wall.reports) == 2)
            assert [report["v"] for report in wall.reports] == [3, 4]

    asyncio.run(story())


def test_the_heart_beats_with_the_current_version(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hub_module.BEAT_SECONDS == 5
    monkeypatch.setattr(hub_module, "BEAT_SECONDS", 0.05)

    async def story() -> None:
        async with Wall().serving() as wall, wall.screen() as screen:
            snap = await hear(screen)
            beat = await hear(screen, beats=True)
            assert beat["type"] == "hb"
            assert beat["v"] == snap["v"]
            assert beat["at"] >= snap["at"]
            assert "content" not in beat

    asyncio.run(story())


def test_a_restart_has_another_epoch_and_says_come_back() -> None:
    async def story() -> None:
        async with Wall().serving() as wall:
            screen = await wall.screen()
            before = await hear(screen)
        with pytest.raises(ConnectionClosed):
            await hear(screen)
        assert screen.close_code == 1012
        async with Wall().serving() as wall, wall.screen() as again:
            assert (await hear(again))["epoch"] != before["epoch"]

    asyncio.run(story())


@pytest.mark.parametrize("ws", SERVERS)
def test_a_dismissed_screen_is_told_and_closed(ws: str) -> None:
    async def story() -> None:
        async with Wall(ws=ws).serving() as wall, wall.screen(7) as seven, wall.screen(8) as eight:
            await hear(seven)
            await hear(eight)
            wall.hub.tell(8, {"do": "identify"})
            assert (await hear(eight))["do"] == "identify"
            await asyncio.to_thread(wall.hub.dismiss, 7)
            assert (await hear(seven)) == {"type": "cmd", "do": "unpair"}
            with pytest.raises(ConnectionClosed):
                await hear(seven)
            assert seven.close_code == 4401
            assert wall.hub.connected() == {8: "w"}

    asyncio.run(story())


def test_a_part_no_frame_can_carry_leaves_the_old_one(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with Wall().serving() as wall, wall.screen() as screen:
            await hear(screen)
            wall.draw(rail="x" * 20_000, **{"pulse-0": "<p>dots</p>"})
            frame = await hear(screen)
            assert "dots" in frame["content"]
            assert "xxx" not in frame["content"]

    asyncio.run(story())
    assert "rail is too large" in caplog.text


def test_no_frame_is_larger_than_the_limit() -> None:
    async def story() -> None:
        async with Wall().serving() as wall, wall.screen() as screen:
            await hear(screen)
            wall.draw(**{f"scene-{n}": "ä" * 4000 for n in range(4)})
            sizes: list[int] = []
            while len(sizes) < 4 and sum(sizes) < 32_000:
                async with asyncio.timeout(PATIENCE):
                    message = await screen.recv(decode=False)
                sizes.append(len(message))
            assert max(sizes) <= 16 * 1024
            assert len(sizes) > 1

    asyncio.run(story())


def test_whoever_left_gets_nothing_and_who_returns_gets_all() -> None:
    async def story() -> None:
        async with Wall().serving() as wall:
            async with wall.screen() as screen:
                first = await hear(screen)
            await until(lambda: not wall.hub.groups["w"].outboxes)
            assert wall.draw(rail="<p>+50</p>") == 0
            async with wall.screen() as screen:
                snap = await hear(screen)
                assert "+50" in snap["content"]
                assert snap["v"] > first["v"]

    asyncio.run(story())
