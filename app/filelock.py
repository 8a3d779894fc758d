"""A lock that is a file held open: it ends with its process, however that ends."""

import os
import sys
from pathlib import Path
from typing import IO


def hold(path: Path) -> IO[bytes] | None:
    """Takes the lock and keeps it until the returned file is closed; None when another has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Opened for appending: a lock file is never emptied under whoever holds it.
    file = path.open("ab")
    try:
        _lock(file.fileno())
    except OSError:
        file.close()
        return None
    return file


def is_held(path: Path) -> bool:
    """Whether some process has the lock now."""
    if not path.exists():
        return False
    file = hold(path)
    if file is None:
        return True
    file.close()
    return False


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
