"""What `make test` installs, on machines that have nothing: their commands here only say so."""

import os
import shutil
from pathlib import Path

import pytest

from tests import machine, postgres

INSTALL = "install --no-install-recommends"


class Bare:
    """A machine with a shell, and what `add` gives it. Each command notes what it was asked."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bin, self.notes = folder / "bin", folder / "notes"
        self.debian = folder / "postgresql"
        self.clusters = folder / "createcluster.conf"
        self.bin.mkdir()
        self.monkeypatch = monkeypatch
        for word in ("env", "sh", "mkdir", "chmod", "cat"):
            (self.bin / word).symlink_to(str(shutil.which(word)))
        monkeypatch.setenv("PATH", str(self.bin))
        monkeypatch.setenv("HOME", str(folder))
        monkeypatch.setattr(postgres, "DEBIAN", self.debian)
        monkeypatch.setattr(machine, "CLUSTERS", self.clusters)
        monkeypatch.setattr("sys.executable", str(self.add("python")))
        self.user(0)

    def user(self, number: int) -> None:
        self.monkeypatch.setattr(os, "geteuid", lambda: number)

    def add(self, name: str, script: str = "") -> Path:
        path = self.bin / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.notes}\n{script}\n')
        path.chmod(0o755)
        return path

    def add_apt(self, *, lists: bool = True) -> None:
        """Debian's: it finds nothing before it has lists, and brings what it was asked for."""
        known = self.notes.with_name("lists")
        if lists:
            known.touch()
        self.add(
            "apt-get",
            f"""
            case "$*" in
            *update) : > {known} ;;
            *" chromium") [ -e {known} ] || exit 100
              printf '#!/bin/sh\\n' > {self.bin}/chromium; chmod +x {self.bin}/chromium ;;
            *" postgresql-common") [ -e {known} ] || exit 100
              echo "#create_main_cluster = true" > {self.clusters} ;;
            *" postgresql") [ -e {known} ] || exit 100
              cat {self.clusters} > {self.clusters}.seen
              mkdir -p {self.debian}/9/bin {self.debian}/15/bin
              : > {self.debian}/15/bin/initdb; : > {self.debian}/9/bin/initdb ;;
            esac""",
        )

    @property
    def asked(self) -> list[str]:
        return self.notes.read_text().splitlines() if self.notes.exists() else []


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bare:
    return Bare(tmp_path, monkeypatch)


def test_root_on_debian_is_given_both(bare: Bare) -> None:
    bare.add_apt()
    assert machine.chromium() is None
    assert postgres.binaries() is None
    assert machine.prepare() == []
    assert machine.chromium() == str(bare.bin / "chromium")
    assert postgres.binaries() == bare.debian / "15/bin"
    assert [line for line in bare.asked if "apt-get" in line] == [
        f"apt-get -qq -y {INSTALL} chromium",
        f"apt-get -qq -y {INSTALL} postgresql-common",
        f"apt-get -qq -y {INSTALL} postgresql",
    ]


def test_missing_lists_are_fetched_first(bare: Bare) -> None:
    bare.add_apt(lists=False)
    assert machine.prepare() == []
    assert bare.asked[:3] == [
        f"apt-get -qq -y {INSTALL} chromium",
        "apt-get -qq -y update",
        f"apt-get -qq -y {INSTALL} chromium",
    ]
    assert sum("update" in line for line in bare.asked) == 1


def test_the_machine_gets_no_cluster_it_did_not_ask_for(bare: Bare) -> None:
    bare.add_apt()
    machine.prepare()
    while_installing = Path(f"{bare.clusters}.seen").read_text()
    assert "\ncreate_main_cluster = false\n" in while_installing
    assert bare.clusters.read_text() == "#create_main_cluster = true\n"


def test_what_was_decided_about_clusters_stays(bare: Bare) -> None:
    bare.add_apt()
    bare.clusters.write_text("create_main_cluster = true\n")
    machine.prepare()
    assert Path(f"{bare.clusters}.seen").read_text() == "create_main_cluster = true\n"
    assert not any("postgresql-common" in line for line in bare.asked)


def test_whoever_may_not_install_is_told_what_to_install(bare: Bare) -> None:
    bare.user(1000)
    bare.add_apt()
    assert machine.prepare() == [machine.NO_CHROMIUM, machine.NO_POSTGRES]
    assert not any("apt-get" in line for line in bare.asked)
    assert "python -m playwright install chromium" in bare.asked


def test_without_apt_playwright_brings_the_chromium(bare: Bare) -> None:
    at = bare.bin.parent / ".cache/ms-playwright"
    bare.add(
        "python",
        f"""for one in 9 10; do
            mkdir -p {at}/chromium-$one/chrome-linux
            printf '#!/bin/sh\\n' > {at}/chromium-$one/chrome-linux/chrome
            chmod +x {at}/chromium-$one/chrome-linux/chrome
        done""",
    )
    assert machine.prepare() == [machine.NO_POSTGRES]
    assert machine.chromium() == str(at / "chromium-10/chrome-linux/chrome")
    assert "python -m playwright install --with-deps chromium" in bare.asked


def test_a_chromium_that_does_not_start_is_none(bare: Bare) -> None:
    bare.add("chromium-browser", "exit 1")
    assert machine.chromium() is None
    bare.add("google-chrome")
    assert machine.chromium() == str(bare.bin / "google-chrome")


def test_what_is_there_is_left_alone(bare: Bare) -> None:
    bare.add_apt()
    bare.add("chromium")
    bare.add("initdb")
    assert machine.prepare() == []
    assert postgres.binaries() == bare.bin
    assert not any("apt-get" in line for line in bare.asked)


def test_what_the_box_is_tested_with_comes_in_one_go(bare: Bare) -> None:
    bare.add_apt()
    bare.add("shellcheck")
    machine.furnish()
    assert bare.asked == [f"apt-get -qq -y {INSTALL} cage xwayland v4l-utils"]
