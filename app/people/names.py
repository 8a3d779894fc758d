"""How a name is compared, and how much of it a wall may show. Pure."""

import unicodedata
from functools import lru_cache

# Written beside a name, not part of it; a wall that shows "Dr. S." would show nobody.
_TITLES = frozenset({"dr", "frau", "herr", "mr", "mrs", "ms", "mx", "prof"})
_SUFFIXES = frozenset({"esq", "ii", "iii", "iv", "jr", "mba", "md", "msc", "phd", "sr"})

# What each audience sees at most, for each visibility a person chose.
_STAFF = {
    "full": "full",
    "first-initial": "first-initial",
    "first": "first",
    "initials": "initials",
    "hidden": "hidden",
}
_VISITOR = _STAFF | {"full": "first", "first-initial": "first", "initials": "letter"}
_STREET = dict.fromkeys(_STAFF, "hidden")
_AT_MOST = {"staff": _STAFF, "visitor": _VISITOR, "street": _STREET}


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The form in which two spellings of one name are equal: NFKC, trimmed, case-folded.

    Runs of whitespace count as one space.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def shown_name(name: str, visibility: str, audience: str) -> str | None:
    """What a board of that audience may call a person; None means: leave no trace.

    "Ana María Sánchez" is `full` as written, `first-initial` "Ana S.", `first` "Ana", `initials`
    "A. S."; a visitor reads a first name or its letter at most, the street nobody's name. Raises
    ValueError for an unknown visibility or audience, so that a slip never shows too much.
    """
    try:
        form = _AT_MOST[audience][visibility]
    except KeyError:
        raise ValueError(f"no name is shown for {visibility!r} before {audience!r}") from None
    name = " ".join(unicodedata.normalize("NFC", name).split())
    words = _words(name)
    if form == "hidden" or not words:
        return None
    first, last = words[0], words[-1] if len(words) > 1 else ""
    return {
        "full": name,
        "first-initial": f"{first} {_initial(last)}".strip(),
        "first": first,
        "initials": f"{_initial(first)} {_initial(last)}".strip(),
        "letter": _initial(first),
    }[form]


def _words(name: str) -> list[str]:
    """First names first: "Sánchez, Ana" is turned round, titles and degrees are left out."""
    before, _, after = name.partition(",")
    if after.strip() and not all(_bare(word) in _SUFFIXES for word in after.split()):
        before = f"{after.replace(',', ' ')} {before}"
    words = before.split()
    while len(words) > 1 and _bare(words[0]) in _TITLES:
        words.pop(0)
    while len(words) > 2 and _bare(words[-1]) in _SUFFIXES:
        words.pop()
    return words


def _bare(word: str) -> str:
    return word.replace(".", "").strip(",").casefold()


def _initial(word: str) -> str:
    """The first letter with the marks that belong to it, and a full stop; "" of no word."""
    letters = word.lstrip("\"'’‘“”(-.")
    if not letters:
        return ""
    end = 1
    while end < len(letters) and unicodedata.category(letters[end]).startswith("M"):
        end += 1
    letter = letters[:end]
    raised = letter.upper()
    return f"{raised if len(raised) == len(letter) else letter}."
