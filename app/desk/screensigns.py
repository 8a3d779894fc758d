"""Signs of life: how the desk words what a screen said of itself, and what it has not said yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, web
from app.board import paint
from app.board.models import Board
from app.board.scene import scenes, stage_of
from app.screens import blanking
from app.screens.blanking import Dark
from app.screens.models import Screen
from app.screens.standing import Ordered, State, began_at, last_order, report_of, state_of

WORDS: dict[State, str] = {
    "live": "live",
    "stale": "stale",
    "offline": "offline",
    "asleep": "asleep by plan",
    "new": "never seen",
    "revoked": "revoked",
}
# The state's shape says the same as its word: heard, waiting, lost.
SHAPES: dict[State, str] = {"live": "promoter", "offline": "detractor"}
# What was asked longer ago is history, not something to wait for.
RECENT = timedelta(minutes=10)
ANSWERS = {
    "identify": ("It shows its number and its name.", "Asked to say who it is"),
    "reload": ("It has loaded its page anew.", "Asked to load its page anew"),
}
# A browser can only on https; elsewhere the set's own settings must do it.
AWAKE = {
    "held": "by its page",
    "refused": "by the set's own settings only: its browser refuses",
    "unknown": "by the set's own settings only: its browser cannot",
    "resting": "not now, its wall rests",
}
UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True)
class Sign:
    """One screen as the desk shows it. `facts` are pairs of a word and what the screen said."""

    id: int
    name: str
    slug: str
    title: str
    state: State
    heard: str
    scene: str
    facts: tuple[tuple[str, str], ...]
    must_be_dark: bool
    answer: str

    @property
    def words(self) -> str:
        return WORDS[self.state]

    @property
    def shape(self) -> str:
        return SHAPES.get(self.state, "passive")


def signs(session: Session, screens: Sequence[Screen]) -> list[Sign]:
    """Every one of these screens, told from its newest report."""
    now, dark = clock.now(), blanking.dark(session)
    boards = {board.slug: board for board in session.scalars(select(Board))}
    asleep = {slug: stage_of(session, board).asleep for slug, board in boards.items()}
    return [
        _sign(
            session,
            screen,
            now,
            dark,
            boards.get(screen.board_slug),
            asleep=asleep.get(screen.board_slug, False),
        )
        for screen in screens
    ]


def every(session: Session) -> list[Sign]:
    """All that were not revoked, those that need somebody first."""
    query = select(Screen).where(Screen.revoked_at.is_(None)).order_by(Screen.name)
    order: list[State] = ["offline", "stale", "new", "live", "asleep"]
    found = signs(session, session.scalars(query).all())
    return sorted(found, key=lambda sign: order.index(sign.state))


def ago(span: timedelta) -> str:
    """`3 minutes`: the largest unit that fits, whole, and never less than a second."""
    seconds = max(1, int(span.total_seconds()))
    size, unit = next(one for one in UNITS if seconds >= one[0])
    number = seconds // size
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _sign(
    session: Session,
    screen: Screen,
    now: datetime,
    dark: Dark,
    board: Board | None,
    *,
    asleep: bool,
) -> Sign:
    report = report_of(screen)
    state = state_of(screen, now, web.build(), asleep=asleep)
    must = dark.covers(screen.id, screen.board_slug)
    scene = scenes().get(str(report.get("scene", "")))
    return Sign(
        id=screen.id,
        name=screen.name,
        slug=screen.board_slug,
        title=board.title if board else screen.board_slug,
        state=state,
        heard=f"heard {ago(now - screen.seen_at)} ago" if screen.seen_at else "never heard",
        scene=scene.title if scene and state in ("live", "stale") else "",
        facts=_facts(screen, report, state, now),
        must_be_dark=must,
        answer=_answer(report, last_order(session, screen, now), now, must_be_dark=must),
    )


def _facts(
    screen: Screen, report: dict[str, Any], state: State, now: datetime
) -> tuple[tuple[str, str], ...]:
    """While nothing is heard, its page's age is what it was then."""
    if screen.seen_at is None:
        return ()
    began, until = began_at(screen), screen.seen_at if state == "offline" else now
    build = str(report.get("build", ""))
    current = "this server's" if build == web.build() else "another than this server's"
    facts = {
        "Drawn": _number(report, "v", "picture {:,}"),
        "Build": f"{build}, {current}" if build else "",
        "Engine": str(report.get("engine", "")).replace("/", " "),
        "Viewport": _viewport(report),
        "Kept awake": AWAKE.get(str(report.get("awake")), ""),
        "Page open for": ago(until - began) if began else "",
        "Memory": _number(report, "heap", "{:,} MB", 1_000_000),
        "Errors since": _number(report, "errors", "{:,}"),
    }
    return tuple((word, said) for word, said in facts.items() if said)


def _number(report: dict[str, Any], name: str, words: str, unit: int = 1) -> str:
    value = report.get(name)
    if value is None or (name == "heap" and not value):
        return ""
    return words.format(int(value / unit))


def _viewport(report: dict[str, Any]) -> str:
    size, dense = report.get("viewport"), report.get("dpr", 1)
    return f"{size}{'' if dense == 1 else f' at {dense:g} pixels a point'}" if size else ""


def _answer(
    report: dict[str, Any], last: Ordered | None, now: datetime, *, must_be_dark: bool
) -> str:
    """What it answered to the last thing asked of it, or that it has not."""
    if must_be_dark:
        return "It is dark." if report.get("dark") is True else "Shall be dark; it has not said so."
    if report.get("dark") is True:
        return "Shall be lit again; it has not said so."
    if last is None or now - last.at > RECENT or last.what not in ANSWERS:
        return ""
    done, waiting = ANSWERS[last.what]
    if last.obeyed:
        return done
    return f"{waiting}; it did not hear." if last.missed else f"{waiting}; it has not answered yet."


def board_titles(session: Session) -> list[tuple[str, str]]:
    """The boards a screen can be moved to: slug and title."""
    return [
        (row.slug, row.title)
        for row in session.execute(select(Board.slug, Board.title).order_by(Board.title))
    ]


def is_board(session: Session, slug: str) -> bool:
    return paint.board_of(session, slug) is not None
