"""Commands without waiting for an interpreter: one process loads the program, its children run.

`python -m tests.faults.brood` reads `{"settings": {…}, "words": […], "out": file}`, one JSON object
a line, and prints the id of the process that runs `cheerboard words…` with its stdout in that file.
They run side by side and end as they like; nobody waits for them here.
"""

import json
import os
import signal
import sys
from pathlib import Path

import app.main
from app.__main__ import main as cheerboard
from app.text import gate


def main() -> None:
    gate.warm_up()
    assert app.main
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended is gone at once
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.environ.update(wanted["settings"])  # noqa: TID251 - gives settings, reads none
            sys.argv = ["cheerboard", *wanted["words"]]
            with Path(wanted["out"]).open("w", encoding="utf-8") as sys.stdout:
                cheerboard()
            return
        print(child, flush=True)


if __name__ == "__main__":
    main()
