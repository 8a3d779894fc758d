"""`cheerboard board`, `scene`, `benchmark`, `screen`: walls, pictures, and who shows them."""

from dataclasses import asdict
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, console
from app.board import benchmarks, hanging, options
from app.board.benchmarks import Figure
from app.board.models import Board
from app.board.scene import scenes
from app.errors import CheerboardError, NotFoundError
from app.live.bus import announce
from app.live.envelope import stamp
from app.people import audit
from app.people.audit import OPERATOR
from app.people.keys import digest, new_key
from app.people.models import Site, Team
from app.people.names import fold
from app.people.wording import label_of
from app.screens import pairing, tokens
from app.screens.models import Screen
from app.settings import Settings

cli = typer.Typer()
board_cli = typer.Typer(help="Walls.", no_args_is_help=True)
scene_cli = typer.Typer(help="The pictures a wall can show.", no_args_is_help=True)
benchmark_cli = typer.Typer(help="Other people's scores on the ladder.", no_args_is_help=True)
screen_cli = typer.Typer(help="Browsers that show a wall.", no_args_is_help=True)
cli.add_typer(board_cli, name="board")
cli.add_typer(scene_cli, name="scene")
cli.add_typer(screen_cli, name="screen")
cli.add_typer(benchmark_cli, name="benchmark")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Place = TypeVar("Place", Site, Team)


@board_cli.command("add")
def board_add(
    slug: str,
    title: Annotated[str, typer.Option(help="What the rail says.")],
    scenes: Annotated[str, typer.Option(help="Names between commas; all when absent.")] = "",
    audience: Annotated[str, typer.Option(help="staff, visitor or street.")] = "staff",
    site: Annotated[str, typer.Option(help="Shows this site instead of the company.")] = "",
    team: Annotated[str, typer.Option(help="Shows this team instead of the company.")] = "",
) -> None:
    """Hang a wall at /tv/SLUG."""
    if site and team:
        raise CheerboardError("A board shows one site or one team, not both.")
    options.check_slug(slug)
    with console.database().write.begin() as session:
        place = ("site", _find(session, Site, site).id) if site else None
        place = ("team", _find(session, Team, team).id) if team else place
        board = hanging.hang(session, title, slug=slug, audience=audience, place=place)
        if scenes:
            board.scenes = options.read_scenes(scenes)
        _record(session, slug, None, board)
    console.say(f"The board is at {console.address(Settings(), f'/tv/{slug}')}")


@board_cli.command("set")
def board_set(
    slug: str,
    changes: Annotated[list[str], typer.Argument(metavar="KEY=VALUE…", help="Such as theme=paper")],
) -> None:
    """Change how a wall is shown."""
    pairs = {}
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise CheerboardError(f"{change!r} is not KEY=VALUE, such as theme=paper.")
        pairs[key.strip()] = value
    with console.database().write.begin() as session:
        board = _board(session, slug)
        before = _facts(board)
        options.change(board, pairs)
        _record(session, slug, before, board)
        announce(session, "boards")
    console.say(f"Changed {', '.join(pairs)} of {slug}.")


@board_cli.command("list")
def board_list(*, as_json: Json = False) -> None:
    """Every wall and its address."""
    settings = Settings()
    with console.database().read() as session:
        boards = [
            {"slug": b.slug, "title": b.title, "url": console.address(settings, f"/tv/{b.slug}")}
            for b in session.scalars(select(Board).order_by(Board.slug))
        ]
    if as_json:
        console.say_json(boards)
        return
    for board in boards:
        console.say("{slug}  {title}  {url}".format(**board))


@scene_cli.command("list")
def scene_list(*, as_json: Json = False) -> None:
    """Every scene there is; a system scene is shown by the machine alone."""
    found = [
        {"name": scene.name, "title": scene.title, "system": scene.system}
        for scene in scenes().values()
    ]
    if as_json:
        console.say_json(found)
        return
    for scene in found:
        console.say(f"{scene['name']}  {scene['title']}{'  (system)' if scene['system'] else ''}")


@benchmark_cli.command("set")
def benchmark_set(
    name: str,
    value: Annotated[float | None, typer.Option(help="The score, -100 to 100.")] = None,
    year: Annotated[int | None, typer.Option(help="The year it was published for.")] = None,
    source: Annotated[str, typer.Option(help="Who published it.")] = "",
    *,
    off: Annotated[bool, typer.Option("--off", help="Take it off the ladder.")] = False,
) -> None:
    """A rung of the ladder: somebody else's score, with its year and its source."""
    if off and (value is not None or year is not None or source):
        raise CheerboardError("Say either --off, or --value, --year and --source.")
    if not off and (value is None or year is None or not source):
        raise CheerboardError("A benchmark needs --value, --year and --source, or --off.")
    with console.database().write.begin() as session:
        if off:
            benchmarks.remove(session, name)
        else:
            benchmarks.put(session, Figure(name, value, year, source), clock.day_in("UTC"))
    console.say(f"{name} is off the ladder." if off else f"{name} is a rung of the ladder.")


