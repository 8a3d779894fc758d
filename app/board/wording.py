"""Wording: how numbers and time are said on a wall. Pure."""

from datetime import date, datetime

FIXED_SPACE = "\u00a0"
WEEKS = {7: "week", 14: "two weeks", 28: "four weeks", 84: "twelve weeks", 91: "13 weeks"}


def grouped(number: int) -> str:
    """1284567 as "1 284 567", with spaces that do not break."""
    return f"{number:,}".replace(",", FIXED_SPACE)


def voices(number: int) -> str:
    return "1 voice" if number == 1 else f"{grouped(number)} voices"


def window(days: int) -> str:
    """The window as a label says it: "last 28 days"."""
    return "today" if days == 1 else f"last {days} days"


def before(days: int) -> str:
    """The window of equal length before it: "the four weeks before"."""
    return f"the {WEEKS.get(days, f'{days} days')} before"


def joined(names: list[str]) -> str:
    """One name, two with "and" between, more with commas before it."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def day(on: date) -> str:
    """A date as a wall says it: "1 Sep"."""
    return f"{on.day} {on:%b}"


def time(at: datetime) -> str:
    return f"{at:%H:%M}"


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ended by an ellipsis at the last whole word if cut."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    whole = head.rsplit(" ", 1)[0]
    return (whole if len(whole) > limit // 2 else head).rstrip(" ,;:.") + "…"


def counted(number: int) -> str:
    """Small numbers as words, at the head of a sentence."""
    words = ("None", "One", "Two", "Three", "Four", "Five", "Six")
    return words[number] if number < len(words) else grouped(number)
