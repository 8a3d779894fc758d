"""Reasons: why somebody is celebrated, in words that a colleague accepts. Pure.

No sentence compares with anybody, and none lets a personal score be worked out.
"""

from app.heroes import rules
from app.heroes.rules import Choice, Runner
from app.scores import nps
from app.scores.nps import Tally

_SPANS = {1: "one day", 7: "one week", 14: "two weeks", 28: "four weeks", 91: "13 weeks"}


def span(days: int) -> str:
    return _SPANS.get(days, f"{days} days")


def reason(choice: Choice, days: int) -> str:
    """Why, safe on every wall for staff and visitors."""
    if choice.kind == "team":
        return (
            f"{_delighted(winner_tally(choice))} in {span(days)}, and everybody had a part in it."
        )
    one = choice.field.runners[0]
    match choice.kind:
        case "improved":
            return (
                f"Customers leave happier than in the {span(days)} before; "
                f"{one.now.promoters} of them delighted."
            )
        case "rescue":
            return _rescued(one)
        case "newcomer":
            return "New here, and customers say thank you already."
        case "voice":
            return "A customer's own words say why."
        case _:
            return f"{_delighted(one.now)} in {span(days)}."


def with_score(choice: Choice, days: int) -> str | None:
    """Why, with the score; for where personal scores are shown. None: the score is not the why."""
    if choice.kind != "pick":
        return None
    one = choice.field.runners[0]
    shrunk = nps.shown(rules.shrunk(one, choice.field))
    said = f"{one.now.n} customers in {span(days)}, {one.now.promoters} of them delighted: {shrunk}"
    raw = nps.nps(one.now)
    adjusted = raw is not None and nps.shown(raw) != shrunk
    return f"{said}, adjusted for few voices." if adjusted else f"{said}."


def winner_tally(choice: Choice) -> Tally:
    """The counts behind a choice: of the person, of the team, or of everybody."""
    if choice.kind != "team":
        return choice.field.runners[0].now
    return choice.field.teams[0].now if choice.id is not None else choice.field.company


def _delighted(tally: Tally) -> str:
    many = tally.promoters
    return "1 delighted customer" if many == 1 else f"{many} delighted customers"


def _rescued(one: Runner) -> str:
    if one.rescues == 1:
        return "Won back a customer who had been unhappy."
    return f"Won back {one.rescues} customers who had been unhappy."
