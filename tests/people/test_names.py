"""How much of a name a wall shows, and when two spellings are one name."""

import pytest

from app.people.models import VISIBILITIES
from app.people.names import fold, shown_name

ANA = "Ana María Sánchez"


@pytest.mark.parametrize(
    ("visibility", "staff", "visitor"),
    [
        ("full", ANA, "Ana"),
        ("first-initial", "Ana S.", "Ana"),
        ("first", "Ana", "Ana"),
        ("initials", "A. S.", "A."),
        ("hidden", None, None),
    ],
)
def test_each_audience_sees_its_share(
    visibility: str, staff: str | None, visitor: str | None
) -> None:
    assert shown_name(ANA, visibility, "staff") == staff
    assert shown_name(ANA, visibility, "visitor") == visitor
    assert shown_name(ANA, visibility, "street") is None


@pytest.mark.parametrize(
    ("name", "first_initial", "initials"),
    [
        ("Reto", "Reto", "R."),
        ("  Reto   Müller ", "Reto M.", "R. M."),
        ("E\u0301lodie Zola", "Élodie Z.", "É. Z."),
        ("नेहा शर्मा", "नेहा श.", "ने. श."),
        ("Jan van der Berg", "Jan B.", "J. B."),
        ("Sánchez, Ana", "Ana S.", "A. S."),
        ("Ana Sánchez, PhD", "Ana S.", "A. S."),
        ("Sánchez, Ana, PhD", "Ana S.", "A. S."),
        ("Dr. Ana Sánchez", "Ana S.", "A. S."),
        ("Martin King Jr.", "Martin K.", "M. K."),
        ("王小明", "王小明", "王."),
        ("محمد علي", "محمد ع.", "م. ع."),
        ("o'neill pat", "o'neill P.", "O. P."),
        ("Dr.", "Dr.", "D."),
    ],
)
def test_names_of_all_kinds(name: str, first_initial: str, initials: str) -> None:
    assert shown_name(name, "first-initial", "staff") == first_initial
    assert shown_name(name, "initials", "staff") == initials


@pytest.mark.parametrize("visibility", VISIBILITIES)
def test_no_surname_before_visitors(visibility: str) -> None:
    shown = shown_name("Sánchez, Ana", visibility, "visitor") or ""
    assert "S" not in shown


@pytest.mark.parametrize("name", ["", "   ", "\u00a0"])
def test_nothing_of_a_blank_name(name: str) -> None:
    assert shown_name(name, "full", "staff") is None


@pytest.mark.parametrize(("visibility", "audience"), [("fulll", "staff"), ("full", "public")])
def test_a_slip_never_shows_a_name(visibility: str, audience: str) -> None:
    with pytest.raises(ValueError, match="no name is shown"):
        shown_name(ANA, visibility, audience)


@pytest.mark.parametrize(
    "spelling",
    ["Ana Sánchez", "ANA SÁNCHEZ", " ana\u00a0\t sánchez ", "Ana Sa\u0301nchez", "Ａｎａ Sánchez"],
)
def test_one_name_in_many_spellings(spelling: str) -> None:
    assert fold(spelling) == fold("Ana Sánchez")


def test_folding_twice_changes_nothing() -> None:
    for text in ["ŉ Straße", "ΐ", "ﬃ", "İstanbul", "ẛ̣"]:
        assert fold(fold(text)) == fold(text)


def test_an_accent_is_another_name() -> None:
    assert fold("Ana Sanchez") != fold("Ana Sánchez")
