"""The filtered entries as a file: rows as on the page, cut off only where it says so, and logged with their number."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.oversight import reading as service
from multiagency.oversight.filters import Filters
from multiagency.oversight.patterns.thresholds import threshold
from multiagency.oversight.reading_rows import EntryRow, rows_of
from multiagency.web.texts import TEXTS

COLUMNS = ("number", "at", "who", "what", "purpose", "case", "kinds", "recipient", "basis", "result", "truth")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What was taken out: the newest rows, and how many the filter asks for altogether."""

    rows: list[EntryRow]
    total: int

    @property
    def cut(self) -> bool:
        """Whether some were left behind."""
        return self.total > len(self.rows)


async def take(work: Work, asked: Filters, language: Language) -> Extract:
    """Return the rows that a file may hold; the log says how many were taken."""
    limit, total = await threshold(work, "export_rows"), await service.count(work, asked)
    rows = await rows_of(work, await service.read(work, asked, limit=limit), language)
    await service.record(work, asked, f"exported:{len(rows)}")
    return Extract(rows, total)


def table(taken: Extract, language: Language) -> list[list[str]]:
    """Return headings and rows in words."""

    def say(key: str, **values: object) -> str:
        return TEXTS.say(language, key, **values)

    lines = [[say(f"log.export.column.{column}") for column in COLUMNS]]
    for row in taken.rows:
        number = say("audit.unnumbered") if row.index is None else str(row.index)
        lines.append(
            [
                number,
                row.at,
                row.who,
                row.what,
                row.purpose,
                row.case,
                row.kinds,
                row.recipient,
                row.bases,
                row.result,
                say(f"audit.truth.{row.truth}"),
            ]
        )
    return lines


def notes(taken: Extract, language: Language) -> list[str]:
    """Return what stands below the rows: what no reader is shown, and what was left behind."""
    kept = TEXTS.say(language, "audit.kept_from_a_party")
    return [note for note in (kept, cut_off(taken, language)) if note]


def cut_off(taken: Extract, language: Language) -> str:
    """Return the sentence about what was left behind, empty when nothing was."""
    if not taken.cut:
        return ""
    return TEXTS.say(language, "log.export.cut", rows=len(taken.rows), total=taken.total)


def as_csv(lines: Sequence[Sequence[str]], notes: Sequence[str] = ()) -> bytes:
    """Return rows as a Finnish spreadsheet opens them: semicolons, UTF-8 with its mark, no cell a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerows([[harmless(cell) for cell in line] for line in [*lines, *([note] for note in notes)]])
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """Return the cell so that a spreadsheet shows it and does not compute it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
