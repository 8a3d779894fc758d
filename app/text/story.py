"""How much of a story a safe comment is, and what keeps it from being one. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.text.lexicon import COLLEAGUE, HARMLESS, Hit, all_words
from app.text.redaction import MARK
from app.text.unsafe import Reading

# Characters a wall has room for, after redaction; words that can tell something.
FEWEST, MOST, FEWEST_WORDS = 60, 240, 10
MOST_CAPITALS = 0.35
# Points of 100 from which a lead is asked, and from which the automatic lane may do without.
ENOUGH_TO_ASK, ENOUGH_ALONE = 45, 60
_NEAR = 3

_END = re.compile(
    r"[.!?\u2026\u3002\uff0e\uff01\uff1f\uff61\u061f\u06d4\u0964\u0965\u0589\u1362]"
    r"[\"'\u2019\u201d\u201c\u00bb\u00ab\u203a)\]}\u300d\u300f\u3011\uff09\uff3d\u3009\u300b]*"
    # A smile behind the full stop does not open the sentence again.
    r"[\s\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]*$"
)
# A hidden signature behind the last sentence does not open it again either.
_SIGNED = re.compile(
    r"(?<=[.!?\u2026)])[ ]?(?:[^.!?\u2026\d]{0,40}[\s,])?[-\u2013\u2014/~]? ?\[name\][.!]?\s*$"
)
_WORD = re.compile(r"[^\W_]+(?:['\u2019\u2010-\u2013.:/@-][^\W_]+)*")
# Scripts without spaces: a word is about two signs here, about four there.
_OF_TWO = re.compile(r"[\u3041-\u30fa\u3400-\u9fff]")
_OF_FOUR = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


@dataclass(frozen=True, slots=True)
class Telling:
    """What a comment tells: hits that count, and those that speak against it."""

    actions: int
    praises: int
    details: int
    role: bool
    complaints: tuple[str, ...]
    open_problem: str | None
    hedge: str | None
    aside: str | None
    turn: str | None
    turns: int
    problems: int
    unknown: tuple[str, ...]

    @property
    def against(self) -> list[str]:
        """Why this is no story a customer would recognise as praise, in words."""
        return [*self.mild, *self.grave]

    @property
    def mild(self) -> list[str]:
        """What a kind comment may hold as well, if the rest of it is like other stories."""
        found = [f"complains: {word}" for word in self.complaints[:2]]
        if self.open_problem:
            found.append(f"a problem without its solution: {self.open_problem}")
        return found

    @property
    def grave(self) -> list[str]:
        """What no comment that is asked for holds."""
        found = []
        if self.hedge:
            found.append(f"lukewarm: {self.hedge}")
        if self.aside:
            found.append(f"speaks of more than the work: {self.aside}")
        if self.turn:
            found.append(f"nothing good is said behind “{self.turn}”")
        return found


def tell(text: str, reading: Reading, praised: int) -> Telling:
    """Counts what the reading found, with negators and turns taken into account."""
    negators = {hit.first for hit in reading.of("negator")}
    denied = [hit for hit in reading.hits if _is_denied(hit, negators, reading)]
    actions, praises = reading.of("action"), reading.of("praise")
    good = [hit for hit in (*actions, *praises) if hit not in denied]
    # "Would not take a penny" is no complaint, though "would not" is; and what was wrong before
    # somebody came ("the wrong address") is a problem, not a complaint.
    milder = [*praises, *reading.of("problem"), *reading.of(HARMLESS)]
    denied += [hit for hit in reading.hits if _is_within(hit, milder)]
    denied += [hit for hit in reading.of("complaint") if _is_denied_behind(hit, negators, reading)]
    complaints = [hit for hit in reading.of("complaint") if hit not in denied]
    hedges = [hit for hit in reading.of("hedge") if hit not in denied]
    asides = [hit for hit in reading.of("aside") if hit not in denied]
    names = _staff_words(text, reading) if praised else []
    return Telling(
        actions=len({hit.first for hit in actions}),
        praises=len({hit.first for hit in praises if hit not in denied}),
        details=len({hit.first for hit in reading.of("detail")}) + len(re.findall(r"\d+", text)),
        role=bool(reading.of("person")),
        complaints=tuple(dict.fromkeys(_said(text, reading, hit) for hit in complaints)),
        open_problem=_open_problem(text, reading, [*actions, *praises], denied),
        hedge=_said(text, reading, hedges[0]) if hedges else None,
        aside=_said(text, reading, asides[0]) if asides else None,
        turn=_turn(text, reading, [*(hit.first for hit in good), *names]),
        turns=len(reading.of("contrast")),
        problems=len([hit for hit in reading.of("problem") if hit not in denied]),
        unknown=_unknown(text, reading),
    )


def missing(text: str) -> list[str]:
    """What the form of a redacted comment lacks to be a story."""
    lacks = []
    body = _SIGNED.sub("", text)
    if not FEWEST <= len(text) <= MOST:
        lacks.append(f"{len(text)} characters, a story has {FEWEST} to {MOST}")
    if words(text) < FEWEST_WORDS:
        lacks.append(f"{words(text)} words, a story has ten or more")
    if not _END.search(body[-60:]):
        lacks.append("the last sentence is not finished")
    letters = [one for one in MARK.sub("", text) if one.isalpha()]
    if letters and sum(map(str.isupper, letters)) > MOST_CAPITALS * len(letters):
        lacks.append("written in capitals")
    return lacks


def points(text: str, telling: Telling, *, praised: bool) -> float:
    """0 to 100: who .25, what was done .20, details .15, praise .20, length .10, sentences .10."""
    body = MARK.sub(" ", text)
    sentences = len(re.findall(r"[.!?\u2026\u3002\uff01\uff1f]+(?:\s|$)", body)) or 1
    flow = {1: 0.7, 2: 1.0, 3: 1.0}.get(sentences, 0.5)
    person = 1.0 if praised else 0.5 * telling.role
    found = (
        0.25 * person
        + 0.20 * min(1.0, telling.actions / 2)
        + 0.15 * min(1.0, telling.details / 2)
        + 0.20 * min(1.0, telling.praises / 2)
        + 0.10 * _room(len(text))
        + 0.10 * flow
    )
    return round(100 * found, 1)


def words(text: str) -> int:
    """How many words; in scripts without spaces an estimate. The marks of redaction are none."""
    text = MARK.sub(" ", text)
    of_two, of_four = len(_OF_TWO.findall(text)), len(_OF_FOUR.findall(text))
    if of_two or of_four:
        text = _OF_FOUR.sub(" ", _OF_TWO.sub(" ", text))
    return len(_WORD.findall(text)) + of_two // 2 + of_four // 4


def _is_denied(hit: Hit, negators: set[int], reading: Reading) -> bool:
    """Whether a negator stands within three words before it, in the same sentence."""
    if hit.section not in {"complaint", "problem", "praise"}:
        return False
    for at in range(hit.first - 1, max(-1, hit.first - 1 - _NEAR), -1):
        if reading.words[at].word == ".":
            return False
        if at in negators:
            return True
    return False


def _is_denied_behind(hit: Hit, negators: set[int], reading: Reading) -> bool:
    """Whether one word is denied by the next: Danish and German say "hakker ikke", "klemmt nie"."""
    if hit.last - hit.first > 1 or hit.last not in negators:
        return False
    word, negator = reading.words[hit.last - 1], reading.words[hit.last]
    return negator.start == word.end + 1  # a comma between begins something else


def _is_within(hit: Hit, milder: Sequence[Hit]) -> bool:
    """Whether it is a part of a longer entry that says something milder."""
    if hit.section not in {"complaint", "problem", "hedge", "aside"}:
        return False
    return any(one.covers(hit) and not hit.covers(one) for one in milder)


def _open_problem(
    text: str, reading: Reading, good: Sequence[Hit], denied: Sequence[Hit]
) -> str | None:
    """A problem that nobody did anything about, in its own sentence or later."""
    for hit in reading.of("problem"):
        if hit in denied:
            continue
        begins = hit.first
        while begins and reading.words[begins - 1].word != ".":
            begins -= 1
        resolved = any(one.first >= begins and one.first != hit.first for one in good)
        if not resolved and not _is_named_later(hit, reading):
            return _said(text, reading, hit)
    return None


def _is_named_later(hit: Hit, reading: Reading) -> bool:
    """Whether a colleague comes into a later sentence: "It was broken. Tom swapped the belt"."""
    later = reading.words[hit.last :]
    ends = next((at for at, word in enumerate(later) if word.word == "."), len(later))
    return any(word.word == COLLEAGUE for word in later[ends:])


def _turn(text: str, reading: Reading, good: Sequence[int]) -> str | None:
    """The “but” behind which nothing good is said."""
    turns = reading.of("contrast")
    if turns and not any(at > turns[-1].last - 1 for at in good):
        return _said(text, reading, turns[-1])
    return None


def _unknown(text: str, reading: Reading) -> tuple[str, ...]:
    """Words that no rule knows: what they say, a machine cannot tell."""
    known = {at for hit in reading.hits for at in range(hit.first, hit.last)}
    plain = all_words("no_name")
    return tuple(
        text[word.start : word.end]
        for at, word in enumerate(reading.words)
        if at not in known and word.word not in plain and not text[word.start].isupper()
        and len(word.word) > 2 and not word.word.isdigit()
    )  # fmt: skip


def _staff_words(text: str, reading: Reading) -> list[int]:
    """Capitalised words inside a sentence: a colleague may be what stands behind the “but”."""
    return [
        at
        for at, word in enumerate(reading.words)
        if at and reading.words[at - 1].word != "." and text[word.start].isupper()
    ]


def _said(text: str, reading: Reading, hit: Hit) -> str:
    return text[reading.words[hit.first].start : reading.words[hit.last - 1].end]


def _room(length: int) -> float:
    """1 for 90 to 200 characters, falling to 0 at the least and at the most."""
    if length < 90:
        return max(0.0, (length - FEWEST) / (90 - FEWEST))
    return 1.0 if length <= 200 else max(0.0, (MOST - length) / (MOST - 200))
