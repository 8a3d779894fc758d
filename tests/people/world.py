"""One of everything that an address can name, and one browser of every role.

A new kind of `{placeholder}` in an address gets one line in `things`: what belongs to a team is of
the team `Service`, which the lead leads and the other lead does not.
"""

from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.integrity.models import SignalCard
from app.main import create_app
from app.people import personalappeals, sessions
from app.people.doors import SCREEN_COOKIE, SESSION_COOKIE, ScreenPass, csrf_of
from app.people.models import Account, AccountTeam, Team
from app.settings import Settings
from tests import make
from tests.desk import scenery

ROLES = ["nobody", "screen", "viewer", "other lead", "lead", "admin"]
SCREEN_KEY = "the key of a screen"


@dataclass
class World:
    """`things` maps the placeholders of addresses to what the table is asked about."""

    app: FastAPI
    database: Database
    accounts: dict[str, int] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)

    def cookies(self, role: str, *, fresh: bool = False) -> tuple[dict[str, str], str]:
        """What a browser of this role carries, and the proof its forms carry."""
        if role == "nobody":
            return {}, ""
        if role == "screen":
            return {SCREEN_COOKIE: SCREEN_KEY}, csrf_of(SCREEN_KEY)
        if fresh or role not in self._keys:
            with self.database.write.begin() as session:
                self._keys[role] = sessions.open_session(session, self.accounts[role])
        return {SESSION_COOKIE: self._keys[role]}, csrf_of(self._keys[role])

    def __post_init__(self) -> None:
        self._keys: dict[str, str] = {}

    def address(self, path: str) -> str:
        """The path with everything it names put in."""
        for name, thing in self.things.items():
            path = path.replace(f"{{{name}}}", thing)
        assert "{" not in path, (
            f"{path} names something new: add a line to `things` in tests/people/world.py"
        )
        return path


def make_world(database: Database, folder: Path) -> World:
    """The whole application on a database with one of everything."""
    app = create_app(Settings(database_url=database.url, data_dir=folder))
    app.state.screen_door = lambda _, key: (
        ScreenPass(1, "Lobby", "hall") if key == SCREEN_KEY else None
    )
    app.state.reception.is_open = True
    world = World(app, database)
    with database.write.begin() as session:
        make.company(session)
        own, other = make.team(session, "Service"), make.team(session, "Claims")
        world.accounts = {
            role: _account(session, role, {"lead": own, "other lead": other}.get(role))
            for role in ROLES[2:]
        }
        world.things = things(session, own)
    return world


def things(session: Session, own: Team) -> dict[str, str]:
    """Placeholder -> what stands for it; objects of teams are of the team `own`."""
    person = make.person(session, "Uma", own)
    story = scenery.story(session, person=person)
    scenery.board(session, "hall", "Hall")
    card = signal_card(session, own)
    nomination = make.nomination(session, person, state="waiting")
    return {
        "story_id": str(story.id),
        "nomination_id": str(nomination.id),
        "hero_id": str(make.hero(session, person).id),
        "person_id": str(person.id),
        "appeal_id": str(personalappeals.appeal(session, person, story.response_id, "").id),
        "kind": "people",
        "thing_id": str(person.id),
        "site_id": "1",
        "alias_id": "7",
        "import_id": "7",
        "team_id": str(own.id),
        "account_id": str(_account(session, "spare", None)),
        "card_id": str(card.id),
        "case_id": str(make.case(session, story.response_id).id),
        "step": "take",
        "slug": "hall",
        "name": "pulse",
        "what": "reload",
        # Doors come before rooms: whoever may sees 404 where nothing of the kind was made.
        "screen_id": "7",
        "source_id": "77",
        "delivery_id": "7",
        "session_id": "7",
        "passkey_id": "7",
        "invitation_id": "7",
        "id": "7",
        "key": "7",
        "token": "7",
    }


def signal_card(session: Session, team: Team) -> SignalCard:
    now = clock.now()
    card = SignalCard(
        scope="team", scope_id=team.id, team_id=team.id, state="open", findings={"signals": []},
        raised_at=now, seen_at=now, expires_at=now,
    )  # fmt: skip
    session.add(card)
    session.flush()
    return card


def _account(session: Session, who: str, team: Team | None) -> int:
    made = Account(
        email=f"{who.replace(' ', '.')}@example.com",
        name=who,
        role="viewer" if who == "spare" else who.removeprefix("other "),
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    if team is not None:
        session.add(AccountTeam(account_id=made.id, team_id=team.id))
    return made.id
