"""Who may do what: one table, deny by default."""

from dataclasses import dataclass, field

from app.errors import ForbiddenError, UnauthorizedError

EVERYONE_AT_THE_DESK = frozenset({"viewer", "lead", "admin"})
WHO_STEER = frozenset({"lead", "admin"})
ADMINS = frozenset({"admin"})

# Action -> the roles that may do it. A route names its action (see doors.May); what is not here
# nobody may do.
MAY: dict[str, frozenset[str]] = {
    "desk.view": EVERYONE_AT_THE_DESK,
    "scores.read": EVERYONE_AT_THE_DESK,
    "heroes.read": EVERYONE_AT_THE_DESK,
    "heroes.decide": WHO_STEER,  # a suggested pick is confirmed, any pick taken off
    "stories.read": EVERYONE_AT_THE_DESK,
    "stories.release": WHO_STEER,
    "stories.recall": WHO_STEER,
    "nominations.make": WHO_STEER,
    "nominations.decide": WHO_STEER,
    "nominations.rule": ADMINS,
    "followups.read": WHO_STEER,  # whom to ring, and their own words; every look is kept
    "followups.work": WHO_STEER,
    "boards.watch": EVERYONE_AT_THE_DESK | {"screen"},
    "boards.read": EVERYONE_AT_THE_DESK,
    "boards.change": WHO_STEER,
    "screens.read": EVERYONE_AT_THE_DESK,
    "screens.steer": WHO_STEER,
    "responses.read": ADMINS,
    "answers.read": WHO_STEER,  # the words behind a number, without whose they are
    "deliveries.read": ADMINS,
    "sources.read": EVERYONE_AT_THE_DESK,
    "sources.manage": ADMINS,  # their addresses, secrets and deliveries too
    "account.keep": EVERYONE_AT_THE_DESK,  # one's own password, sessions, passkeys
    "accounts.manage": ADMINS,
    "audit.read": ADMINS,
    "roster.read": WHO_STEER,
    "roster.manage": ADMINS,
    "roster.match": WHO_STEER,  # an unknown name to a person, team or site
    "people.show": WHO_STEER,  # what a wall may call a person, their link, their appeals
    "integrity.read": WHO_STEER,  # signals that a number may be gamed; every look is kept
    "integrity.dismiss": WHO_STEER,
    "themes.read": EVERYONE_AT_THE_DESK,
    "dignity.read": EVERYONE_AT_THE_DESK,
    "dignity.set": ADMINS,
    "company.set": ADMINS,  # its name, target and window, and the benchmarks
    "sample.manage": ADMINS,  # invented answers: added at the first start, taken away later
}
# What a lead does for own teams only. The thing is anything with a `team_id`.
OF_A_TEAM = frozenset(
    {
        "stories.release",
        "stories.recall",
        "heroes.decide",
        "nominations.make",
        "nominations.decide",
        "followups.read",
        "followups.work",
        "roster.match",
        "people.show",
        "integrity.read",
        "integrity.dismiss",
        "boards.change",
    }
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: `nobody`, a `screen`, or an account or API token as viewer, lead or admin.

    A token of scope `read` is a viewer, one of scope `admin` an admin; `account_id` is None for
    both. `team_ids` are the teams a lead leads; a lead of none in particular leads all. `csrf` is
    what a form of this browser must carry; empty when no cookie spoke.
    """

    role: str = "nobody"
    name: str = ""
    account_id: int | None = None
    team_ids: frozenset[int] = frozenset()
    screen_id: int | None = None
    board_slug: str | None = None
    watches_any_board: bool = False
    csrf: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OfTeam:
    """Stands for a thing whose team is known and which has no `team_id` of its own."""

    team_id: int | None


def authorize(actor: Actor, action: str, thing: object = None) -> None:
    """Returns when the actor may do this to that thing.

    For `boards.watch` the thing is the board's slug: a screen sees its own board only. For what is
    in OF_A_TEAM it is anything with a `team_id`, such as a person, a response or `OfTeam(7)`: a
    lead of other teams may not. What belongs to no team is any lead's. Without a thing the
    question is whether the actor may do it to anything at all. Raises UnauthorizedError when nobody
    known asks, ForbiddenError when somebody known may not.
    """
    if may(actor, action, thing):
        return
    if actor.role == "nobody":
        raise UnauthorizedError("Sign in first.")
    raise ForbiddenError("This is not yours to see or change.")


def may(actor: Actor, action: str, thing: object = None) -> bool:
    """The same question without the error, so that a page offers only what will work."""
    if action == "boards.watch" and actor.watches_any_board:
        return True
    if actor.role not in MAY.get(action, frozenset()):
        return False
    if actor.role == "lead" and action in OF_A_TEAM:
        return leads(actor, getattr(thing, "team_id", None))
    return actor.role != "screen" or thing == actor.board_slug


def leads(actor: Actor, team_id: int | None) -> bool:
    """Whether a team is this lead's own; None is no team in particular."""
    return team_id is None or not actor.team_ids or team_id in actor.team_ids
