"""Answers into the ledger, one after the other and in batches; on either database."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.people import roster
from app.people.models import Person
from app.responses import ledger
from app.responses.answer import Withdrawal
from app.responses.models import LedgerEntry, Response
from app.responses.voice import Change, Voice
from tests import make
from tests.responses.given import NOON, answer, entry, ids, one_by_one, record, steps, stored


def only(changes: list[Change]) -> Change:
    assert len(changes) == 1
    return changes[0]


def test_an_answer_counts_with_its_place_and_date(northwind: Database) -> None:
    said = answer(
        score=10,
        comment="Fab",
        email=" Uma@Example.com ",
        survey_id="store-nps",
        channel="email",
        submitted_at=datetime(2026, 6, 10, 13, 30, tzinfo=UTC),
        attributes={"employee": "ana silva", "shelf": "B"},
    )
    with northwind.write.begin() as session:
        change = only(record(session, said))
    kept = stored(northwind)
    # Half past one in the afternoon in London is the next day in Auckland.
    assert change.after == Voice(10, date(2026, 6, 11), 2, 1, 1, "store-nps", "email")
    assert (change.before, change.is_new, change.response_id) == (None, True, kept.id)
    assert (change.row["id"], change.row["comment"]) == (kept.id, "Fab")
    assert (kept.status, kept.answered_on, kept.site_id) == ("counted", date(2026, 6, 11), 2)
    assert kept.email == "uma@example.com"
    assert kept.attributes == {"employee": "ana silva", "shelf": "B"}
    with northwind.read() as session:
        row = session.scalars(select(LedgerEntry)).one()
    assert (row.response_id, row.delivery_id, row.before) == (kept.id, 7, None)
    assert row.after == change.after


def test_zero_is_a_score(northwind: Database) -> None:
    [[change]] = one_by_one(northwind, answer(score=0))
    assert change.after is not None
    assert change.after.score == 0
    assert stored(northwind).status == "counted"


def test_an_update_to_zero_is_not_lost(northwind: Database) -> None:
    one_by_one(northwind, answer(score=9), answer(score=0))
    one_by_one(northwind, answer("r-2", score=9, version=1), answer("r-2", score=0, version=1))
    assert (stored(northwind).score, stored(northwind, "r-2").score) == (0, 0)


def test_without_a_time_the_time_of_receipt_counts(northwind: Database) -> None:
    one_by_one(northwind, entry(answer(), after=5))
    kept = stored(northwind)
    assert kept.submitted_at == datetime(2026, 6, 10, 12, 5, tzinfo=UTC)
    assert kept.answered_on == date(2026, 6, 10)


def test_a_repeat_changes_and_appends_nothing(northwind: Database) -> None:
    said = answer(comment="Fab", version=5, attributes={"store": "Harbour"})
    first, *repeats = one_by_one(northwind, said, said, said)
    assert len(first) == 1
    assert repeats == [[], []]
    assert steps(northwind) == [(None, 9)]


def test_a_newer_version_wins_whole_and_an_older_one_changes_nothing(northwind: Database) -> None:
    one_by_one(
        northwind,
        answer(score=3, comment="Slow", name="Uma", version=2),
        answer(score=9, comment=None, version=3),
        answer(score=5, comment="Older still", version=1),
    )
    kept = stored(northwind)
    assert (kept.score, kept.comment, kept.name, kept.version) == (9, None, None, 3)
    assert steps(northwind) == [(None, 3), (3, 9)]


def test_equal_versions_lose_nothing(northwind: Database) -> None:
    one_by_one(
        northwind,
        answer(score=9, comment="Fab", version=2, attributes={"store": "Harbour"}),
        answer(score=9, email="uma@example.com", version=2, attributes={"till": "4"}),
    )
    kept = stored(northwind)
    assert (kept.comment, kept.email) == ("Fab", "uma@example.com")
    assert kept.attributes == {"store": "Harbour", "till": "4"}


def test_without_versions_the_later_arrival_wins(northwind: Database) -> None:
    one_by_one(northwind, answer(score=9, comment="Fab"), answer(score=4), answer(score=6))
    assert (stored(northwind).score, stored(northwind).comment) == (6, "Fab")
    assert steps(northwind) == [(None, 9), (9, 4), (4, 6)]


def test_a_delivery_replayed_late_only_fills_what_is_blank(northwind: Database) -> None:
    one_by_one(
        northwind,
        entry(answer(score=4), after=10),
        entry(answer(score=9, comment="From the failed one"), after=2),
    )
    assert (stored(northwind).score, stored(northwind).comment) == (4, "From the failed one")


def test_a_newer_version_that_says_the_same_is_remembered_silently(northwind: Database) -> None:
    changes = one_by_one(
        northwind,
        answer(score=9, version=1),
        answer(score=9, version=3),
        answer(score=2, version=2),
    )
    assert [len(each) for each in changes] == [1, 0, 0]
    assert (stored(northwind).score, stored(northwind).version) == (9, 3)


def test_a_changed_comment_is_a_change_that_counts_the_same(northwind: Database) -> None:
    _, [change] = one_by_one(northwind, answer(version=1), answer(comment="And kind", version=2))
    assert change.before == change.after is not None
    assert (change.is_new, change.row["comment"]) == (False, "And kind")
    assert steps(northwind) == [(None, 9), (9, 9)]


def test_a_comment_before_its_score_waits_for_it(northwind: Database) -> None:
    midnight = datetime(2026, 6, 10, 22, 0, tzinfo=UTC)  # in Berlin
    part = answer(score=None, comment="Lovely", submitted_at=midnight.replace(hour=21, minute=59))
    [early], [late] = one_by_one(northwind, part, answer(score=9, submitted_at=midnight))
    assert (early.before, early.after, early.is_new) == (None, None, True)
    assert (late.before, late.is_new) == (None, False)
    kept = stored(northwind)
    assert (kept.status, kept.comment, kept.score) == ("counted", "Lovely", 9)
    assert (kept.answered_on, kept.submitted_at) == (date(2026, 6, 11), midnight)


def test_a_part_with_a_newer_version_empties_nothing(northwind: Database) -> None:
    one_by_one(
        northwind,
        answer(score=9, name="Uma", version=1),
        answer(score=None, comment="Later", version=2),
    )
    kept = stored(northwind)
    assert (kept.score, kept.name, kept.comment, kept.version) == (9, "Uma", "Later", 2)


def test_a_withdrawal_takes_the_voice_back(northwind: Database) -> None:
    _, [change], again = one_by_one(
        northwind, answer(), Withdrawal(response_id="r-1"), Withdrawal(response_id="r-1")
    )
    assert change.before is not None
    assert change.after is None
    assert again == []
    assert (stored(northwind).status, stored(northwind).reason) == (
        "withdrawn",
        "withdrawn by the platform",
    )


def test_a_withdrawal_that_overtakes_its_answer_is_not_lost(northwind: Database) -> None:
    [early], late = one_by_one(northwind, Withdrawal(response_id="r-1"), answer())
    assert (early.before, early.after) == (None, None)
    assert late == []
    assert stored(northwind).status == "withdrawn"


def test_only_a_strictly_newer_version_comes_back_from_withdrawal(northwind: Database) -> None:
    one_by_one(northwind, answer(version=1), Withdrawal(response_id="r-1", version=5))
    same, unsaid, newer = one_by_one(
        northwind, answer(version=5), answer(version=None), answer(score=8, version=6)
    )
    assert (same, unsaid) == ([], [])
    assert only(newer).after is not None
    assert stored(northwind).status == "counted"
    [older] = one_by_one(northwind, Withdrawal(response_id="r-1", version=4))
    assert older == []


def test_a_withdrawn_response_that_comes_back_takes_its_own_date(northwind: Database) -> None:
    at = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
    one_by_one(
        northwind,
        Withdrawal(response_id="r-1", version=1),
        answer(version=2, submitted_at=at, attributes={"store": "Harbour"}),
    )
    assert (stored(northwind).submitted_at, stored(northwind).answered_on) == (at, at.date())
    assert stored(northwind).site_id == 2


def test_what_the_platform_excludes_may_count_again(northwind: Database) -> None:
    _, [out], part, [back] = one_by_one(
        northwind,
        answer(version=1),
        answer(version=2, excluded="test account"),
        answer(score=None, name="Uma", version=3),
        answer(version=4),
    )
    assert (out.before is None, out.after) == (False, None)
    assert "test account" in str(out.row["reason"])
    assert only(part).after is None
    assert back.after is not None
    assert stored(northwind).reason is None


def test_a_repeat_of_the_same_version_does_not_readmit(northwind: Database) -> None:
    one_by_one(northwind, answer(version=2, excluded="bot"), answer(version=2))
    assert stored(northwind).status == "excluded"


def test_what_a_person_excludes_stays_excluded(northwind: Database) -> None:
    one_by_one(northwind, answer("r-1", version=1), answer("r-2", version=1))
    with northwind.write.begin() as session:
        change = only(ledger.exclude(session, ids(northwind, ["r-1"]), "staff as customer"))
        assert ledger.exclude(session, [change.response_id], "again") == []
    assert (change.before is None, change.after) == (False, None)
    one_by_one(northwind, answer("r-1", score=2, version=2))
    kept = stored(northwind)
    assert (kept.status, kept.reason, kept.score) == ("excluded", "staff as customer", 2)
    assert stored(northwind, "r-2").status == "counted"


def test_a_person_can_withdraw(northwind: Database) -> None:
    one_by_one(northwind, answer(version=1))
    with northwind.write.begin() as session:
        change = only(ledger.withdraw(session, ids(northwind, ["r-1"]), "asked to"))
    assert (change.after, change.row["reason"]) == (None, "asked to")
    assert one_by_one(northwind, answer(version=1)) == [[]]


def test_several_entries_of_one_response_in_one_batch(northwind: Database) -> None:
    with northwind.write.begin() as session:
        change = only(
            record(
                session,
                answer(score=3, version=1),
                answer(score=9, comment="Fab", version=3),
                answer(score=5, version=2),
                answer(score=8, comment="Good", version=4),
            )
        )
    assert (change.before, change.is_new, change.row["comment"]) == (None, True, "Good")
    assert change.after is not None
    assert change.after.score == 8
    assert steps(northwind) == [(None, 3), (3, 9), (9, 8)]


def test_answered_and_withdrawn_in_one_batch_counts_for_nothing(northwind: Database) -> None:
    with northwind.write.begin() as session:
        change = only(record(session, answer(), Withdrawal(response_id="r-1")))
    assert (change.before, change.after, change.is_new) == (None, None, True)
    assert steps(northwind) == [(None, 9), (9, None)]


def test_a_large_batch_from_two_sources(northwind: Database) -> None:
    said = [entry(answer(f"r-{n % 700}", score=n % 11), source_id=n % 2 + 1) for n in range(1400)]
    with northwind.write.begin() as session:
        changes = ledger.record(session, said, roster.load(session))
    with northwind.read() as session:
        rows = session.execute(select(Response.id, Response.source_id, Response.external_id)).all()
    assert len({change.response_id for change in changes}) == len(changes) == len(rows)
    assert {(c.response_id, c.row["source_id"], c.row["external_id"]) for c in changes} == {
        tuple(row) for row in rows
    }


def test_nothing_comes_of_an_empty_batch(northwind: Database) -> None:
    with northwind.write.begin() as session:
        assert record(session) == []
        assert ledger.exclude(session, [], "nobody") == []
        assert ledger.exclude(session, [12345], "unknown") == []


def test_an_update_names_another_store_but_keeps_its_date(northwind: Database) -> None:
    at = datetime(2026, 6, 10, 13, 30, tzinfo=UTC)
    _, [change] = one_by_one(
        northwind,
        answer(submitted_at=at, version=1),
        answer(submitted_at=at, version=2, attributes={"store": "Harbour"}),
    )
    assert change.before is not None
    assert change.after is not None
    assert (change.before.site_id, change.after.site_id) == (1, 2)
    assert change.before.day == change.after.day == date(2026, 6, 10)


def test_a_move_changes_no_old_answer(northwind: Database) -> None:
    said = {"employee": "Reto"}
    one_by_one(northwind, answer(attributes=said, version=1))
    with northwind.write.begin() as session:
        session.get_one(Person, 2).team_id = make.team(session, "Night crew").id
    one_by_one(northwind, answer(comment="Late", attributes=said, version=2))
    one_by_one(northwind, answer("r-2", attributes=said))
    assert (stored(northwind).team_id, stored(northwind, "r-2").team_id) == (1, 2)


def test_a_match_at_the_desk_takes_old_answers_along(northwind: Database) -> None:
    at = datetime(2026, 6, 10, 13, 30, tzinfo=UTC)
    one_by_one(northwind, answer(submitted_at=at, attributes={"employee": "Anita"}))
    assert stored(northwind).person_id is None
    with northwind.write.begin() as session:
        make.person(session, "Anita", None)
        changes = ledger.reassign(session, ids(northwind, ["r-1"]), roster.load(session))
        assert ledger.reassign(session, ids(northwind, ["r-1"]), roster.load(session)) == []
    change = only(changes)
    assert change.after is not None
    assert (change.after.person_id, change.after.day) == (3, date(2026, 6, 10))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("\0nul\0", "nul"),
        ("half \ud83d an emoji", "half  an emoji"),
        ("\u202eright to left", "\u202eright to left"),
        ("👩‍🚀" * 5, "👩‍🚀" * 5),
        ("x" * 20_000, "x" * 10_000),
        ("\0", None),
    ],
    ids=["nul", "surrogate", "marks", "emoji", "long", "nothing left"],
)
def test_any_text_can_be_kept(northwind: Database, given: str, kept: str | None) -> None:
    one_by_one(
        northwind,
        answer(
            comment=given, name=given, email=given, survey_id=given, channel=given,
            excluded=given, attributes={given: given},
        ),
    )  # fmt: skip
    assert stored(northwind).comment == kept


def test_very_long_ids_stay_apart(northwind: Database) -> None:
    one_by_one(northwind, answer("x" * 400 + "1"), answer("x" * 400 + "2"), answer("x" * 400 + "1"))
    with northwind.read() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 2


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_a_year_nobody_answered_in_is_not_believed(northwind: Database, year: int) -> None:
    one_by_one(northwind, answer(submitted_at=datetime(year, 1, 1, tzinfo=UTC)))
    assert stored(northwind).submitted_at == NOON


def test_before_there_is_a_company_answers_are_kept(database: Database) -> None:
    with database.write.begin() as session:
        make.source(session)
        change = only(record(session, answer(attributes={"employee": "Reto"})))
    assert change.after == Voice(9, NOON.date(), None, None, None, None, None)
