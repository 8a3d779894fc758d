"""Counting: which themes passives name more often than promoters. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.integrity.counting import z_of
from app.scores.nps import Category
from app.themes import phrases

# So many passives must have written, and so many of them name a theme, before it is told.
MIN_PASSIVES = 10
MIN_NAMED = 3


@dataclass(frozen=True, slots=True)
class Told:
    """One comment. `safe` is its redacted text where anybody may read it, else None."""

    response_id: int
    category: Category
    themes: frozenset[str]
    safe: str | None


def report(told: Sequence[Told], silent: Mapping[str, int]) -> dict[str, Any]:
    """Counts of themes and phrases as JSON keeps them; never a comment.

    `silent` are the answers without words, by category. Themes that passives name most come first;
    `gap` is the share of passives minus that of promoters who name it, in points, `z` how sure.
    """
    sizes: Counter[str] = Counter(one.category for one in told)
    facts: dict[str, Any] = {
        "wrote": {kind: sizes[kind] for kind in ("promoter", "passive", "detractor")},
        "silent": dict(silent),
        "themes": [],
        "phrases": [],
    }
    if sizes["passive"] < MIN_PASSIVES:
        return facts
    named = {kind: Counter(t for one in told if one.category == kind for t in one.themes)
             for kind in sizes}  # fmt: skip
    everyone = {kind: named.get(kind, Counter()) for kind in ("promoter", "passive", "detractor")}
    facts["themes"] = [
        _theme(theme, everyone, sizes, _example(told, theme))
        for theme, count in sorted(everyone["passive"].items(), key=lambda one: (-one[1], one[0]))
        if count >= MIN_NAMED
    ]
    texts = {
        kind: [one.safe for one in told if one.category == kind and one.safe] for kind in sizes
    }
    found = phrases.telling(texts.get("passive", []), texts.get("promoter", []))
    facts["phrases"] = [[one.words, one.passives, one.promoters, one.z] for one in found]
    return facts


def _theme(
    theme: str,
    named: Mapping[str, Mapping[str, int]],
    sizes: Mapping[str, int],
    example: int | None,
) -> dict[str, Any]:
    passives, promoters = named["passive"][theme], named["promoter"].get(theme, 0)
    all_passives, all_promoters = sizes["passive"], sizes.get("promoter", 0)
    share = 100 * passives / all_passives
    other = 100 * promoters / all_promoters if all_promoters else 0.0
    return {
        "theme": theme,
        "passives": passives,
        "promoters": promoters,
        "detractors": named["detractor"].get(theme, 0),
        "gap": round(share - other, 1),
        "z": round(z_of([(passives, all_passives, promoters, all_promoters)]), 2),
        "example": example,
    }


def _example(told: Sequence[Told], theme: str) -> int | None:
    """A safe comment of a passive that is about this theme and little else; the newest of such."""
    fit = [one for one in told if one.category == "passive" and one.safe and theme in one.themes]
    best = min(fit, key=lambda one: (len(one.themes), -one.response_id), default=None)
    return best.response_id if best else None
