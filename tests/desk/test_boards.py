"""Boards at the desk: scenes by buttons and by drag, every setting, and no screen left without."""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.board import routes as board_routes
from app.board.models import Board
from app.board.opening import is_open
from app.board.options import MOST_SCENES, usual_scenes
from app.db import Database, connect
from app.desk import boards, boardscenes, company
from app.errors import CheerboardError
from app.people.models import AccountTeam, AuditEntry, Company
from app.scores.models import DailyTally
from app.screens.models import Screen
from tests import make
from tests.board.screenplay import screen
from tests.desk import scenery
from tests.people.visitor import Visitor, house, lead


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """Two boards, one of them a team's; SQL knows no dialect here."""
    opened = connect(sqlite_url)
    with opened.write.begin() as session:
        scenery.northwind(session)
        service = make.team(session, "Service")
        make.team(session, "Claims")
        scenery.board(session, "hall", "Hall")
        session.flush()
        session.add(
            Board(
                slug="service", title="Service", scenes=["pulse"], settings={}, team_id=service.id
            )
        )
    yield opened
    opened.dispose()


@pytest.fixture
def uma(database: Database, tmp_path: Path) -> Visitor:
    return signed_in(database, tmp_path, "uma@example.com", "admin")


def signed_in(
    database: Database, folder: Path, email: str, role: str, team: int | None = None
) -> Visitor:
    number = lead(database, email, role)
    if team is not None:
        with database.write.begin() as session:
            session.add(AccountTeam(account_id=number, team_id=team))
    app = house(database, folder, boards.router, company.router, board_routes.router)
    visitor = Visitor(app)
    visitor.sign_in(email)
    return visitor


def hall(database: Database, slug: str = "hall") -> Board:
    with database.read() as session:
        return session.scalars(select(Board).where(Board.slug == slug)).one()


def log(database: Database) -> list[tuple[str, object, object]]:
    with database.read() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        return [
            (row.thing, row.before, row.after)
            for row in rows
            if row.action in ("boards.change", "company.set")
        ]


@pytest.mark.parametrize(
    ("pressed", "order", "moved"),
    [
        ({"up": "tide"}, ["tide", "pulse", "story"], "tide"),
        ({"up": "pulse"}, ["pulse", "tide", "story"], "pulse"),
        ({"down": "pulse"}, ["tide", "pulse", "story"], "pulse"),
        ({"down": "story"}, ["pulse", "tide", "story"], "story"),
        ({"off": "tide"}, ["pulse", "story"], "tide"),
        ({"on": "week"}, ["pulse", "tide", "story", "week"], "week"),
        ({"on": "tide"}, ["pulse", "tide", "story"], "tide"),
        ({"up": "week"}, ["pulse", "tide", "story"], "week"),
        ({"order": "story,pulse,tide", "moved": "story"}, ["story", "pulse", "tide"], "story"),
    ],
)
def test_each_press_puts_its_scene(pressed: dict[str, str], order: list[str], moved: str) -> None:
    assert boardscenes.arranged(["pulse", "tide", "story"], pressed) == (order, moved)


def test_a_board_keeps_at_least_one_scene_and_only_scenes_there_are() -> None:
    for fields in ({"off": "pulse"}, {"order": "pulse,pulse"}, {"order": "pair"}, {"on": "\0"}):
        with pytest.raises(CheerboardError):
            boardscenes.arranged(["pulse"], fields)
    assert len(usual_scenes()) <= MOST_SCENES


def test_scenes_are_arranged_and_written_down(database: Database, uma: Visitor) -> None:
    uma.get("/boards/hall")
    uma.press("/boards/hall/scenes", {"on": "tide"})
    assert uma.last.headers["location"].endswith("/boards/hall?moved=on+tide")
    uma.get("/boards/hall")
    uma.press("/boards/hall/scenes", {"up": "tide"})
    assert hall(database).scenes == ["tide", "pulse"]
    page = uma.get("/boards/hall?moved=up tide")
    uma.press("/boards/hall/scenes", {"up": "tide"})  # there already: no change, nothing to log
    assert [entry[2] for entry in log(database)] == [
        {"scenes": "pulse, tide"},
        {"scenes": "tide, pulse"},
    ]
    # It is the first one now and cannot go further up: the press beside it has the focus.
    assert page.text.count(" autofocus") == 1
    assert 'value="tide" aria-label="Move down: Tide" autofocus' in page.text
    uma.get("/boards/hall")
    uma.press("/boards/hall/scenes", {"order": "tide,explode"})
    assert uma.last.status_code == 422
    assert "There is no scene &#39;explode&#39;" in uma.last.text


