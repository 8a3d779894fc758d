"""Finds e-mail addresses and links in a clean text. Pure.

Offsets count code points. Every pattern is bounded, so that hostile text costs no more than
its length.
"""

import re
from collections.abc import Iterator

Found = tuple[int, int, str]

# Scripts without spaces are left out of an address: it is glued to the sentence around it.
_GLUED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\ua000-\ua4cf\uac00-\ud7af\uff00-\uffef"
)
_PART = rf"[^\s@<>()\[\]{{}},;:!?\"'«»“”„‘’|/\\{_GLUED}]"
_EMAIL = re.compile(rf"{_PART}{{1,64}} ?[@\uff20\ufe6b] ?{_PART}{{1,255}}")
# "john (at) example (dot) com": written so that machines do not read it, readable all the same.
_SPELT = re.compile(
    r"[\w.+-]{1,64} ?[(\[{] ?(?:at|arroba|ät) ?[)\]}] ?"
    r"[\w-]{1,63}(?: ?(?:\.|[(\[{] ?(?:dot|punkt|punto|point) ?[)\]}]) ?[\w-]{1,63}){1,4}",
    re.IGNORECASE,
)
_URL_SIGN = rf"[^\s<>\[\]{{}}\"«»“”„|\\^`{_GLUED}]"
_URL = re.compile(
    rf"(?:\b[a-z][a-z0-9+.-]{{1,20}}://|\bwww\d?\.){_URL_SIGN}{{1,900}}", re.IGNORECASE
)
# A bare host counts when its ending is hardly ever a word; others need the slash of a path.
_HOST = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9\u00a1-\u024f](?:[a-z0-9\u00a1-\u024f-]{0,61}[a-z0-9\u00a1-\u024f])?\.){1,4}"
    r"(?:(?:com|net|org|info|biz|eu|de|dk|nl|fr|uk|ch|io|app|shop|online|store|xyz)\b(?!\.\w|@)"
    rf"(?:[/?#]{_URL_SIGN}{{0,900}})?|[a-z]{{2,24}}/{_URL_SIGN}{{0,900}})",
    re.IGNORECASE,
)
_ENDING = ".,;:!?)'’*_~"


def emails(text: str) -> Iterator[Found]:
    """Addresses with an @, spaced or spelt out ones too."""
    for pattern, sign in ((_EMAIL, "@\uff20\ufe6b"), (_SPELT, "([{")):
        if any(one in text for one in sign):
            for match in pattern.finditer(text):
                yield _trimmed(text, match, "EMAIL")


def links(text: str) -> Iterator[Found]:
    """Anything with a scheme or `www.`, and bare hosts."""
    if "." not in text and "://" not in text:
        return
    for pattern in (_URL, _HOST):
        for match in pattern.finditer(text):
            yield _trimmed(text, match, "URL")


def _trimmed(text: str, match: re.Match[str], kind: str) -> Found:
    start, end = match.span()
    while end - start > 1 and text[end - 1] in _ENDING:
        end -= 1
    return start, end, kind
