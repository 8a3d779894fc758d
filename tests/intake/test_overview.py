"""How sources are doing, from stored deliveries: last ones, counts, errors, silence."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.intake import habits, overview
from app.intake.models import Delivery, FetchPause, Source
from app.intake.overview import State
from tests import make

NOW = datetime(2026, 6, 10, 13, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def keep(
    session: Session, source: Source, ago: timedelta, outcome: str = "processed", error: str = ""
) -> Delivery:
    made = Delivery(
        source_id=source.id, received_at=NOW - ago, headers={}, body=b"{}", outcome=outcome,
        error=error or None,
    )  # fmt: skip
    session.add(made)
    return made


def old(session: Session, name: str) -> Source:
    made = make.source(session, name)
    made.created_at = NOW - timedelta(days=60)
    return made


def seen(database: Database) -> dict[str, State]:
    with database.read() as session:
        return {one.name: one for one in overview.states(session)}


def test_what_came_lately_and_what_became_of_it(database: Database) -> None:
    with database.write.begin() as session:
        make.company(session)
        shop, bare, gone = old(session, "shop"), old(session, "bare"), old(session, "gone")
        gone.removed_at = NOW
        keep(session, shop, timedelta(days=9))
        keep(session, shop, 5 * HOUR)
        keep(session, shop, 4 * HOUR, "failed", "It is not JSON.")
        keep(session, shop, 3 * HOUR, "ignored", "It is about another form.")
        bare_id = bare.id

    found = seen(database)

    assert set(found) == {"shop", "bare"}
    one = found["shop"]
    assert one.counts == {"processed": 1, "failed": 1, "ignored": 1}
    assert (one.last_delivery, one.last_answer) == (NOW - 3 * HOUR, NOW - 5 * HOUR)
    assert (one.error, one.error_at, one.is_failing) == ("It is not JSON.", NOW - 4 * HOUR, False)
    assert one.beat == "silent for 3 h, too little is known of what is usual"
    assert (found["bare"].last_delivery, found["bare"].beat) == (None, "no delivery came yet")
    assert found["bare"].id == bare_id


def test_a_source_fails_when_its_newest_did_or_its_api_is_out(database: Database) -> None:
    with database.write.begin() as session:
        shop, thin = old(session, "shop"), old(session, "thin")
        keep(session, shop, 2 * HOUR)
        keep(session, shop, HOUR, "failed", "It is not JSON.")
        keep(session, thin, HOUR)
        session.add(FetchPause(source_id=thin.id, until=NOW, failures=3, reason="It is down."))

    found = seen(database)
    assert [one.is_failing for one in found.values()] == [True, True]
    assert found["thin"].error == "It is down."
    with database.read() as session:
        assert "shop: the last delivery failed." in overview.warnings(session)


def test_a_silence_is_told_with_the_usual_gap(database: Database) -> None:
    with database.write.begin() as session:
        make.company(session)
        shop = old(session, "shop")
        for back in range(29 * 24 * 2, 18, -1):
            keep(session, shop, back * HOUR / 2)

    found = seen(database)["shop"]
    assert found.beat == "silent for 10 h, usual gap 30 min"
    with database.read() as session:
        assert overview.warnings(session) == ["shop is silent for 10 h, usual gap 30 min."]


def test_the_cost_is_bounded_and_what_is_crowded_out_is_said(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "MOST", 50)
    with database.write.begin() as session:
        quiet, busy = old(session, "quiet"), old(session, "busy")
        keep(session, quiet, 30 * HOUR)
        for back in range(60, 0, -1):
            keep(session, busy, back * timedelta(minutes=1))

    found = seen(database)
    assert found["quiet"].last_delivery == NOW - 30 * HOUR
    assert sum(found["busy"].counts.values()) == 50
    assert found["busy"].counted_since == NOW - timedelta(minutes=50)


def test_of_a_crowd_the_same_hours_of_earlier_weeks_are_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A silence is news although the newest deliveries reach back a few hours only."""
    monkeypatch.setattr(overview, "MOST", 16)  # the silent one is not even among them
    monkeypatch.setattr(habits, "SLICE", 60)
    with database.write.begin() as session:
        make.company(session)
        silent, busy = old(session, "silent"), old(session, "busy")
        for back in range(30 * 24 * 4, 0, -1):
            ago = back * HOUR / 4
            keep(session, busy, ago)
            if ago > 5 * HOUR:
                keep(session, silent, ago)

    found = seen(database)
    assert found["silent"].beat == "silent for 5 h, usual gap 15 min"
    assert found["silent"].is_troubled
    assert not found["busy"].is_troubled
