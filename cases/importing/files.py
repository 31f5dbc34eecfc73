"""Files that the import gives: a template, and the failed rows with what is wrong in them."""

from __future__ import annotations

import csv
import io
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.importing.columns import COLUMNS
from cases.importing.preview import Preview
from cases.importing.reading import read

BOM: Final = "\ufeff"  # by which spreadsheet programs know UTF-8
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def template() -> str:
    """A header in the reader's language; semicolons, as spreadsheet programs in Sweden write them."""
    swedish = (get_language() or "sv").startswith("sv")
    return BOM + ";".join(column.swedish if swedish else column.name for column in COLUMNS) + "\r\n"


def failed_rows(data: bytes, preview: Preview) -> str:
    """The rows with errors as they were sent, each with what is wrong and what is allowed in a column of its own."""
    problems = preview.problems()
    sheet = read(data)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=sheet.delimiter or ";")
    writer.writerow([*sheet.header, _("What is wrong")])
    for line, cells in sheet.rows:
        if line in problems:
            padded = [*cells[: len(sheet.header)], *[""] * (len(sheet.header) - len(cells))]
            writer.writerow([*map(defused, padded), " ".join(problems[line])])
    return BOM + out.getvalue()


def defused(text: str) -> str:
    """What a spreadsheet program would run as a formula gets an apostrophe before it, also behind what is not seen."""
    bare = text.lstrip(" \u00a0\u200b\u200e\u200f\u2060\ufeff\u00ad")
    return f"'{text}" if bare.startswith(_FORMULA) else text
