"""A CSV file as somebody exported it: its encoding, its separator and its rows, found out."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from charset_normalizer import from_bytes

from app.errors import CheerboardError

Cells = list[str]

SEPARATORS = ",;\t|"
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# The longest cell; a quote that is never closed would swallow the rest of the file.
LONGEST_CELL = 1_000_000
_SAMPLE = 64 * 1024
_SAMPLE_ROWS = 30
# Guesses between the western code pages are dice; Windows' own has the most letters of them.
_WESTERN = {"ascii", "latin_1", "cp1252", "iso8859_15", "iso8859_9", "cp1250", "cp1254", "cp1257",
            "iso8859_2", "iso8859_4", "iso8859_10", "iso8859_13", "iso8859_14", "iso8859_16",
            "mac_roman", "mac_iceland", "mac_latin2", "mac_turkish", "cp437", "cp850", "cp858",
            "cp775", "cp852", "cp857", "cp860", "cp861", "cp863", "cp865", "hp_roman8", "cp037",
            "cp273", "cp500", "cp1026", "cp1140"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """An opened file: where it is, how it is written, and the names of its columns.

    `skipped` is how many records stand before the first row of data; `says_separator` is Excel's
    own first line, `sep=;`.
    """

    path: Path
    encoding: str
    separator: str
    header: tuple[str, ...]
    says_separator: bool

    @property
    def first_row(self) -> int:
        """The number a spreadsheet shows beside the first row of data."""
        return 3 if self.says_separator else 2

    def rows(self) -> Iterator[Cells]:
        """Every record after the header, blank ones too. Raises CheerboardError."""
        with _text(self.path, self.encoding) as file:
            if self.says_separator:
                file.readline()
            lines = csv.reader(_without_nul(file), delimiter=self.separator)
            try:
                next(lines, None)
                yield from lines
            except csv.Error as error:
                raise CheerboardError(f"Line {lines.line_num}: {error}.") from None


def read(path: Path, encoding: str | None = None) -> Sheet:
    """Finds out how a file is written. Raises CheerboardError, one sentence."""
    csv.field_size_limit(LONGEST_CELL)
    encoding = _known(encoding) if encoding else _encoding(path)
    try:
        with _text(path, encoding) as file:
            sample = file.read(_SAMPLE).replace("\0", "")
    except UnicodeError:
        raise CheerboardError(f"{path} is not written in {encoding}.") from None
    first, _, rest = sample.partition("\n")
    said = first.strip().strip('"').lower()
    says_separator = said.startswith("sep=") and len(said) <= 5
    if says_separator:
        separator, sample = (first.strip().strip('"')[4:] or "\t"), rest
    else:
        separator = _separator(sample)
    header = next(_records(sample, separator), [])
    if not any(name.strip() for name in header):
        raise CheerboardError(f"{path} has no line of column names.")
    return Sheet(path, encoding, separator, tuple(name.strip() for name in header), says_separator)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample[1:200:2].count(0) > len(sample[1:200:2]) // 2:
        return "utf-16-le"
    if sample[:200:2].count(0) > len(sample[:200:2]) // 2 and sample:
        return "utf-16-be"
    return "utf-8" if _is_utf8(path) else _guessed(path)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1024 * 1024):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guessed(path: Path) -> str:
    """From the lines that are not plain ASCII, wherever in the file they stand."""
    sample = b""
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                sample += line
            if len(sample) > _SAMPLE // 4:
                break
    best = from_bytes(sample).best()
    return "cp1252" if best is None or best.encoding in _WESTERN else best.encoding


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise CheerboardError(f"There is no encoding {encoding[:40]!r}.") from None


def _separator(sample: str) -> str:
    """The one that gives the most columns of those that give every row alike, else the header."""

    def alike(separator: str) -> tuple[int, int]:
        try:
            rows = [row for row in _records(sample, separator) if row][:_SAMPLE_ROWS]
        except csv.Error:
            return 0, 0
        # The sample may end within its last row.
        wanted = len(rows[0]) if rows else 0
        same = sum(len(row) == wanted for row in (rows[:-1] or rows))
        return (same if wanted > 1 else 0), wanted

    return max(SEPARATORS, key=alike)


def _records(sample: str, separator: str) -> Iterator[Sequence[str]]:
    return csv.reader(sample.splitlines(keepends=True), delimiter=separator)


def _text(path: Path, encoding: str) -> IO[str]:
    # What cannot be decoded further down must not stop a million good rows.
    return path.open(encoding=encoding, errors="replace", newline="")


def _without_nul(file: IO[str]) -> Iterator[str]:
    return (line.replace("\0", "") if "\0" in line else line for line in file)
