"""Small, in its place, one file for one addition: what keeps the house a pleasure to enter."""

import ast
import hashlib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"app", "static", "templates", "kiosk", "tests", "alembic"}
MADE_HERE = {"data", "build", "node_modules"}  # never committed, see .gitignore
README = ROOT / "README.md"

LINES = [
    (300, "app", "*.py"),
    (500, "tests", "*.py"),
    (500, "alembic", "*.py"),
    (150, "templates", "*.html"),
    (250, "static/css", "*.css"),
    (200, "static/js", "*.js"),
]
NOT_IN_TEMPLATES = {
    "an inline style": re.compile(r"\sstyle\s*=", re.I),
    "a style element": re.compile(r"<style", re.I),
    "an inline handler": re.compile(r"\son[a-z]+\s*=", re.I),
    "a handler of htmx": re.compile(r"\shx-on|[\"']js:", re.I),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.I),
    "something of another host": re.compile(
        r"(?:src|href|url\()\s*=?\s*[\"']?(?:https?:)?//", re.I
    ),
}
# Pictographs, their modifiers, flags; not the arrows and minus signs that type is set with.
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\U0001f1e6-\U0001f1ff\u20e3]")


def files(folder: str, pattern: str) -> list[Path]:
    return sorted(p for p in (ROOT / folder).rglob(pattern) if "__pycache__" not in p.parts)


def named(paths: Iterable[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def modules(folder: str) -> list[str]:
    return [path.stem for path in files(folder, "*.py") if path.stem != "__init__"]


@pytest.mark.parametrize(("most", "folder", "pattern"), LINES)
def test_files_stay_small(most: int, folder: str, pattern: str) -> None:
    long = [p for p in files(folder, pattern) if len(p.read_text().splitlines()) > most]
    assert named(long) == []


def test_packages_say_what_they_are_and_nothing_else() -> None:
    for path in files("app", "__init__.py"):
        body = ast.parse(path.read_text()).body
        assert len(body) == 1, path
        assert ast.get_docstring(ast.Module(body, [])), path


def test_every_package_has_its_init() -> None:
    folders = {p.parent for p in files("app", "*.py")}
    assert named(f for f in sorted(folders) if not (f / "__init__.py").exists()) == []


def test_every_module_says_in_one_line_what_it_is() -> None:
    without = [p for p in files("app", "*.py") if not ast.get_docstring(ast.parse(p.read_text()))]
    assert named(without) == []


def test_top_level_is_the_one_agreed() -> None:
    found = {p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith(".")}
    found -= {name for name in found if name in MADE_HERE or name.endswith(".egg-info")}
    assert found <= FOLDERS


def test_no_name_for_leftovers() -> None:
    forbidden = {"utils", "helpers", "common", "core", "misc", "services", "repositories"}
    found = [p for p in files("app", "*") if p.stem in forbidden]
    assert named(found) == []


def test_one_visible_transaction() -> None:
    """A hand-written commit is one that a failure can slip behind."""
    assert named(p for p in files("app", "*.py") if ".commit(" in p.read_text()) == []


def test_every_ignored_rule_has_its_reason() -> None:
    bare = re.compile(r"# noqa(:[A-Z0-9, ]+)?$|#\s*type: ignore(?!\[)", re.M)
    found = [p for p in files("app", "*.py") + files("tests", "*.py") if bare.search(p.read_text())]
    assert named(found) == []


@pytest.mark.parametrize("what", NOT_IN_TEMPLATES)
def test_templates_keep_the_content_security_policy(what: str) -> None:
    pattern = NOT_IN_TEMPLATES[what]
    assert named(p for p in files("templates", "*.html") if pattern.search(p.read_text())) == []


def test_no_emoji() -> None:
    """Walls draw them as boxes."""
    shown = files("templates", "*.html") + files("static/js", "*.js") + files("static/css", "*.css")
    assert named(p for p in shown if EMOJI.search(p.read_text())) == []


def test_every_platform_has_recorded_deliveries_and_a_row_in_the_readme() -> None:
    readme = README.read_text()
    names = modules("app/intake/sources")
    presets = [path.stem for path in files("app/intake/sources/presets", "*.json")]
    assert names
    assert presets
    for name in names + presets:
        recorded = ROOT / "tests/intake/fixtures" / name
        assert any(recorded.glob("*")), f"no recorded deliveries in {recorded.relative_to(ROOT)}"
        assert re.search(rf"^\| `{name}` \|", readme, re.M), f"no row of {name} in README.md"
        guide = ROOT / "app/intake/sources/guides" / f"{name}.toml"
        assert guide.exists(), f"{guide.relative_to(ROOT)} does not say how {name} is set up"


def test_a_platform_that_sends_whole_answers_is_one_small_file() -> None:
    """At most 80 lines, as it says of itself: what must be fetched takes more."""
    whole = [p for p in files("app/intake/sources", "*.py") if "api=" not in p.read_text()]
    presets = files("app/intake/sources/presets", "*.json")
    assert len(whole) + len(presets) >= 12
    assert named(p for p in whole + presets if len(p.read_text().splitlines()) > 80) == []


def test_every_scene_has_its_template() -> None:
    names = modules("app/board/scenes")
    assert names
    for name in names:
        assert (ROOT / f"templates/board/scenes/{name}.html").exists(), name


@pytest.mark.parametrize(
    ("folder", "list_name"), [("static/vendor", "VENDOR.md"), ("static/fonts", "FONTS.md")]
)
def test_fetched_files_are_what_they_were(folder: str, list_name: str) -> None:
    listed = (ROOT / folder / list_name).read_text()
    fetched = [p for p in files(folder, "*") if p.suffix in {".js", ".css", ".woff2", ".svg"}]
    assert fetched
    for path in fetched:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines = [line for line in listed.splitlines() if path.name in line]
        assert any(digest in line for line in lines), f"{path.name} is not as {list_name} says"


def test_readme_lists_every_setting() -> None:
    table = [line for line in README.read_text().splitlines() if line.startswith("| `CHEERBOARD_")]
    expected = []
    for name, field in Settings.model_fields.items():
        default = getattr(field.default, "get_secret_value", lambda d=field.default: d)()
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        shown = f"`{shown}`" if shown else "empty"
        expected.append(f"| `CHEERBOARD_{name.upper()}` | {shown} | {field.description} |")
    assert table == expected


def test_changelog_has_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_locks_name_no_index() -> None:
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text()
        assert "://" not in text, path.name
        assert "--hash=sha256:" in text, path.name


def test_contributing_says_why_of_each_dependency() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    for path in ROOT.glob("requirements*.in"):
        for line in path.read_text().splitlines():
            name = re.split(r"[\[;<>= ]", line)[0]
            if name and name != "-r":
                assert f"| `{name}` |" in guide, f"{name} of {path.name}"
