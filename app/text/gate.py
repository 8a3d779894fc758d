"""Which comments may become stories, each with reasons a lead understands. Pure.

This rule looks at the score, the length and the form, and hides contact data. Words that are
unsafe are for the lead who releases; nothing is released by a machine.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.text import known, phones
from app.text.known import NOBODY, Known
from app.text.redaction import MARK, Redacted, Span, redact

RULE = "gate-1"

Gate = Literal["none", "review", "automatic"]

# Characters a wall has room for, after redaction; words that can tell something.
FEWEST, MOST, FEWEST_WORDS = 60, 240, 10
LOWEST_SCORE = 9
# What is longer than this does not shrink to a story by hiding a link; it is not looked at.
MOST_GIVEN = 1000

_END = re.compile(
    r"[.!?\u2026\u3002\uff0e\uff01\uff1f\uff61\u061f\u06d4\u0964\u0965\u0589\u1362]"
    r"[\"'\u2019\u201d\u201c\u00bb\u00ab\u203a)\]}\u300d\u300f\u3011\uff09\uff3d\u3009\u300b]*"
    # A smile behind the full stop does not open the sentence again.
    r"[\s\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]*$"
)
_WORD = re.compile(r"[^\W_]+(?:['\u2019\u2010-\u2013.:/@-][^\W_]+)*")
# Scripts without spaces: a word is about two signs here, about four there.
_OF_TWO = re.compile(r"[\u3041-\u30fa\u3400-\u9fff]")
_OF_FOUR = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")

_HIDDEN = {
    "EMAIL": ("e-mail address", "e-mail addresses"),
    "URL": ("link", "links"),
    "PHONE": ("phone number", "phone numbers"),
    "NUMBER": ("long number", "long numbers"),
    "PERSON": ("name of the customer", "names of the customer"),
    "SURNAME": ("surname of an employee", "surnames of employees"),
}
_NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate decided. `text` is None when the comment was not worth looking at.

    `spans` are code points of the given comment; `rank` is 0 to 100, how much of a story it is;
    `language` stays None until the house can tell languages.
    """

    gate: Gate
    reasons: tuple[str, ...]
    text: str | None = None
    spans: tuple[Span, ...] = ()
    language: str | None = None
    rank: float = 0.0


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
    redacted = redact(comment, customer, names, region)
    missing = _missing(redacted.text)
    if missing:
        return Verdict("none", tuple(missing), redacted.text, redacted.spans)
    praised = known.mentions(redacted.text, names)
    return Verdict(
        "review",
        _reasons(score, redacted, praised),
        redacted.text,
        redacted.spans,
        rank=rank(redacted.text, praised=bool(praised)),
    )


def passed_over(comment: str | None, score: int | None) -> str | None:
    """Why an answer is no story without reading it; None means: read it. Under a microsecond."""
    if score is None or score < LOWEST_SCORE:
        return "no score yet" if score is None else f"score {score}, a story needs 9 or 10"
    if not comment:
        return "no comment"
    if not FEWEST <= len(comment) <= MOST_GIVEN:
        return f"{len(comment)} characters, a story has {FEWEST} to {MOST}"
    return None


def words(text: str) -> int:
    """How many words; in scripts without spaces an estimate. The marks of redaction are none."""
    text = MARK.sub(" ", text)
    of_two, of_four = len(_OF_TWO.findall(text)), len(_OF_FOUR.findall(text))
    if of_two or of_four:
        text = _OF_FOUR.sub(" ", _OF_TWO.sub(" ", text))
    return len(_WORD.findall(text)) + of_two // 2 + of_four // 4


def rank(text: str, *, praised: bool) -> float:
    """0 to 100: who did it, details, a good length, two or three sentences.

    These are the parts of the story formula that need no word list, with their weights .25, .15,
    .10 and .10, scaled to 100.
    """
    body = MARK.sub(" ", text)
    details = min(1.0, len(re.findall(r"\d+", body)) / 2)
    sentences = len(re.findall(r"[.!?\u2026\u3002\uff01\uff1f]+(?:\s|$)", body)) or 1
    flow = {1: 0.7, 2: 1.0, 3: 1.0}.get(sentences, 0.5)
    score = 0.25 * praised + 0.15 * details + 0.10 * _room(len(text)) + 0.10 * flow
    return round(100 * score / 0.60, 1)


def warm_up() -> None:
    """Loads everything the first comment would wait for."""
    phones.warm_up()
    judge("Call +45 20 12 34 56 or mail uma@example.com for a long story, it is a good one.", 10)


def _missing(text: str) -> list[str]:
    """What keeps a redacted comment from being a story."""
    missing = []
    if not FEWEST <= len(text) <= MOST:
        missing.append(f"{len(text)} characters, a story has {FEWEST} to {MOST}")
    if words(text) < FEWEST_WORDS:
        missing.append(f"{words(text)} words, a story has ten or more")
    if not _END.search(text[-60:]):
        missing.append("the last sentence is not finished")
    return missing


def _reasons(score: int | None, redacted: Redacted, praised: Sequence[str]) -> tuple[str, ...]:
    reasons = [f"score {score}", f"{len(redacted.text)} characters"]
    if praised:
        reasons.append(f"names {_an('employee', len(praised))}: {', '.join(praised)}")
    hidden = Counter(span.type for span in redacted.spans)
    for kind, count in hidden.items():
        one, several = _HIDDEN[kind]
        numeral = _NUMERALS[count] if count < len(_NUMERALS) else str(count)
        reasons.append(f"{numeral} {one if count == 1 else several} hidden")
    return tuple(reasons)


def _an(noun: str, count: int) -> str:
    return f"an {noun}" if count == 1 else f"{noun}s"


def _room(length: int) -> float:
    """1 for 90 to 200 characters, falling to 0 at the least and at the most."""
    if length < 90:
        return max(0.0, (length - FEWEST) / (90 - FEWEST))
    return 1.0 if length <= 200 else max(0.0, (MOST - length) / (MOST - 200))
