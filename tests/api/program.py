"""A program with a token, and a company whose answers it reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from app.db import Database
from app.people import roster
from app.people.models import Company, Person, Site, Team
from app.people.tokens import add_token
from app.responses import ledger
from app.responses.answer import Answer, Withdrawal
from app.responses.ledger import Entry
from app.scores import tallies
from app.stories import candidates
from tests import make
from tests.people.visitor import Visitor

AT = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
STORY = "Ana rang me back the same evening, found the missing part and sent it by courier. Thanks!"


@dataclass
class Office:
    """Two teams at two sites, two people, one source. `ids` by name."""

    database: Database
    ids: dict[str, int] = field(default_factory=dict)
    source_id: int = 0
    count: int = 0

    def open(self) -> None:
        with self.database.write.begin() as session:
            make.company(session)
            far = make.site(session, "Auckland", "Pacific/Auckland")
            north, south = make.team(session, "North"), make.team(session, "South", far)
            people = make.person(session, "Ana Silva", north), make.person(session, "Bo", south)
            self.source_id = make.source(session, "survey").id
            self.ids = {thing.name: thing.id for thing in (far, north, south, *people)}

    def take(self, *said: Answer | Withdrawal) -> None:
        """What the pipeline does with a batch."""
        with self.database.read() as session:
            people = roster.load(session)
        verdicts = candidates.judge(said, people)
        with self.database.write.begin() as session:
            entries = [Entry(self.source_id, None, AT, one) for one in said]
            changes = ledger.record(session, entries, people)
            tallies.apply(session, changes)
            candidates.consider(session, changes, verdicts)

    def hear(self, scores: list[int], **facts: Any) -> None:
        """One answer for each score."""
        self.take(*(self.answer(score=score, **facts) for score in scores))

    def answer(self, **facts: Any) -> Answer:
        self.count += 1
        usual = {"response_id": f"r-{self.count}", "score": 9, "submitted_at": AT}
        return Answer(**{**usual, **facts})

    def change(self, **facts: Any) -> None:
        with self.database.write.begin() as session:
            for name, value in facts.items():
                setattr(session.get_one(Company, 1), name, value)

    def named(self) -> set[str]:
        """Every name on the roster."""
        with self.database.read() as session:
            tables: list[Any] = [Person, Team, Site]
            return {name for table in tables for name in session.scalars(select(table.name))}


@dataclass
class Program:
    """Asks `/api/v1` with a token of a scope; none is nobody."""

    app: FastAPI
    database: Database
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        path: str,
        scope: str = "read",
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        sent = dict(headers or {})
        if scope:
            sent["authorization"] = f"Bearer {self._token(scope)}"
        return Visitor(self.app).ask(method, f"/api/v1{path}", headers={"accept": "*/*"} | sent)

    def read(self, path: str, scope: str = "read") -> Any:
        answer = self.ask(path, scope)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path: str, status: int, words: str = "", scope: str = "read") -> None:
        """A problem+json with one sentence."""
        answer = self.ask(path, scope)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == status
        assert words in problem["detail"]
        assert "\n" not in problem["detail"]

    def _token(self, scope: str) -> str:
        if scope not in self.tokens:
            with self.database.write.begin() as session:
                self.tokens[scope] = add_token(session, scope, scope)
        return self.tokens[scope]
