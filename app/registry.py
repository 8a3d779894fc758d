"""One object per module, found by its place; a malformed module stops the start."""

import importlib
import pkgutil
from typing import TypeVar

Kind = TypeVar("Kind")


def discover(package: str, name: str, kind: type[Kind]) -> dict[str, Kind]:
    """The object called `name` of every module in `package`, by module name, sorted.

    Raises TypeError when a module lacks it or it is of another type.
    """
    found: dict[str, Kind] = {}
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        thing = getattr(importlib.import_module(f"{package}.{module.name}"), name, None)
        if not isinstance(thing, kind):
            raise TypeError(f"{package}.{module.name} must define `{name}`, a {kind.__name__}")
        found[module.name] = thing
    return dict(sorted(found.items()))
