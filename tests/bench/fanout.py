"""(c) CPU per frame to 1,000 screens, against Node's ws and nginx with nchan."""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.serving import CLIENT_CORE, ROOT, Served, serve
from tests.bench.table import Row
from tests.ports import free_port

RIVALS = Path(__file__).parent / "rivals"
SIZE = 4096
NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")


def measure(screens: int = 1000, frames: int = 200) -> list[Row]:
    """Server CPU per frame and screen in µs for each server, in one run; the ratio is ours."""
    ours = _cost(_wall, screens, frames)
    rows = [Row("fan-out: our CPU per frame and screen, µs", ours, "", "outboxes, time-outs")]
    rivals = {"Node's ws": (_ws, "<= 1.6"), "nginx with nchan": (_nchan, "")}
    for name, (rival, target) in rivals.items():
        try:
            cost = _cost(rival, screens, frames)
        except NotHereError as why:
            print(f"{name} was not measured: {why}", file=sys.stderr)
            continue
        rows.append(Row(f"fan-out: ours / {name}", ours / cost, target, f"{cost:.1f} µs"))
    return rows


class NotHereError(Exception):
    """A rival cannot be had on this machine."""


@contextlib.contextmanager
def _wall() -> Iterator[Served]:
    port = free_port()
    with serve([sys.executable, "-m", "tests.bench.wall", str(port)], port, {}, "/ready") as served:
        yield served


@contextlib.contextmanager
def _ws() -> Iterator[Served]:
    if not shutil.which("node") or not shutil.which("npm"):
        raise NotHereError("node and npm are not installed")
    with tempfile.TemporaryDirectory() as folder:
        install = ["npm", "install", "--silent", "--no-fund", "--no-audit", "ws"]
        done = subprocess.run(install, cwd=folder, capture_output=True, check=False, timeout=120)
        if done.returncode:
            raise NotHereError("npm could not install ws")
        port = free_port()
        env = {"NODE_PATH": f"{folder}/node_modules"}
        with serve(["node", str(RIVALS / "ws.js"), str(port)], port, env, "/ready") as served:
            yield served


@contextlib.contextmanager
def _nchan() -> Iterator[Served]:
    if not NCHAN.exists() or not shutil.which("nginx"):
        raise NotHereError("nginx with nchan is not installed (libnginx-mod-nchan)")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        text = (RIVALS / "nchan.conf").read_text()
        conf = Path(folder) / "nginx.conf"
        conf.write_text(text.format(module=NCHAN, folder=folder, port=port))
        command = ["nginx", "-p", folder, "-c", str(conf), "-e", f"{folder}/error.log"]
        with serve(command, port, {}, "/ready") as served:
            yield served


def _cost(
    server: Callable[[], contextlib.AbstractContextManager[Served]], screens: int, frames: int
) -> float:
    with server() as served, crowd(served.port, screens) as count:
        for _ in range(20):  # warms up
            _draw(served)
        _settle(count, screens * 20 * SIZE)
        before, heard = served.cpu(), count()["bytes"]
        for _ in range(frames):
            _draw(served)
        _settle(count, int(heard) + screens * frames * SIZE)
        spent = served.cpu() - before
        if count()["lost"]:
            raise RuntimeError(f"{count()['lost']} sockets were lost")
    return spent / (screens * frames) * 1e6


def _draw(served: Served) -> None:
    body = b"x" * SIZE
    url = f"http://127.0.0.1:{served.port}/frame?size={SIZE}"
    with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=30) as answer:
        answer.read()
    time.sleep(0.05)


def _settle(count: Callable[[], dict[str, float]], least: int) -> None:
    deadline = time.monotonic() + 60
    while count()["bytes"] < least:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{count()['bytes']} of {least} bytes arrived")
        time.sleep(0.05)


@contextlib.contextmanager
def crowd(port: int, screens: int, path: str = "/live") -> Iterator[Callable[[], dict[str, float]]]:
    command = [sys.executable, "-m", "tests.bench.sockets", "--port", str(port), "--path", path,
               "--count", str(screens), "--core", str(CLIENT_CORE)]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        if process.stdout.readline().strip() != "open":
            raise RuntimeError("the crowd could not connect")

        def count() -> dict[str, float]:
            assert process.stdin
            assert process.stdout
            process.stdin.write("count\n")
            process.stdin.flush()
            seen: dict[str, float] = json.loads(process.stdout.readline())
            return seen

        try:
            yield count
        finally:
            process.stdin.close()
