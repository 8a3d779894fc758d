#!/usr/bin/env python3
"""The box's agent: boot page, five checks, a watch over the browser, the TV on and off by hours.

Python's standard library only, one file, no rights but those of the kiosk's own user: it restarts
the browser by ending the process that `launch-board` wrote down; systemd starts it again.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
ROUND = 4.0  # seconds between two looks at the browser, and for its answer
MISSES, TRIES = 3, 5
GRACE = 45.0  # seconds a browser may take to start on a slow card
LOST = 20.0  # seconds on an error page before it is led back to the boot page
STEADY = 30.0  # seconds the wall must agree with itself before the TV is switched; between tries
PATIENCE = 4.0  # seconds a server may take to answer
PULSE = 10.0  # seconds between two rounds of checks when all is well; PATIENCE when it is not
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
SPAN = re.compile(rf"(?:([a-z]{{3}})(?:-([a-z]{{3}}))? )?({TIME})-({TIME}|24:00)")
LOOK = """(() => {
  const entry = performance.getEntriesByType("navigation")[0];
  const stage = document.getElementById("stage"), worker = navigator.serviceWorker || {};
  return {at: location.href, status: entry ? entry.responseStatus : 0,
          scene: stage ? stage.dataset.scene : "", kept: !!worker.controller};
})()"""
Found = tuple[bool | None, str]  # of a check: whether, and in one line what was found
Checks = dict[str, Callable[[], Found]]


@dataclass(frozen=True)
class Config:
    """From /etc/cheerboard-kiosk/kiosk.env, through systemd."""

    url: str
    link: str
    name: str
    hours: str = ""
    devtools: int = 9222
    run: Path = Path("/run/cheerboard-kiosk")


def read_hours(text: str) -> dict[str, tuple[str, str]]:
    """`mon-fri 08:00-18:00, sat 09:00-13:00`, as `board set hours=`; ValueError if it is not."""
    hours: dict[str, tuple[str, str]] = {}
    for part in [] if text in ("", "always") else text.lower().split(","):
        found = SPAN.fullmatch(" ".join(part.split()))
        first, last = (found[1] or "mon", found[2] or found[1] or "sun") if found else ("", "")
        if found is None or found[3] >= found[4] or not {first, last} <= set(DAYS):
            raise ValueError(f"hours look like `mon-fri 08:00-18:00, sat 09:00-13:00`, not {text}")
        for day in DAYS[DAYS.index(first) : DAYS.index(last) + 1]:
            hours[day] = (found[3], found[4])
    return hours


def is_open(hours: Mapping[str, tuple[str, str]], at: datetime) -> bool:
    """Whether somebody is there to look; always, without hours."""
    opens, closes = hours.get(DAYS[at.weekday()], ("24:00", "24:00"))
    return not hours or opens <= at.strftime("%H:%M") < closes


def run(words: list[str]) -> str | None:
    """What a command printed; None when it could not do it."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=15, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def link(net: Path = Path("/sys/class/net")) -> Found:
    states = {card.parent.name: card.read_text().strip() for card in net.glob("*/operstate")}
    up = sorted(name for name, state in states.items() if state == "up")
    known = run(["nmcli", "-g", "NAME", "connection", "show", "--active"]) if up else None
    return bool(up), ", ".join((known or "").splitlines()[:1] or up) or "Nothing is connected."


def address() -> Found:
    found = (run(["hostname", "-I"]) or "").split()
    return bool(found), ", ".join(found[:2]) or "The network gave this box none."


def name(url: str) -> Found:
    host = urlsplit(url).hostname or ""
    try:
        found = str(socket.getaddrinfo(host, None)[0][4][0])
        return True, found if found == host else f"{host} is {found}"
    except (OSError, UnicodeError):
        return False, f"The network does not know the name {host}."


