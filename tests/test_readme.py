"""The README's five minutes, word by word: every command is run, against a server of its own."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.db import connect
from app.people.tokens import add_token
from tests.ports import free_port
from tests.server import ROOT, Running, running, with_settings

SECTION = "## Five minutes to your own first answer"


def blocks(kind: str) -> list[str]:
    section = (ROOT / "README.md").read_text().split(SECTION)[1].split("\n## ")[0]
    return re.findall(rf"^```{kind}\n(.*?)^```", section, re.M | re.S)


@pytest.mark.timeout(300)  # six commands start, on a machine that may be busy
def test_five_minutes_to_the_first_answer(tmp_path: Path) -> None:
    port = free_port()
    environment = {
        "CHEERBOARD_DATA_DIR": str(tmp_path / "data"),
        "CHEERBOARD_PORT": str(port),
        "CHEERBOARD_HOST": "127.0.0.1",
    }
    (start,) = blocks("sh server")
    with running(["sh", "-c", start], port, environment) as server:
        server.wait_until_ready()
        said = _follow(blocks("sh"), tmp_path, port, environment)
        link = re.search(r"http://\S+/screen\?token=\S+", said)
        assert link, said
        hook = json.loads((tmp_path / "shop.json").read_text())["hook_path"]
        _look(server, hook, said, tmp_path)
        server.end()
    assert "Traceback" not in "".join(server.err)
    assert hook not in "".join(server.err)


def _follow(steps: list[str], folder: Path, port: int, environment: dict[str, str]) -> str:
    """The blocks in one shell, as in one terminal; only the port is another."""
    (folder / ".venv").symlink_to(ROOT / ".venv")
    script = "set -e\n" + "\n".join(steps).replace("localhost:8080", f"127.0.0.1:{port}")
    done = subprocess.run(
        [*with_settings(environment), "bash", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _look(server: Running, hook: str, said: str, folder: Path) -> None:
    """The answer is in the score, and the desk lets its new admin in."""
    database = connect(f"sqlite:///{folder / 'data/cheerboard.db'}")
    with database.write.begin() as session:
        key = add_token(session, "look", "admin")
    database.dispose()
    (answer,) = server.get("/api/v1/responses", authorization=f"Bearer {key}").json()["items"]
    assert answer["response_id"] == "r-1"
    assert answer["score"] == 9
    assert answer["comment"] in (ROOT / "README.md").read_text()
    assert hook not in said
    assert server.get("/").status_code in {200, 303}


@pytest.mark.parametrize("word", ["make demo", "make run"])
def test_the_commands_named_are_there(word: str) -> None:
    assert word in (ROOT / "README.md").read_text()
    target = word.split()[1]
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M)
    assert shutil.which("make")
