"""(a) Durable intake against the obvious endpoint and against the same server without storage."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.bench.load import pack
from tests.bench.posts import answers, signed
from tests.bench.serving import CLIENT_CORE, ROOT, SECRET, Served, cheerboard, serve
from tests.bench.table import Row
from tests.ports import free_port

CONNECTIONS = 32
# Of the obvious endpoint: as FastAPI's own tutorial writes it, or as a coroutine that blocks.
FORMS = {"/threads": "def, in threads", "/loop": "async def, blocking"}


def measure(count: int = 20_000, rival_count: int = 3_000) -> list[Row]:
    """A burst of `count` distinct signed answers over 32 connections, each server on one core.

    Every server has three turns, one after the other, and its best one counts: a neighbour on the
    machine can only make a turn worse.
    """
    ceilings, turns = [], []
    rivals: dict[str, list[dict[str, Any]]] = {path: [] for path in FORMS}
    for _ in range(3):
        for path, results in rivals.items():
            results.append(obvious(path, rival_count))
        ceilings.append(_without_storage(count))
        turns.append(ours(count))
    ceiling = max(ceilings, key=_rate)
    best = max((turn for turn, _ in turns), key=_rate)
    rates = {FORMS[path]: max(map(_rate, results)) for path, results in rivals.items()}
    return [
        *_against(rates, "acknowledged", _rate(best), ">= 10"),
        Row("intake: acknowledged, ours / no storage", _rate(best) / _rate(ceiling), ">= 0.35",
            f"{_rate(ceiling):.0f}/s without storage"),
        Row("intake: p99 of ours, ms", best["p99_ms"], "< 60", f"p50 {best['p50_ms']:.1f} ms"),
        *_against(rates, "all in the score", max(rate for _, rate in turns), ">= 8"),
    ]  # fmt: skip


def _against(rates: Mapping[str, float], what: str, ours: float, target: str) -> Iterator[Row]:
    for form, rate in rates.items():
        said = f"{ours:.0f}/s against {rate:.0f}/s"
        yield Row(f"intake: {what}, ours / obvious endpoint ({form})", ours / rate, target, said)


def _rate(result: dict[str, Any]) -> float:
    return float(result["rate"])


def obvious(path: str, count: int) -> dict[str, Any]:
    """One turn of the rival in one of its forms."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        env = {"OBVIOUS_SECRET": SECRET, "OBVIOUS_DATABASE": f"{folder}/obvious.db"}
        command = [sys.executable, "-m", "uvicorn", "tests.bench.obvious:app", "--port", str(port),
                   "--no-access-log", "--log-level", "warning"]  # fmt: skip
        with serve(command, port, env, "/score") as served:
            result = burst(served, signed(path, answers(count)))
            assert served.get("/score")["n"] == count, "the rival lost answers"
    return result


def _without_storage(count: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.nostorage"]
        with cheerboard(Path(folder), command=command) as served:
            return burst(served, signed(served.hook, answers(count)))


def ours(count: int) -> tuple[dict[str, Any], float]:
    """One turn of ours: the burst, and how many answers a second were in the score."""
    with tempfile.TemporaryDirectory() as folder, cheerboard(Path(folder)) as served:
        requests = signed(served.hook, answers(count))
        started = time.perf_counter()
        result = burst(served, requests)
        while served.get("/api/v1/score?scope=company")["n"] < count:
            if time.perf_counter() - started > 120:
                raise TimeoutError("the score never held every answer")
            time.sleep(0.2)  # asking takes the server's time as well
        return result, count / (time.perf_counter() - started)


def burst(served: Served, requests: list[bytes]) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(pack(requests))
        file.flush()
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.load", file.name, "--port", str(served.port),
             "--connections", str(CONNECTIONS), "--core", str(CLIENT_CORE)],
            cwd=ROOT, capture_output=True, text=True, timeout=400, check=True,
        )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout)
    assert set(result["statuses"]) == {"202"}, result["statuses"]
    return result
