"""`make bench`: runs every benchmark, or those named, and prints one table."""

import importlib
import sys

from tests.bench.table import Row, show

NAMES = ("intake", "disks", "cost", "fanout", "latency", "memory", "startup", "importing", "alerts",
         "reading")  # fmt: skip


def main() -> None:
    """Runs the benchmarks named on the command line, all by default."""
    rows: list[Row] = []
    for name in sys.argv[1:] or NAMES:
        print(f"{name} …", file=sys.stderr, flush=True)
        rows += importlib.import_module(f"tests.bench.{name}").measure()
    print(show(rows))


if __name__ == "__main__":
    main()
