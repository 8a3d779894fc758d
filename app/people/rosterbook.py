"""Changes to the roster by id, each written down: people, aliases, teams, sites."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import CheerboardError, NotFoundError
from app.live.bus import announce
from app.people import audit, roster
from app.people.authorize import Actor
from app.people.company import add_site
from app.people.models import Alias, Person, Site, Team
from app.people.names import fold
from app.people.staff import add_aliases, add_person, add_team, visibility_of
from app.people.wording import email_of, label_of, timezone_of

Thing = Person | Team | Site
KINDS: Mapping[str, type[Person] | type[Team] | type[Site]] = {
    "people": Person,
    "teams": Team,
    "sites": Site,
}
MANAGE = "roster.manage"


def one(session: Session, kind: str, thing_id: int, *, locked: bool = False) -> Any:
    """A person, team or site by id. Raises NotFoundError when there is none."""
    table = KINDS.get(kind)
    found = session.get(table, thing_id, with_for_update=locked or None) if table else None
    if found is None:
        raise NotFoundError(f"There is no such {_noun(kind)}.")
    return found


def new_person(session: Session, actor: Actor, name: str, team_id: int | None) -> Person:
    """Somebody new in a team."""
    team = one(session, "teams", team_id or 0)
    made = add_person(session, name, team.name)
    _note(session, actor, made, None, {"name": made.name, "team": team.name})
    return made


def new_team(session: Session, actor: Actor, name: str, site_id: int | None) -> Team:
    """A new team, at a site or at none in particular."""
    made = add_team(session, name)
    made.site_id = one(session, "sites", site_id).id if site_id else None
    _note(session, actor, made, None, {"name": made.name})
    return made


def new_site(session: Session, actor: Actor, name: str, timezone: str) -> Site:
    """A new site with its clock."""
    made = add_site(session, name, timezone)
    _note(session, actor, made, None, {"name": made.name, "timezone": made.timezone})
    return made


def change_person(session: Session, actor: Actor, person: Person, facts: Mapping[str, Any]) -> None:
    """Name, team, e-mail and dates; a fact that is not given stays."""
    facts = dict(facts)
    if "name" in facts:
        facts["name"] = label_of(facts["name"], "person's name")
    if facts.get("email"):
        facts["email"] = email_of(facts["email"])
    if facts.get("team_id"):
        one(session, "teams", facts["team_id"])
    joined = facts.get("joined_on", person.joined_on)
    left = facts.get("left_on", person.left_on)
    if joined and left and left <= joined:
        raise CheerboardError("The last day lies before the first one.")
    name, team_id = facts.get("name", person.name), facts.get("team_id", person.team_id)
    same = select(Person).where(Person.id != person.id, Person.team_id == team_id)
    if any(fold(other.name) == fold(name) for other in session.scalars(same)):
        raise CheerboardError(f"That team has a person named {name!r} already.", status=409)
    _set(session, actor, person, facts)


def show_person(
    session: Session, actor: Actor, person: Person, visibility: str, action: str
) -> None:
    """What a wall may call a person, from now on; every wall is drawn anew."""
    before = {"visibility": person.visibility}
    person.visibility = visibility_of(visibility)
    if before["visibility"] == person.visibility:
        return
    audit.record(session, actor, action, _called(person), before, {"visibility": person.visibility})
    announce(session, "people", "heroes", "stories")


def change_team(session: Session, actor: Actor, team: Team, name: str, site_id: int | None) -> None:
    """Renames or moves a team; answers that came before stay at their site."""
    name = label_of(name, "team's name")
    _check_free(session, Team, team.id, name)
    if site_id:
        one(session, "sites", site_id)
    _set(session, actor, team, {"name": name, "site_id": site_id})


def change_site(session: Session, actor: Actor, site: Site, facts: Mapping[str, Any]) -> None:
    """Name, clock, office hours and holidays of a site; old answers keep their date."""
    facts = dict(facts)
    facts["name"] = label_of(facts["name"], "site's name")
    facts["timezone"] = timezone_of(facts["timezone"])
    _check_free(session, Site, site.id, facts["name"])
    _set(session, actor, site, facts)
    announce(session, "company")


def aliases(session: Session, thing: Thing) -> list[Alias]:
    """What platforms call it, beside its name."""
    query = select(Alias).where(_column(thing) == thing.id).order_by(Alias.text, Alias.id)
    return list(session.scalars(query))


def add_alias(session: Session, actor: Actor, thing: Thing, text: str, action: str = MANAGE) -> str:
    """What a platform calls it from now on; the folded form. The same again changes nothing."""
    text = label_of(text, "alias")
    folded = fold(text)
    if isinstance(thing, Person):
        is_new = bool(add_aliases(session, thing, [text]))
    else:
        is_new = folded not in {fold(thing.name), *(one.folded for one in aliases(session, thing))}
        if is_new:
            session.add(Alias(text=text, folded=folded, **{_column(thing).key: thing.id}))
    if is_new:
        audit.record(session, actor, action, _called(thing), None, {"alias": text})
        announce(session, "people")
    return folded


def drop_alias(session: Session, actor: Actor, thing: Thing, alias_id: int) -> str | None:
    """It is called that no more; the folded form, None when it was gone already."""
    found = session.get(Alias, alias_id)
    if found is None or getattr(found, _column(thing).key) != thing.id:
        return None
    session.delete(found)
    audit.record(session, actor, MANAGE, _called(thing), {"alias": found.text}, None)
    announce(session, "people")
    return found.folded


def remove(session: Session, actor: Actor, thing: Thing) -> None:
    """Takes it off the roster. Raises a 409 when something still belongs to it."""
    if isinstance(thing, Site) and thing.id == roster.load(session).first_site_id:
        raise CheerboardError("The first site stands for the company and stays.", status=409)
    facts = {"name": thing.name}
    try:
        with session.begin_nested():
            session.delete(thing)
            session.flush()
    except IntegrityError:
        raise CheerboardError(
            f"{thing.name} still has people, teams, answers, boards or heroes, and stays.",
            status=409,
        ) from None
    audit.record(session, actor, MANAGE, _called(thing), facts, None)
    announce(session, "people")


def _set(session: Session, actor: Actor, thing: Thing, facts: Mapping[str, Any]) -> None:
    before = {name: getattr(thing, name) for name in facts}
    for name, value in facts.items():
        setattr(thing, name, value)
    if before != dict(facts):
        _note(session, actor, thing, before, facts)


def _note(session: Session, actor: Actor, thing: Thing, before: Any, after: Any) -> None:
    session.flush()
    audit.record(session, actor, MANAGE, _called(thing), before, after)
    announce(session, "people")


def _check_free(session: Session, table: type[Team] | type[Site], own: int, name: str) -> None:
    for other in session.scalars(select(table.name).where(table.id != own)):
        if fold(other) == fold(name):
            raise CheerboardError(f"There is another one named {other!r}.", status=409)


def _column(thing: Thing) -> Any:
    return {Person: Alias.person_id, Team: Alias.team_id, Site: Alias.site_id}[type(thing)]


def _called(thing: Thing) -> str:
    return f"{type(thing).__name__.lower()} {thing.id}"


def _noun(kind: str) -> str:
    return {"people": "person", "teams": "team", "sites": "site"}.get(kind, "thing")
