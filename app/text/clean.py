"""Makes a comment one plain line: no hidden signs, NFC, single spaces. Pure.

Every sign of the clean text knows which code points of the given comment it stands for.
"""

import re
import unicodedata
from dataclasses import dataclass

# Letters of the living scripts carry at most four marks; what stacks higher runs over its line.
MOST_MARKS = 4

# Anything but the plain letters and marks most comments are made of, or a space too many.
_ODD = re.compile(
    r"[^ -~\u00a1-\u00ac\u00ae-\u02af\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e"
    r"\u20a0-\u20bf\u3001-\u3017\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]"
    r"|^ |  | $"
)
_ZWNJ, _ZWJ = "\u200c", "\u200d"
# Signs that draw nothing, or a gap that is no space, whatever their category says.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_UNSEEN = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\ufff9\ufffa\ufffb\ufffc")


@dataclass(frozen=True, slots=True)
class Clean:
    """`text[i]` stands for the code points `starts[i]` up to `ends[i]` of the given comment."""

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range

    def given(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` (not empty) stands in the given comment."""
        return self.starts[start], self.ends[end - 1]


def clean(comment: str) -> Clean:
    """Drops control, format and private signs, folds whitespace, composes, caps stacked marks."""
    if _is_plain(comment):
        return Clean(comment, range(len(comment)), range(1, len(comment) + 1))
    signs: list[tuple[str, int, int]] = []
    for start, end in _clusters(comment):
        sign = _cluster(comment, start, end)
        if sign == " " and (not signs or signs[-1][0] == " "):
            continue
        signs.extend((letter, start, end) for letter in sign)
    if signs and signs[-1][0] == " ":
        signs.pop()
    return Clean(
        "".join(letter for letter, _, _ in signs),
        tuple(start for _, start, _ in signs),
        tuple(end for _, _, end in signs),
    )


def _is_plain(comment: str) -> bool:
    """Whether there is nothing to do, as with most comments: decided without a loop."""
    return not _ODD.search(comment) and unicodedata.is_normalized("NFC", comment)


def _clusters(comment: str) -> list[tuple[int, int]]:
    """Each sign with the marks and joining Hangul letters behind it; hidden signs left out."""
    found: list[tuple[int, int]] = []
    for at, sign in enumerate(comment):
        if _is_hidden(comment, at):
            continue
        if found and _joins(sign):
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found


def _joins(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "M" or "\u1161" <= sign <= "\u11ff"


def _cluster(comment: str, start: int, end: int) -> str:
    base = comment[start]
    if base.isspace() or base in _BLANK or unicodedata.category(base) in {"Zs", "Zl", "Zp"}:
        return " "
    if unicodedata.category(base)[0] == "M":
        return ""  # a mark that stands on nothing would be drawn over what comes before it
    if end == start + 1:
        return unicodedata.normalize("NFC", base)
    seen = (at for at in range(start, end) if not _is_hidden(comment, at))
    composed = unicodedata.normalize("NFC", "".join(comment[at] for at in seen))
    kept, marks = [], 0
    for sign in composed:
        marks = marks + 1 if unicodedata.category(sign)[0] == "M" else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def _is_hidden(comment: str, at: int) -> bool:
    sign = comment[at]
    if sign < "\x7f":
        return sign < " " and not sign.isspace()
    if sign in _UNSEEN or _is_nonsense(ord(sign)):
        return True
    if sign in {_ZWJ, _ZWNJ}:
        return not _is_needed(comment, at)
    return unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs"} and not sign.isspace()


def _is_nonsense(code: int) -> bool:
    """Noncharacters, and the plane of tags and selectors that draws nothing itself."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or 0xE0000 <= code <= 0xE0FFF


def _is_needed(comment: str, at: int) -> bool:
    """A joiner is a letter's business in Arabic and Indic scripts, and glues one emoji."""
    before, after = comment[at - 1 : at], comment[at + 1 : at + 2]
    if not before or not after:
        return False
    if "\u0600" <= before <= "\u0dff" and "\u0600" <= after <= "\u0dff":
        return True
    glued = before == "\ufe0f" or unicodedata.category(before) in {"So", "Sk"}
    return comment[at] == _ZWJ and glued and unicodedata.category(after) == "So"
