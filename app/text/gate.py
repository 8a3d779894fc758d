"""Which comments may become stories, each with reasons a lead understands. Pure.

Two lanes. `review`: a lead reads and releases. `automatic`: so plain a case that a company may
let it through unread, if it wants to; whether it does is not decided here.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.text import known, lexicon, phones, precedent, story, unsafe
from app.text.clean import clean
from app.text.known import NOBODY, Known
from app.text.language import Guess, language
from app.text.redaction import Redacted, Span, redact
from app.text.story import ENOUGH_ALONE, ENOUGH_TO_ASK, FEWEST, MOST, Telling, words

__all__ = ["Verdict", "judge", "passed_over", "read", "warm_up", "words"]

RULE = "gate-4"

Gate = Literal["none", "review", "automatic"]

LOWEST_SCORE = 9
# What is longer than this does not shrink to a story by hiding a link; it is not looked at.
MOST_GIVEN = 1000
# Words that glow at such a score, and words that only complain at nine or ten: one is a slip.
LOW_SCORE, GLOWING, COMPLAINING = 2, 3, 2
# Where nothing is praised, somebody must at least have done so many things.
HELPING = 2
# Words without a rule that a machine may pass over when it decides alone.
MOST_UNKNOWN = 1
# Longer texts are cut before they are read: no comment box holds more.
MOST_READ = 5000

_HIDDEN = {
    "EMAIL": ("e-mail address", "e-mail addresses"),
    "URL": ("link", "links"),
    "PHONE": ("phone number", "phone numbers"),
    "NUMBER": ("long number", "long numbers"),
    "ORDER": ("order number", "order numbers"),
    "NATIONAL_ID": ("personal number", "personal numbers"),
    "IBAN": ("bank account", "bank accounts"),
    "CARD": ("card number", "card numbers"),
    "ADDRESS": ("postal address", "postal addresses"),
    "PERSON": ("name of the customer", "names of the customer"),
    "SURNAME": ("surname of an employee", "surnames of employees"),
}
_NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate decided. `text` is None when the comment was not worth looking at.

    `spans` are code points of the given comment; `rank` is 0 to 100, how much of a story it is;
    `language` is ISO 639-1, None below 20 letters. `is_publishable`: safe after redaction, praise
    or not. `is_against_score`: glowing words with a low score, or a complaint with nine or ten.
    """

    gate: Gate
    reasons: tuple[str, ...]
    text: str | None = None
    spans: tuple[Span, ...] = ()
    language: str | None = None
    rank: float = 0.0
    is_publishable: bool = False
    is_against_score: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """One comment, taken apart."""

    score: int | None
    redacted: Redacted
    telling: Telling
    rank: float
    guess: Guess
    praised: Sequence[str]
    leaning: float | None


def judge(
    comment: str | None,
    score: int | None,
    customer: Known = NOBODY,
    names: Sequence[str] = (),
    region: str | None = None,
) -> Verdict:
    """Whether these words may be offered to a lead, and why or why not.

    `names` is the roster: who is praised by first name stays visible. The cheap questions come
    first, so that an answer without a story costs next to nothing.
    """
    reason = passed_over(comment, score)
    if reason or comment is None:
        return Verdict("none", (reason or "no comment",))
    return read(comment, score, customer, names, region)


def passed_over(comment: str | None, score: int | None) -> str | None:
    """Why an answer is no story without reading it; None means: read it. Under a microsecond."""
    if score is None or score < LOWEST_SCORE:
        return "no score yet" if score is None else f"score {score}, a story needs 9 or 10"
    if not comment:
        return "no comment"
    if not FEWEST <= len(comment) <= MOST_GIVEN:
        return f"{len(comment)} characters, a story has {FEWEST} to {MOST}"
    return None


def read(
    comment: str,
    score: int | None,
    customer: Known = NOBODY,
    names: Sequence[str] = (),
    region: str | None = None,
    given_language: str | None = None,
) -> Verdict:
    """The whole verdict on any comment, whatever its score: redaction, safety, lane and rank."""
    plain = clean(comment[:MOST_READ])
    guess = language(plain.text, lexicon.lexicons(), given_language)
    redacted = redact(plain, customer, names, region, guess.nearest)
    reading = unsafe.read(plain.text, guess.nearest, names)
    praised = known.mentions(redacted.text, names)
    telling = story.tell(plain.text, reading, len(praised))
    rank = story.points(redacted.text, telling, praised=bool(praised))
    dangers = [f"{unsafe.SAYS[name]}: {said}" for name, said in reading.unsafe.items()]
    if any(span.type == "URL" for span in redacted.spans):
        dangers.append(f"contains {unsafe.SAYS['link']}")
    slip = None if dangers else _against_score(score, telling)
    is_asked = not dangers and (score or 0) >= LOWEST_SCORE
    leaning = precedent.leaning(reading, guess.nearest) if is_asked else None
    one = _Read(score, redacted, telling, rank, guess, praised, leaning)
    lane, why = _lane(one, dangers, slip)
    return Verdict(
        lane, tuple(why), redacted.text, redacted.spans, guess.code, rank,
        is_publishable=not dangers, is_against_score=slip is not None,
    )  # fmt: skip


