"""How large a file may be, and how long it is kept. What is larger is refused with a sentence, never cut off.

Why a file as a whole is refused, in one sentence each. Pure: the Django side translates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

MAX_BYTES: Final = 50 * 2**20
MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 100
MAX_CELL: Final = 4_000  # characters
# A text is counted before it is parsed, which takes much longer: its lines, blank ones and those within cells
# too, and the characters of one.
MAX_LINES: Final = 2**20
MAX_LINE: Final = 500_000

# Workbooks are zip archives: what they say they unpack to is held against these before anything is unpacked.
MAX_UNPACKED: Final = 300 * 2**20
MAX_RATIO: Final = 250  # of a part that unpacks to more than a megabyte
MAX_PARTS: Final = 2_000

# What spreadsheet programs hold, and, in bytes, a part of a ZIP file without the 64-bit sizes they do not
# read.
SHEET_ROWS: Final = 2**20
SHEET_CELL: Final = 2**15 - 1  # characters
SHEET_BYTES: Final = 2**31 - 1

# What a part unpacks to is not what it takes in memory: these hold both that and the time to a multiple of
# its size.
MAX_NODES: Final = 1_000_000  # elements and attributes that are held at one time
MAX_MERGED: Final = 2_000_000  # cells of a sheet that merged ones cover, down to its last row
MAX_MARKUP: Final = 2**18  # bytes of one tag or comment

# A file is read in a process of its own, which may take so much: what a table of its size takes, with room.
SANDBOX_SECONDS: Final = 3  # of the processor
SANDBOX_SECONDS_A_MB: Final = 3
SANDBOX_CLOCK_FACTOR: Final = 5  # times as long by the clock, where the machine has much else to do
SANDBOX_IN_PAGE: Final = 30  # seconds by the clock at the most, while somebody waits for a page
SANDBOX_TURN: Final = 10  # of these for the turn of the file, while others are read
SANDBOX_LATER: Final = 900  # by a run in the background or a command
SANDBOX_MEMORY: Final = 256  # MB of addresses
SANDBOX_MEMORY_A_MB: Final = 5
SANDBOX_TEXT: Final = 16 * 2**20  # bytes of the rows that it hands over
SANDBOX_TEXT_A_BYTE: Final = 20
SANDBOX_TEXT_MAX: Final = 200 * 2**20
SANDBOX_ROWS: Final = 500  # at once
SANDBOX_MESSAGE: Final = 8 * 2**20  # bytes of these at the most
SANDBOX_QUESTIONS: Final = 200  # of headers: sheets beyond are not looked at for one
SANDBOX_PROCESSES: Final = 2  # files that one process of the application has read for it

# How long what waits for its owner is kept. The settings have the times of a session.
UPLOAD_MINUTES: Final = 30  # a file that waits to be confirmed
EXPORT_DAYS: Final = 7
SPREADSHEET_DAYS: Final = 30  # the sheets of an old spreadsheet
DRAFT_HOURS: Final = 24  # what was written in a form and not saved, or sent when the session had ended


def _(text: str) -> str:
    """Mark a text for gettext, which the Django side calls: this module must not import Django."""
    return text


REFUSALS: Final[dict[str, str]] = {
    "empty": _("The file is empty."),
    "no_rows": _("The file has a header but no rows."),
    "too_large": _("The file is {size} MB. At most {max} MB are read: divide it into several files."),
    "too_many_rows": _("The file has more than {max} rows: divide it into several files."),
    "too_many_columns": _("The file has {n} columns. At most {max} are read: use the template."),
    "not_text": _("Line {line} holds characters that no table has: this is no CSV, XLSX or ODS file."),
    "mixed": _("Line {line} is written in another encoding than the rest. Save the file again as UTF-8."),
    "old_excel": _("This is an old Excel file (.xls). Save it as .xlsx or CSV."),
    "open_quote": _("A quotation mark in the row that begins on line {line} is never closed."),
    "bad_quote": _("A quotation mark in the row that begins on line {line} stands in the wrong place."),
    "long_cell": _(
        "A cell in the row that begins on line {line} has more than {max} characters. Is a quotation mark "
        "never closed?"
    ),
    "sheet_full": _(
        "The file is too large for a spreadsheet, which holds {rows} rows, {size} GB and {characters} "
        "characters in a cell. Choose another format, or filter the list."
    ),
    "xlsx_bomb": _("The workbook would unpack to far more than its size. It is not opened."),
    "xlsx_entities": _(
        "The workbook holds document type declarations, which no spreadsheet needs. It is not opened."
    ),
    "xlsx_encoding": _(
        "A part of the workbook is written in an encoding that workbooks do not have. It is not opened. Save "
        "it again in a spreadsheet program."
    ),
    "xlsx_overfull": _(
        "The workbook holds far more than a table needs. It is not opened. Copy the table into a new "
        "workbook."
    ),
    "xlsx_broken": _("The workbook cannot be read. Open it in a spreadsheet program and save it again."),
    "xlsx_uncalculated": _(
        "The workbook has formulas that no program has calculated. Open it in a spreadsheet program and save "
        "it again."
    ),
    "not_read": _(
        "The file cannot be read in the time and memory that a table of its size takes. Copy the table into "
        "a new workbook, or save it as CSV."
    ),
    "readers_busy": _("Other files are being read at this moment. Try again in a minute; nothing is lost."),
    "json_broken": _("The JSON file is not one that the register has exported, or it is not whole."),
    "header_missing_one": _("The file lacks the column {columns}. Download the template and compare."),
    "header_missing": _("The file lacks the columns {columns}. Download the template and compare."),
    "header_unknown_one": _("The column {columns} is not known here. Rename or remove it."),
    "header_unknown": _("The columns {columns} are not known here. Rename or remove them."),
    "header_twice_one": _("The column {columns} stands more than once in the header."),
    "header_twice": _("The columns {columns} stand more than once in the header."),
    "column_unnamed": _(
        "Column {column} has no name in the header, but a value on line {line}. Name the column, or empty it."
    ),
    "header_guess": _("{name} (did you mean {guess}?)"),
}


def of_columns(code: str, names: Sequence[str]) -> tuple[str, dict[str, object]]:
    """What is said of the columns of a header, of one or of several."""
    return (f"{code}_one" if len(names) == 1 else code), {"columns": ", ".join(names)}


class Refused(ValueError):
    """A file cannot be read, or not be made. `said` are (key of REFUSALS, parameters), a sentence each."""

    def __init__(self, *said: tuple[str, dict[str, object]]) -> None:
        self.said = said
        super().__init__(self.in_words(str))

    def in_words(self, translate: Callable[[str], str]) -> str:
        """Why, in the language that `translate` speaks."""
        return " ".join(translate(REFUSALS[code]).format(**params) for code, params in self.said)


class Unmatched(Refused):
    """Headings are not `unknown` to whoever sent the file: they can say which columns those are."""

    def __init__(self, *said: tuple[str, dict[str, object]], unknown: Sequence[str]) -> None:
        super().__init__(*said)
        self.unknown = tuple(unknown)


def refuse(code: str, **params: object) -> Refused:
    return Refused((code, params))


def refuse_if(holds: object, code: str, **params: object) -> None:
    """Raise Refused where something holds of a file that no file may have."""
    if holds:
        raise refuse(code, **params)
