"""Wording: how numbers and time are said on a wall, in the language that is spoken. Pure."""

import re
from datetime import date, datetime

from app import language
from app.language import gettext as _
from app.language import ngettext
from app.scores.nps import shown

FOUR_WEEKS = 28
# Emoji and signs like them, what colours and joins them, and the spaces before.
_PICTOGRAPHS = re.compile(
    "(?: *[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff"
    "\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f]\u200d?)+"
)


def grouped(number: int) -> str:
    """A whole number as the language groups it."""
    return language.count(number)


def signed(score: float) -> str:
    """A score within a sentence."""
    return language.figure(shown(score))


def voices(number: int) -> str:
    return ngettext("%(n)s voice", "%(n)s voices", number)


def window(days: int) -> str:
    """The window as a label says it: "last 28 days"."""
    return _("today") if days == 1 else ngettext("last %(n)s day", "last %(n)s days", days)


def between(low: str, high: str) -> str:
    """The range of a score as a phrase."""
    return _("between %(low)s and %(high)s", low=language.figure(low), high=language.figure(high))


def span(low: str, high: str) -> str:
    """The same where there is room for no more."""
    return _("%(low)s to %(high)s", low=language.figure(low), high=language.figure(high))


def same(days: int) -> str:
    """No change beyond chance. Four weeks have a name; other spans are counted."""
    if days == FOUR_WEEKS:
        return _("about the same as the four weeks before")
    return ngettext(
        "about the same as the day before", "about the same as the %(n)s days before", days
    )


def up(points: str, days: int) -> str:
    if days == FOUR_WEEKS:
        return _("Up %(points)s on the four weeks before", points=points)
    return ngettext(
        "Up %(points)s on the day before",
        "Up %(points)s on the %(n)s days before",
        days,
        points=points,
    )


def down(points: str, days: int) -> str:
    if days == FOUR_WEEKS:
        return _("Down %(points)s on the four weeks before", points=points)
    return ngettext(
        "Down %(points)s on the day before",
        "Down %(points)s on the %(n)s days before",
        days,
        points=points,
    )


def kinds(kind: str, number: int) -> str:
    """So many of a kind of voice."""
    if kind == "promoter":
        return ngettext("%(n)s promoter", "%(n)s promoters", number)
    if kind == "passive":
        return ngettext("%(n)s passive", "%(n)s passives", number)
    return ngettext("%(n)s detractor", "%(n)s detractors", number)


def joined(names: list[str]) -> str:
    """One name, two with "and" between, more with commas before it."""
    return language.joined(names)


def day(on: date) -> str:
    """A date as a wall says it: "1 Sept"."""
    return language.day(on)


def time(at: datetime) -> str:
    return f"{at:%H:%M}"


def lettered(text: str) -> str:
    """Without pictographs: a player whose system has no letters for them would draw boxes."""

    def gap(found: re.Match[str]) -> str:
        return " " if text[found.end() : found.end() + 1].isalnum() else ""

    return _PICTOGRAPHS.sub(gap, text)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ended by an ellipsis at the last whole word if cut."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    whole = head.rsplit(" ", 1)[0]
    return (whole if len(whole) > limit // 2 else head).rstrip(" ,;:.") + "…"
