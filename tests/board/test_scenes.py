"""What the scenes read from storage, and what each audience gets to see of it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app import clock, web
from app.board import paint
from app.board.figure import figure_of
from app.board.models import Board
from app.board.places import Place, headline, top
from app.board.scene import Stage, scenes, stage_of, styles
from app.board.scenes import hero, leaderboard, night, pulse, story, tide
from app.db import Database
from app.scores.leaderboard import Row
from app.scores.nps import Tally, change
from app.scores.ranking import Shrunk
from app.scores.tallies import Point
from tests import make
from tests.board import wall
from tests.board.wall import NOON, hear, mixed, tell


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with clock.frozen(NOON), database.write.begin() as session:
        yield session


def stage(session: Session, audience: str = "staff", **facts: Any) -> Stage:
    board = session.query(Board).first() or wall.board(session, audience=audience, **facts)
    board.audience = audience
    return stage_of(session, board)


def html(session: Session, on: Stage, name: str) -> str:
    return paint.paint(session, on, [f"{name}-0"])[f"{name}-0"]


def rail(session: Session, on: Stage) -> str:
    return paint.paint(session, on, ["rail"])["rail"]


def text(fragment: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", fragment).split())


@pytest.mark.parametrize("state", ["empty", "few", "normal", "many"])
def test_every_scene_is_drawn_in_every_state_for_everybody(session: Session, state: str) -> None:
    wall.fill(session, state)
    for audience in ("staff", "visitor", "street"):
        on = stage(session, audience)
        for name in scenes():
            drawn = html(session, on, name)
            assert f'id="scene-{name}"' in drawn
            assert not re.search(r"undefined|\bnan\b|\bnull\b|\bNone\b", text(drawn))
            assert "<script>" not in drawn
        assert 'id="rail"' in rail(session, on)


@pytest.mark.parametrize("state", ["normal", "many"])
def test_a_scene_and_the_rail_fit_into_one_frame(session: Session, state: str) -> None:
    wall.fill(session, state)
    on = stage(session)
    around = len(rail(session, on).encode()) + 400
    sizes = {name: around + len(html(session, on, name).encode()) for name in wall.SCENES}
    # JSON writes a quotation mark with a stroke before it.
    marks = {name: html(session, on, name).count('"') for name in wall.SCENES}
    assert all(sizes[name] + marks[name] < 12_400 for name in sizes), sizes


def test_a_scene_is_told_by_its_file() -> None:
    assert {name for name, one in scenes().items() if not one.system} >= set(wall.SCENES)
    assert all(name == one.name for name, one in scenes().items())


def test_pulse_shows_the_score_with_its_size_and_range(session: Session) -> None:
    make.company(session)
    hear(session, mixed(120))
    drawn = text(html(session, stage(session), "pulse"))
    assert "NPS, last 28 days + 40" in drawn
    assert re.search(r"between \+2\d and \+5\d · 120 voices", drawn)
    assert "nothing yet to compare it with" in drawn
    assert "last 100 voices" in drawn


def test_pulse_under_ten_voices_has_no_score_but_dots(session: Session) -> None:
    make.company(session)
    hear(session, mixed(7))
    drawn = html(session, stage(session), "pulse")
    assert "Too few voices collecting, 7 of 10" in text(drawn)
    assert drawn.count('id="v') == 7
    assert "Down" not in text(drawn)
    assert drawn.count('class="ghost"') == 3
    assert "7 of 10" in rail(session, stage(session))


def test_a_new_voice_joins_the_end_of_its_kind_and_nobody_else_jumps(session: Session) -> None:
    make.company(session)
    ids = hear(session, mixed(30))
    on = stage(session)
    before, line = pulse.look(session, on).dots, rail(session, on)
    assert [one for one in ids if f'id="r{one}"' in line] == ids[-20:]
    (newest,) = hear(session, [10])
    view = pulse.look(session, on)
    assert view.latest is not None
    assert (view.latest.kind, view.newest) == ("promoter", str(newest))
    promoters = [dot for dot in view.dots if dot.kind == "promoter"]
    assert view.latest == promoters[-1]
    # Every place stays where it was; at most one dot of each other kind changes its shape.
    where = {dot.id: (dot.x, dot.y) for dot in view.dots}
    assert all(where[dot.id] == (dot.x, dot.y) for dot in before)
    kinds = {dot.id: dot.kind for dot in view.dots}
    assert sum(kinds[dot.id] != dot.kind for dot in before) <= 2
    assert f'id="halo-{newest}"' in html(session, on, "pulse")


def test_voices_of_old_are_not_in_the_pulse_of_this_window(session: Session) -> None:
    make.company(session)
    hear(session, mixed(15), at=NOON - timedelta(days=40))
    assert 'id="v' not in html(session, stage(session), "pulse")
    assert rail(session, stage(session)).count('class="dot"') == 15


def test_who_speaks_in_the_far_future_stands_at_the_end_of_no_rail(session: Session) -> None:
    make.company(session)
    hear(session, mixed(15))
    hear(session, [0], at=NOON + timedelta(days=400))
    assert rail(session, stage(session)).count('class="dot"') == 15


def test_a_board_of_a_team_hears_only_that_team(session: Session) -> None:
    make.company(session)
    claims = make.team(session, "Claims")
    hear(session, mixed(12), attributes={"team": "Claims"})
    hear(session, [0] * 30)
    on = stage(session, team_id=claims.id)
    assert (on.scope, on.scope_id) == ("team", claims.id)
    assert pulse.look(session, on).figure.n == 12
    assert len(pulse.look(session, on).dots) == 12


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (Tally(700, 200, 100), Tally(500, 200, 300), "Up 40 on the four weeks before"),
        (Tally(500, 200, 300), Tally(700, 200, 100), "Down 40 on the four weeks before"),
        (Tally(62, 20, 18), Tally(60, 20, 20), "about the same as the four weeks before"),
        (Tally(62, 20, 18), Tally(3, 0, 0), "nothing yet to compare it with"),
        (Tally(62, 20, 18), Tally(), "nothing yet to compare it with"),
    ],
)
def test_a_direction_is_said_only_beyond_chance(now: Tally, before: Tally, said: str) -> None:
    assert figure_of(now, change(now, before), 28).direction == said


def test_the_range_is_named_wherever_a_small_score_is(session: Session) -> None:
    make.company(session)
    hear(session, mixed(40))
    assert re.search(r"\+40 \+\d+ to \+\d+", text(rail(session, stage(session))))
    hear(session, mixed(100))
    assert " to " not in text(rail(session, stage(session)))


def points(*scores: int | None) -> list[Point]:
    """Rolling scores, a week apart, the last one of 22 November 2026."""
    last = date(2026, 11, 22)
    made = []
    for back, score in enumerate(reversed(scores)):
        up = 0 if score is None else 100 + score
        tally = Tally() if score is None else Tally(up, 0, 200 - up)
        made.append(Point(last - timedelta(weeks=back), tally))
    return made[::-1]


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ((50, *[40] * 34, 47), "Highest since March"),
        ((50, *[40] * 48, 47), "Highest since December 2025"),
        ((*[40] * 20, 47), "Highest of the 21 weeks so far"),
        ((50, *[40] * 34, 39), "Steady for 13 weeks"),
        ((*[50] * 10, 44, 43, 47), "Between +43 and +50 in 13 weeks"),
        ((*[46, 47] * 8,), "Steady for 13 weeks"),
        ((None, None, 47), "A few weeks more, and this will be a tide"),
        ((40, 47, None), "A few weeks more, and this will be a tide"),
    ],
)
def test_a_headline_is_true(scores: tuple[int | None, ...], said: str) -> None:
    assert tide.headline(points(*scores), 13) == said


def test_the_tide_counts_weeks_that_end_today(session: Session) -> None:
    make.company(session)
    hear(session, [10, 10, 3])
    hear(session, [8, 9], at=NOON - timedelta(weeks=1))
    view = tide.look(session, stage(session))
    assert view.weeks == 6
    assert {pile.id for pile in view.piles} == {
        "week-5-promoter", "week-5-detractor", "week-4-passive", "week-4-promoter",
    }  # fmt: skip
    assert len(view.silent.split()) == 4
    assert view.marks[-1].text == "last 7 days"
    hear(session, [10], at=NOON - timedelta(weeks=40))
    assert tide.look(session, stage(session)).weeks == 6
    hear(session, [10], at=NOON - timedelta(weeks=12))
    assert tide.look(session, stage(session)).weeks == 13


def row(rank: int, id_: int) -> Row:
    return Row(rank, id_, f"T{id_}", Tally(20, 0, 0), Shrunk(float(100 - id_), 1.0), "")


@pytest.mark.parametrize(
    ("ranks", "shown"),
    [
        ([1, 2], [1]),
        ([1, 2, 3], [1, 2]),
        ([1, 2, 2, 4, 5, 6], [1, 2, 2]),
        ([1, 2, 3, 3, 5, 6], [1, 2]),
        ([1, 1, 1, 4], [1, 1, 1]),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 2, 3, 4, 5]),
        ([1] * 9, [1] * 5),
    ],
)
def test_the_end_of_a_list_is_never_on_a_wall(ranks: list[int], shown: list[int]) -> None:
    rows = [row(rank, at) for at, rank in enumerate(ranks, start=1)]
    assert [one.rank for one in top(rows)] == shown


def test_a_headline_names_leaders_as_far_as_it_can() -> None:
    def of(*names: str) -> list[Place]:
        return [Place("1", 1, name, "20 voices", "+50") for name in names]

    assert headline(of("Claims")) == "Claims leads"
    assert headline(of("Claims", "Pensions")) == "Claims and Pensions, level at the top"
    assert headline(of("A", "B", "C")) == "3 level at the top"
    assert headline(of(wall.LONG_NAME)) == "One leads clearly"


def test_teams_that_nobody_can_tell_apart_are_not_ranked(session: Session) -> None:
    make.company(session)
    for name in ("Claims", "Pensions"):
        make.team(session, name)
        hear(session, mixed(20), attributes={"team": name})
    view = leaderboard.look(session, stage(session))
    assert not view.differs
    assert (view.shown, view.headline) == ("+40", "All of us together")
    assert all(place.rank is None and place.value is None for place in view.places)
    assert all(len(place.dots) == 10 for place in view.places)


def test_teams_that_differ_are_ranked_without_a_bottom(session: Session) -> None:
    make.company(session)
    for name, scores in (("Claims", [10] * 40), ("Pensions", mixed(40)), ("Field", [2] * 40)):
        make.team(session, name)
        hear(session, scores, attributes={"team": name})
    view = leaderboard.look(session, stage(session))
    assert view.differs
    assert [(place.rank, place.name, place.value) for place in view.places] == [
        (1, "Claims", "+100"), (2, "Pensions", "+40"),
    ]  # fmt: skip
    assert "Field" not in html(session, stage(session), "leaderboard")


@pytest.mark.parametrize("audience", ["visitor", "street"])
def test_strangers_see_no_ranking(session: Session, audience: str) -> None:
    wall.fill(session, "normal")
    on = stage(session, audience)
    assert leaderboard.steps(session, on) == ()
    assert leaderboard.look(session, on).places == ()


def test_people_are_ranked_only_where_the_company_wants_it(session: Session) -> None:
    company = make.company(session)
    claims = make.team(session, "Claims")
    for name, scores in (("Ana Muster", [10] * 40), ("Bo Berg", [2] * 40), ("Cy Hid", [9] * 40)):
        visibility = "hidden" if name == "Cy Hid" else "first-initial"
        make.person(session, name, claims, visibility=visibility)
        hear(session, scores, attributes={"employee": name})
    assert leaderboard.steps(session, stage(session)) == (12,)
    company.individuals = True
    session.flush()
    on = stage(session)
    assert leaderboard.steps(session, on) == (12, 12)
    drawn = paint.paint(session, on, ["leaderboard-1"])["leaderboard-1"]
    assert "Ana M." in drawn
    assert "Muster" not in drawn
    assert "Cy" not in drawn
    assert "data-personal" in drawn
    assert leaderboard.steps(session, stage(session, "visitor")) == ()


def test_a_hero_is_shown_as_they_and_the_audience_allow(session: Session) -> None:
    make.company(session)
    ana = make.person(session, "Ana Muster", make.team(session, "Claims"))
    wall.celebrate(session, ana)
    seen = {one: html(session, stage(session, one), "hero") for one in ("staff", "visitor")}
    assert "Ana M." in seen["staff"]
    assert "Claims" in seen["staff"]
    assert "27 delighted customers in four weeks" in seen["staff"]
    assert "Ana M." not in seen["visitor"]
    assert "Ana" in seen["visitor"]
    assert "Claims" not in seen["visitor"]
    assert hero.look(session, stage(session, "street")).portrait is None
    assert hero.steps(session, stage(session, "street")) == ()
    ana.visibility = "hidden"
    session.flush()
    assert hero.look(session, stage(session)).portrait is None
    assert "Ana" not in html(session, stage(session), "hero")


def test_a_hero_is_on_the_wall_of_their_own_place_without_a_score(session: Session) -> None:
    make.company(session)
    claims, pensions = make.team(session, "Claims"), make.team(session, "Pensions")
    ana = make.person(session, "Ana Muster", claims)
    wall.celebrate(session, ana).numbers = {"promoters": 27, "reason_with_score": "27 of 30: +90."}
    session.flush()
    on = stage(session, team_id=claims.id)
    assert hero.steps(session, on) == (12,)
    assert "+90" not in html(session, on, "hero")
    session.query(Board).update({Board.team_id: pensions.id})
    elsewhere = stage(session)
    assert hero.steps(session, elsewhere) == ()
    assert "Ana" not in html(session, elsewhere, "hero")


def test_a_story_never_calls_who_hides_by_name(session: Session) -> None:
    make.company(session)
    claims = make.team(session, "Claims")
    ana = make.person(session, "Ana Muster", claims)
    tell(session, "Ana found the fault.", attributes={"employee": "Ana Muster"}, consent=True)
    assert "people" in story.scene.topics
    assert "Ana found" in html(session, stage(session), "story")
    assert "Ana" not in html(session, stage(session, "street"), "story")
    ana.visibility = "hidden"
    session.flush()
    for audience in ("staff", "visitor", "street"):
        drawn = html(session, stage(session, audience), "story")
        assert "found the fault" in drawn
        assert "Ana" not in drawn


def test_a_story_tells_each_audience_only_what_it_may_know(session: Session) -> None:
    make.company(session)
    make.team(session, "Claims")
    tell(session, "Fast and kind, and they called back.", attributes={"team": "Claims"})
    staff = text(html(session, stage(session), "story"))
    assert "Score 10 · Claims" in staff
    visitor = text(html(session, stage(session, "visitor"), "story"))
    assert "Fast and kind" in visitor
    assert "Claims" not in visitor
    assert "Fast" not in html(session, stage(session, "street"), "story")
    tell(session, "You may print this.", consent=True)
    assert "You may print this." in html(session, stage(session, "street"), "story")


def test_only_what_is_released_is_told(session: Session) -> None:
    make.company(session)
    told = tell(session, "Fast and kind.")
    assert story.steps(session, stage(session)) == (12,)
    for state in ("candidate", "recalled"):
        told.state = state
        session.flush()
        assert story.look(session, stage(session)).told is None
        assert story.steps(session, stage(session)) == ()


def test_stories_take_turns_newest_first(session: Session) -> None:
    make.company(session)
    tell(session, "The first one.")
    tell(session, " ".join(["word"] * 60) + ".")
    on = stage(session)
    assert story.steps(session, on) == (31, 12)
    drawn = paint.paint(session, on, ["story-0", "story-1"])
    assert "word word" in drawn["story-0"]
    assert "The first one." in drawn["story-1"]
    assert 'id="scene-story-1"' in drawn["story-1"]


def test_the_words_of_a_story_are_text_and_end_in_an_ellipsis(session: Session) -> None:
    make.company(session)
    tell(session, wall.HOSTILE * 20)
    drawn = html(session, stage(session), "story")
    assert "&lt;script&gt;" in drawn
    told = story.look(session, stage(session)).told
    assert told is not None
    assert len(told.words) <= 400
    assert told.words.endswith("…")


@pytest.mark.parametrize(
    ("said", "drawn"),
    [
        ("Great \U0001f389 and kind \u2764\ufe0f!", "Great and kind!"),
        ("Great\U0001f44d\U0001f3fdkind \U0001f469\u200d\U0001f527.", "Great kind."),
        ("Café ☎ 3 − 2, №1 – “fine” © ™ ½ €", "Café 3 − 2, №1 – “fine” © ™ ½ €"),
        ("क्\u200dष stays", "क्\u200dष stays"),
    ],
)
def test_no_wall_draws_a_box_for_what_its_player_cannot_write(
    session: Session, said: str, drawn: str
) -> None:
    make.company(session)
    tell(session, said)
    assert drawn in html(session, stage(session), "story")


def test_a_wall_without_a_company_says_so(session: Session) -> None:
    on = stage(session)
    assert not on.ready
    assert "cheerboard company set" in html(session, on, "welcome")
    assert "The first voice will land here" in html(session, on, "pulse")


def test_a_screen_is_paired_by_a_command_that_exists(session: Session) -> None:
    assert "cheerboard screen add NAME --board hall" in html(session, stage(session), "pair")


def test_the_night_moves_its_dot_with_every_minute() -> None:
    spots = {(one.x, one.y) for one in map(night.drifted, range(60))}
    assert len(spots) > 55
    assert all(5 < x < 95 and 5 < y < 95 for x, y in spots)


def test_every_scene_has_a_style_sheet_that_pages_link() -> None:
    linked = styles()
    assert {f"css/scenes/{name}.css" for name in scenes()} == set(linked)


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [":root", '[data-theme="paper"]'])
def test_everything_that_is_read_stands_out_from_its_ground(theme: str) -> None:
    css = (web.STATIC / "css/tokens.css").read_text()
    raw = css.split(f"{theme} {{", 1)[1].split("}", 1)[0]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", raw))
    ground = luminance(colours["ground-0"])
    for name in ("text-0", "text-1", "blue", "sand", "coral", "sun", "mint"):
        light, dark = sorted((luminance(colours[name]), ground), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name


BEYOND_THE_FLOOR = re.compile(
    r"@layer|@container|\binset\s*:|oklch|color-mix|aspect-ratio|:has\(|:is\(|:where\(|&"
)


def test_tv_style_sheets_are_read_by_chromium_85() -> None:
    names = ("tokens", "base", "walltype", "tv", "rail")
    sheets = [
        *(web.STATIC / f"css/{name}.css" for name in names),
        *(web.STATIC / "css/scenes").glob("*.css"),
    ]
    found = {path.name: BEYOND_THE_FLOOR.findall(path.read_text()) for path in sheets}
    assert not {name: words for name, words in found.items() if words}
