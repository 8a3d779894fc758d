"""A company whose customers answer honestly, and what somebody may plant in it. Pure, with a seed.

Honest is not smooth: mailings come back in bursts, families share devices, an office shares its
address, templates and short words repeat, and one in a hundred customers is a colleague.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from app.integrity.evidence import DAYS, Case, Said, totals

NIGHT = datetime(2026, 11, 22, tzinfo=UTC)
SITES, TEAMS, PEOPLE = 4, 10, 100
CHANNELS = ("email", "sms", "till")
SHORT = ("Great service!", "Very good", "Thank you so much", "Friendly and quick", "Top")
OPENINGS = ("She explained", "He repaired", "They delivered", "Somebody found", "The lady packed")
THINGS = (
    "my grandfather's radio",
    "the blue bicycle",
    "our broken heater",
    "a birthday cake",
    "my lost parcel",
    "the garden chairs",
    "three pairs of glasses",
    "the wedding dress",
)
ENDINGS = (
    "before closing time",
    "although it rained all day",
    "without a word about the price",
    "while my children played",
    "and called me the next morning",
    "on a Sunday evening",
)


@dataclass
class Town:
    """Everybody's answers of so many days before the night, by the seed."""

    seed: int
    days: int = 2 * DAYS + 30

    def __post_init__(self) -> None:
        self.chances = random.Random(self.seed)
        self.number = 0
        self.skill = {person: self.chances.gauss(0.6, 0.08) for person in range(1, PEOPLE + 1)}
        self.answers = [
            self.said(person, day)
            for person in self.skill
            for day in range(self.days)
            for _ in range(self.chances.choice((0, 0, 1, 1, 1, 2)))
        ]

    def said(self, person: int, days_ago: int) -> Said:
        """One honest answer; two in five come in the hour after the daily mailing."""
        chances, self.number = self.chances, self.number + 1
        hour = 10 + chances.expovariate(2) if chances.random() < 0.4 else chances.uniform(8, 22)
        at = NIGHT - timedelta(days=days_ago + 1) + timedelta(hours=min(hour, 23.9))
        channel = chances.choices(CHANNELS, (6, 3, 1))[0]
        keys = ("office",) if chances.random() < 0.05 else (f"device {self.number}",)
        email = f"c{self.number}@mail.example"
        if chances.random() < 0.01:
            email = f"c{self.number}@northwind.example"
        if chances.random() < 0.02:  # somebody who came before, with the same phone
            keys = (f"family {person} {chances.randrange(5)}",)
        bought = at - timedelta(minutes=chances.expovariate(1 / 600))
        return Said(
            self.number, at, self._score(person), person % SITES, channel, person % TEAMS, person,
            comment := self._words(channel), None if comment is None else chances.random() < 0.002,
            email, keys, None, bought,
        )  # fmt: skip

    def case(self, person: int, planted: Iterable[Said] = (), *, nights_ago: int = 0) -> Case:
        """What is looked at in a night about one person."""
        return next(self.cases([*planted], [("person", person)], nights_ago=nights_ago))[1]

    def cases(
        self, planted: Sequence[Said], who: Sequence[tuple[str, int]], *, nights_ago: int = 0
    ) -> Iterator[tuple[tuple[str, int], Case]]:
        """The cases of people and teams in one night."""
        night = NIGHT - timedelta(days=nights_ago)
        first, zero = night - timedelta(days=DAYS), night - timedelta(days=2 * DAYS)
        all_ = [*self.answers, *planted]
        now = [said for said in all_ if first <= said.at < night]
        before = [said for said in all_ if zero <= said.at < first]
        everybody, earlier = totals(now), totals(before)
        parts = [_by(now, scope) for scope in ("person", "team")]
        olds = [_by(before, scope) for scope in ("person", "team")]
        for scope, key in who:
            at = int(scope == "team")
            own, old = parts[at].get(key, []), olds[at].get(key, [])
            yield (scope, key), Case(own, old, everybody, earlier, domain="northwind.example")

    def plant(self, person: int, count: int, *, days: float = 30, **facts: object) -> list[Said]:
        """More answers about somebody, honest but for the facts."""
        made = [self.said(person, int(i * days / count)) for i in range(count)]
        return [replace(said, **facts) for said in made]  # type: ignore[arg-type]

    def _score(self, person: int) -> int:
        draw = self.chances.random()
        if draw < self.skill[person]:
            return self.chances.choice((9, 10, 10))
        return self.chances.choice((7, 8)) if draw < 0.87 else self.chances.randrange(7)

    def _words(self, channel: str) -> str | None:
        chances = self.chances
        if channel == "till" or chances.random() < 0.4:
            return None
        if chances.random() < 0.4:
            return chances.choice(SHORT)
        parts = (OPENINGS, THINGS, ENDINGS)
        return f"{' '.join(map(chances.choice, parts))}, visit {chances.randrange(10**6)}."


def _by(answers: Iterable[Said], scope: str) -> dict[int | None, list[Said]]:
    found: dict[int | None, list[Said]] = {}
    for said in answers:
        found.setdefault(getattr(said, f"{scope}_id"), []).append(said)
    return found
