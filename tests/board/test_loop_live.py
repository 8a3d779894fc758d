"""A lead solves a case, and the wall closes its ring."""

from pathlib import Path

from sqlalchemy import select

from app import clock
from app.db import connect
from app.followups import steps
from app.followups.models import Case
from app.people.authorize import Actor
from app.people.models import Account
from tests import make
from tests.board.house import house, settings_for
from tests.board.screenplay import answer, board, listening


def test_a_solved_case_closes_its_ring_on_the_wall(sqlite_url: str, tmp_path: Path) -> None:
    database = connect(sqlite_url)
    with database.write.begin() as session:
        board(session, scenes=["loop"])
        lea = Account(email="lea@x.example", name="Lea", role="lead", created_at=clock.now())
        session.add(lea)
    response_id = int(answer(database, 2).removeprefix("r"))
    with database.write.begin() as session:
        make.case(session, response_id, state="reached")
    database.dispose()
    with house(settings_for(sqlite_url, tmp_path)) as home, listening(home.url) as ears:
        shown = ears.hear_until('id="loop-1"')[-1]["content"]
        assert "ring-later" in shown or "ring-today" in shown
        with home.database.write.begin() as session:
            actor = Actor("lead", "Lea", account_id=session.scalar(select(Account.id)))
            assert steps.step(session, actor, 1, "solve", 1)
        closed = ears.hear_until("ring-closed")[-1]["content"]
        assert 'id="loop-1"' in closed
        assert 'stroke-dashoffset="0"' in closed
        with home.database.read() as session:
            assert session.scalar(select(Case.state)) == "solved"
