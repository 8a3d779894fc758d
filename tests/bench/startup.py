"""(f) From the start of the process to ready, with 1,000,000 answers, against an empty database."""

import sys
import tempfile
import time
from pathlib import Path

from tests.bench import stored
from tests.bench.cost import _prepare
from tests.bench.serving import cheerboard
from tests.bench.table import Row


def measure(size: int = 1_000_000) -> list[Row]:
    """Best of three each, in seconds; the ratio is what the answers cost."""
    with tempfile.TemporaryDirectory() as empty:
        _prepare(Path(empty))
        least = min(_seconds(Path(empty)) for _ in range(3))
    full = min(_seconds(stored.folder(size, _prepare)) for _ in range(3))
    return [
        Row(f"start-up: {size:,} answers / none", full / least, "",
            f"{full:.2f} s against {least:.2f} s"),
    ]  # fmt: skip


def _seconds(folder: Path) -> float:
    began = time.perf_counter()
    with cheerboard(folder):
        return time.perf_counter() - began


if __name__ == "__main__":
    print(measure(), file=sys.stderr)
