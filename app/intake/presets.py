"""Platforms that need no code: a JSON file of mapping, authentication and settings for each."""

import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from app.intake import strictjson
from app.intake.source import CARRIED, Platform

HERE = Path(__file__).parent / "sources" / "presets"
KEYS = {"title", "authentication", "delivery_id", "settings", "required", "mapping"}
# A setting in an expression: alone between backticks it is a literal, else part of a quoted name.
_LITERAL = re.compile(r"`%(\w+)%`")
_PART = re.compile(r"%(\w+)%")


def discover() -> dict[str, Platform]:
    """Every preset, by the name of its file. Raises TypeError when one is malformed."""
    return {path.stem: _platform(path) for path in sorted(HERE.glob("*.json"))}


def filled(mapping: Any, defaults: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
    """The preset's expressions with the source's settings in their places."""
    words = {**defaults, **{name: one for name, one in settings.items() if one is not None}}
    if isinstance(mapping, Mapping):
        return {name: filled(one, defaults, settings) for name, one in mapping.items()}
    literal = _LITERAL.sub(lambda found: f"`{_written(words.get(found[1]))}`", mapping)
    return _PART.sub(lambda found: _written(words.get(found[1]) or "")[1:-1], literal)


def _written(value: Any) -> str:
    """As JSON inside of a JMESPath literal; ids are compared as text."""
    text = None if value is None else str(value)
    return json.dumps(text).replace("`", "\\`")


def _platform(path: Path) -> Platform:
    facts = strictjson.loads(path.read_bytes())
    unknown = set(facts) - KEYS
    if unknown:
        raise TypeError(f"{path.name} has unknown keys: {', '.join(sorted(unknown))}")
    defaults: dict[str, Any] = facts["settings"]
    return Platform(
        title=facts["title"],
        expressions=partial(filled, facts["mapping"], defaults),
        authentication=facts.get("authentication", CARRIED),
        delivery_id=facts.get("delivery_id"),
        settings=frozenset(defaults),
        required=frozenset(facts.get("required", ())),
    )
