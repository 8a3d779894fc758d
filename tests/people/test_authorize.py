"""The table of who may do what, and that nothing is allowed by accident."""

import pytest

from app.errors import ForbiddenError, UnauthorizedError
from app.people.authorize import MAY, OF_A_TEAM, Actor, OfTeam, authorize, may
from app.people.doors import Checks, May

SCREEN = Actor("screen", "Lobby", screen_id=1, board_slug="lobby")
ROLES = ["nobody", "screen", "viewer", "lead", "admin"]
# The same table once more, as a reader wants it: who may do each thing.
AGREED = {
    "desk.view": "viewer lead admin",
    "scores.read": "viewer lead admin",
    "heroes.read": "viewer lead admin",
    "heroes.decide": "lead admin",
    "stories.read": "viewer lead admin",
    "stories.release": "lead admin",
    "stories.recall": "lead admin",
    "nominations.make": "lead admin",
    "followups.read": "lead admin",
    "followups.work": "lead admin",
    "boards.watch": "screen viewer lead admin",
    "screens.read": "viewer lead admin",
    "screens.steer": "lead admin",
    "responses.read": "admin",
    "deliveries.read": "admin",
    "account.keep": "viewer lead admin",
    "accounts.manage": "admin",
    "audit.read": "admin",
    "dignity.set": "admin",
    "dignity.read": "viewer lead admin",
    "people.show": "lead admin",
    "roster.match": "lead admin",
    "roster.manage": "admin",
    "roster.read": "lead admin",
    "integrity.read": "lead admin",
    "integrity.dismiss": "lead admin",
    "themes.read": "viewer lead admin",
    "nominations.decide": "lead admin",
    "nominations.rule": "admin",
    "boards.read": "viewer lead admin",
    "boards.change": "lead admin",
    "answers.read": "lead admin",
    "sources.read": "viewer lead admin",
    "sources.manage": "admin",
    "company.set": "admin",
    "sample.manage": "admin",
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", AGREED)
def test_the_table(action: str, role: str) -> None:
    actor = SCREEN if role == "screen" else Actor(role)
    thing = "lobby" if action == "boards.watch" else None
    assert may(actor, action, thing) == (role in AGREED[action].split())


def test_every_action_is_agreed() -> None:
    assert set(AGREED) == set(MAY)


def test_nobody_is_asked_to_sign_in_and_others_are_refused() -> None:
    with pytest.raises(UnauthorizedError):
        authorize(Actor(), "desk.view")
    with pytest.raises(ForbiddenError):
        authorize(Actor("viewer"), "stories.release")


def test_what_is_not_in_the_table_nobody_may_do() -> None:
    with pytest.raises(ForbiddenError):
        authorize(Actor("admin"), "stories.rewrite")


@pytest.mark.parametrize("declaring", [May, Checks])
def test_a_route_cannot_name_an_unknown_action(declaring: type) -> None:
    with pytest.raises(LookupError):
        declaring("stories.rewrite")


def test_a_screen_sees_its_own_board_only() -> None:
    authorize(SCREEN, "boards.watch", "lobby")
    for thing in ("kitchen", None):
        with pytest.raises(ForbiddenError):
            authorize(SCREEN, "boards.watch", thing)


def test_open_boards_are_for_everybody_and_nothing_else_is() -> None:
    guest = Actor(watches_any_board=True)
    assert may(guest, "boards.watch", "lobby")
    assert not any(may(guest, action) for action in MAY if action != "boards.watch")


def test_an_actor_in_a_log_line_keeps_its_proof_to_itself() -> None:
    assert "s3cret" not in repr(Actor("lead", csrf="s3cret"))


@pytest.mark.parametrize("action", sorted(OF_A_TEAM))
def test_a_lead_steers_own_teams_and_what_belongs_to_none(action: str) -> None:
    lead = Actor("lead", team_ids=frozenset({3, 4}))
    assert may(lead, action)  # something of that kind
    assert may(lead, action, OfTeam(4))
    assert may(lead, action, OfTeam(None))
    assert not may(lead, action, OfTeam(5))
    assert may(Actor("lead"), action, OfTeam(5))  # for whom no team was named
    assert may(Actor("admin", team_ids=frozenset({3})), action, OfTeam(5))
    assert not may(Actor("viewer"), action, OfTeam(3))
