"""A case follows its answer, inside its transaction, and costs nothing while nobody is unhappy."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, select

from app import clock
from app.db import Database
from app.erasure.customer import forget
from app.followups.models import Case
from app.people.models import Site
from app.responses.answer import Withdrawal
from tests.ear import Ear
from tests.followups.house import AT, House, answer


@contextmanager
def statements(database: Database, naming: str) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if naming in statement:
            said.append(statement)

    event.listen(database.writer, "before_cursor_execute", hear)
    yield said
    event.remove(database.writer, "before_cursor_execute", hear)


def test_an_unhappy_customer_opens_a_case_due_in_two_working_days(house: House) -> None:
    ear = Ear(house.database)
    house.take(answer("sad", 6), answer("so-so", 7), answer("glad", 9), answer("zero", 0))
    assert ear.news() == {"responses", "followups"} | ({"stories"} & ear.news())
    ear.close()
    assert [(one.state, one.due_at, one.owner_id) for one in house.cases()] == [
        ("open", AT + timedelta(days=2), None)
    ] * 2


def test_due_by_the_hours_of_the_answers_own_site(sqlite_house: House) -> None:
    house = sqlite_house
    with house.database.write.begin() as session:
        session.add(
            Site(
                name="New York",
                timezone="America/New_York",
                office_hours={"wed": ["09:00", "12:00"], "fri": ["10:00", "18:00"]},
                holidays=["2026-06-12"],
            )
        )
    house.take(answer(attributes={"site": "New York"}))
    # 05:15 there: counts from nine on; Friday is a holiday; so the next Wednesday and Friday.
    assert house.case().due_at == datetime(2026, 6, 19, 14, 0, tzinfo=UTC)


def test_happy_customers_cost_no_statement_and_many_unhappy_ones_one_insert(house: House) -> None:
    with statements(house.database, "followup_case") as said:
        house.take(*(answer(f"g-{n}", 9) for n in range(30)))
        assert said == []
        house.take(*(answer(f"s-{n}", 2) for n in range(30)))
    assert len(said) == 1
    assert len(house.cases()) == 30
    with statements(house.database, "followup_case") as said:
        house.take(*(answer(f"s-{n}", 2) for n in range(30)))  # repeats
    assert said == []


def test_the_case_of_an_answer_that_is_gone_or_happy_now_ends_and_says_why(house: House) -> None:
    house.take(*(answer(name, 2) for name in ("gone", "happy", "kept", "solved")))
    with house.database.write.begin() as session:
        solved = session.scalars(select(Case)).all()[-1]
        solved.state, solved.closed_at = "solved", AT
    house.take(
        Withdrawal(response_id="gone"), answer("happy", 9, version=2.0),
        answer("kept", 4, version=2.0), Withdrawal(response_id="solved"),
    )  # fmt: skip
    assert [(one.state, one.reason) for one in house.cases()] == [
        ("dropped", "the answer was withdrawn"),
        ("dropped", "the customer changed the score to 9"),
        ("open", None),
        ("solved", None),
    ]
    with clock.frozen(AT + timedelta(days=1)):
        house.take(answer("happy", 1, version=3.0))
    again = house.cases()[1]
    assert (again.state, again.reason, again.closed_at) == ("open", None, None)
    assert again.due_at == AT + timedelta(days=5)  # a day later, and over the weekend
    assert again.told_at is None


def test_an_answer_that_turns_unhappy_opens_one_and_an_old_one_never(house: House) -> None:
    old = AT - timedelta(days=8)
    house.take(
        answer("late", 9), answer("unscored", None), answer("old", 2, submitted_at=old),
    )  # fmt: skip
    assert house.cases() == []
    house.take(
        answer("late", 3, version=2.0), answer("unscored", 1, version=2.0),
        answer("old", 1, version=2.0, submitted_at=old),
    )  # fmt: skip
    assert len(house.cases()) == 2


def test_a_case_that_a_lead_moves_meanwhile_is_not_ended_twice(sqlite_house: House) -> None:
    house = sqlite_house
    house.take(answer("r", 2))
    house.take(Withdrawal(response_id="r"))
    version = house.case().version
    house.take(Withdrawal(response_id="r"))
    assert (house.case().version, version) == (2, 2)


def test_a_customer_who_is_erased_takes_the_case_along(house: House) -> None:
    house.take(answer("r", 2), answer("other", 2, email="else@customer.example"))
    with house.database.write.begin() as session:
        session.scalars(select(Case)).all()[0].note = "Uma Customer, call after six"
    gone = forget(house.database, email="uma@customer.example")
    assert gone.answers == 1
    assert [one.note for one in house.cases()] == [""]