def fetch(url: str, sender: str) -> int:
    """The HTTP status of an address, redirects not followed; 0 when nobody answered in time."""
    try:
        parts = urlsplit(url)
        kind = {"https": http.client.HTTPSConnection}.get(parts.scheme, http.client.HTTPConnection)
        with contextlib.closing(kind(parts.netloc, timeout=PATIENCE)) as asked:
            from_us = {"User-Agent": f"cheerboard-kiosk/1 {sender}"}
            asked.request("GET", f"{parts.path}?{parts.query}", headers=from_us)
            return asked.getresponse().status
    except (OSError, ValueError, http.client.HTTPException):
        return 0


def server(config: Config) -> Found:
    """The pulse: the server hears from this box, by its name."""
    status = fetch(f"{config.url}/healthz", config.name)
    return status == 200, f"{config.url} " + (f"answered {status}" if status else "does not answer")


def board(config: Config) -> Found:
    """Asked by its link; without one not, because `/screen` makes a new code for whoever asks."""
    has_link = "token=" in config.link
    status = fetch(config.link if has_link else f"{config.url}/readyz", config.name)
    if status == 403:
        return False, "The link of this screen is no longer good: set it up with a new one."
    return status in (200, 303), f"answered {status}" if status else "does not answer"


def checked(config: Config) -> list[dict[str, Any]]:
    """All five, in order; what stands behind one that failed is not asked."""
    found: list[dict[str, Any]] = []
    box: Checks = {"link": link, "address": address, "name": lambda: name(config.url)}
    far: Checks = {"server": lambda: server(config), "board": lambda: board(config)}
    for what, ask in (box | far).items():
        ok, words = ask() if all(one["ok"] for one in found) else (None, "")
        found.append({"name": what, "ok": ok, "words": words})
    return found


class CrashedError(Exception):
    """The page's process is gone; no navigation brings it back."""


def look(port: int, go: str = "") -> dict[str, Any] | None:
    """What the browser shows, after leading it to `go`; None without an answer. Or CrashedError."""
    key = {"Sec-WebSocket-Key": "Y2hlZXJib2FyZC1raW9zaw==", "Sec-WebSocket-Version": "13"}
    key |= {"Upgrade": "websocket", "Connection": "Upgrade"}
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=ROUND)
    try:
        browser.request("GET", "/json/list")
        pages = [one for one in json.load(browser.getresponse()) if "top-chrome" not in one["url"]]
        place = urlsplit(pages[0]["webSocketDebuggerUrl"]).path
        browser.request("GET", place, headers=key)
        browser.getresponse()
        tab = browser.sock.makefile("rwb")
        ask(tab, "Inspector.enable")
        if go:
            ask(tab, "Page.navigate", url=go)
        seen = ask(tab, "Runtime.evaluate", expression=LOOK, returnByValue=True)["result"]["value"]
        facts = {"at": str(seen["at"]), "status": int(seen["status"]), "scene": seen["scene"]}
        return facts | {"kept": bool(seen["kept"])}
    except (OSError, LookupError, TypeError, ValueError, AttributeError, http.client.HTTPException):
        return None
    finally:
        browser.close()


def ask(tab: Any, method: str, **parameters: Any) -> Any:
    """Sends one DevTools command over its websocket and waits for the answer."""
    text = json.dumps({"id": 1, "method": method, "params": parameters}).encode()
    # A mask of zeros is a mask, and leaves the words as they are.
    tab.write(b"\x81\xfe" + len(text).to_bytes(2, "big") + bytes(4) + text)
    tab.flush()
    while True:
        _, size = tab.read(2)
        if size > 125:
            size = int.from_bytes(tab.read(2 if size == 126 else 8), "big")
        told = json.loads(tab.read(size))
        if told.get("method") == "Inspector.targetCrashed":
            raise CrashedError
        if told.get("id") == 1:
            return told["result"]


def home(config: Config) -> str:
    """The boot page, as `launch-board` opens it."""
    return f"{(HERE / 'boot/index.html').as_uri()}#{config.run}/status.js"


