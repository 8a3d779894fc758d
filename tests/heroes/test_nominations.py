"""Nominations: fair to give, decided once, shown after visibility, taken back at once."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock
from app.db import Database, connect
from app.errors import CheerboardError, ForbiddenError, NotFoundError
from app.heroes import drafts, honours, houserules, nominations, nominees
from app.heroes.nominationmodels import Nomination
from app.people.authorize import Actor
from app.people.models import Account, AuditEntry, Person
from app.stories.models import Story
from tests import make
from tests.desk import scenery
from tests.ear import Ear
from tests.patience import PATIENCE

AT = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
WHY = "Stayed until the lift worked."


@dataclass
class Shop:
    """Ana, Ben and Cleo of one team, Dan of another; Lea and Max lead everybody."""

    database: Database
    ear: Ear
    people: dict[str, int] = field(default_factory=dict)
    leads: dict[str, Actor] = field(default_factory=dict)

    def nominate(self, who: str = "Ana", by: str = "Lea", **facts: Any) -> Nomination:
        with self.database.write.begin() as session:
            draft = drafts.draft_of(session, self.people[who], {"reason": WHY} | facts)
            return nominations.nominate(session, self.leads[by], self.people[who], draft)

    def decide(self, what: str, by: str, nomination_id: int, *more: int) -> str:
        with self.database.write.begin() as session:
            done = getattr(nominations, what)(session, self.leads[by], nomination_id, *more)
            return str(done.state)

    def wall(self, audience: str = "staff", **place: Any) -> list[honours.Honour]:
        with self.database.read() as session:
            return honours.on_show(session, audience, **place)

    def names(self, audience: str = "staff", **place: Any) -> list[str]:
        return [one.name for one in self.wall(audience, **place)]

    def set(self, who: str, **facts: Any) -> None:
        with self.database.write.begin() as session:
            for name, value in facts.items():
                setattr(session.get_one(Person, self.people[who]), name, value)

    def rule(self, **facts: Any) -> None:
        with self.database.write.begin() as session:
            houserules.change(session, Actor("admin", "Root"), **facts)

    def count(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count(Nomination.id))) or 0


def open_shop(database: Database) -> Shop:
    shop = Shop(database, Ear(database))
    with clock.frozen(AT), database.write.begin() as session:
        make.company(session)
        here = make.team(session, "Shop")
        there = make.team(session, "Claims", make.site(session, "Oslo"))
        for name, team in {"Ana": here, "Ben": here, "Cleo": here, "Dan": there}.items():
            shop.people[name] = make.person(session, f"{name} Silva", team).id
        for name in ("Lea", "Max"):
            email = f"{name.lower()}@example.com"
            account = Account(email=email, name=name, role="lead", created_at=AT)
            session.add(account)
            session.flush()
            shop.leads[name] = Actor("lead", name, account_id=account.id)
        shop.leads["Own"] = Actor("lead", "Own", team_ids=frozenset({here.id}))
    return shop


@pytest.fixture
def shop(sqlite_url: str) -> Iterator[Shop]:
    database = connect(sqlite_url)
    opened = open_shop(database)
    with clock.frozen(AT):
        yield opened
    opened.ear.close()
    database.dispose()


def test_a_nomination_stands_on_the_wall_at_once_and_is_written_down(shop: Shop) -> None:
    shop.nominate(badge="Kindness")
    (shown,) = shop.wall()
    assert (shown.name, shown.reason, shown.badge, shown.team) == (
        "Ana S.", WHY, "Kindness", "Shop",
    )  # fmt: skip
    assert shown.marks
    assert "heroes" in shop.ear.news()
    with shop.database.read() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.who, entry.action, entry.thing) == ("Lea", "nominations.make", "nomination 1")
    assert entry.after is not None
    assert entry.after["reason"] == WHY


@pytest.mark.parametrize(
    ("fields", "words", "status"),
    [
        ({"reason": "Too short"}, "10 characters or more", 422),
        ({"reason": "  \u202e \u0000 so   few \n   "}, "10 characters or more", 422),
        ({"reason": "x" * 281}, "280 characters at most; these are 281", 422),
        ({"badge": "Employee of the decade"}, "not on the company's list", 409),
        ({"story": "77"}, "not about this person", 409),
        ({"story": "²"}, "not about this person", 409),
    ],
)
def test_what_will_not_do_is_said_in_a_sentence(
    shop: Shop, fields: dict[str, str], words: str, status: int
) -> None:
    with pytest.raises(CheerboardError, match=words) as refused:
        shop.nominate(**fields)
    assert refused.value.status == status
    assert shop.count() == 0


def test_nobody_nominates_or_approves_themselves(shop: Shop) -> None:
    shop.set("Ana", email="lea@example.com")
    with pytest.raises(ForbiddenError, match="themselves"):
        shop.nominate("Ana", by="Lea")
    shop.rule(second_lead=True)
    shop.nominate("Ana", by="Max")
    with pytest.raises(ForbiddenError, match="themselves"):
        shop.decide("approve", "Lea", 1)
    with shop.database.read() as session:
        offered = {one.name for one in nominees.offered(session, shop.leads["Lea"])}
    assert offered == {"Ben Silva", "Cleo Silva", "Dan Silva"}


def test_a_lead_nominates_own_teams_only(shop: Shop) -> None:
    with pytest.raises(ForbiddenError):
        shop.nominate("Dan", by="Own")
    assert shop.nominate("Ana", by="Own").state == "shown"
    with shop.database.read() as session:
        offered = {one.name for one in nominees.offered(session, shop.leads["Own"])}
    assert "Dan Silva" not in offered


@pytest.mark.parametrize("facts", [{"visibility": "hidden"}, {"left_on": AT.date()}])
def test_who_hides_or_left_is_not_there_to_be_nominated(shop: Shop, facts: dict[str, Any]) -> None:
    shop.nominate()
    shop.set("Ana", **facts)
    assert shop.wall() == []
    with pytest.raises(NotFoundError):
        shop.nominate("Ana", by="Max")
    with shop.database.read() as session:
        assert "Ana Silva" not in {n.name for n in nominees.offered(session, shop.leads["Max"])}


def test_a_giver_has_so_many_a_month_by_the_companys_clock(shop: Shop) -> None:
    shop.rule(per_month=2)
    shop.nominate("Ana")
    shop.nominate("Ben")
    with pytest.raises(CheerboardError, match="2 nominations of this month") as refused:
        shop.nominate("Cleo")
    assert refused.value.status == 409
    shop.nominate("Cleo", by="Max")
    # What is taken back is to be given again.
    shop.decide("withdraw", "Lea", 1)
    shop.nominate("Cleo")
    # Midnight in Berlin, two hours before that of the server.
    with clock.frozen(datetime(2026, 6, 30, 21, 59, tzinfo=UTC)), pytest.raises(CheerboardError):
        shop.nominate("Dan")
    with clock.frozen(datetime(2026, 6, 30, 22, 0, tzinfo=UTC)):
        shop.nominate("Dan")


def test_the_same_twice_is_one(shop: Shop) -> None:
    assert shop.nominate().id == shop.nominate().id
    assert shop.count() == 1
    shop.nominate(reason="Something else, and as good.")
    assert shop.count() == 2


def test_a_second_lead_approves_where_the_company_wants_it(shop: Shop) -> None:
    shop.rule(second_lead=True)
    assert shop.nominate().state == "waiting"
    assert shop.wall() == []
    with pytest.raises(CheerboardError, match="second lead"):
        shop.decide("approve", "Lea", 1)
    assert shop.decide("approve", "Max", 1) == "shown"
    assert shop.names() == ["Ana S."]
    with shop.database.write.begin() as session:
        other = drafts.Draft("In other words, and better ones.")
        nominations.edit(session, shop.leads["Lea"], 1, 1, other)
    assert shop.wall() == []  # what is new waits again


def test_whoever_comes_second_changes_nothing_and_hears_who_was_first(shop: Shop) -> None:
    shop.rule(second_lead=True)
    shop.nominate()
    shop.leads["Ann"] = Actor("admin", "Ann", account_id=None)
    assert shop.decide("approve", "Max", 1) == "shown"
    assert shop.decide("approve", "Max", 1) == "shown"  # the same press twice is no quarrel
    shop.ear.news()
    for what in ("approve", "decline"):
        with pytest.raises(CheerboardError, match=r"Max approved it first, at 11:00") as late:
            shop.decide(what, "Ann", 1)
        assert late.value.status == 409
    assert shop.ear.news() == set()
    with shop.database.read() as session:
        decided = select(func.count()).where(AuditEntry.action == "nominations.decide")
        assert session.scalar(decided) == 1


def test_two_presses_at_once_have_one_effect(database: Database) -> None:
    shop = open_shop(database)
    shop.rule(second_lead=True)
    shop.nominate()
    shop.leads["Ann"] = Actor("admin", "Ann")
    ready, heard = threading.Barrier(2), []

    def press(what: str, by: str) -> None:
        ready.wait()
        try:
            heard.append(shop.decide(what, by, 1))
        except CheerboardError as late:
            heard.append(late.sentence)

    presses = [threading.Thread(target=press, args=one) for one in
               (("approve", "Max"), ("decline", "Ann"))]  # fmt: skip
    for one in presses:
        one.start()
    for one in presses:
        one.join(PATIENCE)
    first = next(one for one in heard if one in ("shown", "declined"))
    (late,) = [one for one in heard if one != first]
    assert late.startswith("Max approved it" if first == "shown" else "Ann turned it down")
    shop.ear.close()


def test_an_edit_of_something_else_than_was_read_is_refused(shop: Shop) -> None:
    shop.nominate()
    with shop.database.write.begin() as session:
        nominations.edit(session, shop.leads["Lea"], 1, 1, drafts.Draft("Better words than mine."))
    with pytest.raises(CheerboardError, match="meanwhile"), shop.database.write.begin() as session:
        nominations.edit(session, shop.leads["Max"], 1, 1, drafts.Draft("Worse words than those."))
    assert shop.wall()[0].reason == "Better words than mine."


def test_customers_words_are_shown_only_while_released(shop: Shop) -> None:
    with shop.database.write.begin() as session:
        person = session.get_one(Person, shop.people["Ana"])
        story_id = scenery.story(session, person=person).id
        other = scenery.story(session, person=session.get_one(Person, shop.people["Ben"])).id
    with pytest.raises(CheerboardError, match="not about this person"):
        shop.nominate(story=str(other))
    shop.nominate(story=str(story_id))
    seen = []
    for state in ("candidate", "released", "recalled"):
        with shop.database.write.begin() as session:
            session.get_one(Story, story_id).state = state
        seen.append(shop.wall()[0].story is not None)
    assert seen == [False, True, False]
    with shop.database.write.begin() as session:
        session.delete(session.get_one(Story, story_id))
    assert shop.names() == ["Ana S."]  # a customer is forgotten, the thanks stay


def test_every_audience_and_place_sees_its_own(shop: Shop) -> None:
    shop.set("Ben", visibility="hidden")
    shop.nominate("Ana", reason="Ana Silva and BEN Silva mended what Dan Silva broke.")
    shop.nominate("Dan", by="Max")
    assert shop.names() == ["Dan S.", "Ana S."]
    assert shop.wall()[1].reason.startswith("Ana [name] and [name]")
    visitor = shop.wall("visitor")[1]
    assert (visitor.name, visitor.team) == ("Ana", None)
    assert "Silva" not in visitor.reason
    assert shop.wall("street") == []
    assert shop.names(scope="team", scope_id=1) == ["Ana S."]
    assert shop.names(scope="site", scope_id=2) == ["Dan S."]


def test_a_wall_shows_the_three_newest_for_a_week(shop: Shop) -> None:
    for hours, who in enumerate(("Ana", "Ben", "Cleo", "Dan")):
        with clock.frozen(AT + timedelta(hours=hours)):
            shop.nominate(who)
    assert shop.names() == ["Dan S.", "Cleo S.", "Ben S."]
    with clock.frozen(AT + timedelta(days=7, hours=2)):
        assert shop.names() == ["Dan S."]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Ana Silva", "Ana"), ("  ana silva ", "Ana"), ("ana", "Ana"), ("Ana S.", "Ana"),
        ("Anna", None), ("Silva", None), ("<b>Ana</b>", None),
    ],
)  # fmt: skip
def test_whom_a_stranger_means(shop: Shop, written: str, meant: str | None) -> None:
    with shop.database.write.begin() as session:
        nominations.put_forward(session, "hall", written, drafts.Draft(WHY))
        found = session.scalars(select(Nomination)).one()
        assert (found.state, found.named, found.giver) == ("waiting", written, "")
        assert found.person_id == (shop.people[meant] if meant else None)


def test_a_stranger_cannot_nominate_who_hides_nor_find_out(shop: Shop) -> None:
    shop.set("Ben", visibility="hidden")
    with shop.database.write.begin() as session:
        nominations.put_forward(session, "hall", "Ben Silva", drafts.Draft(WHY))
    assert shop.count() == 0


def test_a_lead_says_whom_a_stranger_meant(shop: Shop) -> None:
    with shop.database.write.begin() as session:
        nominations.put_forward(session, "hall", "the tall one", drafts.Draft(WHY))
    with pytest.raises(CheerboardError, match="who is meant"):
        shop.decide("approve", "Lea", 1)
    with pytest.raises(ForbiddenError):
        shop.decide("approve", "Own", 1, shop.people["Dan"])
    assert shop.decide("approve", "Lea", 1, shop.people["Dan"]) == "shown"
    assert shop.names() == ["Dan S."]


def test_a_link_is_good_for_its_board_until_new_ones_are_made() -> None:
    rules, secret = houserules.HouseRules(open_link=True), b"made-up"
    link = houserules.link_of(secret, "hall", rules)
    again = houserules.HouseRules(open_link=True, generation=2)
    closed = houserules.HouseRules()
    assert houserules.slug_of(secret, link, rules) == "hall"
    for text, known in [(link, again), (link, closed), (link[:-1], rules), ("hall.", rules),
                        (f"x{link}", rules), ("\udc80.é", rules)]:  # fmt: skip
        assert houserules.slug_of(secret, text, known) is None
