"""A screen without glass: what install.sh installs, under cage, in a private view of the disk."""

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.machine import chromium
from tests.patience import PATIENCE
from tests.ports import free_port

KIOSK = Path(__file__).resolve().parent.parent
LIB = Path("/usr/local/lib/cheerboard-kiosk")
SANDBOX = Path("/usr/lib/chromium/chrome-sandbox")
TRIXIE = "ID=debian\nVERSION_CODENAME=trixie\n"


@cache
def why_not() -> str:
    """Why this machine cannot run the wall's own browser; nothing when it can."""
    if os.geteuid() != 0:
        return "only root gives the browser policies of its own and a user of its own"
    for word in ("cage", "unshare", "setpriv", "systemd-sysusers"):
        if shutil.which(word) is None:
            return f"{word} is not installed"
    if not _works("unshare", "--mount", "true"):
        return "this machine lets nobody have a view of the disk of their own"
    another = ("setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups")
    if not (SANDBOX.exists() or _works(*another, "unshare", "--user", "true")):
        return "this machine gives Chromium no sandbox"
    version = subprocess.run(["cage", "-v"], capture_output=True, text=True, check=False).stdout
    if "0.1." in version and shutil.which("Xwayland") is None:
        return "this old cage does not start without Xwayland"
    return "" if chromium() == "/usr/bin/chromium" else "the system's Chromium is not installed"


def _works(*words: str) -> bool:
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def fake_root(folder: Path, release: str = TRIXIE) -> Path:
    (folder / "etc").mkdir()
    (folder / "etc/os-release").write_text(release)
    (folder / "etc/hostname").write_text("hall-1\n")
    return folder


def install(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(KIOSK / "install.sh"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@dataclass
class Glass:
    """The running wall. `run` is its /run, `devtools` its port."""

    process: subprocess.Popen[bytes]
    run: Path
    devtools: int

    def ask(self, method: str, **parameters: Any) -> Any:
        with self._tab() as tab:
            tab.send(json.dumps({"id": 1, "method": method, "params": parameters}))
            while True:
                told = json.loads(tab.recv(PATIENCE))
                if told.get("id") == 1:
                    return told["result"]

    def crash(self) -> None:
        """Ends the process that draws the page, as a lack of memory does."""
        with self._tab() as tab:
            tab.send(json.dumps({"id": 1, "method": "Page.crash"}))

    def _tab(self) -> ClientConnection:
        address = f"http://127.0.0.1:{self.devtools}/json/list"
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            pages = [one for one in json.load(answer) if "top-chrome" not in one["url"]]
        return connect(pages[0]["webSocketDebuggerUrl"], max_size=None)

    def value(self, expression: str) -> Any:
        told = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return told["result"].get("value")

    def until(self, expression: str) -> None:
        wait_for(lambda: self.value(expression), expression)

    def picture(self, name: str) -> Path:
        """What is on the glass, kept where people may look at it."""
        place = KIOSK.parent / f"build/kiosk/{name}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))
        return place


def wait_for(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError, IndexError, KeyError):
            if holds():
                return
        time.sleep(0.1)
    raise AssertionError(f"in vain: {what}")


@contextmanager
def hung(url: str, link: str) -> Iterator[Glass]:
    """Installs into a fake root and starts `launch-board` from there as another user."""
    top = Path(tempfile.mkdtemp(prefix="cheerboard-kiosk-"))
    top.chmod(0o755)
    root = fake_root(top)
    done = install("--root", str(root), "--url", url, "--token-link", link)
    assert done.returncode == 0, done.stderr
    for place in (root / "run", root / "session"):
        place.mkdir(mode=0o700)
        shutil.chown(place, "nobody")
    devtools = free_port()
    settings = {
        **{"PATH": "/usr/bin:/bin", "HOME": f"{root}/run", "XDG_RUNTIME_DIR": f"{root}/session"},
        **{"KIOSK_RUN": f"{root}/run", "KIOSK_DEVTOOLS": str(devtools)},
        "KIOSK_OUTPUTS": "extend",  # cage 0.1 falls over its other way when there is no glass
        **{"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"},
    }
    script = f"""
        mkdir -p /etc/chromium/policies
        mount --bind {root}/etc/chromium/policies /etc/chromium/policies
        mount --bind {root}/usr/local /usr/local
        exec setpriv --reuid nobody --regid nogroup --clear-groups \
          env -i {" ".join(f"{key}={value}" for key, value in settings.items())} {LIB}/launch-board
    """
    with (top / "log").open("wb") as log:
        process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", script],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield Glass(process, root / "run", devtools)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        shutil.rmtree(top, ignore_errors=True)
