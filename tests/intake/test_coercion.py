"""What platforms write for scores, times, texts and ids, and what becomes of it."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake import coercion
from app.intake.source import IgnoredError, Setup, attributes, place

BERLIN = ZoneInfo("Europe/Berlin")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@pytest.mark.parametrize(
    ("raw", "score"),
    [(0, 0), (10, 10), (9.0, 9), ("0", 0), (" 7 ", 7), ("10.0", 10), ([8], 8), ("08", 8)],
)
def test_scores(raw: Any, score: int) -> None:
    assert coercion.score(raw) == score


@pytest.mark.parametrize(
    "raw",
    [None, "", " ", True, False, -1, 11, 8.7, "8.7", "ten", "1e1", "٧", [], [1, 2], {}, "-0",
     float("nan"), float("inf"), 10**19],
)  # fmt: skip
def test_no_scores(raw: Any) -> None:
    with pytest.raises(IgnoredError):
        coercion.score(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "2026-06-10T09:15:31Z", "2026-06-10T09:15:31z", "2026-06-10T11:15:31+02:00",
        "2026-06-10 11:15:31 +0200", "2026-06-10 02:15:31 -0700", "2026-06-10T09:15:31.000Z",
        "2026-06-10 09:15:31 UTC", "2026-06-10T11:15:31", "2026-06-10 11:15:31",
        "2026-06-10T09:15:31.000000000Z", 1781082931, 1781082931000, "1781082931",
        "1781082931000", 1781082931.0, [1781082931], "2026-06-10T09:15:31+00",
    ],
)  # fmt: skip
def test_times(raw: Any) -> None:
    assert coercion.moment(raw, BERLIN) == datetime(2026, 6, 10, 9, 15, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [None, "", "soon", True, 0, -5, "2026-13-01", "2026-06-10T25:00:00Z", {}, 1e300, "0" * 50,
     "2026-06-10T09:15:31+99:99", float("nan"), "9999-12-31T23:59:59-12:00"],
)  # fmt: skip
def test_no_times(raw: Any) -> None:
    assert coercion.moment(raw, BERLIN) is None


def test_dates_and_minutes_are_times_too() -> None:
    assert coercion.moment("2026-06-10", BERLIN) == datetime(2026, 6, 9, 22, 0, tzinfo=UTC)
    assert coercion.moment("2026-06-10T09:15Z", BERLIN) == datetime(2026, 6, 10, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "text"),
    [(None, None), ("", None), (" \n", None), (" a ", "a"), (5, "5"), (5.0, "5"), (0, "0"),
     (True, "true"), (["x"], "x"), (["x", "y"], None), ({}, None), ("a\x00b", "ab"),
     ("abcdef", "abcde"), ("\u202eabc", "\u202eabc"), ("\x00", None)],
)  # fmt: skip
def test_texts(raw: Any, text: str | None) -> None:
    assert coercion.text(raw, 5) == text


def test_a_long_id_keeps_its_identity() -> None:
    one, other = "x" * 256, "x" * 255 + "y"
    assert coercion.identifier("x" * 255) == "x" * 255
    assert coercion.identifier(one) != coercion.identifier(other)
    assert len(coercion.identifier(one) or "") < 255
    assert coercion.identifier(True) is None


@pytest.mark.parametrize(
    ("raw", "flag"),
    [(True, True), (False, False), ("true", True), ("FALSE", False), ("1", True), (None, None),
     ("maybe", None), (1, None)],
)  # fmt: skip
def test_flags(raw: Any, flag: bool | None) -> None:
    assert coercion.flag(raw) is flag


def test_versions_are_counts_or_microseconds() -> None:
    assert coercion.order(3, BERLIN) == coercion.order("3", BERLIN) == 3.0
    assert coercion.order("2026-06-10T09:15:31.5Z", BERLIN) == 1781082931500000.0
    assert coercion.order(None, BERLIN) is None


def test_an_answer_is_ordered_by_its_update() -> None:
    made = coercion.answer({}, Setup(), response_id=7, score="0", updated_at=1781082931)
    assert (made.response_id, made.score, made.version) == ("7", 0, 1781082931000000.0)


def test_attributes_are_found_where_the_settings_say() -> None:
    document = {"hidden": {"store": "Basel", "a.b": 1}, "x.y": "flat", "n": {"deep": {"er": 0}}}
    wanted = {"store": "hidden.store", "flat": "x.y", "deep": "n.deep.er", "none": "n.no.where"}
    found = attributes(document, Setup(settings={"attributes": wanted}))
    assert found == {"store": "Basel", "flat": "flat", "deep": 0, "none": None}
    assert place(document, "hidden.a.b") == 1


@given(JSON)
def test_nothing_a_body_can_hold_surprises(raw: Any) -> None:
    coercion.text(raw, 10)
    coercion.moment(raw, BERLIN)
    coercion.flag(raw)
    coercion.order(raw, BERLIN)
    coercion.identifier(raw)
    with suppress(IgnoredError):
        assert 0 <= coercion.score(raw) <= 10
