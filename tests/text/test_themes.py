"""What comments are about, in six languages; every taxonomy has the same themes."""

from pathlib import Path

import pytest

from app.text import themes
from app.text.lexicon import lexicons

SAID = {
    "en": [
        ("Nice staff, but the queue on Saturday was far too long.", {"waiting", "staff"}),
        ("A bit pricey for what you get, and the parcel came a week late.", {"price", "delivery"}),
        ("I could not log in to the app, the hotline did not help.", {"online", "reach"}),
        ("It was all fine, nothing special about it.", set()),
    ],
    "de": [
        ("Gute Auswahl, aber die Schlange an der Kasse war sehr lang.", {"choice", "waiting"}),
        ("Die Lieferung kam pünktlich, nur die Rechnung war falsch.", {"delivery", "billing"}),
    ],
    "nl": [("De levertijd was langer dan beloofd en de prijs is hoog.", {"delivery", "price"})],
    "da": [
        ("Ventetiden i telefonen var alt for lang, men venlig betjening.", {"waiting", "staff"})
    ],
    "fr": [("Le délai de livraison était trop long, dommage.", {"waiting", "delivery"})],
    "es": [("Se forman colas muy largas y los precios son altos.", {"waiting", "price"})],
}


@pytest.mark.parametrize(("comment", "expected"), [one for each in SAID.values() for one in each])
def test_a_comment_is_about_its_themes(comment: str, expected: set[str]) -> None:
    assert expected <= themes.about(comment)
    assert expected or not themes.about(comment)


def test_every_language_of_the_rule_files_has_ten_to_fifteen_themes() -> None:
    known = themes.taxonomies()
    assert set(known) == set(lexicons())
    assert 10 <= len(known["en"].names) <= 15
    assert themes.name("waiting", "de") == "Warten"
    assert themes.name("waiting", "xx") == "Waiting"


def test_a_taxonomy_with_another_theme_is_refused(tmp_path: Path) -> None:
    for path in themes.FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "da.toml").write_text(
        (tmp_path / "da.toml").read_text().replace("[waiting]", "[weather]")
    )
    with pytest.raises(ValueError, match=r"da\.toml: waiting, weather"):
        themes.taxonomies(tmp_path)
