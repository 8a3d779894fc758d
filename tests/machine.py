"""What the tests need from the machine: a Chromium and PostgreSQL, found or installed.

`python -m tests.machine` is the part of `make test` that may install; the tests only look.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests import postgres

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PLAYWRIGHT_BROWSERS = (".cache/ms-playwright", "Library/Caches/ms-playwright")
NO_CHROMIUM = (
    "The tests drive a Chromium and none was found: install your system's `chromium`, "
    "or run `.venv/bin/playwright install --with-deps chromium`."
)
NO_POSTGRES = (
    "The tests run on PostgreSQL too and its server was not found: install your system's "
    "`postgresql` package (the tests start a server of their own)."
)


def chromium() -> str | None:
    """The path of a Chromium: the system's, else the newest one Playwright installed."""
    for name in CHROMIUMS:
        if found := shutil.which(name):
            return found
    for folder in PLAYWRIGHT_BROWSERS:
        installed = (Path.home() / folder).glob("chromium-*/chrome-*/*")
        named = [path for path in installed if path.name in {"chrome", "Chromium.app"}]
        if named:
            newest = max(named)
            inside = newest / "Contents/MacOS/Chromium"
            return str(inside if inside.exists() else newest)
    return None


def prepare() -> list[str]:
    """Finds or installs both; returns one sentence for each that cannot be had."""
    missing = []
    if not _had(chromium, lambda: _apt("chromium"), _playwright):
        missing.append(NO_CHROMIUM)
    if not _had(postgres.binaries, lambda: _apt("postgresql")):
        missing.append(NO_POSTGRES)
    return missing


def _had(find: Callable[[], object], *installers: Callable[[], None]) -> bool:
    for install in installers:
        if find():
            return True
        install()
    return bool(find())


def _apt(package: str) -> None:
    """Debian's package, where we may install one."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"Installing {package}", flush=True)
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    _quietly([*quiet, "update"])
    _quietly([*quiet, "install", "--no-install-recommends", package])


def _playwright() -> None:
    print("Installing Playwright's Chromium", flush=True)
    _quietly([sys.executable, "-m", "playwright", "install", "chromium"])


def _quietly(command: list[str]) -> None:
    # What it prints names servers; whether it worked is seen by looking again.
    subprocess.run(command, capture_output=True, check=False, timeout=900)


if __name__ == "__main__":
    trouble = prepare()
    print("\n".join(trouble), end="\n" if trouble else "", file=sys.stderr)
    sys.exit(bool(trouble))
