"""Who rang an unhappy customer and solved it has rescued somebody, too."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.db import connect
from app.followups import rescues
from app.heroes import picking, rules
from app.heroes.models import Hero
from app.people.models import Account
from app.responses.models import Response
from tests import make
from tests.heroes.place import AT, MONDAY, TODAY, Shop, open_shop

SOLVED = datetime(2026, 6, 9, 9, 0, tzinfo=UTC)


@pytest.fixture
def shop(sqlite_url: str) -> Iterator[Shop]:
    database = connect(sqlite_url)
    opened = open_shop(database, "Ana Silva", "Ben Okoro", "Cleo Marsh")
    for name in opened.people:
        opened.set(name, email=f"{name[:3]}@Shop.example")
    yield opened
    opened.ear.close()
    database.dispose()


def solve(shop: Shop, owner: str, response_id: int, **facts: object) -> None:
    with shop.database.write.begin() as session:
        email = f"{owner[:3]}@shop.example".lower()
        account = session.query(Account).filter_by(email=email).first() or Account(
            email=email, name=owner, role="lead", created_at=SOLVED
        )
        session.add(account)
        session.flush()
        known = {"state": "solved", "owner_id": account.id, "reached_at": SOLVED,
                 "closed_at": SOLVED, **facts}  # fmt: skip
        make.case(session, response_id, **known)


def rescued(shop: Shop) -> Hero | None:
    with clock.frozen(AT):
        picking.pick(shop.database, AT, rescues.won_back)
    with shop.database.read() as session:
        hero: Hero | None = session.query(Hero).filter_by(kind="rescue", scope="company").first()
        return hero


def test_solved_cases_count_beside_customers_who_came_back(shop: Shop) -> None:
    before = TODAY - timedelta(days=20)
    first = shop.answer("Ben Okoro", 2, before, email="uma@example.com")
    solve(shop, "Ana Silva", first)
    # The same customer, who was delighted with Ana later, is one rescue, not two.
    shop.answer("Ana Silva", 10, MONDAY, email="uma@example.com")
    solve(shop, "Cleo Marsh", shop.answer("Ben Okoro", 1, before))
    solve(shop, "Cleo Marsh", shop.answer("Ben Okoro", 0, before))
    hero = rescued(shop)
    assert hero
    assert hero.person_id == shop.people["Cleo Marsh"]
    assert hero.reason == "Won back 2 customers who had been unhappy."
    assert [one["rescues"] for one in hero.numbers["inputs"]["runners"]] == [2, 1]
    again = rules.recomputed("rescue", hero.numbers["inputs"])
    assert again
    assert again.id == hero.person_id


@pytest.mark.parametrize(
    "facts",
    [
        {"state": "dropped"},
        {"state": "reached", "closed_at": None},
        {"reached_at": None},
        {"closed_at": SOLVED - timedelta(days=30)},
    ],
)
def test_what_was_not_solved_by_somebody_lately_is_none(
    shop: Shop, facts: dict[str, object]
) -> None:
    solve(shop, "Ana Silva", shop.answer("Ben Okoro", 2, MONDAY), **facts)
    assert rescued(shop) is None


def test_an_answer_that_was_withdrawn_is_nobodys_rescue(shop: Shop) -> None:
    answer = shop.answer("Ben Okoro", 2, MONDAY)
    with shop.database.write.begin() as session:
        session.get_one(Response, answer).status = "withdrawn"
    solve(shop, "Ana Silva", answer)
    assert rescued(shop) is None