@benchmark_cli.command("list")
def benchmark_list(*, as_json: Json = False) -> None:
    """Every benchmark; one without a value waits to be filled in."""
    with console.database().read() as session:
        rows = benchmarks.table(session)
    if as_json:
        console.say_json([asdict(row) for row in rows])
        return
    for row in rows:
        known = row.value is not None
        console.say(f"{row.name}  {row.value:+g} ({row.year}, {row.source})" if known else row.name)


@screen_cli.command("add")
def screen_add(
    name: str,
    board: Annotated[str, typer.Option(help="The slug of the board it shows.")],
    *,
    as_json: Json = False,
) -> None:
    """Make a link that turns any browser into this screen; it is shown once."""
    token, name = new_key(), label_of(name, "screen's name")
    with console.database().write.begin() as session:
        _board(session, board)
        if session.scalar(select(Screen.id).where(Screen.name == name)) is not None:
            raise CheerboardError(f"There is a screen {name!r} already.", status=409)
        screen = Screen(
            name=name, board_slug=board, token_hash=digest(token), created_at=clock.now()
        )
        session.add(screen)
        announce(session, "screens")
    url = console.address(Settings(), f"/screen?token={token}")
    if as_json:
        console.say_json({"id": str(screen.id), "name": screen.name, "url": url})
    else:
        console.say(f"Open this once in the browser of {screen.name}: {url}")


@screen_cli.command("list")
def screen_list(*, as_json: Json = False) -> None:
    """Every screen, its board and when it was last heard."""
    with console.database().read() as session:
        screens = [
            {
                "id": str(screen.id),
                "name": screen.name,
                "board": screen.board_slug,
                "revoked": screen.revoked_at is not None,
                "seen_at": stamp(screen.seen_at) if screen.seen_at else None,
            }
            for screen in session.scalars(select(Screen).order_by(Screen.name))
        ]
    if as_json:
        console.say_json(screens)
        return
    for screen in screens:
        last = f"last heard {screen['seen_at']}" if screen["seen_at"] else "never heard"
        state = "revoked" if screen["revoked"] else last
        console.say(f"{screen['name']}  {screen['board']}  {state}")


@screen_cli.command("revoke")
def screen_revoke(name: str) -> None:
    """End a screen's right: it shows a pairing code within seconds."""
    with console.database().write.begin() as session:
        if not tokens.revoke(session, _screen(session, name).id):
            raise CheerboardError(f"The screen {name!r} was revoked already.", status=409)
    console.say(f"{name} shows no board any more.")


@screen_cli.command("rename")
def screen_rename(name: str, to: Annotated[str, typer.Option(help="Its new name.")]) -> None:
    """Give a screen another name."""
    with console.database().write.begin() as session:
        screen = pairing.rename(session, _screen(session, name).id, to)
    console.say(f"{name} is {screen.name} now.")


@screen_cli.command("repair")
def screen_repair(
    name: str,
    code: Annotated[str, typer.Option(help="The code that the browser shows; else a link.")] = "",
    *,
    as_json: Json = False,
) -> None:
    """Let another browser, or one that forgot, be this screen; it keeps its name and its board."""
    with console.database().write.begin() as session:
        screen = _screen(session, name)
        if code:
            pairing.repair(session, screen.id, code)
        key = "" if code else pairing.renew(session, screen.id)
    url = console.address(Settings(), f"/screen?token={key}") if key else None
    if as_json:
        console.say_json({"id": str(screen.id), "name": screen.name, "url": url})
    elif url:
        console.say(f"Open this once in the browser of {screen.name}: {url}")
    else:
        console.say(f"The browser with that code is {screen.name} now.")


def _screen(session: Session, name: str) -> Screen:
    for screen in session.scalars(select(Screen)):
        if fold(screen.name) == fold(name):
            return screen
    raise NotFoundError(f"There is no screen {name!r}; `cheerboard screen list` names them.")


def _record(session: Session, slug: str, before: dict[str, Any] | None, board: Board) -> None:
    audit.record(session, OPERATOR, "boards.change", f"board {slug}", before, _facts(board))


def _facts(board: Board) -> dict[str, Any]:
    said = {"title": board.title, "audience": board.audience, "scenes": ", ".join(board.scenes)}
    return said | dict(board.settings)


def _board(session: Session, slug: str) -> Board:
    board = session.scalar(select(Board).where(Board.slug == slug))
    if board is None:
        raise NotFoundError(f"There is no board {slug!r}; `cheerboard board list` names them.")
    return board


def _find(session: Session, kind: type[Place], name: str) -> Place:
    for place in session.scalars(select(kind)):
        if fold(place.name) == fold(name):
            return place
    raise NotFoundError(f"There is no {kind.__tablename__} {name!r}.")
