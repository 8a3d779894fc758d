"""Rules: who is celebrated, out of what is known of everybody. Pure, so it can be done again.

Each kind looks for something else, and not every kind finds somebody:
- `pick`: the best score, drawn toward the company's, of who has 10 answers or more and words that
  were released; only where people differ beyond chance (F-test, p < 0.05).
- `improved`: whose score rose most against the window before, with the same weight and company,
  where that is no chance (probability 0.90).
- `rescue`: who made an unhappy customer a delighted one.
- `newcomer`: here for less than 90 days, and customers' words already were released.
- `voice`: fewer than 10 answers, part-timers for instance, and customers' words that were released.
- `team`: when there is no `pick`: the team that is better beyond chance, else everybody.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import sqrt
from typing import Any

from app.scores import ranking
from app.scores.nps import Tally
from app.scores.ranking import MIN_RANKED, SURE

RULE = "pick-2"
NONE = Tally()
# Smaller is better, and who is equal then is drawn by lot, anew each period; None: not eligible.
Merit = tuple[float, ...] | None
# In the order in which they choose; nobody is chosen twice in one period.
KINDS = ("pick", "improved", "rescue", "newcomer", "voice", "team")
NEW_DAYS = 90
# Of five heroes in a row at most two are of one team, once there are three teams to choose from.
IN_A_ROW, OF_ONE_TEAM, TEAMS = 5, 2, 3


@dataclass(frozen=True, slots=True)
class Runner:
    """What is known of one person, or of one team. `best_story` is a rank of 0 to 100."""

    id: int
    team_id: int | None = None
    now: Tally = NONE
    before: Tally = NONE
    stories: int = 0
    best_story: float = 0.0
    rescues: int = 0
    days_here: int | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """Everybody who may be chosen, and what they are measured by.

    `p_equal` is how surprising the differences between all people are, `p_teams` between teams;
    `lately` are the teams of the four heroes before, newest first. Who is hidden, gone, resting or
    chosen already is not among the runners. `is_own_team`: the place is one team, which is the one
    to be celebrated; `is_capped`: there are teams enough for none to have the light for itself.
    """

    company: Tally
    weight: float
    seed: str
    p_equal: float = 1.0
    p_teams: float = 1.0
    runners: tuple[Runner, ...] = ()
    teams: tuple[Runner, ...] = ()
    lately: tuple[int | None, ...] = ()
    is_capped: bool = False
    is_own_team: bool = False


NOBODY = Field(NONE, 0.0, "")


@dataclass(frozen=True, slots=True)
class Choice:
    """Who was chosen and who came after, best first. A `team` without an id is everybody."""

    kind: str
    id: int | None
    runners_up: tuple[int, ...] = ()
    field: Field = NOBODY


def choose(kind: str, known: Field) -> Choice | None:
    """The choice of one kind, whatever order the runners come in; None when it finds nobody."""
    if kind == "team":
        return _team(known)
    if kind == "pick" and known.p_equal >= ranking.BELIEVED:
        return None
    places = {one.id: _MERIT[kind](one, known) for one in known.runners if _has_room(one, known)}
    found = [one for one in known.runners if places.get(one.id)]
    found.sort(key=lambda one: (places[one.id], ranking.lot(known.seed, one.id)))
    if not found:
        return None
    kept = _narrowed(known, found)
    return Choice(kind, found[0].id, tuple(one.id for one in found[1:]), kept)


def is_deserving(tally: Tally) -> bool:
    """A crown over more unhappy than delighted customers would be mockery."""
    return tally.promoters > tally.detractors


def shrunk(one: Runner, known: Field) -> float:
    """The score in points, drawn toward the company's."""
    return ranking.shrink(one.now, known.company, known.weight).nps


def gain(one: Runner, known: Field) -> tuple[float, float]:
    """By how many points the score rose, and how probable it is that it rose at all.

    Both windows are shrunk with the same weight toward the same company.
    """
    now = ranking.shrink(one.now, known.company, known.weight)
    before = ranking.shrink(one.before, known.company, known.weight)
    deviation = sqrt(now.sd**2 + before.sd**2)
    rise = now.nps - before.nps
    return rise, ranking.normal(rise / deviation) if deviation else float(rise > 0)


def document(choice: Choice) -> dict[str, Any]:
    """A choice's inputs as JSON; `recomputed` leads from them to the same choice."""
    return asdict(choice.field)


def recomputed(kind: str, inputs: Mapping[str, Any]) -> Choice | None:
    """The choice that kept inputs lead to."""
    known = Field(
        **{
            **inputs,
            "company": Tally(**inputs["company"]),
            "runners": tuple(map(_runner, inputs["runners"])),
            "teams": tuple(map(_runner, inputs["teams"])),
            "lately": tuple(inputs["lately"]),
        }
    )
    return choose(kind, known)


def _pick(one: Runner, known: Field) -> Merit:
    if not one.stories or one.now.n < MIN_RANKED or not is_deserving(one.now):
        return None
    return -shrunk(one, known), -one.now.n


def _improved(one: Runner, known: Field) -> Merit:
    if min(one.now.n, one.before.n) < MIN_RANKED or not is_deserving(one.now):
        return None
    rise, probability = gain(one, known)
    return (-rise, -one.now.n) if rise > 0 and probability >= SURE else None


def _rescue(one: Runner, _known: Field) -> Merit:
    return (-one.rescues,) if one.rescues else None


def _newcomer(one: Runner, _known: Field) -> Merit:
    is_new = one.days_here is not None and 0 <= one.days_here < NEW_DAYS
    return (-one.best_story, -one.stories) if is_new and one.stories else None


def _voice(one: Runner, _known: Field) -> Merit:
    if not one.stories or one.now.n >= MIN_RANKED or not is_deserving(one.now):
        return None
    return -one.best_story, -one.now.n


_MERIT: Mapping[str, Callable[[Runner, Field], Merit]] = {
    "pick": _pick,
    "improved": _improved,
    "rescue": _rescue,
    "newcomer": _newcomer,
    "voice": _voice,
}


def _team(known: Field) -> Choice | None:
    found = [one for one in known.teams if one.now.n >= MIN_RANKED and is_deserving(one.now)]
    found.sort(key=lambda one: (-shrunk(one, known), -one.now.n, ranking.lot(known.seed, one.id)))
    if found and (known.p_teams < ranking.BELIEVED or known.is_own_team):
        kept = _narrowed(known, [], teams=found)
        return Choice("team", found[0].id, tuple(one.id for one in found[1:]), kept)
    if known.company.n >= MIN_RANKED and is_deserving(known.company):
        return Choice("team", None, (), _narrowed(known, [], teams=found))
    return None


def _has_room(one: Runner, known: Field) -> bool:
    """Whether one more hero of this team keeps the light moving."""
    if not known.is_capped or one.team_id is None:
        return True
    return Counter(known.lately[: IN_A_ROW - 1])[one.team_id] < OF_ONE_TEAM


def _narrowed(known: Field, runners: Sequence[Runner], teams: Sequence[Runner] = ()) -> Field:
    """What has to be kept of a field: those who could be chosen, best first."""
    return replace(known, runners=tuple(runners), teams=tuple(teams))


def _runner(kept: Mapping[str, Any]) -> Runner:
    return Runner(**{**kept, "now": Tally(**kept["now"]), "before": Tally(**kept["before"])})
