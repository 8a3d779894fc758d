"""Durable intake on disks that take their time: what a group commit is for.

A virtual disk here and there says `durable` after 0.2 ms, an SSD without a capacitor after 1 to 5,
a memory card or a turning disk after 10 and more. Both servers get the same slower disk.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench import intake
from tests.bench.intake import FORMS
from tests.bench.table import Row

SOURCE = Path(__file__).parent / "rivals" / "slowsync.c"
MILLISECONDS = (1, 2, 5)
PROBES = 50


def measure(count: int = 10_000, rival_count: int = 600) -> list[Row]:
    """Acknowledged and in the score, ours / the better form of the obvious endpoint."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return [Row("intake on slower disks: not measured, there is no C compiler", 0, "")]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "slowsync.so"
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
        for more in MILLISECONDS:
            with _preloaded(library, more):
                rows += _on_this_disk(f"{_sync_ms(folder) + more:.1f} ms", count, rival_count)
    return rows


def _on_this_disk(sync: str, count: int, rival_count: int) -> list[Row]:
    rival = max(intake.obvious(form, rival_count)["rate"] for form in FORMS)
    kept, counted = intake.ours(count)
    return [
        Row(f"intake where a sync takes {sync}: acknowledged, ours / obvious",
            kept["rate"] / rival, "", f"{kept['rate']:.0f}/s against {rival:.0f}/s,"
            f" p99 {kept['p99_ms']:.0f} ms"),
        Row(f"intake where a sync takes {sync}: all in the score, ours / obvious",
            counted / rival, "", f"{counted:.0f}/s"),
    ]  # fmt: skip


@contextmanager
def _preloaded(library: Path, more: int) -> Iterator[None]:
    """For every server started meanwhile."""
    told = {"LD_PRELOAD": str(library), "CHEERBOARD_BENCH_SYNC_US": str(more * 1000)}
    os.environ.update(told)  # noqa: TID251 - handed on
    try:
        yield
    finally:
        for name in told:
            del os.environ[name]  # noqa: TID251 - handed on


def _sync_ms(folder: str) -> float:
    """What this machine's own disk takes, the median of a few."""
    took = []
    with (Path(folder) / "probe").open("wb", buffering=0) as file:
        for _ in range(PROBES):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(1000 * (time.perf_counter() - began))
    return sorted(took)[PROBES // 2]
