"""The command `cheerboard rebuild`."""

from typing import Annotated

import typer

from app import console
from app.live.bus import announce
from app.scores.rebuild import Difference, correct, differences

cli = typer.Typer()

# A transaction beside a running server is to take at most 200 ms.
CHUNK = 1_000


@cli.command()
def rebuild(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only compare; exit 1 if any differs.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Recompute every tally from the responses."""
    database = console.database()
    with database.read() as session:
        wrong = differences(session)
    if not check:
        chunks = [wrong[start : start + CHUNK] for start in range(0, len(wrong), CHUNK)]
        for chunk in console.progress(chunks, "Correcting tallies") if chunks else ():
            with database.write.begin() as session:
                correct(session, chunk)
                announce(session, "responses")
    _report(wrong, check=check, as_json=as_json)
    if check and wrong:
        raise typer.Exit(1)


def _report(wrong: list[Difference], *, check: bool, as_json: bool) -> None:
    if as_json:
        console.say_json({"corrected": not check, "differences": [_document(w) for w in wrong]})
        return
    for each in wrong:
        console.say(each.sentence)
    if not wrong:
        console.say("Every tally is what the responses say.")
    else:
        count = f"{len(wrong)} tally differs" if len(wrong) == 1 else f"{len(wrong)} tallies differ"
        console.say(f"{count} from the responses." if check else f"{count}, now corrected.")


def _document(each: Difference) -> dict[str, object]:
    return {
        "scope": each.scope,
        "id": str(each.scope_id),
        "day": each.day.isoformat(),
        "segment": each.segment,
        "stored": [each.stored.promoters, each.stored.passives, each.stored.detractors],
        "counted": [each.counted.promoters, each.counted.passives, each.counted.detractors],
    }
