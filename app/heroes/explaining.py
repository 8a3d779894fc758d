"""Explaining: a kept pick, what it rests on, and whether the same comes out when done again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import CheerboardError, NotFoundError
from app.heroes import rules
from app.heroes.models import Hero
from app.people.models import Person, Team

_TESTS = {
    "pick": "the best score, drawn to the company's, of who has 10 answers and a released story",
    "improved": "the greatest rise against the window before that is no chance",
    "rescue": "the most unhappy customers who came back delighted",
    "newcomer": "the best released story of who is here for less than 90 days",
    "voice": "the best released story of who has fewer than 10 answers",
    "team": "the team that is better beyond chance, else everybody",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """`is_same`: the kept inputs lead to the kept result."""

    hero: Hero
    is_same: bool
    who: str
    runners_up: tuple[str, ...]
    sentences: tuple[str, ...]

    @property
    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": str(self.hero.id),
            "kind": self.hero.kind,
            "period": self.hero.period,
            "scope": self.hero.scope,
            "starts_on": self.hero.starts_on.isoformat(),
            "rule": self.hero.rule,
            "who": self.who,
            "reason": self.hero.reason,
            "runners_up": list(self.runners_up),
            "why": list(self.sentences),
            "same": self.is_same,
            "numbers": self.hero.numbers,
        }


def explain(session: Session, hero_id: int) -> Explanation:
    """One pick. Raises NotFoundError, and CheerboardError for one of an older rule."""
    hero = session.get(Hero, hero_id)
    if hero is None:
        raise NotFoundError("There is no such hero.")
    if hero.rule != rules.RULE:
        raise CheerboardError(f"It was picked by rule {hero.rule!r}, which is not known any more.")
    return Explanation(
        hero=hero,
        is_same=is_same(hero),
        who=_name(session, hero.kind, _winner(hero)),
        runners_up=tuple(_name(session, hero.kind, one) for one in hero.numbers["runners_up"]),
        sentences=tuple(_sentences(hero)),
    )


def is_same(hero: Hero) -> bool:
    """Whether the kept inputs lead to the kept winner and runners-up again."""
    again = rules.recomputed(hero.kind, hero.numbers["inputs"])
    if again is None:
        return False
    return again.id == _winner(hero) and list(again.runners_up) == hero.numbers["runners_up"]


def _winner(hero: Hero) -> int | None:
    """A person may have moved since; the team that stands beside them is only shown."""
    return hero.team_id if hero.kind == "team" else hero.person_id


def _sentences(hero: Hero) -> list[str]:
    inputs: Mapping[str, Any] = hero.numbers["inputs"]
    said = [
        f"A {hero.kind} is {_TESTS[hero.kind]}.",
        f"Window: {hero.numbers['days']} days up to {hero.numbers['until']}.",
        f"Scores were drawn to the company's by the weight of {inputs['weight']:.1f} answers.",
    ]
    people = "differ" if inputs["p_equal"] < 0.05 else "do not differ"
    said.append(f"People {people} beyond chance (p = {inputs['p_equal']:.4f}).")
    if hero.kind == "team":
        teams = "differ" if inputs["p_teams"] < 0.05 else "do not differ"
        said.append(f"Teams {teams} beyond chance (p = {inputs['p_teams']:.4f}).")
    if inputs["is_capped"]:
        said.append("Of five heroes in a row at most two are of one team.")
    return said


def _name(session: Session, kind: str, one: int | None) -> str:
    if one is None:
        return "everybody"
    table = Team if kind == "team" else Person
    name: str | None = session.scalar(select(table.name).where(table.id == one))
    return name or f"somebody who is gone ({one})"
