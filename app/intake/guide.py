"""Guide: how a platform is connected, word by word, and what its form asks for; one file each."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from app.intake import sourcebook

_CODE = re.compile(r"`([^`]+)`")
HERE = Path(__file__).parent / "sources"
# Who makes the secret: we, before the platform asks for one; or the platform, before or after it
# was told our address.
MAKERS = ("here", "before", "after", "none")


@dataclass(frozen=True, slots=True)
class Field:
    """One setting as the form asks for it. `is_sealed`: it is never shown again."""

    name: str
    label: str
    hint: str = ""
    example: str = ""
    is_required: bool = False
    is_sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """`before` is done at the platform before the form, `steps` after it; `events` are ticked.

    `maker` is one of MAKERS; `attributes` an example line of where the shop is named;
    `script` a file to be run at the platform.
    """

    platform: str
    title: str
    maker: str
    secret_hint: str
    genuine: str
    steps: tuple[str, ...]
    before: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    stumbles: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    attributes: str = ""
    attributes_hint: str = ""
    script: str | None = None


@cache
def guides() -> Mapping[str, Guide]:
    """Every guide by platform. Raises TypeError when one is missing or malformed."""
    return {name: _guide(name) for name in sourcebook.platforms()}


def _guide(name: str) -> Guide:
    path = HERE / "guides" / f"{name}.toml"
    if not path.exists():
        raise TypeError(f"There is no {path.name} that says how {name} is set up.")
    facts = tomllib.loads(path.read_text())
    platform = sourcebook.platforms()[name]
    asked = facts.pop("fields", {})
    unknown = set(asked) - platform.settings
    if unknown or facts.get("maker") not in MAKERS or platform.required - set(asked):
        raise TypeError(f"{path.name} does not fit its platform: {', '.join(sorted(unknown))}")
    fields = tuple(
        Field(
            setting,
            is_required=setting in platform.required,
            is_sealed=setting in platform.sealed,
            **said,
        )
        for setting, said in asked.items()
    )
    lists: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in facts.items()
    }
    return Guide(platform=name, title=platform.title, fields=fields, **lists)


def script_of(guide: Guide, address: str) -> str | None:
    """The script to run at the platform, with our address in it."""
    if guide.script is None:
        return None
    text = (HERE / guide.script).read_text()
    return text.replace("https://wall.example.com/hooks/...", address)


def marked(text: str, address: str = "") -> Markup:
    """A sentence of a guide for a page: `code` is set as code, {address} is ours to be copied."""
    html = _CODE.sub(r"<code>\1</code>", str(escape(text)))
    copied = f'<code class="copied">{escape(address)}</code>'
    return Markup(html.replace("{address}", copied))  # noqa: S704 - escaped above
