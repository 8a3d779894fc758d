"""Servers to be measured: each a process of its own on one core, ended by its process id."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SERVER_CORE, CLIENT_CORE = 0, 1
SECRET = "whsec_bWFkZSB1cCBmb3IgdGVzdHMsIG5ldmVyIHVzZWQ="  # made up


@dataclass
class Served:
    """A running server; `cpu()` is user and system seconds it has used so far."""

    port: int
    process: psutil.Process
    env: Mapping[str, str] = field(default_factory=dict)
    hook: str = ""
    token: str = ""

    def cpu(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def rss(self) -> int:
        return int(self.process.memory_info().rss)

    def get(self, path: str) -> Any:
        """The JSON answer of one GET, with the API token."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@contextmanager
def serve(
    command: list[str], port: int, env: Mapping[str, str], ready: str, *, core: int | None = 0
) -> Iterator[Served]:
    """Starts a server, waits until `ready` answers 200, and ends it by its process id."""
    whole = {**os.environ, **env, "PYTHONPATH": str(ROOT)}  # noqa: TID251 - handed on
    pin = None if core is None else (lambda: os.sched_setaffinity(0, {core}))
    process = subprocess.Popen(
        command, env=whole, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        preexec_fn=pin,  # noqa: PLW1509 - one call of the kernel, no threads here
    )  # fmt: skip
    try:
        _wait(port, ready, process)
        yield Served(port, psutil.Process(process.pid), env)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr:
            process.stderr.close()


@contextmanager
def cheerboard(
    folder: Path, *, command: list[str] | None = None, core: int | None = 0
) -> Iterator[Served]:
    """Our server on a database in `folder`, with a company, a board and one signed source."""
    port = free_port()
    env = {
        "CHEERBOARD_DATA_DIR": str(folder),
        "CHEERBOARD_HOST": "127.0.0.1",
        "CHEERBOARD_PORT": str(port),
        "CHEERBOARD_OPEN_BOARDS": "true",
    }
    hook, token = _prepare(env, folder)
    command = command or [sys.executable, "-m", "app", "serve"]
    with serve(command, port, env, "/readyz", core=core) as served:
        served.hook, served.token = hook, token
        yield served


def _prepare(env: Mapping[str, str], folder: Path) -> tuple[str, str]:
    kept = folder / "bench.json"
    if kept.exists():
        known = json.loads(kept.read_text())
        return known["hook"], known["token"]
    tell(env, "migrate")
    tell(env, "company", "set", "--name", "Bench", "--timezone", "Europe/Berlin")
    for team in ("Claims", "Field service", "Pensions"):
        tell(env, "team", "add", team)
        tell(env, "person", "add", f"Ana {team}", "--team", team)
    tell(env, "board", "add", "hall", "--title", "Hall")
    source = json.loads(
        tell(env, "source", "add", "survey", "--platform", "generic", "--secret", SECRET, "--json")
    )
    token = json.loads(tell(env, "token", "add", "bench", "--scope", "admin", "--json"))["token"]
    kept.write_text(json.dumps({"hook": source["hook_path"], "token": token}))
    return source["hook_path"], token


def tell(env: Mapping[str, str], *words: str) -> str:
    """Runs one `cheerboard` command; its stdout."""
    done = subprocess.run(
        [sys.executable, "-m", "app", *words],
        env={**os.environ, **env, "PYTHONPATH": str(ROOT)},  # noqa: TID251 - handed on
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"cheerboard {' '.join(words)}: {done.stderr[-2000:]}")
    return done.stdout


def _wait(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            text = process.stderr.read().decode() if process.stderr else ""
            raise RuntimeError(f"the server ended: {text[-2000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(f"nothing ready on port {port}")
