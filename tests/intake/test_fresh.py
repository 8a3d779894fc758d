"""What the hook parsed is used once, in order, and never kept for ever."""

from datetime import UTC, datetime

from app.intake.fresh import MOST, Fresh
from app.intake.inbox import Arrival

AT = datetime(2026, 6, 10, tzinfo=UTC)


def arrival(name: str, *, body: bytes = b"{}", error: str | None = None) -> Arrival:
    return Arrival(1, name, AT, "{}", body, "kept", error, (({"response_id": name},), False))


def test_takes_what_is_known_in_a_row_and_once() -> None:
    fresh = Fresh()
    fresh.put([1, 2, 4], [arrival("a"), arrival("b"), arrival("d")])

    assert [one.id for one in fresh.take([1, 2, 3, 4])] == [1, 2]
    assert fresh.take([3, 4]) == []
    assert [one.parsed for one in fresh.take([4])] == [(({"response_id": "d"},), False)]
    assert fresh.take([4]) == []


def test_repeats_failures_and_large_bodies_are_not_remembered() -> None:
    fresh = Fresh()
    fresh.put(
        [None, 2, 3], [arrival("a"), arrival("b", error="broken"), arrival("c", body=b"x" * 9000)]
    )

    assert [fresh.take([number]) for number in (1, 2, 3)] == [[], [], []]


def test_what_others_settled_makes_room() -> None:
    fresh = Fresh()
    fresh.put(range(1, MOST + 2), [arrival(str(number)) for number in range(1, MOST + 2)])
    assert fresh.take([MOST + 1]) == []  # there was no room for it

    fresh.put([MOST + 2], [arrival("later")])
    assert [one.id for one in fresh.take([MOST + 2])] == [MOST + 2]
