"""Cheers: what a wall calls a pick, and why it was picked, in the wall's own language."""

from app.board import wording
from app.heroes.listing import HeroView
from app.language import gettext as _
from app.language import ngettext


def title(hero: HeroView) -> str:
    """The line over the name."""
    is_month = hero.period == "month"
    if hero.kind == "team":
        return _team(is_everybody=hero.is_everybody, is_month=is_month)
    match hero.kind:
        case "improved":
            return _("Biggest step forward")
        case "rescue":
            return _("Rescue of the week")
        case "newcomer":
            return _("New, and already thanked")
        case "voice":
            return _("In a customer's words")
        case _:
            return _("Hero of the month") if is_month else _("Hero of the week")


def news(hero: HeroView) -> str:
    """The same line while a new one comes in between."""
    is_usual = hero.kind == "pick" and hero.period == "week"
    return _("A new hero of the week") if is_usual else title(hero)


def reason(hero: HeroView, days: int) -> str:
    """Why; what a person wrote stays as it was written."""
    many = hero.promoters
    match hero.kind:
        case "rescue":
            return ngettext(
                "Won back %(n)s customer who had been unhappy",
                "Won back %(n)s customers who had been unhappy",
                hero.number,
            )
        case "newcomer" | "voice":
            return _told(hero.kind)
        case "improved" if many is not None:
            return ngettext(
                "Customers leave happier than before; %(n)s of them delighted",
                "Customers leave happier than before; %(n)s of them delighted",
                many,
            )
        case "team" if many is not None:
            return ngettext(
                "%(n)s delighted customer, and everybody had a part in it",
                "%(n)s delighted customers, and everybody had a part in it",
                many,
            )
        case "pick" if many is not None:
            return _delighted(many, hero.days or days)
        case _:
            return hero.reason


def _told(kind: str) -> str:
    """Where not a number but what customers said is the reason."""
    if kind == "newcomer":
        return _("New here, and customers say thank you already")
    return _("A customer's own words say why")


def _team(*, is_everybody: bool, is_month: bool) -> str:
    if is_everybody:
        return _("Everybody's month") if is_month else _("Everybody's week")
    return _("Team of the month") if is_month else _("Team of the week")


def _delighted(many: int, days: int) -> str:
    if days == wording.FOUR_WEEKS:
        return ngettext(
            "%(n)s delighted customer in four weeks",
            "%(n)s delighted customers in four weeks",
            many,
        )
    return ngettext(
        "%(n)s delighted customer in %(days)s days",
        "%(n)s delighted customers in %(days)s days",
        many,
        days=days,
    )
