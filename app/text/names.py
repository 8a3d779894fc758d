"""Finds names by what announces them: a closing, "my name is", a title, kin, a first name. Pure.

No list of names is used: what stands behind no cue is the reviewer's business.
"""

from collections.abc import Iterator, Mapping, Sequence

from app.text.contacts import Found
from app.text.folding import Token, fold
from app.text.known import Staff
from app.text.lexicon import Hit, all_words

_PARTICLES_TEXT = "van von de der den del della di da du dos la le ter ten zu zur af bin al el"
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_THANKS = (
    "thank",
    "tak",
    "dank",
    "bedankt",
    "merci",
    "gracias",
    "cheers",
    "love",
    "besten",
    "mange",
)
# Behind these even an employee's first name is the customer's.
_STRONG = ("name", "hedder", "heet", "heisse", "heiße", "llamo", "appelle", "nombre", "nom", "navn")
_CALLED_TEXT = """
    called named hedder heet genaamd heisst namens genannt appelle appelee llama llamada llamado s
    se who is
"""
_CALLED = frozenset(_CALLED_TEXT.split())
_GREETINGS_TEXT = "hi hello hey dear hallo hej goddag hoi dag bonjour salut hola liebes"
_GREETINGS = frozenset(_GREETINGS_TEXT.split())
_POSSESSIVE = (
    "my",
    "mein",
    "min",
    "mijn",
    "mon",
    "ma",
    "mi",
    "our",
    "unser",
    "vores",
    "onze",
    "notre",
)
_NOUN_ENDINGS = ("ung", "heit", "keit", "schaft", "tion", "zeug", "chen", "nis", "tum", "zeit")
_MOST_WORDS = 4


def names(
    text: str, words: Sequence[Token], hits: Sequence[Hit], staff: Staff, language: str | None
) -> Iterator[Found]:
    """Names of customers, kin and strangers (PERSON), and surnames of the staff (SURNAME)."""
    reader = _Reader(text, words, staff, is_german=language == "de")
    for hit in hits:
        yield from reader.behind(hit)
    yield from reader.surnames()
    closings = {hit.first for hit in hits if hit.section == "closing"}
    yield from reader.signature(closings)


