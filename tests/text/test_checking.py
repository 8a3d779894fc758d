"""`cheerboard text check`: one item a line, one clear sentence about a bad line, no database."""

import json
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.terminal import Command, terminal

HERE = Path(__file__).parent
ROWS = [json.loads(line) for line in (HERE / "comments.jsonl").read_text().splitlines()]


@pytest.fixture
def cheerboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Without a network and with a database that does not answer."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("CHEERBOARD_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("CHEERBOARD_DATA_DIR", str(tmp_path / "data"))
    return terminal(monkeypatch, capsys)


def written(folder: Path, *rows: Any) -> str:
    path = folder / "comments.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in rows))
    return str(path)


def test_every_comment_has_its_item(cheerboard: Command, tmp_path: Path) -> None:
    rows = [{"id": row["id"], "score": row["score"], "comment": row["text"]} for row in ROWS]
    file = written(tmp_path, *rows)
    items = cheerboard("text", "check", file, "--roster", str(HERE / "roster.json"), "--json")
    found = {item["id"]: item for item in items.document["items"]}
    assert list(found) == [row["id"] for row in ROWS]
    keys = "id language redacted spans publishable story_gate story_score reasons"
    assert set(found["c001"]) == set(keys.split())
    assert found["c001"]["story_gate"] == "review"
    assert found["c023"]["language"] is None
    assert found["c015"]["spans"] == [{"start": 19, "end": 31, "type": "PHONE"}]
    for row in ROWS:
        assert 0 <= found[row["id"]]["story_score"] <= 100
        assert found[row["id"]]["reasons"]


def test_defaults_and_a_given_language(cheerboard: Command, tmp_path: Path) -> None:
    file = written(tmp_path, {"score": 10, "comment": "Tak"}, "", {"comment": "ok", "lang": "da"})
    items = cheerboard("text", "check", file, "--json").document["items"]
    assert [(item["id"], item["language"]) for item in items] == [("1", None), ("3", "da")]
    assert "3: da, none, may be shown; no score yet" in cheerboard("text", "check", file).out


def test_an_answer_without_words_has_none(cheerboard: Command, tmp_path: Path) -> None:
    file = written(tmp_path, {"score": 10, "comment": None})
    (item,) = cheerboard("text", "check", file, "--json").document["items"]
    assert (item["language"], item["spans"], item["story_gate"]) == (None, [], "none")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "Line 2: this is not JSON."),
        ("[" * 100_000, "Line 2: this is not JSON."),
        ("[]", "Line 2: an object"),
        ({"score": 10}, "Line 2: comment must be text."),
        ({"score": 11, "comment": "x"}, "Line 2: score must be a whole number"),
        ({"score": True, "comment": "x"}, "Line 2: score must be a whole number"),
        ({"score": "9", "comment": "x"}, "Line 2: score must be a whole number"),
        ({"score": 9, "comment": "x", "lang": 3}, "Line 2: lang must be"),
        ({"score": 9, "comment": "x", "id": []}, "Line 2: id must be"),
    ],
)
def test_a_bad_line_is_one_sentence(
    cheerboard: Command, tmp_path: Path, line: Any, words: str
) -> None:
    file = written(tmp_path, {"score": 10, "comment": "fine"}, line)
    cheerboard("text", "check", file, "--json").refused(words)


def test_bad_files_are_one_sentence(cheerboard: Command, tmp_path: Path) -> None:
    cheerboard("text", "check", str(tmp_path / "none.jsonl")).refused("there is no such file")
    (tmp_path / "latin.jsonl").write_bytes(b'{"comment": "a"}\n{"comment": "\xe9"}')
    cheerboard("text", "check", str(tmp_path / "latin.jsonl")).refused("Line 2: this is not UTF-8")
    file = written(tmp_path, {"score": 9, "comment": "x"})
    (tmp_path / "roster.json").write_text('{"Tom": 1}')
    cheerboard("text", "check", file, "--roster", str(tmp_path / "roster.json")).refused(
        "The roster must be a JSON list of names."
    )
