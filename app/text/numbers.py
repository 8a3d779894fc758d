"""Finds accounts, cards, national ids and order numbers in a clean text. Pure.

Check digits are python-stdnum's business. An order number counts only behind a cue word.
"""

import re
from collections.abc import Iterator, Sequence

from stdnum import iban, luhn
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir

from app.text.contacts import Found
from app.text.folding import Token
from app.text.lexicon import Hit

_IBAN = re.compile(
    r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_CPR = re.compile(r"(?<![\d-])(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d ?- ?\d{4}(?![\d-])")
_NINO = re.compile(r"(?<!\w)[A-Z]{2}(?: ?\d\d){3} ?[A-D](?!\w)", re.IGNORECASE)
_SSN = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")
_AHV = re.compile(r"(?<!\d)756\.?\d{4}\.?\d{4}\.?\d{2}(?!\d)")
_DNI = re.compile(
    r"(?<!\w)(?:[XYZ][ -]?\d{7}|\d{2}\.?\d{3}\.?\d{3})[ -]?[A-Z](?!\w)", re.IGNORECASE
)
_NIR = re.compile(r"(?<!\d)[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d(?!\d)")
_IDNR = re.compile(r"(?<!\d)\d{2} ?\d{3} ?\d{3} ?\d{3}(?!\d)")

# What follows a cue: letters, digits and the signs between them, of which three digits at least.
_CODE = re.compile(
    r"[\s:#.,=\u00b0\u00ba()-]{0,4}("
    r"(?:[A-Za-z]{1,5}[/-]?|[A-Z]{1,5} )?\d[\w/-]*(?:[./ -](?=\d)[\w/-]+){0,6}"
    r"|[A-Z]{1,5}-?\w*\d[\w-]*)"
)
_LINKS_TEXT = """
    no nr number num nummer numero id is was er var ist war es era est etait lautet n ref code the
    with den der die mit la le el het de my mijn mein . #
"""
_LINKS = frozenset(_LINKS_TEXT.split())
_MOST_LINKS = 3
# How large something is.
_SIZE = re.compile(r"\d{1,4}(?:[xX\u00d7]\d{1,4}){1,2}(?:[cm]m)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}[.:]\d\d")
_UNIT = re.compile(
    r" ?(?:%|\u20ac|\$|\u00a3|kr\b|dkk\b|eur|pound|dollar|min|hour|stun|time|uur|heure|hora|day|tag"
    r"|dag|jour|d\u00eda|week|woche|uge|semaine|semana|kilo|kg|gram|mm\b|cm\b|m\b|km|people|kund|client|stk|st\u00fcck|pieces)",
    re.IGNORECASE,
)


def accounts(text: str) -> Iterator[Found]:
    """IBANs, right or mistyped, and payment cards that pass Luhn."""
    for match in _IBAN.finditer(text):
        digits = sum(map(str.isdigit, match.group()))
        if iban.is_valid(match.group()) or digits >= 12:
            yield match.start(), match.end(), "IBAN"
    for match in _CARD.finditer(text):
        plain = re.sub(r"\D", "", match.group())
        if luhn.is_valid(plain) and len(set(plain)) > 1:
            yield match.start(), match.end(), "CARD"


def national_ids(text: str) -> Iterator[Found]:
    """Personal numbers that show by their form or their check digit."""
    for pattern in (_CPR, _NINO, _SSN, _AHV):
        for match in pattern.finditer(text):
            yield match.start(), match.end(), "NATIONAL_ID"
    for pattern, checks in ((_DNI, (dni, nie)), (_NIR, (nir,)), (_IDNR, (idnr,))):
        for match in pattern.finditer(text):
            if any(check.is_valid(match.group()) for check in checks):
                yield match.start(), match.end(), "NATIONAL_ID"


def cued(text: str, words: Sequence[Token], hits: Sequence[Hit]) -> Iterator[Found]:
    """Order numbers and other numbers of a person, each behind its cue word."""
    for section, _, last in hits:
        if section not in {"order", "number"}:
            continue
        at = last
        while at < len(words) and at < last + _MOST_LINKS and words[at].word in _LINKS:
            at += 1
        # A link may be a part of the number: "es" is both a word and a country.
        for behind in sorted({last, at}):
            found = _CODE.match(text, words[behind - 1].end)
            if found and _is_code(text, found, is_order=section == "order"):
                end = found.end(1)
                while end > found.start(1) and not text[end - 1].isalnum():
                    end -= 1
                yield found.start(1), end, "ORDER" if section == "order" else "NATIONAL_ID"
                break


def _is_code(text: str, found: re.Match[str], *, is_order: bool) -> bool:
    code = found.group(1)
    digits = sum(map(str.isdigit, code))
    if digits < 3:
        return False
    if not is_order:
        return digits >= 4
    if any(plain.fullmatch(code) for plain in (_YEAR, _DATE, _SIZE)):
        return False
    return not (code.isdigit() and _UNIT.match(text, found.end()))
