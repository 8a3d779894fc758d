"""Servers without waiting for an interpreter: one process loads the program, its children serve.

`python -m tests.faults.nursery` reads settings, one JSON object a line; for each it prints the id
of a server's process, and when that has ended how it ended. A server is as real as any: its own
process, file handles, threads and lock.
"""

import json
import os
import sys

import app.main
from app import server
from app.settings import Settings
from app.text import gate


def main() -> None:
    gate.warm_up()
    assert app.main
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            sys.stdin.close()
            server.serve(Settings(**json.loads(line)))
            return
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
