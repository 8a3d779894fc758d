"""The two doors to a database."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.db import Database, connect
from app.people.models import Site


def test_a_commit_that_fails_ends_its_transaction(database: Database) -> None:
    """The next writer, in this process and in another, finds the door open."""
    session = database.write()
    if database.is_sqlite:
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
    else:
        session.execute(text("ALTER TABLE team ALTER CONSTRAINT fk_team_site_id DEFERRABLE"))
        session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    session.execute(text("INSERT INTO team (name, site_id) VALUES ('Nowhere', 99)"))
    with pytest.raises(IntegrityError):
        session.commit()
    session.close()
    other = connect(database.url)
    for number, door in enumerate((database, other)):
        with door.write.begin() as session:
            session.add(Site(name=f"Site {number}", timezone="UTC"))
    other.dispose()
    with database.read() as session:
        assert session.query(Site).count() == 2
        assert session.scalar(text("SELECT count(*) FROM team")) == 0
