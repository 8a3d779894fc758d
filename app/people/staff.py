"""Teams and people, found by what one calls them, added and changed."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import CheerboardError, NotFoundError
from app.live.bus import announce
from app.people import roster
from app.people.models import VISIBILITIES, Alias, Person, Site, Team
from app.people.names import fold
from app.people.wording import email_of, label_of


def add_team(session: Session, name: str, site: str | None = None) -> Team:
    """A new team, at the site of that name or alias."""
    name = label_of(name, "team's name")
    known = roster.load(session)
    if fold(name) in known.teams:
        raise CheerboardError(f"There is a team named {name!r} already.", status=409)
    at = find_site(session, known, site) if site else None
    team = Team(name=name, site_id=at.id if at else None)
    session.add(team)
    session.flush()
    announce(session, "people")
    return team


def add_person(
    session: Session, name: str, team: str, aliases: Sequence[str] = (), email: str | None = None
) -> Person:
    """A new person of a team. Two people of one name are fine, but not in one team."""
    name = label_of(name, "person's name")
    known = roster.load(session)
    home = find_team(session, known, team)
    for same in known.people.get(fold(name), ()):
        if known.team_of[same] == home.id:
            raise CheerboardError(f"{home.name} has a person named {name!r} already.", status=409)
    person = Person(name=name, team_id=home.id, email=email_of(email) if email else None)
    session.add(person)
    session.flush()
    add_aliases(session, person, aliases)
    announce(session, "people")
    return person


def folded_aliases(session: Session, person: Person) -> Sequence[str]:
    """What platforms call a person beside their name, as it is compared."""
    return session.scalars(select(Alias.folded).where(Alias.person_id == person.id)).all()


def add_aliases(
    session: Session,
    person: Person,
    aliases: Sequence[str],
    known: Collection[str] | None = None,
) -> Sequence[str]:
    """What platforms call a person beside their name; those that were new, as they are compared.

    `known` are the ones there are, for who has read them already.
    """
    had = {*(folded_aliases(session, person) if known is None else known), fold(person.name)}
    new = {fold(alias): label_of(alias, "alias") for alias in aliases}
    fresh = [folded for folded in new if folded not in had]
    for folded in fresh:
        session.add(Alias(text=new[folded], folded=folded, person_id=person.id))
    return fresh


def visibility_of(text: str) -> str:
    """One of the visibilities, whatever its capitals."""
    visibility = text.strip().casefold()
    if visibility not in VISIBILITIES:
        raise CheerboardError(f"A visibility is one of: {', '.join(VISIBILITIES)}.")
    return visibility


def find_site(session: Session, known: roster.Roster, name: str) -> Site:
    """The site of that name or alias."""
    return session.get_one(Site, _the_one(known.sites, name, "site"))


def find_team(session: Session, known: roster.Roster, name: str) -> Team:
    """The team of that name or alias."""
    return session.get_one(Team, _the_one(known.teams, name, "team"))


def find_person(session: Session, known: roster.Roster, name: str) -> Person:
    """The person of that name or alias; `#12` is the person whose id is 12.

    Raises NotFoundError for none, CheerboardError that lists the ids when it may be several.
    """
    number = name.strip().removeprefix("#")
    if number != name.strip() and number.isdecimal() and int(number) in known.team_of:
        return session.get_one(Person, int(number))
    hits = known.people.get(fold(name), frozenset())
    if len(hits) > 1:
        ids = " or ".join(f"#{hit}" for hit in sorted(hits))
        raise CheerboardError(f"{len(hits)} people are called {name!r}: say {ids}.", status=409)
    return session.get_one(Person, _the_one(known.people, name, "person"))


def _the_one(index: roster.Index, name: str, kind: str) -> int:
    hits = index.get(fold(name), frozenset())
    if len(hits) > 1:
        raise CheerboardError(f"{name!r} is the name of more than one {kind}.", status=409)
    if not hits:
        raise NotFoundError(f"There is no {kind} named {name[:80]!r}.")
    return next(iter(hits))