class _Reader:
    """One comment, its words and who may stay visible in it."""

    def __init__(self, text: str, words: Sequence[Token], staff: Staff, *, is_german: bool) -> None:
        self.text, self.words, self.staff, self.is_german = text, words, staff, is_german
        self.no_name = all_words("no_name")

    def behind(self, hit: Hit) -> Iterator[Found]:
        """The name that a cue announces."""
        reading: Mapping[str, object] = {
            "closing": self._closing, "introduction": self._introduction, "here": self._here,
            "title": self._title, "kin": self._kin,
        }  # fmt: skip
        if hit.section in reading:
            found = reading[hit.section](hit)  # type: ignore[operator] # methods of one shape
            if found:
                yield self.words[found[0]].start, self.words[found[1] - 1].end, "PERSON"

    def surnames(self) -> Iterator[Found]:
        """What is written like a surname behind an employee's first name."""
        for at, word in enumerate(self.words[:-1]):
            if word.word not in self.staff.surnames or not self._written(at)[:1].isupper():
                continue
            if self.text[word.end : self.words[at + 1].start] != " ":
                continue
            last = self._name(at + 1, most=3)
            if last and not self._is_staff(at + 1) and not self._is_noun(at + 1):
                yield self.words[at + 1].start, self.words[last - 1].end, "SURNAME"

    def signature(self, closings: set[int]) -> Iterator[Found]:
        """A last line that is nothing but two or three capitalised words, or a dash and a name."""
        ends = [at for at, word in enumerate(self.words) if word.word == "."]
        last = len(self.words)
        if ends and ends[-1] == last - 1:
            ends, last = ends[:-1], last - 1
        start = ends[-1] + 1 if ends else 0
        if (
            not start
            or start in closings
            or not 1 <= last - start <= 3
            or self._name(start, most=3) != last
        ):
            return
        between = self.text[self.words[start - 1].end : self.words[start].start]
        is_dashed = any(dash in between for dash in "-\u2013\u2014/~")
        open_end = not self.text[self.words[last - 1].end :].strip(" .")
        if is_dashed or (last - start > 1 and open_end and not self._is_staff(start)):
            yield self.words[start].start, self.words[last - 1].end, "PERSON"

    def _closing(self, hit: Hit) -> tuple[int, int] | None:
        """A closing opens a sentence or follows a comma, and nothing but a name follows it."""
        if not self._opens(hit.first):
            return None
        at = self._past_sign(hit.last)
        last = self._name(at, most=_MOST_WORDS)
        if not last or any(word.word != "." for word in self.words[last:]):
            return None
        is_thanks = any(
            self.words[one].word.startswith(_THANKS) for one in range(hit.first, hit.last)
        )
        if is_thanks and self._is_staff(at):
            return None
        return at, last

    def _introduction(self, hit: Hit) -> tuple[int, int] | None:
        at = self._past_sign(hit.last)
        last = self._name(at, most=3)
        cue = [self.words[one].word for one in range(hit.first, hit.last)]
        if not last or (self._is_staff(at) and not any(word.endswith(_STRONG) for word in cue)):
            return None
        return at, last

    def _here(self, hit: Hit) -> tuple[int, int] | None:
        at = hit.first - 1
        if at > 0 and not self._opens(at) and self._name(at - 1, most=2) == hit.first:
            at -= 1
        is_end = hit.last >= len(self.words) or self.words[hit.last].word == "."
        is_end = is_end or self.text[self.words[hit.last - 1].end] in ",-\u2013:;("
        if at < 0 or not is_end or self._is_staff(at) or not self._opens(at):
            return None
        return (at, hit.first) if self._name(at, most=2) == hit.first else None

    def _title(self, hit: Hit) -> tuple[int, int] | None:
        before = self.words[hit.first - 1].word if hit.first else ""
        at = self._past_sign(hit.last)
        last = self._name(at, most=3)
        is_kin = before.startswith(_POSSESSIVE)
        if not last or is_kin or self._is_staff(at) or self._is_noun(at):
            return None
        return hit.first, last

    def _kin(self, hit: Hit) -> tuple[int, int] | None:
        at = hit.last
        while at < len(self.words) and at < hit.last + 2 and self.words[at].word in _CALLED:
            at += 1
        if at < len(self.words) and "." in self.text[self.words[at - 1].end : self.words[at].start]:
            return None
        last = self._name(at, most=2)
        return None if not last or self._is_staff(at) else (at, last)

    def _name(self, at: int, most: int) -> int:
        """Where a name that begins at this word ends (behind it); 0: it is none."""
        start, last, count = at, 0, 0
        while at < len(self.words) and count < most:
            word, written = self.words[at].word, self._written(at)
            gap = self.text[self.words[at - 1].end : self.words[at].start] if at > start else " "
            if word == ".":
                if at == start or not self._is_initial(at - 1):
                    break
            elif gap.strip(" .") not in {"", "-"}:
                break
            elif written[0].isupper() and self._may_be_name(at):
                last, count = at + 1, count + 1
            elif word not in _PARTICLES or "-" in gap:
                break
            at += 1
        return last

    def _may_be_name(self, at: int) -> bool:
        """Not one of the words that only look like a name, unless it is the initial of one."""
        word = self.words[at]
        is_initial = self._is_initial(at) and self.text[word.end : word.end + 1] == "."
        return is_initial or (word.word not in self.no_name and not word.word[0].isdigit())

    def _is_initial(self, at: int) -> bool:
        return len(self._written(at)) == 1

    def _past_sign(self, at: int) -> int:
        """Behind the full stop of an abbreviation, which ends no sentence."""
        is_stop = at < len(self.words) and self.words[at].word == "."
        return at + 1 if is_stop else at

    def _opens(self, at: int) -> bool:
        """Whether a sentence, a clause or a line begins with this word; a greeting may precede."""
        if not at or self.words[at - 1].word == "." or self.words[at - 1].word in _GREETINGS:
            return True
        between = self.text[self.words[at - 1].end : self.words[at].start]
        return bool(between.strip())

    def _written(self, at: int) -> str:
        return self.text[self.words[at].start : self.words[at].end]

    def _is_staff(self, at: int) -> bool:
        return fold(self._written(at)) in self.staff.surnames

    def _is_noun(self, at: int) -> bool:
        """German writes every noun like a name."""
        return self.is_german and self.words[at].word.endswith(_NOUN_ENDINGS)