def warm_up() -> None:
    """Loads everything the first comment would wait for."""
    phones.warm_up()
    comment = (
        "Call +45 20 12 34 56 or mail uma@example.com at 12 Maple Street for a long story here."
    )
    for code in lexicon.lexicons():
        read(comment, 10, given_language=code)
    read(f"{comment} Es war sehr gut.", 10)


def _lane(one: _Read, dangers: list[str], slip: str | None) -> tuple[Gate, list[str]]:
    """The lane, with what speaks against a story or for it."""
    if dangers:
        return "none", dangers
    told = _told(one.score, one.redacted, one.praised)
    if slip:
        return "review", [slip, *told]
    low = one.score is None or one.score < LOWEST_SCORE
    against = [passed_over("x", one.score) or ""] if low else []
    against += story.missing(one.redacted.text)
    is_read = one.guess.nearest in lexicon.lexicons()
    mild = [*one.telling.mild, *_too_little(one)] if is_read else []
    # Only where a colleague is named: who complains of a room writes much like who praises it.
    is_small = bool(one.praised) and len(mild) == 1 and not one.telling.turns
    is_outweighed = is_small and _leans(one, precedent.CLEAR)
    if is_read:
        against += [*([] if is_outweighed else mild), *one.telling.grave]
    if not against and one.leaning is not None and not _leans(one, precedent.ENOUGH):
        against = [
            f"reads too little like a story ({one.leaning:+.1f}, {precedent.ENOUGH:+.1f} is asked)"
        ]
    if against:
        return "none", against
    if not is_read:
        return "review", [*told, "there are no word rules for this language, read it with care"]
    doubts = [*(f"needs a reader: {doubt}" for doubt in mild), *_doubts(one)]
    return ("review", [*told, *doubts]) if doubts else ("automatic", told)


def _leans(one: _Read, enough: float) -> bool:
    """Whether it reads so much like the stories that people have sorted."""
    return one.leaning is not None and one.leaning >= enough


def _too_little(one: _Read) -> list[str]:
    """Praise that could be said of anybody is no story."""
    if not one.praised and not one.telling.actions and one.telling.details < 2:
        return ["names nobody and tells nothing that was done"]
    told = one.telling
    did_something = told.role and told.actions >= HELPING
    if not one.praised and not told.praises and not did_something:
        return ["names nobody and praises nothing"]
    if one.rank < ENOUGH_TO_ASK:
        return [f"{one.rank:.0f} points, a story has {ENOUGH_TO_ASK}"]
    return []


def _doubts(one: _Read) -> list[str]:
    """What a machine must not decide alone."""
    unknown = one.telling.unknown
    hidden = any(span.type != "ORDER" for span in one.redacted.spans)
    checks = (
        (not one.telling.praises, "no word of praise"),
        (one.rank < ENOUGH_ALONE, f"{one.rank:.0f} points, {ENOUGH_ALONE} to do without a reader"),
        (not one.guess.is_certain or not one.guess.code, "the language is not certain"),
        (hidden, "something was hidden"),
        (not one.praised, "names no employee"),
        (bool(one.telling.turns), "a turn in what is said"),
        (bool(one.telling.problems), "a problem is told"),
        (len(unknown) > MOST_UNKNOWN, f"words without a rule: {', '.join(unknown[:3])}"),
    )
    return [f"needs a reader: {doubt}" for fails, doubt in checks if fails]


def _against_score(score: int | None, telling: Telling) -> str | None:
    """The sentence for words that say the opposite of the score; None: they agree."""
    if score is None:
        return None
    complaints = len(telling.complaints)
    if score <= LOW_SCORE and telling.praises >= GLOWING and not telling.against:
        return f"the words praise, the score is {score}: perhaps the scale was read upside down"
    if score >= LOWEST_SCORE and complaints >= COMPLAINING and not telling.praises:
        return f"the words complain, the score is {score}: perhaps the scale was read upside down"
    return None


def _told(score: int | None, redacted: Redacted, praised: Sequence[str]) -> list[str]:
    told = [f"score {score}", f"{len(redacted.text)} characters"]
    if praised:
        told.append(f"names {_an('employee', len(praised))}: {', '.join(praised)}")
    hidden = Counter(span.type for span in redacted.spans)
    for kind, count in hidden.items():
        one, several = _HIDDEN[kind]
        numeral = _NUMERALS[count] if count < len(_NUMERALS) else str(count)
        told.append(f"{numeral} {one if count == 1 else several} hidden")
    return told


def _an(noun: str, count: int) -> str:
    return f"an {noun}" if count == 1 else f"{noun}s"
