"""Words without case, accents and disguises, and where they stand in the clean text. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Letters of other scripts and styles that look like ours; NFKC has dealt with full-width ones.
_LOOKS = str.maketrans(
    "асеорхукмтніјѕвгԁһɡɑοαερτυνκιηχωⅼ\u0131\u0142",
    "aceopxykmthijsbrdhgaoaeptuvkinxwlil",
)
_LEET = str.maketrans("0134578@$€!|+", "oieastbaseilt")
_WORD = re.compile(r"[^\W_]+|[.!?\u2026]+(?=\s|$|[\"'\u201d\u2019\u00bb)])|[;\n]|#")
_APART = re.compile(r"(?<=n)['\u2019\u02bc](?=t\b)")
# f u c k, f.u.c.k, f-u-c-k: single letters apart from each other.
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .\-_*/|]{1,2}[^\W\d_]){2,}(?![^\W_])")
_MIXED = re.compile(r"(?=[^\s]{0,30}[a-z])[a-z0-9@$€!|+]{3,30}")
_LEET_SIGN = re.compile(r"[0-9@$€|+]|!(?=[a-z])")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_INSIDE = re.compile(r"(?<=[a-z])[*.\-_~#^](?=[a-z])")
MASKED = re.compile(r"(?<![^\W_])[a-z]{1,3}[*#@%&$]{2,}[a-z]{0,4}(?![^\W_])", re.IGNORECASE)
_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word, or the sign that ends a sentence; `start` and `end` in the clean text.

    `written` has its accents still, in small letters.
    """

    word: str
    start: int
    end: int
    written: str = ""


@lru_cache(maxsize=8192)
def fold(sign: str) -> str:
    """Without case, accents, width and look-alikes. Works on one sign as on whole words."""
    if sign.isascii():
        return sign.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", sign).casefold())
    plain = "".join(one for one in apart if unicodedata.category(one)[0] != "M")
    return plain.translate(_LOOKS) if _is_mixed(sign) else plain


def _is_mixed(word: str) -> bool:
    """Whether a word mixes scripts, as a disguise does; a Russian word stays Russian."""
    has_latin = any("a" <= one.lower() <= "z" for one in word)
    return has_latin and not all(one.isascii() or "\u00c0" <= one <= "\u024f" for one in word)


def tokens(text: str) -> list[Token]:
    """The words of a clean text; `don't` is one word, `l'ami` two; sentence ends are tokens."""
    if "'" in text or "\u2019" in text:
        text = _APART.sub("\0", text)
    found: list[Token] = []
    for match in _WORD.finditer(text):
        word = match.group()
        start = match.start()
        if found and start and text[start - 1] == "\0" and word in {"t", "T"}:
            found[-1] = Token(found[-1].word + "t", found[-1].start, match.end())
        else:
            folded = fold(word) if word[0].isalnum() else "."
            found.append(Token(folded, start, match.end(), word.lower()))
    return found


def undisguised(text: str) -> list[str]:
    """Other readings of a text in which letters are replaced, spaced, masked or repeated.

    Empty for most comments. Only looked at for what nobody should read.
    """
    folded = "".join(fold(sign) for sign in text) if not text.isascii() else text.lower()
    readings = []
    spaced = _SPACED.sub(lambda found: re.sub(r"[\W_]", "", found.group()), folded)
    plain = _MIXED.sub(lambda found: _unleet(found.group()), spaced)
    plain = _REPEATED.sub(r"\1", plain)
    if plain != folded:
        readings.append(plain)
    doubled = _REPEATED.sub(r"\1\1", spaced)
    if doubled not in {folded, plain, spaced}:
        readings.append(doubled)
    if _INSIDE.search(plain):
        readings.append(_INSIDE.sub("", plain))
        if "*" in plain or "#" in plain:
            readings += [re.sub(r"(?<=[a-z])[*#](?=[a-z])", vowel, plain) for vowel in _VOWELS]
    return readings


def _unleet(word: str) -> str:
    if not _LEET_SIGN.search(word) or word.isdigit():
        return word
    return word.translate(_LEET)
