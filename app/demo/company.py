"""Northwind, which does not exist: two sites, five teams, fifteen people, one wall, one way in."""

import base64
import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.board.models import Board
from app.board.options import usual_scenes
from app.db import Database
from app.intake import registration
from app.people import company, staff
from app.people.accounts import add_account
from app.people.models import Person
from app.people.tokens import add_token
from app.settings import Settings

NAME = "Northwind"
HOME = "Europe/Berlin"
SLUG = "northwind"
LEAD_EMAIL = "lead@northwind.example"
SURVEY = "after-visit"
SITES = {"Hamburg": "Europe/Berlin", "Boston": "America/New_York"}


@dataclass(frozen=True)
class Colleague:
    """`warmth` is roughly the share of promoters among their customers; `busy`, how many come."""

    name: str
    team: str
    site: str
    warmth: float
    busy: float = 1.0


COLLEAGUES = (
    Colleague("Ana Silva", "Harbour shop", "Hamburg", 0.74, 1.4),
    Colleague("Jonas Brandt", "Harbour shop", "Hamburg", 0.66),
    Colleague("Mira Yıldız", "Harbour shop", "Hamburg", 0.70, 1.2),
    Colleague("Piet Hansen", "Workshop", "Hamburg", 0.68, 1.3),
    Colleague("Oksana Petrenko", "Workshop", "Hamburg", 0.78),
    Colleague("Emil Vogt", "Workshop", "Hamburg", 0.62, 0.8),
    Colleague("Femke de Wit", "Phone desk", "Hamburg", 0.50, 1.5),
    Colleague("Lars Öberg", "Phone desk", "Hamburg", 0.46, 1.2),
    Colleague("Nadia Haddad", "Phone desk", "Hamburg", 0.55),
    Colleague("Grace Okafor", "Boston shop", "Boston", 0.64, 1.3),
    Colleague("Ben Cole", "Boston shop", "Boston", 0.58),
    Colleague("Tess Nguyen", "Boston shop", "Boston", 0.66, 0.9),
    Colleague("Marcus Hale", "Delivery", "Boston", 0.42, 1.2),
    Colleague("Rosa Delgado", "Delivery", "Boston", 0.48),
    Colleague("Ike Turner-Boyd", "Delivery", "Boston", 0.40, 0.7),
)


@dataclass(frozen=True)
class Keys:
    """What was made up for this one run."""

    source_id: int
    hook_path: str
    secret: str
    token: str
    lead_id: int
    password: str
    people: tuple[int, ...]


def found(db: Database, settings: Settings) -> Keys:
    """Makes the company in an empty, migrated database."""
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    lead_id = add_account(db, LEAD_EMAIL, "Uma Lindt", "admin", password)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with db.write.begin() as session:
        _people(session)
        source = registration.add(session, settings.key, "survey", "generic", {}, [secret])
        token = add_token(session, "demo", "admin")
        session.add(Board(slug=SLUG, title=NAME, scenes=usual_scenes(), settings={}))
        hook_path = f"/hooks/{source.key}"
        people = tuple(session.scalars(select(Person.id).order_by(Person.id)))
    return Keys(source.id, hook_path, secret, token, lead_id, password, people)


def _people(session: Session) -> None:
    company.set_company(session, {"name": NAME, "timezone": HOME, "target": 50})
    for site, zone in SITES.items():
        company.add_site(session, site, zone)
    for team, site in dict.fromkeys((one.team, one.site) for one in COLLEAGUES):
        staff.add_team(session, team, site)
    for one in COLLEAGUES:
        staff.add_person(session, one.name, one.team)