class Box:
    """What is known of this box, and what is done about it. Its clock is given."""

    def __init__(self, config: Config, switch: Callable[[list[str]], str | None] = run) -> None:
        self.config, self.hours, self.switch = config, read_hours(config.hours), switch
        self.started, self.missed, self.lost, self.dark = 0.0, 0, 0.0, False
        self.asleep, self.tries, self.since = False, 0, 0.0
        self.is_on = self.wanted = None  # type: bool | None
        self.kept = config.run / "kept"  # the board whose last picture this browser's profile has

    def check(self) -> bool:
        """Asks all five; the boot page leaves only when there is a way to `go`. Are all well?"""
        checks = checked(self.config)
        wrong = next((one["name"] for one in checks if not one["ok"]), "")
        go: str | None = None if wrong else self.config.link
        if wrong not in ("", "board"):  # who refuses us is obeyed
            with contextlib.suppress(OSError):
                go = self.kept.read_text()
        told = json.dumps({"checks": checks, "go": go, "name": self.config.name})
        fresh = self.config.run / "status.new"
        fresh.write_text(f"told({told});\n")
        fresh.replace(self.config.run / "status.js")
        return not wrong

    def check_for_ever(self) -> None:
        while True:
            time.sleep(PULSE if self.check() else PATIENCE)

    def round(self, now: float, at: datetime, screens: int) -> None:
        """One look at the browser, the hours, and how many screens are plugged in."""
        why = "a screen was plugged in" if screens and self.dark else ""
        self.dark = not screens
        try:
            seen = look(self.config.devtools)
            why = why or self._wrong(now, seen)
        except CrashedError:
            seen, why = None, "its page crashed"
        if seen and seen["scene"]:
            self.asleep = seen["scene"] == "night"  # the site's hours, as the server knows them
            if seen.get("kept") and not self.kept.exists():
                self.kept.write_text(seen["at"].partition("?")[0])
        if why:
            self._restart(now, why)
        elif self.lost and now - self.lost >= LOST:
            look(self.config.devtools, go=home(self.config))
        self._power(now, wanted=is_open(self.hours, at) and not self.asleep)

    def _wrong(self, now: float, seen: Mapping[str, Any] | None) -> str:
        if seen is None:
            self.missed += 1
            late = self.missed >= MISSES and now - self.started > GRACE
            return "it does not answer" if late else ""
        self.missed = 0
        well = seen["at"].startswith(("http", "file")) and seen["status"] < 500
        self.lost = 0.0 if well else self.lost or now
        if not well:
            self.kept.unlink(missing_ok=True)  # there was no picture after all
        return ""

    def _power(self, now: float, *, wanted: bool) -> None:
        """Switches once when the wall goes to sleep or wakes: who takes another input keeps it."""
        if wanted is not self.wanted:
            self.wanted, self.since, self.tries = wanted, now, 0
        if self.is_on is not wanted and self.tries < TRIES and now - self.since >= STEADY:
            self.since, self.tries = now, self.tries + 1
            if self.switch([str(HERE / "display-power"), "on" if wanted else "off"]) is not None:
                self.is_on = wanted

    def _restart(self, now: float, why: str) -> None:
        print(f"restarting the browser: {why}", flush=True)
        self.started, self.missed, self.lost = now, 0, 0.0
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((self.config.run / "board.pid").read_text()), signal.SIGKILL)


def screens(drm: Path = Path("/sys/class/drm")) -> int:
    """How many are plugged in and have said what they are."""
    ports = [p.parent for p in drm.glob("card*-*/status") if p.read_text() == "connected\n"]
    return sum(bool((port / "edid").read_bytes()) for port in ports)


def notify(words: str) -> None:
    """Tells systemd that we are well."""
    if place := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.sendto(words.encode(), place.replace("@", "\0", 1))


def main() -> None:
    url, link, name, hours = (os.environ[f"KIOSK_{w}"] for w in ("URL", "LINK", "NAME", "HOURS"))
    box = Box(Config(url, link, name, hours))
    box.started = time.monotonic()
    checking = threading.Thread(target=box.check_for_ever, daemon=True)
    checking.start()
    notify("READY=1")
    while checking.is_alive():
        box.round(time.monotonic(), datetime.now().astimezone(), screens())
        notify("WATCHDOG=1")
        time.sleep(ROUND)
    sys.exit("the checks ended; systemd starts this again")


if __name__ == "__main__":
    main()
