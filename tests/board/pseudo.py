"""A made-up language written from right to left: every word of the wall in Arabic letters."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from unittest.mock import patch

from babel import Locale

from app import language, web
from app.language import Tongue
from tests.board.wall import RIGHT_TO_LEFT

LATIN = "abcdefghijklmnopqrstuvwxyz"
ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهو"
LETTERS = str.maketrans(LATIN + LATIN.upper(), ARABIC[:26] * 2)
FACT = re.compile(r"(%\(\w+\)s|\{\w+\}|%%)")


class Pseudo(NullTranslations):
    """Says the same in letters nobody at home can read; the facts stay."""

    def gettext(self, message: str) -> str:
        parts = FACT.split(message)
        return "".join(part if FACT.match(part) else part.translate(LETTERS) for part in parts)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@contextmanager
def understood() -> Iterator[None]:
    """As long as this lasts, `ar` is spoken."""
    usual = language.tongue
    made_up = Tongue(RIGHT_TO_LEFT, Locale(RIGHT_TO_LEFT), Pseudo())

    def tongue(wanted: str | None) -> Tongue:
        return made_up if wanted == RIGHT_TO_LEFT else usual(wanted)

    with (
        patch.object(language, "tongue", tongue),
        patch.dict(web.environment.globals, {"tongue": tongue}),
    ):
        yield
