"""The parts of the box: scripts, units, flags, policies, boot page, cursor."""

import json
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from kiosk.tests.glass import KIOSK, LIB

SCRIPTS = ("install.sh", "launch-board", "display-power", "gpu-watch")
BINARY = Path("/usr/lib/chromium/chromium")
GONE = {"disable-session-crashed-bubble", "disable-restore-session-state", "ozone-platform-hint"}
NEVER = {"incognito", "disable-gpu", "no-sandbox", "disable-web-security"}
WITHIN = ("--ozone-platform=wayland", "--kiosk", "--remote-debugging-port=9222")


class Bench:
    """A folder of commands that only note what they were asked."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.notes = folder / "bin", folder / "notes"
        self.dev, self.run = folder / "dev", folder / "run"
        for made in (self.bin, self.dev, self.run):
            made.mkdir()
        self.notes.touch()

    def add(self, name: str, script: str = "") -> None:
        path = self.bin / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.notes}\n{script}\n')
        path.chmod(0o755)

    def asked(self) -> list[str]:
        return self.notes.read_text().splitlines()

    def start(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        known = {"PATH": f"{self.bin}:/usr/bin:/bin", "KIOSK_DEV": str(self.dev)}
        known |= {"KIOSK_RUN": str(self.run), "XDG_RUNTIME_DIR": "/nowhere", **settings}
        return subprocess.run(
            [str(KIOSK / words[0]), *words[1:]],
            env=known,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shell_scripts_are_clean() -> None:
    places = [str(KIOSK / name) for name in SCRIPTS]
    found = subprocess.run(["shellcheck", *places], capture_output=True, text=True, check=False)
    assert found.stdout == ""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    units = [*KIOSK.glob("systemd/*.service"), *KIOSK.glob("systemd/*.timer")]
    for unit in units:
        text = unit.read_text().replace(str(LIB), str(KIOSK))
        (tmp_path / unit.name).write_text(text)
    places = [str(tmp_path / unit.name) for unit in units]
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *places],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in found.stderr.splitlines() if "cheerboard" in line]
    assert (found.returncode, ours) == (0, [])


def flags() -> set[str]:
    text = (KIOSK / "launch-board").read_text()
    chromium = text[text.index("set -- \\") : text.index("for browser in")]
    return set(re.findall(r"--([a-z][a-z-]+)", chromium))


def policies() -> dict[str, object]:
    found: dict[str, object] = json.loads((KIOSK / "policies/cheerboard-kiosk.json").read_text())
    return found


@pytest.mark.skipif(not BINARY.exists(), reason="Debian's Chromium is not installed")
def test_chromium_knows_every_flag_and_policy(tmp_path: Path) -> None:
    """Names stand in the binary as words between zeros; one look over 300 MB finds them all."""
    names = {*flags(), *policies()} - {"max-old-space-size"}
    (tmp_path / "names").write_text("\n".join(sorted(names | GONE)) + "\n")
    looked = subprocess.run(
        ["grep", "-azoxFf", str(tmp_path / "names"), str(BINARY)],
        capture_output=True,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        check=False,
    )
    found = set(looked.stdout.decode().split("\0"))
    assert names - found == set()
    assert found & GONE == set(), "the look itself is wrong: these are gone from Chromium"


def test_no_flag_that_harms() -> None:
    assert len(flags()) > 25
    assert flags() & (NEVER | GONE) == set()


def test_the_agent_may_look_into_the_browser() -> None:
    """2 would forbid DevTools to everybody, the agent too (measured: 403)."""
    assert policies()["DeveloperToolsAvailability"] == 1
    assert policies()["URLBlocklist"] == ["*", "chrome://*", "devtools://*"]


def test_the_browser_starts_inside_the_compositor(bench: Bench) -> None:
    bench.add("cage", '[ "$XCURSOR_PATH" ] && shift 3 && exec "$@"')
    bench.add("chromium")
    bench.add("wlr-randr", '[ $# -gt 0 ] || echo "HDMI-A-1 \\"A TV\\""')
    (bench.run / "profile").mkdir()
    (bench.run / "profile/SingletonLock").symlink_to("gone-4711")
    done = bench.start("launch-board", KIOSK_ROTATE="90", KIOSK_MODE="")
    assert done.returncode == 0, done.stderr
    cage, _, turned, chromium = bench.asked()
    assert cage.startswith("cage -m last -- ")
    assert turned == "wlr-randr --output HDMI-A-1 --transform 90"
    assert all(flag in chromium for flag in WITHIN)
    assert chromium.endswith(f"file://{KIOSK}/boot/index.html#{bench.run}/status.js")
    assert (bench.run / "board.pid").read_text().strip().isdigit()
    assert not (bench.run / "profile/SingletonLock").is_symlink()


def test_the_tv_wakes_and_claims_the_input(bench: Bench) -> None:
    bench.add("cec-ctl", 'echo "  Physical Address : 2.0.0.0"')
    (bench.dev / "cec0").touch()
    assert bench.start("display-power", "on").returncode == 0
    assert [line.removeprefix(f"cec-ctl -d {bench.dev}/cec0 ") for line in bench.asked()] == [
        "--playback --osd-name Cheerboard",
        "--skip-info --to 0 --image-view-on",
        "--skip-info --active-source phys-addr=2.0.0.0",
    ]


def test_the_tv_sleeps_through_whichever_port_it_hangs_on(bench: Bench) -> None:
    bench.add("cec-ctl", 'case "$*" in *cec0*standby) echo "Tx, Not Acknowledged (4)" ;; esac')
    for port in ("cec0", "cec1"):
        (bench.dev / port).touch()
    assert bench.start("display-power", "off").returncode == 0
    assert f"cec-ctl -d {bench.dev}/cec1 --skip-info --to 0 --standby" in bench.asked()


@pytest.mark.parametrize(
    ("word", "port", "script", "code"),
    [
        ("on", "", "", 3),
        ("off", "cec0", "echo Not Acknowledged", 1),
        ("off", "cec0", "exit 1", 1),
        ("dim", "cec0", "", 2),
    ],
)
def test_says_honestly_when_the_tv_does_not_listen(
    bench: Bench, word: str, port: str, script: str, code: int
) -> None:
    bench.add("cec-ctl", script)
    if port:
        (bench.dev / port).touch()
    done = bench.start("display-power", word)
    assert (done.returncode, done.stderr.count("\n")) == (code, 1)


def test_cec_ctl_knows_the_words() -> None:
    if shutil.which("cec-ctl") is None:
        pytest.skip("cec-ctl is not installed")
    asked = [["cec-ctl", "--help"], ["cec-ctl", "--help-all"]]
    known = [subprocess.run(words, capture_output=True, check=False) for words in asked]
    told = "".join((one.stdout + one.stderr).decode() for one in known)
    words = re.findall(r"--[a-z-]+", (KIOSK / "display-power").read_text())
    assert len(words) > 6
    assert [word for word in words if word not in told] == []


def test_the_boot_page_asks_nobody_else() -> None:
    for place in KIOSK.glob("boot/*"):
        assert "://" not in place.read_text().replace("`file://${", ""), place.name
    assert "default-src file:" in (KIOSK / "boot/index.html").read_text()


def test_the_cursor_is_one_clear_dot() -> None:
    data = (KIOSK / "cursor/default/cursors/left_ptr").read_bytes()
    magic, _, _, entries, kind, _, place = struct.unpack_from("<4s6I", data)
    assert (magic, entries, kind) == (b"Xcur", 1, 0xFFFD0002)
    *_, width, height, _, _, _, pixel = struct.unpack_from("<10I", data, place)
    assert (width, height, pixel) == (1, 1, 0)
