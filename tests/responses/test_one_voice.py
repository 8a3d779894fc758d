"""One voice per customer: the newest answer within 90 days counts, whatever came in first."""

from datetime import timedelta
from itertools import permutations

import pytest

from app.db import Database
from app.people.models import Company
from app.responses import ledger
from app.responses.answer import Answer, Withdrawal
from tests.responses.given import NOON, answer, entry, ids, one_by_one, record, steps, stored


@pytest.fixture
def strict(northwind: Database) -> Database:
    """Northwind, with the rule switched on."""
    with northwind.write.begin() as session:
        session.get_one(Company, 1).one_voice = True
    return northwind


def uma(response_id: str, day: int, score: int = 9, **facts: object) -> Answer:
    said = {"email": "uma@example.com", "survey_id": "nps"} | facts
    return answer(response_id, score, submitted_at=NOON + timedelta(days=day), **said)


def statuses(database: Database, *names: str) -> list[str]:
    return [stored(database, name).status for name in names]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("in_one_batch", [True, False])
def test_the_newest_answer_counts_whatever_came_first(
    strict: Database, order: tuple[int, ...], *, in_one_batch: bool
) -> None:
    said = [uma("a", 0), uma("b", 60), uma("c", 120)]
    if in_one_batch:
        with strict.write.begin() as session:
            record(session, *(said[place] for place in order))
    else:
        one_by_one(strict, *(said[place] for place in order))
    assert statuses(strict, "a", "b", "c") == ["superseded", "superseded", "counted"]


def test_who_answered_long_ago_speaks_twice(strict: Database) -> None:
    one_by_one(strict, uma("a", 0), uma("b", 91), uma("c", 181))
    assert statuses(strict, "a", "b", "c") == ["counted", "superseded", "counted"]


def test_off_by_default(northwind: Database) -> None:
    one_by_one(northwind, uma("a", 0), uma("b", 1))
    assert statuses(northwind, "a", "b") == ["counted", "counted"]


def test_another_survey_or_an_unknown_customer_is_another_voice(strict: Database) -> None:
    one_by_one(
        strict,
        uma("a", 0),
        uma("b", 1, survey_id="delivery"),
        uma("c", 2, email="ida@example.com"),
        uma("d", 3, email=None),
        uma("e", 4, email=None),
        uma("f", 5, survey_id=None),
        entry(uma("g", 6, survey_id=None), source_id=2),
    )
    assert statuses(strict, *"abcdefg") == ["counted"] * 7


def test_an_address_is_the_same_however_it_is_typed(strict: Database) -> None:
    one_by_one(strict, uma("a", 0), uma("b", 1, email="UMA@example.com "))
    assert statuses(strict, "a", "b") == ["superseded", "counted"]


def test_the_older_answer_returns_when_the_newer_is_gone(strict: Database) -> None:
    one_by_one(strict, uma("a", 0, 3), uma("b", 1, 9))
    [changes] = one_by_one(strict, Withdrawal(response_id="b"))
    assert {change.row["external_id"]: change.after is not None for change in changes} == {
        "a": True,
        "b": False,
    }
    assert statuses(strict, "a", "b") == ["counted", "withdrawn"]
    assert stored(strict, "a").reason is None
    assert steps(strict) == [(None, 3), (None, 9), (3, None), (9, None), (None, 3)]


def test_an_excluded_answer_supersedes_nobody(strict: Database) -> None:
    one_by_one(strict, uma("a", 0), uma("b", 1))
    with strict.write.begin() as session:
        ledger.exclude(session, ids(strict, ["b"]), "staff")
    assert statuses(strict, "a", "b") == ["counted", "excluded"]


def test_an_answer_that_changes_hands_frees_the_other(strict: Database) -> None:
    one_by_one(strict, uma("a", 0), uma("b", 1, version=1))
    one_by_one(strict, uma("b", 1, version=2, email="ida@example.com"))
    assert statuses(strict, "a", "b") == ["counted", "counted"]


def test_an_update_of_a_superseded_answer_does_not_make_it_count(strict: Database) -> None:
    one_by_one(strict, uma("a", 0, version=1), uma("b", 1))
    [[change]] = one_by_one(strict, uma("a", 0, version=2, comment="One more thing"))
    assert (change.before, change.after) == (None, None)
    assert statuses(strict, "a", "b") == ["superseded", "counted"]


def test_a_part_without_score_is_no_voice(strict: Database) -> None:
    one_by_one(strict, uma("a", 0), answer("b", None, email="uma@example.com", survey_id="nps"))
    assert statuses(strict, "a", "b") == ["counted", "unscored"]