def test_every_setting_is_kept_and_shown_again(database: Database, uma: Visitor) -> None:
    said = {
        "title": "Ground <b>floor</b>", "place": "team 1", "audience": "visitor",
        "theme": "auto", "language": "de-CH", "hours": "mon-fri 08:00-18:00, sat 09:00-13:00",
        "holidays": "2026-12-24, DE-BY", "dwell": "12", "motion": "calm", "sound": "on",
        "orientation": "portrait", "scale": "1.2", "overscan": "2.5",
    }  # fmt: skip
    uma.get("/boards/hall")
    uma.press("/boards/hall", said)
    assert uma.last.headers["location"] == "/boards/hall?done=kept"
    page = unescape(uma.get("/boards/hall").text)
    for name, value in said.items():
        is_field = f'name="{name}" value="{value}"' in page
        assert is_field or f'<option value="{value}" selected>' in page, name
    board = hall(database)
    assert (board.team_id, board.audience, board.settings["dwell"]) == (1, "visitor", 12)
    monday = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)
    assert is_open(board.settings["hours"], [], monday)
    assert not is_open(board.settings["hours"], [], monday.replace(hour=19))
    uma.press("/boards/hall", said)
    assert len(log(database)) == 1  # the same again is no news


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(
    database: Database, uma: Visitor
) -> None:
    uma.get("/boards/hall")
    wrong = {"title": " ", "hours": "soon", "dwell": "900", "place": "team 99", "theme": "paper"}
    uma.press("/boards/hall", wrong)
    assert uma.last.status_code == 422
    for name in ("title", "hours", "dwell", "place"):
        assert f'id="{name}-wrong" role="alert"' in uma.last.text
    assert 'id="theme-wrong"' not in uma.last.text
    assert 'name="hours" value="soon"' in uma.last.text  # what was typed stays
    assert hall(database).settings == {}
    for hostile in ("\0", "team \u0663", "site 99999999999999999999", "x" * 5000):
        uma.get("/boards/hall")
        uma.press("/boards/hall", dict.fromkeys(wrong, hostile))
        assert uma.last.status_code == 422


def test_a_board_is_hung_and_gets_an_address_of_its_own(database: Database, uma: Visitor) -> None:
    for title, slug in [
        ("Zürich, 2. Stock", "zurich-2-stock"),
        ("Hall", "hall-2"),
        ("会議室", "wall"),
        ("---", "wall-2"),
    ]:
        uma.get("/boards")
        uma.press("/boards", {"title": title, "audience": "street"})
        assert uma.last.headers["location"] == f"/boards/{slug}?done=hung"
        assert hall(database, slug).scenes == usual_scenes()
    uma.get("/boards")
    uma.press("/boards", {"title": "", "audience": "street"})
    assert uma.last.status_code == 400
    assert "The board&#39;s title is empty." in uma.last.text
    for slug in ("nowhere", "%00", "x" * 300):
        assert uma.get(f"/boards/{slug}").status_code == 404


def test_a_board_with_screens_goes_only_when_they_have_another(
    database: Database, uma: Visitor
) -> None:
    with database.write.begin() as session:
        screen(session, "Lobby")
    for move_to in ("", "hall", "nowhere", "\0"):
        uma.get("/boards/hall")
        uma.press("/boards/hall/remove", {"move_to": move_to})
        assert uma.last.status_code == 422
        assert "Say where the screen &#39;Lobby&#39; shall go." in uma.last.text
    uma.press("/boards/hall/remove", {"move_to": "service"})
    assert uma.last.headers["location"] == "/boards?done=removed"
    with database.read() as session:
        assert session.scalars(select(Screen.board_slug)).all() == ["service"]
        assert session.scalars(select(Board.slug)).all() == ["service"]
    assert log(database)[-1][2] == {"screens moved to": "service"}
    uma.get("/boards")
    assert uma.press("/boards/hall/remove").status_code == 404


