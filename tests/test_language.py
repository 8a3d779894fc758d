"""Every language says everything, with the same facts in it, and writes numbers its own way."""

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app import language
from app.language import CATALOGUES, LANGUAGES, count, gettext, ngettext, speaking

ROOT = CATALOGUES.parent.parent
# Who speaks, and where what they say stands. A catalogue for each, in each language.
ROOMS = {"board": ("app/board", "app/screens", "templates/board", "templates/kit")}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
FACT = re.compile(r"%\(\w+\)s|\{\w+\}")
TRANSLATED = [one for one in LANGUAGES if one != "en"]


@cache
def said(room: str) -> frozenset[str | tuple[str, ...]]:
    """Every text that the code and the templates of a room say."""
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    return frozenset(
        text
        for folder in ROOMS[room]
        for _, _, text, _, _ in extract_from_dir(
            str(ROOT / folder), method_map=METHODS, keywords=keywords
        )
    )


def catalogue(code: str, room: str) -> Catalog:
    with Path(CATALOGUES / code / f"{room}.po").open("rb") as file:
        return read_po(file, locale=code)


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("room", ROOMS)
def test_a_catalogue_has_all_that_is_said_and_nothing_else(code: str, room: str) -> None:
    messages = {message.id: message for message in catalogue(code, room) if message.id}
    assert set(messages) == said(room)
    for id_, message in messages.items():
        assert not message.fuzzy, id_
        translated = forms(message.string)
        assert len(translated) == len(forms(id_)), id_
        assert all(translated), id_
        # Only a singular may leave its number unsaid.
        assert set(FACT.findall(translated[-1])) == set(FACT.findall(forms(id_)[-1])), id_
        assert set(FACT.findall(translated[0])) <= set(FACT.findall("".join(forms(id_)))), id_


@pytest.mark.parametrize(
    ("wanted", "one", "many", "day"),
    [
        ("en", "1 voice", "1,284 voices", "1 Sept"),
        ("en-US", "1 voice", "1,284 voices", "Sep 1"),
        ("de", "1 Stimme", "1.284 Stimmen", "1. Sept."),
        ("de-CH", "1 Stimme", "1’284 Stimmen", "1. Sept."),
        ("nl", "1 stem", "1.284 stemmen", "1 sep"),
        ("da", "1 stemme", "1.284 stemmer", "1. sep."),
        ("fr", "1 voix", "1\u202f284 voix", "1 sept."),
        ("es", "1 voz", "1.284 voces", "1 sept"),
    ],
)
def test_a_language_counts_and_dates_its_own_way(
    wanted: str, one: str, many: str, day: str
) -> None:
    with speaking(wanted):
        assert ngettext("%(n)s voice", "%(n)s voices", 1) == one
        assert ngettext("%(n)s voice", "%(n)s voices", 1284) == many
        assert language.day(date(2026, 9, 1)) == day


@pytest.mark.parametrize("wanted", [None, "", "xx", "pt-BR", "not a language", "ja"])
def test_what_nobody_has_translated_is_english(wanted: str | None) -> None:
    with speaking(wanted):
        assert gettext("We are here") == "We are here"
        assert language.spoken().code == "en"


def test_a_language_ends_where_it_was_spoken() -> None:
    with speaking("de"), speaking("fr"):
        assert count(1284) == "1\u202f284"
    assert count(1284) == "1,284"
    assert gettext("%(low)s to %(high)s", low="+1", high="+3") == "+1 to +3"
