"""Settings as lines of a form, and back: `name = place` for each, secrets never filled in."""

import json
import re
from collections.abc import Mapping
from typing import Any

from app.errors import CheerboardError
from app.intake import strictjson
from app.intake.source import Platform
from app.intake.strictjson import JSONRefusedError

# What a form may hold beside the platform's own settings.
TEXTS = ("timezone",)
LONGEST = 16_000
_REASON = re.compile(r"accept\[(?P<reason>[^\]]+)\]")
_ATTRIBUTE = "attributes."


def settings_of(platform: Platform, fields: Mapping[str, str]) -> dict[str, Any]:
    """What a form says of the settings it has fields for; None where a field was left empty.

    An empty field of a sealed setting says nothing: what is stored stays. Raises CheerboardError.
    """
    if any("\0" in value for value in fields.values()):
        raise CheerboardError("A field contains a character that cannot be stored.", status=422)
    found: dict[str, Any] = {}
    for name in sorted(platform.settings | set(TEXTS)):
        value = fields.get(name, "").strip() or None
        if name in fields and (value is not None or name not in platform.sealed):
            found[name] = value
    if "attributes" in fields:
        found["attributes"] = _pairs(fields["attributes"], "attributes") or None
    if "mapping" in fields:
        found["mapping"] = _mapping(fields["mapping"])
    if "authentication" in fields:
        found["authentication"] = _object(fields["authentication"])
    return found


def fields_of(platform: Platform, settings: Mapping[str, Any]) -> dict[str, str]:
    """The settings as the form shows them; sealed ones stay empty."""
    shown = {
        name: str(settings.get(name) or "")
        for name in platform.settings | set(TEXTS)
        if name not in platform.sealed
    }
    way = settings.get("authentication")
    return shown | {
        "attributes": _lines(settings.get("attributes") or {}),
        "mapping": mapping_lines(settings.get("mapping") or {}),
        "authentication": json.dumps(way, ensure_ascii=False) if way else "",
    }


def mapping_lines(mapping: Mapping[str, Any]) -> str:
    """A mapping as lines; `accept` with several reasons as `accept[reason] = expression`."""
    flat: dict[str, Any] = {}
    for name, value in mapping.items():
        if not isinstance(value, Mapping):
            flat[name] = value
        elif name == "attributes":
            flat |= {f"{_ATTRIBUTE}{key}": one for key, one in value.items()}
        else:
            flat |= {f"{name}[{reason}]": one for reason, one in value.items()}
    return _lines(flat)


def _lines(pairs: Mapping[str, Any]) -> str:
    return "\n".join(f"{name} = {value}" for name, value in pairs.items() if value is not None)


def _mapping(text: str) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for name, expression in _pairs(text, "mapping").items():
        reason = _REASON.fullmatch(name)
        if reason:
            group = found.setdefault("accept", {})
            if not isinstance(group, dict):
                raise CheerboardError("mapping has accept with and without a reason.", status=422)
            group[reason["reason"]] = expression
        elif name.startswith(_ATTRIBUTE):
            found.setdefault("attributes", {})[name.removeprefix(_ATTRIBUTE)] = expression
        else:
            found[name] = expression
    return found or None


def _pairs(text: str, what: str) -> dict[str, str]:
    """`name = value` on each line; a line that begins with a space goes on with the one before."""
    if len(text) > LONGEST:
        raise CheerboardError(f"{what} is longer than {LONGEST:,} characters.", status=422)
    found: dict[str, str] = {}
    last = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        if line[0].isspace() and last:
            found[last] += f" {line.strip()}"
        elif not equals or not name or not value:
            raise CheerboardError(
                f"{what}, line {number}: write it as `name = where it stands`.", status=422
            )
        elif name in found:
            raise CheerboardError(f"{what}, line {number}: {name!r:.60} is twice.", status=422)
        else:
            found[name], last = value, name
    return found


def _object(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return strictjson.loads(text.encode(errors="replace"))
    except JSONRefusedError as error:
        sentence = str(error).replace("The body", "authentication", 1)
        raise CheerboardError(sentence, status=422) from None
