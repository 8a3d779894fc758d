"""Runs a command as a person would: words in; exit code, stdout and stderr out."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document that is all of stdout."""
        assert self.code == 0, self.err
        return json.loads(self.out)

    def refused(self, words: str) -> None:
        """Wrong usage or bad input: exit 2, one clear line that says why, nothing on stdout."""
        assert self.code == 2, self.out + self.err
        assert words in self.err
        assert self.err.count("\n") == 1, self.err
        assert self.out == ""


Command = Callable[..., Ended]


@pytest.fixture
def cheerboard(
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """`cheerboard("board", "list", "--json")` on the test's own database."""
    monkeypatch.setenv("CHEERBOARD_DATABASE_URL", database_url)
    monkeypatch.setenv("CHEERBOARD_DATA_DIR", str(tmp_path / "data"))
    return terminal(monkeypatch, capsys)


def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["cheerboard", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)

    return run
