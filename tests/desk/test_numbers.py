"""Numbers: what stands beside a score, who may look behind it, and what it was on Tuesday."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app import clock
from app.board.models import Board
from app.db import Database, connect
from app.desk import charts, numberpages
from app.desk.made import key_of
from app.people import roster
from app.people.models import AccountTeam, Company, Person
from app.responses import ledger
from app.responses.answer import Answer
from app.responses.ledger import Change, Entry
from app.responses.models import Asked
from app.scores import tallies
from app.scores.nps import Tally
from app.scores.tallies import Point
from tests import make
from tests.people.visitor import Visitor, house, lead

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)  # a Wednesday
TUESDAY = datetime(2026, 6, 9, 12, 0, tzinfo=UTC)


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """Service has 15 answers, Claims 12, Tiny 3: of Monday; late ones are taken in today."""
    opened = connect(sqlite_url)
    with opened.write.begin() as session:
        company = make.company(session)
        company.target = 50
        for name, who in (("Service", "Ana Silva"), ("Claims", "Bo Berg"), ("Tiny", "Cy Dahl")):
            make.person(session, who, make.team(session, name))
        make.source(session)
        session.add(
            Board(slug="hall", title="Hall", scenes=["pulse"], audience="staff", settings={})
        )
    monday = NOW - timedelta(days=2)
    with clock.frozen(monday + timedelta(hours=1)):
        take(opened, "Ana Silva", [10] * 9 + [7, 7, 8] + [2, 3, 6], monday)
        take(opened, "Bo Berg", [10] * 6 + [8] * 3 + [0] * 3, monday)
        take(opened, "Cy Dahl", [9, 9, 1], monday)
    yield opened
    opened.dispose()


def take(database: Database, who: str, scores: list[int], at: datetime) -> list[Change]:
    """Answers of one person's customers, with tallies, as the intake writes them."""
    answers = [
        Answer(
            response_id=f"{who}-{at:%d%H}-{number}",
            score=score,
            comment=f"Said {score}. Mail me at uma@example.com, Uma Carter."
            if number == 0
            else None,
            email="uma@example.com",
            name="Uma Carter",
            submitted_at=at,
            attributes={"employee": who},
        )
        for number, score in enumerate(scores)
    ]
    with database.write.begin() as session:
        entries = [Entry(1, None, at, one) for one in answers]
        changes = ledger.record(session, entries, roster.load(session))
        tallies.apply(session, changes)
    return changes


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    return house(database, tmp_path, numberpages.router)


def someone(app: FastAPI, database: Database, role: str = "lead", team: int = 0) -> Visitor:
    account = lead(database, role=role)
    if team:
        with database.write.begin() as session:
            session.add(AccountTeam(account_id=account, team_id=team))
    visitor = Visitor(app)
    visitor.sign_in()
    return visitor


def read(visitor: Visitor, path: str, at: datetime = NOW) -> str:
    with clock.frozen(at):
        answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text.split("</header>")[1]).split())


