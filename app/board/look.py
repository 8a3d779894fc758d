"""Look: how somebody wants to look at a board, as far as an address may say."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from app.board.scene import LANDSCAPE, PORTRAIT, scenes
from app.people.authorize import Actor
from app.people.doors import Checks

Watcher = Annotated[Actor, Depends(Checks("boards.watch"))]


@dataclass(frozen=True)
class Look:
    """What is None the board decides."""

    scene: str | None = None
    theme: str | None = None
    motion: str | None = None
    orientation: str | None = None

    @classmethod
    def asked(
        cls, scene: str = "", theme: str = "", motion: str = "", orientation: str = ""
    ) -> "Look":
        return cls(
            scene if scene in scenes() else None,
            theme if theme in ("ink", "paper") else None,
            "off" if motion == "off" else None,
            orientation if orientation in (LANDSCAPE, PORTRAIT) else None,
        )


Asked = Annotated[Look, Depends(Look.asked)]
