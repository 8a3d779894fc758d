"""How a screen is comes from its own reports: what was sent to it proves nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import clock
from app.db import Database, connect
from app.screens import orders
from app.screens.models import Screen
from app.screens.standing import last_order, state_of
from tests.board.screenplay import screen

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)


def seen(ago: float | None, *, build: str = "b1", revoked: bool = False) -> Screen:
    return Screen(
        seen_at=None if ago is None else NOW - timedelta(seconds=ago),
        report={"build": build},
        revoked_at=NOW if revoked else None,
    )


@pytest.mark.parametrize(
    ("one", "asleep", "state"),
    [
        (seen(3), False, "live"),
        (seen(3, build="b0"), False, "stale"),
        (seen(70), False, "stale"),
        (seen(301), False, "offline"),
        (seen(3), True, "asleep"),
        (seen(40_000), True, "asleep"),
        (seen(None), False, "new"),
        (seen(None), True, "new"),
        (seen(3, revoked=True), False, "revoked"),
    ],
)
def test_a_state_is_what_the_screen_said_last(one: Screen, asleep: bool, state: str) -> None:
    assert state_of(one, NOW, "b1", asleep=asleep) == state


@pytest.fixture
def lobby(sqlite_url: str) -> Iterator[Database]:
    database = connect(sqlite_url)
    with clock.frozen(NOW), database.write.begin() as session:
        screen(session, "Lobby")
    yield database
    database.dispose()


def said(database: Database, after: float, report: dict[str, Any]) -> tuple[bool, bool] | None:
    """Whether the last order counts as obeyed and as missed, once the screen said this."""
    at = NOW + timedelta(seconds=after)
    with database.write.begin() as session:
        one = session.get_one(Screen, 1)
        one.seen_at, one.report = at, report
        last = last_order(session, one, at)
        return (last.obeyed, last.missed) if last else None


def test_an_order_is_obeyed_when_the_screen_names_it(lobby: Database) -> None:
    assert said(lobby, 0, {"order": 0}) is None
    with clock.frozen(NOW), lobby.write.begin() as session:
        orders.order(session, 1, "identify")
    number = orders.number_of(NOW)
    assert said(lobby, 1, {"order": number - 1}) == (False, False)
    assert said(lobby, 2, {"order": number}) == (True, False)
    assert said(lobby, 60, {}) == (False, True)


def test_a_reload_is_obeyed_by_a_younger_page(lobby: Database) -> None:
    with clock.frozen(NOW), lobby.write.begin() as session:
        orders.order(session, 1, "reload")
    assert said(lobby, 3, {"uptime": 400}) == (False, False)
    assert said(lobby, 3, {"uptime": 3}) == (True, False)
    assert said(lobby, 3, {"uptime": -1e14}) == (False, False)
    assert said(lobby, 3, {}) == (False, False)