def test_a_team_s_board_is_its_own_lead_s(database: Database, tmp_path: Path) -> None:
    other = signed_in(database, tmp_path, "bo@example.com", "lead", team=2)
    assert 'action="/boards/service"' not in other.get("/boards/service").text
    other.get("/boards/hall")
    for path in ("", "/scenes", "/remove"):
        assert other.press(f"/boards/service{path}", {"off": "pulse"}).status_code == 403
        other.get("/boards/hall")
    # Nor may one's own, or the company's, be made to show another team.
    assert other.press("/boards/hall", {"place": "team 1"}).status_code == 403
    assert hall(database).team_id is None
    viewer = signed_in(database, tmp_path, "vi@example.com", "viewer")
    page = viewer.get("/boards/hall")
    assert "<button" not in page.text.split("<main")[1]


def test_who_hangs_a_team_s_wall_is_told_when_it_gives_a_small_team_away(
    database: Database, uma: Visitor
) -> None:
    said = "a group of fewer than 10 answers could be computed"
    facts = {"day": clock.now().date(), "segment": "|", "passives": 0, "detractors": 0}
    counts = {("company", 1): 103, ("site", 1): 103, ("team", 1): 100, ("team", 2): 3}
    with database.write.begin() as session:
        for (scope, scope_id), n in counts.items():
            session.add(DailyTally(scope=scope, scope_id=scope_id, promoters=n, **facts))
    assert said in uma.get("/boards/service").text
    assert said not in uma.get("/boards/hall").text
    with database.write.begin() as session:
        for row in session.scalars(select(DailyTally)):
            row.promoters += 17 * (row.scope_id == 2 or row.scope != "team")
    assert said not in uma.get("/boards/service").text


def test_the_preview_is_the_wall_in_a_frame_for_who_is_signed_in(
    uma: Visitor,
) -> None:
    page = uma.get("/boards/hall?look=pulse")
    assert 'src="/tv/hall?scene=pulse"' in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert "<iframe" not in uma.get("/boards/hall?look=javascript:alert(1)").text


def test_the_company_says_how_heroes_and_stories_come_and_dignity_alone_who_has_a_score(
    database: Database, uma: Visitor
) -> None:
    uma.get("/company")
    facts = {"heroes": "suggest", "automatic_stories": "on", "weights": "SMS=0.5, email=2"}
    uma.press("/company", facts | {"individuals": "on"})
    assert uma.last.headers["location"] == "/company?done=kept"
    with database.read() as session:
        company = session.get_one(Company, 1)
        assert (company.heroes, company.automatic_stories) == ("suggest", True)
        assert company.weights == {"sms": 0.5, "email": 2}
        # One switch, one place: this page leads there.
        assert not company.individuals
    page = uma.get("/company").text
    assert 'value="email=2, sms=0.5"' in page
    assert 'href="/dignity"' in page
    assert 'name="individuals"' not in page
    uma.press("/company", {"heroes": "maybe", "weights": "sms=heavy"})
    assert uma.last.status_code == 422
    assert "Heroes are one of" in uma.last.text
    assert "A weight is written channel=weight" in uma.last.text
    uma.press("/company", {"weights": "sms=1"})
    with database.read() as session:
        assert session.get_one(Company, 1).weights == {}


def test_the_company_and_its_ladder(database: Database, uma: Visitor) -> None:
    uma.get("/company")
    uma.press("/company", {"name": "Südwind", "target": "\u221210", "window_days": "91"})
    assert uma.last.headers["location"] == "/company?done=kept"
    with database.read() as session:
        made = session.get_one(Company, 1)
        assert (made.name, made.target, made.window_days) == ("Südwind", -10, 91)
    uma.get("/company")
    uma.press("/company", {"name": "West", "target": "200", "window_days": "x", "timezone": "Mars"})
    assert uma.last.status_code == 422
    for name in ("target", "window_days", "timezone"):
        assert f'id="{name}-wrong" role="alert"' in uma.last.text
    with database.read() as session:
        assert session.get_one(Company, 1).name == "Südwind"  # all of it or nothing
    rung = {"benchmark": "lego", "value": "72,5", "year": "2025", "source": "Annual report"}
    uma.press("/company/benchmarks", rung)
    assert "+72.5 · 2025, <bdi>Annual report" in uma.get("/company").text
    for wrong in ({"value": "nan"}, {"year": "1999"}, {"source": ""}, {"benchmark": "\0"}):
        uma.press("/company/benchmarks", rung | wrong)
        assert uma.last.status_code == 422
        assert 'id="benchmark-wrong"' in uma.last.text
    uma.press("/company/benchmarks/remove", {"benchmark": "LEGO"})
    assert "not filled in" in uma.get("/company").text
    things = [entry[0] for entry in log(database)]
    assert things == ["company", "benchmark lego", "benchmark LEGO"]
