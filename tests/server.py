"""A real server process, or another long command, on a free port; ended by its own id."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "app"]


def with_settings(environment: Mapping[str, str]) -> list[str]:
    """What stands before a command so that it runs with these settings beside the usual ones.

    It keeps what it compiles, whatever is said to us: the next start takes half as long.
    """
    return [
        "env",
        "PYTHONDONTWRITEBYTECODE=",
        *(f"{name}={value}" for name, value in environment.items()),
    ]


@dataclass
class Running:
    """What it printed so far stands in `out` and `err`."""

    process: subprocess.Popen[str]
    base: str
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)

    def get(self, path: str, **how: str) -> httpx.Response:
        return httpx.get(self.base + path, headers=how)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "".join(self.err)
            try:
                if self.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError("not ready: " + "".join(self.err))

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to end; its exit code."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
        return self.process.wait(PATIENCE)


@contextmanager
def running(words: list[str], port: int, environment: Mapping[str, str]) -> Iterator[Running]:
    """Starts a command as the head of a process group of its own, and ends what is left of it."""
    process = subprocess.Popen(
        [*with_settings({"PYTHONUNBUFFERED": "1", **environment}), *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    found = Running(process, f"http://127.0.0.1:{port}")
    readers = [
        threading.Thread(target=lines.extend, args=(pipe,), daemon=True)
        for lines, pipe in ((found.out, process.stdout), (found.err, process.stderr))
        if pipe is not None
    ]
    for reader in readers:
        reader.start()
    try:
        yield found
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
        for reader in readers:
            reader.join(PATIENCE)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
