"""Ports that stay free from the moment somebody asks until a server of theirs listens.

A system lends its own free ports to whoever connects, and a server's start takes seconds. These lie
below all it lends, and each process that tests begins at another one.
"""

import os
import socket
from itertools import count

FIRST, MANY = 15_000, 15_000
APART = 499
_turns = count()


def free_port() -> int:
    """A port of this machine on which nobody listens, and that no other test is given now."""
    for turn in (next(_turns) for _ in range(MANY)):
        port = FIRST + (APART * os.getpid() + turn) % MANY
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port of this machine is free")
