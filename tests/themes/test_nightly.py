"""A night counts what passives wrote about; page and wall say it with safe words only."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import clock
from app.board import paint
from app.board.scene import stage_of, styles
from app.board.scenes import themes as scene
from app.db import Database
from app.language import speaking
from app.responses import ledger
from app.scores.nps import Tally
from app.themes import nightly, pages, phrases
from app.web import STATIC
from tests import make
from tests.board import wall
from tests.people.visitor import Visitor, house, lead
from tests.scores.given import NOON, answers

SAFE = "The queue at the till was really long on Saturday, please open another one."
UNSAFE = "The queue was long and the idiot at the till was lazy and rude to everybody."
WELL = "There was hardly any waiting: Anna saw the queue, opened a second till and smiled."


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On SQLite alone: the signals try a night on both."""
    return sqlite_url


@pytest.fixture
def northwind(database: Database) -> Database:
    """34 of 37 passives name the queue, the newest unsafely; promoters praise the staff."""
    with database.write.begin() as session:
        make.company(session)
        make.source(session)
        service = make.team(session, "Service")
        make.person(session, "Anna", service)
        for day in range(2, 13):
            answers(session, Tally(0, 3, 0), days_ago=day, comment=SAFE)
        answers(session, Tally(0, 1, 0), days_ago=1, comment=UNSAFE, attributes={"team": "Service"})
        answers(
            session, Tally(0, 3, 0), days_ago=3, comment="It was all fine, nothing special here."
        )
        answers(session, Tally(60, 0, 0), days_ago=3, comment="Anna from the staff was so helpful.")
        answers(session, Tally(1, 4, 2), days_ago=3)
        answers(
            session, Tally(0, 30, 0), days_ago=100, comment="The price was much too high for me."
        )
    return database


def test_a_night_counts_themes_and_phrases_and_keeps_no_comment(northwind: Database) -> None:
    assert nightly.look(northwind) == 3  # company, site, team
    assert nightly.look(northwind) is None
    with northwind.read() as session:
        report = nightly.newest(session, "company", 1)
        few = nightly.newest(session, "team", 1)
        assert report is not None
        assert few is not None
        facts = report.facts
        assert facts["wrote"] == {"promoter": 60, "passive": 37, "detractor": 0}
        assert facts["silent"] == {"promoter": 1, "passive": 4, "detractor": 2}
        waiting = next(one for one in facts["themes"] if one["theme"] == "waiting")
        assert (waiting["passives"], waiting["promoters"], waiting["gap"]) == (34, 0, 91.9)
        assert waiting["z"] > 2.6
        assert "price" not in {one["theme"] for one in facts["themes"]}  # before the 91 days
        assert nightly.safe_words(session, waiting["example"], ()) == SAFE
        assert {"queue"} & {word for phrase in facts["phrases"] for word in phrase[0].split()}
        assert few.facts["themes"] == []  # one passive is nobody's theme
    assert SAFE not in str(facts)


def test_an_example_that_was_withdrawn_is_gone_at_once(northwind: Database) -> None:
    nightly.look(northwind)
    with northwind.write.begin() as session:
        report = nightly.newest(session, "company", 1)
        assert report is not None
        example = report.facts["themes"][0]["example"]
        ledger.withdraw(session, [example], "the customer wished it")
        assert nightly.safe_words(session, example, ()) is None


def test_the_page_tells_counts_and_one_safe_example(northwind: Database, tmp_path: Path) -> None:
    lead(northwind, role="viewer")
    visitor = Visitor(house(northwind, tmp_path, pages.router))
    visitor.sign_in()
    assert "Nothing is counted yet" in visitor.get("/themes").text
    nightly.look(northwind)
    shown = " ".join(re.sub(r"<[^>]*>", " ", visitor.get("/themes").text).split())
    assert "Waiting : 34 of 37 passives, 0 of 60 promoters · surely more than promoters" in shown
    assert SAFE in shown
    assert "idiot" not in shown
    assert "1 of 10 passives wrote something" in visitor.get("/themes?team=1").text
    assert visitor.get("/themes?team=0").status_code == 422
    assert visitor.get("/themes?team=99").status_code == 200


def test_the_wall_tells_it_to_staff_with_released_words(northwind: Database) -> None:
    nightly.look(northwind)
    with northwind.write.begin() as session:
        board = wall.board(session)
        stage = stage_of(session, board)
        assert scene.steps(session, stage) == (14,)
        (row, *_) = scene.look(session, stage).rows
        assert (row.name, row.count, len(row.rings), row.words) == ("Waiting", "34", 17, None)
        story = wall.tell(session, WELL)
        drawn = paint.paint(session, stage, ["themes-0"])["themes-0"]
        assert "There was hardly any waiting" in drawn
        assert SAFE not in drawn
        story.state = "recalled"
        session.flush()
        assert "hardly any" not in paint.paint(session, stage, ["themes-0"])["themes-0"]
        with speaking("de"):
            assert scene.look(session, stage).rows[0].name == "Warten"
        for audience in ("visitor", "street"):
            board.audience = audience
            assert scene.steps(session, stage_of(session, board)) == ()
    assert "css/scenes/themes.css" in styles()
    assert (STATIC / "css/scenes/themes.css").exists()


def test_a_phrase_of_both_sides_tells_nothing() -> None:
    alike = ["the till was fine"] * 30
    assert phrases.telling(alike, alike) == []
    assert phrases.telling([], alike) == phrases.telling(alike, []) == []
    (first, *_) = phrases.telling(["parking garage narrow"] * 30 + alike, alike)
    assert (first.passives, first.promoters) == (30, 0)
    assert set(first.words.split()) <= {"parking", "garage", "narrow"}
    assert phrases.telling(["two only"] * 2 + alike, alike) == []


@pytest.mark.parametrize(
    ("passive", "kept"),
    [
        ("But it was a bit too slow", "slow"),
        ("Aber es war dann doch zu langsam", "langsam"),
        ("Maar het was toch wel te traag", "traag"),
        ("Men det var dog lidt for langsomt", "langsomt"),
        ("Mais c'était quand même trop lent", "lent"),
        ("Pero fue un poco lento", "lento"),
    ],
)
def test_words_that_say_nothing_alone_are_no_phrase(passive: str, kept: str) -> None:
    found = phrases.telling([passive] * 30, ["splendid"] * 30)
    assert found
    assert all(kept in one.words.split() for one in found)
