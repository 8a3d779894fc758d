"""What the tests need from the machine: a Chromium and PostgreSQL, found or installed.

`python -m tests.machine` is the part of `make test` that may install; the tests only look.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PLAYWRIGHT_BROWSERS = (".cache/ms-playwright", "Library/Caches/ms-playwright")
CLUSTERS = Path("/etc/postgresql-common/createcluster.conf")
FOR_THE_BOX = {
    "shellcheck": "shellcheck",
    "cage": "cage",
    "Xwayland": "xwayland",
    "cec-ctl": "v4l-utils",
}
NO_CHROMIUM = (
    "The tests drive a Chromium and none that starts was found: install your system's `chromium`, "
    "or run `.venv/bin/playwright install --with-deps chromium`."
)
NO_POSTGRES = (
    "The tests run on PostgreSQL too and its server was not found: install your system's "
    "`postgresql` package (the tests start a server of their own)."
)


def chromium() -> str | None:
    """The path of a Chromium that starts: the system's, else the newest one of Playwright."""
    installed = [found for name in CHROMIUMS if (found := shutil.which(name))]
    return next(filter(_starts, [*installed, *_of_playwright()]), None)


def prepare() -> list[str]:
    """Finds or installs both; returns one sentence for each that cannot be had."""
    missing = []
    if not _had(chromium, lambda: _apt("chromium"), _playwright):
        missing.append(NO_CHROMIUM)
    if not _had(postgres.binaries, _postgresql):
        missing.append(NO_POSTGRES)
    return missing


def furnish() -> None:
    """What `kiosk/tests` uses where it can be had; without it they skip, and say why."""
    missing = [package for command, package in FOR_THE_BOX.items() if not shutil.which(command)]
    if missing:
        _apt(*missing)


def _of_playwright() -> list[str]:
    """What it installed under any of its folders, the newest first."""
    found: dict[str, int] = {}
    for folder in PLAYWRIGHT_BROWSERS:
        for path in (Path.home() / folder).glob("chromium-*/chrome-*/*"):
            inside = path / "Contents/MacOS/Chromium"
            if path.name == "chrome" or inside.exists():
                version = path.parent.parent.name.partition("-")[2]
                found[str(inside if inside.exists() else path)] = int(version)
    return sorted(found, key=lambda path: found[path], reverse=True)


def _starts(path: str) -> bool:
    """Ubuntu's is a script that asks for a snap; Playwright's may miss a library."""
    return _quietly([path, "--version"])


def _had(find: Callable[[], object], *installers: Callable[[], None]) -> bool:
    for install in installers:
        if find():
            return True
        install()
    return bool(find())


def _postgresql() -> None:
    """The tests start a server of their own, so the package need not make one for the machine."""
    if CLUSTERS.exists():  # then somebody here decided about it
        _apt("postgresql")
        return
    _apt("postgresql-common")
    with _no_cluster():
        _apt("postgresql")


@contextmanager
def _no_cluster() -> Iterator[None]:
    before = CLUSTERS.read_text() if CLUSTERS.exists() else None
    if before is not None:
        CLUSTERS.write_text(before + "\ncreate_main_cluster = false\n")
    yield
    if before is not None:
        CLUSTERS.write_text(before)


def _apt(*packages: str) -> None:
    """Debian's packages, where we may install one. Without lists, or with old ones, they come
    first.
    """
    if not _may_install() or shutil.which("apt-get") is None:
        return
    print(f"Installing {', '.join(packages)}", flush=True)
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    install = [*apt, "install", "--no-install-recommends", *packages]
    if not _quietly(install):
        _quietly([*apt, "update"])
        _quietly(install)


def _playwright() -> None:
    print("Installing Playwright's Chromium", flush=True)
    with_libraries = ["--with-deps"] if _may_install() else []
    _quietly([sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"])


def _may_install() -> bool:
    return os.geteuid() == 0


def _quietly(command: list[str]) -> bool:
    """Whether it ended well. What it prints names servers, so nobody is shown it."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=900,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    trouble = prepare()
    furnish()
    print("\n".join(trouble), end="\n" if trouble else "", file=sys.stderr)
    sys.exit(bool(trouble))
