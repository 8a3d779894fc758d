"""The scene picker: where each press or drag puts a scene. Pure."""

from collections.abc import Mapping, Sequence

from app.board import options

# What a button of the picker may be called; its value is the scene.
VERBS = ("up", "down", "off", "on")


def arranged(names: Sequence[str], fields: Mapping[str, str]) -> tuple[list[str], str]:
    """The new order after what was pressed, and the scene that moved.

    `order` is a whole new order, as after a drag; `up`, `down`, `off` and `on` name one scene. A
    press that no longer fits (somebody else took the scene off) changes nothing. Raises
    CheerboardError when the board would be left without a scene or with one there is not.
    """
    order = fields.get("order", "")
    if order:
        return options.read_scenes(order), fields.get("moved", "")[:64]
    verb = next((verb for verb in VERBS if fields.get(verb)), "")
    name = fields.get(verb, "")
    return options.read_scenes(",".join(_pressed(list(names), verb, name))), name[:64]


def _pressed(names: list[str], verb: str, name: str) -> list[str]:
    if verb == "on" and name not in names:
        return [*names, name]
    if name not in names:
        return names
    at = names.index(name)
    names.remove(name)
    if verb in ("up", "down"):
        names.insert(max(0, at - 1) if verb == "up" else at + 1, name)
    elif verb == "on":
        names.insert(at, name)
    return names
