"""Recorded deliveries: bodies byte for byte, their headers, the settings, what must come out."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "fixtures"


@dataclass(frozen=True)
class Recorded:
    """One case. `facts` is the sidecar: headers, and keys with an underscore about the case."""

    platform: str
    stem: str
    body: bytes
    facts: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return {
            name: value
            for name, value in self.facts.items()
            if not name.startswith("_") and name != "Content-Length"
        }

    @property
    def query(self) -> str:
        return str(self.facts.get("_url", "")).partition("?")[2]

    @property
    def at(self) -> datetime:
        return moment(self.facts.get("_freeze_time") or "2026-06-10T09:16:00Z")

    @property
    def is_thin(self) -> bool:
        """Whether its platform only hints; what it has to fetch stands under `_fetch`."""
        return "_fetch" in self.facts

    @property
    def expected(self) -> dict[str, Any]:
        found: dict[str, Any] = self.facts["_expected"]
        return found


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def case(platform: str, name: str) -> Recorded:
    """`name` is what follows the platform's (or sender's) name in the file's, or all of it."""
    stem = name if (HERE / platform / f"{name}.headers.json").exists() else f"{platform}-{name}"
    sidecar = HERE / platform / f"{stem}.headers.json"
    facts = json.loads(sidecar.read_text())
    body = (HERE / platform / facts["_body_file"]).read_bytes()
    return Recorded(platform, stem, body, facts)


def everything() -> list[Recorded]:
    return [
        case(path.parent.name, path.name.removesuffix(".headers.json"))
        for path in sorted(HERE.glob("*/*.headers.json"))
    ]
