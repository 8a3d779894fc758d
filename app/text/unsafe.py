"""What never reaches a wall, and the words that make a story, found in one reading. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.text import known, lexicon
from app.text.folding import MASKED, Token, tokens, undisguised
from app.text.lexicon import COLLEAGUE, HARMLESS, UNSAFE, Hit, Lexicon

# How a lead reads each class.
SAYS = {
    "profanity": "swearing",
    "health": "somebody's health",
    "belief": "belief, politics or orientation",
    "origin": "somebody's origin",
    "harassment": "looks or advances",
    "insult": "an insult or a threat",
    "accusation": "an accusation",
    "misconduct": "something against the rules of the house",
    "self_response": "an answer by the staff or their friends",
    "begging": "a score that was asked for, bought or filled in by somebody else",
    "private": "somebody's private life",
    "markup": "markup or code",
    "advertising": "advertising",
    "gibberish": "no real words",
    "link": "a link",
}
_MARKUP = re.compile(
    r"<\s*[/!?]?\s*[a-z][^<>]{0,200}[>/]|&(?:lt|#\d{1,6}|#x[0-9a-f]{1,5});|javascript:|\{\{|\{%|\$\{"
    r"|\bon(?:error|load|click)\s*=|\bunion\s+select\b|';\s*(?:drop|--)|\[/?(?:url|img|b|i)[\]=]",
    re.IGNORECASE,
)
_ADVERTISING = re.compile(
    r"\b(?:use (?:the |my )?code|promo ?codes?|discount code|coupon code|referral|rabatt?kode?n?"
    r"|rabattcode|gutscheincode|code promo|c[oó]digo promocional|kortingscode|bitcoin\w*|crypto\w*"
    r"|casino\w*|telegram|onlyfans|whatsapp me|earn (?:money|\$)|buy now|click here|cheap pills"
    r"|follow (?:(?:me|us) on|@\w+)|subscribe|check out my|visit my"
    r"|my (?:website|channel|shop|etsy)"
    r"|visit (?:us at )?[\w-]+\.(?:com|net|org|shop|store|online|example|co|eu)"
    r"|money from home|dinero desde casa|argent (?:depuis|de) chez vous|tjen penge hjemme\w*"
    r"|thuis geld verdienen|ohne schufa|cr[eé]dit sans justificatif|sin aval|zonder bkr|uden rki"
    r"|(?:write|message|text|contact) (?:to )?me on (?:whatsapp|insta\w*|signal)"
    r"|(?:schreibt? mir auf|skriv til mig på|[eé]cri\w+[- ]moi sur) whatsapp"
    r"|escr[ií]b(?:e|id|an)me (?:por|al) whatsapp"
    r"|my own business|dm me|seo|forex|invest\w* (?:now|today)|klik her|klik hier|hier klicken"
    r"|cliquez ici|haz clic|folg mir|volg mij|følg mig|s[ií]gueme)\b",
    re.IGNORECASE,
)
_GIBBERISH = re.compile(
    r"\b(?:asdf\w*|sdfg\w*|qwert\w*|hjkl\w*|gjkl\w*|jkl\w?|lorem ipsum|(?:bla ?){3,}"
    r"|(?:test\W+){2,}\w*|(?:la ){4,}|xyz xyz|abc abc|aaa+|zzz+|[bcdfghjklmnpqrstvwxz]{7,})\b",
    re.IGNORECASE,
)
_DISGUISED = frozenset({"profanity", "insult", "origin"})


@dataclass(frozen=True, slots=True)
class Reading:
    """Words of a text, what they mean, and the unsafe classes with the words that showed them."""

    words: tuple[Token, ...]
    hits: tuple[Hit, ...]
    unsafe: Mapping[str, str]

    def of(self, section: str) -> list[Hit]:
        """The hits of one section."""
        return [hit for hit in self.hits if hit.section == section]


def read(text: str, code: str | None, names: Sequence[str] = ()) -> Reading:
    """Reads a clean text with the rules of its language, or of all when there are none for it.

    `names` is the roster: rules may speak of a colleague without knowing whom.
    """
    languages = lexicon.lexicons()
    own = [languages[code]] if code and code in languages else list(languages.values())
    words = _named(text, tokens(text), names)
    hits = [hit for one in own for hit in one.index.hits(words)]
    found = {hit.section: _said(text, words, hit) for hit in reversed(dangers(hits))}
    found |= _by_form(text) | _disguised(text, own)
    return Reading(tuple(words), tuple(hits), found)


def _named(text: str, words: list[Token], names: Sequence[str]) -> list[Token]:
    """The words with those that call a colleague made the same; Toms (his) is Tom's."""
    written = known.staff(tuple(names)).written
    if not written:
        return words
    return [
        Token(COLLEAGUE, word.start, word.end, word.written)
        if (said := text[word.start : word.end]) in written or said.removesuffix("s") in written
        else word
        for word in words
    ]


def dangers(hits: Sequence[Hit]) -> list[Hit]:
    """The unsafe hits of a text, but those that stand within words that are harmless together."""
    harmless = [hit for hit in hits if hit.section == HARMLESS]
    return [
        hit
        for hit in hits
        if hit.section in UNSAFE and not any(one.covers(hit) for one in harmless)
    ]


def _by_form(text: str) -> dict[str, str]:
    found = {}
    for name, pattern in (
        ("markup", _MARKUP), ("advertising", _ADVERTISING), ("gibberish", _GIBBERISH),
    ):  # fmt: skip
        match = pattern.search(text)
        if match:
            found[name] = match.group()[:30]
    masked = MASKED.search(text)
    if masked:
        found["profanity"] = masked.group()
    return found


def _disguised(text: str, own: Sequence[Lexicon]) -> dict[str, str]:
    found = {}
    for reading in undisguised(text):
        words = tokens(reading)
        for one in own:
            for hit in dangers(list(one.index.hits(words))):
                if hit.section in _DISGUISED:
                    found[hit.section] = _said(reading, words, hit)
    return found


def _said(text: str, words: Sequence[Token], hit: Hit) -> str:
    return text[words[hit.first].start : words[hit.last - 1].end]
