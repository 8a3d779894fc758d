"""Pages of a wall that is no board, and the page about it all, in the language of the house."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app import language
from app.board.models import Board
from app.language import LANGUAGES, gettext, speaking
from tests.board.house import House, house, settings_for
from tests.board.screenplay import board

BOX = {"accept-language": "en-US,en;q=0.9"}


@pytest.fixture(scope="module")
def home(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("notice")
    (folder / "wall.db").write_bytes(sqlite_template.read_bytes())
    settings = settings_for(f"sqlite:///{folder / 'wall.db'}", folder)
    with house(settings) as running:
        with running.database.write.begin() as session:
            board(session)
        yield running


def speak(home: House, code: str | None) -> None:
    with home.database.write.begin() as session:
        session.query(Board).one().settings = {"language": code} if code else {}


def words(answer: httpx.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/screen", 200, "this screen has no board yet"),
        ("/screen?token=old", 403, "This link is no longer good"),
        ("/tv/nowhere", 404, "This page tries again by itself."),
    ],
)
def test_a_notice_speaks_as_the_house_does_whatever_the_box_was_shipped_with(
    home: House, code: str, path: str, status: int, says: str
) -> None:
    speak(home, code)
    answer = httpx.get(home.url + path, headers=BOX)
    assert answer.status_code == status
    assert f'<html lang="{code}" dir="ltr"' in answer.text
    with speaking(code):
        assert gettext(says) in answer.text
    if code != "en":
        assert says not in answer.text


def test_where_no_board_says_the_browser_does(home: House) -> None:
    speak(home, None)
    answer = httpx.get(
        home.url + "/screen", headers={"accept-language": "fr-CH, fr;q=0.9, en;q=0.8"}
    )
    assert '<html lang="fr"' in answer.text


def test_a_board_that_breaks_says_so_in_its_own_language(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(home, "da")
    monkeypatch.setattr("app.board.routes._drawn", lambda *_: 1 / 0)
    answer = httpx.get(home.url + "/tv/hall", headers=BOX)
    assert answer.status_code == 503
    assert "Tavlen kan ikke tegnes lige nu" in answer.text


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_about_it_is_open_and_says_whose_the_marks_are(home: House, code: str) -> None:
    speak(home, None)
    answer = httpx.get(f"{home.url}/about?lang={code}")
    assert answer.status_code == 200
    assert f'<html lang="{code}">' in answer.text
    said = words(answer)
    assert "registered trademarks of Bain & Company" in said.replace("&amp;", "&")
    assert "0.1.0" in said
    assert "SIL Open Font License" in said
    for secret in ("Entrance hall", str(home.settings.data_dir), "sqlite"):
        assert secret not in answer.text


@pytest.mark.parametrize("asked", ["xx", "", "<script>", "de\x00"])
def test_the_page_about_it_takes_any_language(home: House, asked: str) -> None:
    answer = httpx.get(f"{home.url}/about", params={"lang": asked})
    assert '<html lang="en">' in answer.text


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("pt-BR, nl;q=0.4, fr;q=0.7", "fr"),
        ("fr;q=0, da;q=0.1", "da"),
        ("*", None),
        ("", None),
        ("de;q=much, es", "es"),
        (",;q=;;=,", None),
    ],
)
def test_a_browser_is_answered_in_what_it_likes_best(header: str, code: str | None) -> None:
    assert language.accepted(header) == code
