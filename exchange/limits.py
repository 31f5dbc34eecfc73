"""How large a file may be. Everything beyond is refused with a sentence, never cut off."""

from __future__ import annotations

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
APART_SECONDS: Final = 3  # of the processor
APART_SECONDS_A_MB: Final = 3
APART_PATIENCE: Final = 5  # times as long by the clock, where the machine has much else to do
APART_IN_PAGE: Final = 30  # seconds by the clock at the most, while somebody waits for a page
APART_TURN: Final = 10  # of these for the turn of the file, while others are read
APART_LATER: Final = 900  # by a run in the background or a command
APART_MEMORY: Final = 256  # MB of addresses
APART_MEMORY_A_MB: Final = 5
APART_TEXT: Final = 16 * 2**20  # bytes of the rows that it hands over
APART_TEXT_A_BYTE: Final = 20
APART_TEXT_MOST: Final = 200 * 2**20
APART_ROWS: Final = 500  # at once
APART_PIECE: Final = 8 * 2**20  # bytes of these at the most
APART_QUESTIONS: Final = 200  # of headers: sheets beyond are not looked at for one
APART_AT_ONCE: Final = 2  # files that one process of the application has read for it
