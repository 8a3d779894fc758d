"""(e) Memory of the server with 1,000 screens connected to a real board."""

import tempfile
import time
from pathlib import Path

from tests.bench.fanout import crowd
from tests.bench.intake import burst
from tests.bench.posts import answers, signed
from tests.bench.serving import cheerboard
from tests.bench.table import Row

MEGABYTE = 1024 * 1024


def measure(screens: int = 1000) -> list[Row]:
    """Resident memory before and after, with frames sent to everybody in between."""
    with tempfile.TemporaryDirectory() as folder, cheerboard(Path(folder)) as served:
        burst(served, signed(served.hook, answers(200)))
        before = served.rss()
        with crowd(served.port, screens, "/tv/hall/live?scene=pulse") as count:
            for turn in range(10):
                burst(served, signed(served.hook, answers(5, prefix=f"m{turn}"), prefix=f"m{turn}"))
                time.sleep(1)
            after = served.rss()
            lost = count()["lost"]
    assert not lost, f"{lost} sockets were lost"
    return [
        Row(f"memory: with {screens:,} screens / with none", after / before, "",
            f"{after / MEGABYTE:.0f} MB against {before / MEGABYTE:.0f} MB, "
            f"{(after - before) / screens / 1024:.0f} KB a screen"),
    ]  # fmt: skip
