"""Who takes the hard channel reads so beside the score, and on the page of how it is made."""

from datetime import UTC, date, datetime
from pathlib import Path

from app import clock
from app.db import connect
from app.desk import numberpages
from app.scores import tallies
from app.scores.nps import Tally
from tests import make
from tests.people.visitor import Visitor, house, lead

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
# Better than the others on the phone and in the shop, and worse altogether.
PHONE = ("phone", Tally(46, 23, 31), Tally(11, 8, 9))
SHOP = ("counter", Tally(23, 3, 2), Tally(150, 35, 15))

SENTENCE = (
    "22 % of these answers are counter, 64 % of the company&#39;s, and counter is the kinder "
    "channel: with the company&#39;s mix the score would be +52."
)


def test_the_mix_is_told_where_it_misleads(sqlite_url: str, tmp_path: Path) -> None:
    database = connect(sqlite_url)
    with database.write.begin() as session:
        make.company(session)
        ours, theirs = make.team(session, "Service"), make.team(session, "Shop floor")
        day = date(2026, 6, 9)
        for channel, own, other in (PHONE, SHOP):
            segment = f"nps|{channel}"
            tallies.add(session, {
                ("team", ours.id, day, segment): own,
                ("team", theirs.id, day, segment): other,
                ("company", 1, day, segment): own + other,
            })  # fmt: skip
        team_id = ours.id
    lead(database)
    with clock.frozen(NOW):
        visitor = Visitor(house(database, tmp_path, numberpages.router))
        visitor.sign_in()
        for page in ("/numbers", "/numbers/made"):
            told = visitor.get(f"{page}?scope=team&id={team_id}").text
            assert SENTENCE in told, page
        assert "company&#39;s mix" not in visitor.get("/numbers?scope=company").text
    database.dispose()
