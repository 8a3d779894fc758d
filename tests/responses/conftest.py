"""A company with a source, so that answers have somewhere to go."""

import pytest

from app.db import Database
from tests import make


@pytest.fixture
def northwind(database: Database) -> Database:
    """Two sites on two sides of a date line of their own, a team, two people, two sources."""
    with database.write.begin() as session:
        make.company(session, timezone="Europe/Berlin")
        harbour = make.site(session, "Harbour", "Pacific/Auckland")
        crew = make.team(session, "Crew", harbour)
        make.person(session, "Ana Silva", crew)
        make.person(session, "Reto", crew)
        make.source(session, "survey")
        make.source(session, "other")
    return database
