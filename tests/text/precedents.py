"""Counts the words of the labelled comments: `python -m tests.text.precedents`.

Whoever adds comments to a file beside this one runs it; a test says when somebody forgot.
Comments that are neither stories nor unsafe teach nothing here: the rules deal with them.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from app.text import lexicon, precedent, unsafe
from app.text.clean import clean

HERE = Path(__file__).parent
ROSTER = json.loads((HERE / "roster.json").read_text(encoding="utf-8"))


class Sorted(NamedTuple):
    """A labelled comment of nine or ten points: a story, or never to be shown."""

    language: str
    comment: str
    names: tuple[str, ...]
    is_story: bool


def sorted_comments(paths: Sequence[Path]) -> Iterator[Sorted]:
    """What people have sorted; the names of colleagues of a file are those it lets be seen."""
    for path in paths:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        names = names_in(rows)
        for row in rows:
            kind = row.get("kind") or _kind(row)
            if kind in {"story", "unsafe"} and (row["score"] or 0) >= 9:
                comment = row.get("comment") or row["text"]
                language = row.get("language") or row["lang"]
                yield Sorted(language, comment, names, kind == "story")


def names_in(rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The colleagues of a set: those of the roster and those it lets be seen."""
    seen = {name for row in rows for name in row.get("employees_visible", ())}
    return tuple(sorted({*ROSTER, *seen}))


def _kind(row: dict[str, Any]) -> str:
    if row["good_story"]:
        return "story"
    return "no story" if row["publishable"] else "unsafe"


def counted(comments: Sequence[Sorted], language: str) -> str:
    """The file of a language: each word and pair, in how many stories, in how many others."""
    told: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for one in comments:
        if one.language == language:
            reading = unsafe.read(clean(one.comment).text, language, one.names)
            told[one.is_story].update({precedent.ALL, *precedent.parts(reading)})
    stories, others = told[True], told[False]
    lines = [precedent.ALL, *sorted({*stories, *others} - {precedent.ALL})]
    return "".join(f"{part}\t{stories[part]}\t{others[part]}\n" for part in lines)


def files(folder: Path = HERE) -> list[Path]:
    """All sets of labelled comments."""
    return sorted(folder.glob("*.jsonl"))


def main() -> None:
    comments = list(sorted_comments(files()))
    precedent.FOLDER.mkdir(exist_ok=True)
    for language in lexicon.lexicons():
        path = precedent.FOLDER / f"{language}.tsv"
        path.write_text(counted(comments, language), encoding="utf-8")


if __name__ == "__main__":
    main()
