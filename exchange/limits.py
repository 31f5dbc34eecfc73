"""How large a file may be. Everything beyond is refused with a sentence, never cut off."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 50 * 2**20
MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 100
MAX_CELL: Final = 4_000  # characters

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
MAX_MARKUP: Final = 2**18  # bytes of one tag or comment