def test_a_score_with_all_that_belongs_beside_it(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        session.add(Asked(day=date(2026, 6, 8), eligible=90, invited=60))
    with clock.frozen(NOW):
        uma = someone(app, database)
    page = read(uma, "/numbers")
    assert "Northwind , 28 days to 10 Jun 2026" in page
    assert "+ 33 between +2 and +58 · 30 answers" in page
    assert "Too few answers to compare with the 28 days before." in page
    assert "17 promoters 6 passives 7 detractors" in page.replace("&nbsp;", "")
    assert "Target +50 level within the uncertainty" in page
    assert "30 of 60 invited customers answered (50 %); 67 % of those who could be asked" in page
    assert "Service +40" in page
    # Tiny is too small, and the smaller of the others goes with it, else a subtraction tells.
    assert "Tiny not shown" in page
    assert "Claims not shown" in page
    assert "fewer than 10 answers, and the next" in page
    assert "Answers by score: 3, 1, 1, 1, 0, 0, 1, 2, 4, 2, 15 for 0 to 10" not in page
    assert 'aria-label="Answers by score: 3, 1, 1, 1, 0, 0, 1, 2, 4, 2, 15 for 0 to 10"' in (
        uma.last.text
    )


def test_under_ten_there_is_no_score_and_no_picture(app: FastAPI, database: Database) -> None:
    with clock.frozen(NOW):
        uma = someone(app, database)
    page = read(uma, "/numbers?scope=team&id=3")
    assert "Collecting, 3 of 10" in page
    assert "Which scores were given" not in page
    with clock.frozen(NOW):
        assert "Collecting" not in read(uma, "/numbers")


@pytest.mark.parametrize("path", ["/numbers?scope=team&id=2", "/numbers/made?scope=team&id=2"])
def test_who_shelters_a_small_team_is_hidden_at_its_own_address_too(
    app: FastAPI, database: Database, path: str
) -> None:
    with clock.frozen(NOW):
        uma = someone(app, database)
    page = read(uma, path)
    assert "Not shown" in page
    assert not re.search(r"promoters|\+25|12 answers|How many answered|Week by week", page)
    with database.write.begin() as session:
        session.add(Board(slug="c", title="C", scenes=[], audience="staff", settings={}, team_id=2))
    page = read(uma, "/numbers/then?board=c&at=2026-06-09T14:00")
    assert "Not shown" in page
    assert "promoters" not in page
    assert "came in" not in page


def test_a_persons_number_only_where_persons_are_shown(app: FastAPI, database: Database) -> None:
    with clock.frozen(NOW):
        uma = someone(app, database)
        assert uma.get("/numbers?scope=person&id=1").status_code == 403
        assert "Ana Silva" not in uma.get("/numbers?scope=team&id=1").text
        with database.write.begin() as session:
            session.get_one(Company, 1).individuals = True
        assert uma.get("/numbers?scope=person&id=1").status_code == 200
        assert "Ana Silva" in uma.get("/numbers?scope=team&id=1").text
        with database.write.begin() as session:
            _hide(session, 1)
        assert uma.get("/numbers?scope=person&id=1").status_code == 403
        assert "Ana Silva" not in uma.get("/numbers?scope=team&id=1").text


def _hide(session: Session, person_id: int) -> None:

    session.get_one(Person, person_id).visibility = "hidden"


@pytest.mark.parametrize(
    ("role", "team", "seen", "unseen"),
    [
        ("lead", 1, ["Said 10. Mail me at [e-mail], [name]."], ["uma@example.com", "Claims"]),
        ("admin", 0, ["Said 10.", "Uma Carter · uma@example.com", "Claims"], []),
    ],
)
def test_the_answers_behind_a_number_for_own_teams_without_e_mails(
    app: FastAPI, database: Database, role: str, team: int, seen: list[str], unseen: list[str]
) -> None:
    with clock.frozen(NOW):
        uma = someone(app, database, role, team)
    page = read(uma, "/numbers/answers?kind=promoter")
    assert all(words in page for words in seen)
    assert not any(words in page for words in unseen)
    assert "Score 7" not in page
    assert "Ana" not in page  # individuals are off


def test_a_viewer_reads_numbers_and_no_words(app: FastAPI, database: Database) -> None:
    with clock.frozen(NOW):
        viewer = someone(app, database, "viewer")
        assert "/numbers/answers" not in viewer.get("/numbers").text
        assert viewer.get("/numbers/answers").status_code == 403


def test_how_it_is_made_with_what_does_not_count(app: FastAPI, database: Database) -> None:
    with clock.frozen(NOW):
        uma = someone(app, database)
        with database.write.begin() as session:
            tallies.apply(session, ledger.exclude(session, [1, 2], "a test of ours"))
    page = read(uma, "/numbers/made")
    assert "100 × (15 − 7) ÷ 28 = +29" in page
    assert "2 excluded a test of ours" in page
    assert "14 May 2026 to 10 Jun 2026" in page.replace("from 14", "14")


def test_a_weighted_score_stands_beside_the_plain_one(app: FastAPI, database: Database) -> None:
    with clock.frozen(NOW):
        uma = someone(app, database)
    with database.write.begin() as session:
        answer = Answer(response_id="w", score=0, submitted_at=TUESDAY, channel="SMS")
        tallies.apply(
            session, ledger.record(session, [Entry(1, None, NOW, answer)], roster.load(session))
        )
        session.get_one(Company, 1).weights = {"sms": 3}
    # 17 promoters, 6 passives and 7 detractors of no named channel, and one that counts thrice.
    said = "Weighted by channel (SMS 3, no name 1) it would be +21"
    assert said in read(uma, "/numbers")
    assert "+ 29 between" in read(uma, "/numbers")
    assert said in read(uma, "/numbers/made")
    with database.write.begin() as session:
        session.get_one(Company, 1).weights = {"email": 3}
    assert "Weighted" not in read(uma, "/numbers")


def test_on_the_wall_a_phone_reads_what_the_wall_shows_and_no_more(
    app: FastAPI, database: Database
) -> None:
    stranger = Visitor(app)
    key = key_of(app.state.settings, "hall")
    page = read(stranger, f"/made/{key}")
    assert "100 × (17 − 7) ÷ 30 = +33" in page
    assert "Claims" not in page
    for wrong in ("hall", "hall.", f"{key}0", f"x{key}", "hall." + "0" * 15, "\u00fc.x"):
        assert stranger.get(f"/made/{wrong}").status_code == 404, wrong
    with clock.frozen(NOW):
        uma = someone(app, database)
        square = uma.get("/tv/hall/made.svg")
    assert square.headers["content-type"] == "image/svg+xml"


def test_what_the_wall_showed_on_tuesday_and_why(app: FastAPI, database: Database) -> None:
    with clock.frozen(NOW):
        uma = someone(app, database)
        take(database, "Ana Silva", [0, 0, 0], TUESDAY)  # came late
        with database.write.begin() as session:
            tallies.apply(session, ledger.withdraw(session, [1], "the customer asked"))
    page = read(uma, "/numbers/then?board=hall&at=2026-06-09T14:00")
    assert "Tue 9 Jun 2026, 14:00" in page
    assert "+ 33 between +2 and +58 · 30 answers of 28 days" in page
    assert "17 promoters, 6 passives, 7 detractors" in page
    assert "Known about the same days today: 16 promoters, 6 passives, 10 detractors." in page
    # Which of the dots were Tiny's is not told: there are too few.
    assert "1 came in Mon 8 Jun 15:00:00" in page
    assert "Tiny" not in page
    assert "No voices yet" in read(uma, "/numbers/then?board=hall&at=2026-06-01T14:00")


@pytest.mark.parametrize(
    "address",
    [
        "/numbers?scope=moon", "/numbers?scope=team&id=99", "/numbers?days=999", "/numbers?id=0",
        "/numbers?until=9999-12-31", "/numbers?until=x", "/numbers/answers?kind=x",
        "/numbers/then?board=x&at=2026-06-09T14:00", "/numbers/then?board=hall&at=x",
        "/numbers/then?board=hall&at=2030-01-01T00:00", "/numbers/then?board=hall&at=0001-01-01",
        "/numbers/then?board=%00&at=2026-06-09T14:00", "/numbers?id=99999999999999999999",
    ],
)  # fmt: skip
def test_questions_that_cannot_be(app: FastAPI, database: Database, address: str) -> None:
    with clock.frozen(NOW):
        uma = someone(app, database)
        assert uma.get(address).status_code in (400, 404, 422)
        assert "<h1>" in uma.last.text


def test_a_trend_is_drawn_within_its_frame_and_breaks_where_nothing_is_known() -> None:
    days = [date(2026, 3, 1) + timedelta(weeks=week) for week in range(6)]
    points = [Point(day, Tally(10, 5, 5)) for day in days]
    points[2] = Point(days[2], Tally(3, 0, 0))
    drawn = charts.trend(points, 90)
    assert (len(drawn.marks), len(drawn.runs)) == (5, 2)
    for mark in drawn.marks:
        assert charts.TOP <= mark.high <= mark.y <= mark.low <= charts.HEIGHT - charts.BOTTOM
    assert drawn.target is not None
    assert charts.TOP <= drawn.target < drawn.marks[0].high
    for extreme in ([], [Point(days[0], Tally(50))], [Point(days[0], Tally(0, 0, 50))]):
        assert all(0 <= y <= charts.HEIGHT for y, _ in charts.trend(extreme, None).lines)
