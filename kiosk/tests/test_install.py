"""install.sh: what it says it would do, what it does to a fake root, and what it refuses."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from kiosk.tests.glass import KIOSK, LIB, TRIXIE, fake_root, install

URL = "http://wall.example.com:8080"
LINK = f"{URL}/screen?token=abc"
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root writes another root's files")


def files(root: Path) -> dict[str, bytes]:
    places = [place for place in root.rglob("*") if place.is_file() and not place.is_symlink()]
    return {str(place.relative_to(root)): place.read_bytes() for place in places}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return fake_root(tmp_path)


def test_a_dry_run_plans_the_same_twice_and_changes_nothing(root: Path) -> None:
    before = files(root)
    plans = [install("--root", str(root), "--dry-run", "--url", URL) for _ in range(2)]
    assert plans[0].returncode == 0, plans[0].stderr
    assert plans[0].stdout == plans[1].stdout
    assert files(root) == before
    lines = plans[0].stdout.splitlines()
    assert all(line.startswith(("would ", "left to", "(nothing")) for line in lines)
    for step in ("agent.py", "cheerboard-board.service", "policies/managed", "mask getty@tty1"):
        assert step in plans[0].stdout


@pytest.mark.parametrize(
    ("release", "why"),
    [
        ("ID=debian\nVERSION_CODENAME=bookworm\n", "debian bookworm"),
        ("ID=ubuntu\nVERSION_CODENAME=noble\n", "ubuntu noble"),
        ("ID=arch\n", "arch unknown"),
    ],
)
def test_refuses_a_system_it_does_not_know(tmp_path: Path, release: str, why: str) -> None:
    refused = install("--root", str(fake_root(tmp_path, release)), "--url", URL, "--dry-run")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert why in refused.stderr


def test_says_of_this_machine_what_it_would_do() -> None:
    plan = install("--url", URL, "--dry-run")
    known = "VERSION_CODENAME=trixie" in Path("/etc/os-release").read_text()
    assert plan.returncode == (0 if known else 2)
    assert ("would run: apt-get update" in plan.stdout) if known else ("trixie" in plan.stderr)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "--url is missing"),
        (("--url", "wall.example.com"), "without a path"),
        (("--url", f"{URL}/tv/hall"), "without a path"),
        (("--url", "http://a b"), "without a path"),
        (("--url", f"{URL}';reboot"), "quote"),
        (("--url", URL, "--token-link", "http://other.example.com/screen?token=a"), "begins with"),
        (("--url", URL, "--hours", "all day"), "look like"),
        (("--url", URL, "--hours", "mon 18:00-08:00"), "look like"),
        (("--url", URL, "--rotate", "45"), "90, 180 or 270"),
        (("--url", URL, "--mode", "big; rm"), "1920x1080"),
        (("--url", URL, "--name", "$(reboot)"), "--name"),
        (("--url", URL, "--colour", "red"), "no option"),
        (("--url",), "needs a value"),
    ],
)
def test_refuses_words_that_make_no_sense(root: Path, words: tuple[str, ...], why: str) -> None:
    refused = install("--root", str(root), "--dry-run", *words)
    assert refused.returncode == 2
    assert why in refused.stderr.splitlines()[-1]


@ROOT_ONLY
def test_installs_once_and_leaves_no_trace(root: Path) -> None:
    hours = "mon-fri 08:00-18:00"
    words = ("--root", str(root), "--url", URL, "--token-link", LINK, "--hours", hours)
    first = install(*words)
    assert first.returncode == 0, first.stderr
    settings = root / "etc/cheerboard-kiosk/kiosk.env"
    assert settings.stat().st_mode & 0o777 == 0o600, "the link is a key"
    assert f"KIOSK_LINK='{LINK}'\n" in settings.read_text()
    assert "KIOSK_NAME='hall-1'\n" in settings.read_text()
    wanted = root / "etc/systemd/system/multi-user.target.wants/cheerboard-board.service"
    assert wanted.is_symlink()
    assert "\ncheerboard-kiosk:" in "\n" + (root / "etc/passwd").read_text()
    policies = json.loads(
        (root / "etc/chromium/policies/managed/cheerboard-kiosk.json").read_text()
    )
    assert policies["URLAllowlist"] == [URL, f"file://{LIB}/boot/"]
    assert policies["OverrideSecurityRestrictionsOnInsecureOrigin"] == [URL]
    assert policies["HttpAllowlist"] == ["wall.example.com"]
    after = files(root)

    again = install(*words)
    assert again.returncode == 0, again.stderr
    assert "write:" not in again.stdout
    assert files(root) == after

    plan = install("--root", str(root), "--uninstall", "--dry-run")
    assert f"would remove: {LIB}" in plan.stdout
    assert files(root) == after

    gone = install("--root", str(root), "--uninstall")
    assert gone.returncode == 0, gone.stderr
    ours = [name for name in files(root) if "cheerboard" in name]
    assert ours == []
    assert "cheerboard" not in (root / "etc/passwd").read_text()
    assert install("--root", str(root), "--uninstall").returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_nobody_but_root_installs(tmp_path: Path) -> None:
    script = (KIOSK / "install.sh").read_bytes()
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text(TRIXIE)
    done = subprocess.run(
        ["setpriv", "--reuid", "nobody", "--clear-groups", "sh", "-s", "--", "--url", URL],
        input=script,
        capture_output=True,
        check=False,
        cwd="/",
    )
    assert done.returncode == 2
    assert b"run it with sudo" in done.stderr
