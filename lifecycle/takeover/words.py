"""What people call the columns of their spreadsheets, and how they write what stands in them: the words of
`reference/spreadsheet_words.csv`, beside which the register's own names are known. Pure."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).resolve().parents[1] / "reference" / "spreadsheet_words.csv"


def _read() -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["list"], {})[row["value"]] = tuple(row["words"].split("|"))
    return found


# list → value → words: heading, purpose, agency, offence, channel, sector, status, colour, county,
# municipality, and people, by whose name a country is meant.
LISTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = _read()

TOTALS: Final = (
    r"(summa|(grand )?total(t|en|summa)?|sum|sammanlagt|delsumma|subtotal|s:a|tot|antal totalt"
    r"|totalt antal)\b|antal(?: personer| offer)?\s*:"
)
EMPTY: Final = (
    *("-", "–", "—", "--", "x-x", "n/a", "na", ".", "/", "_", "...", "…", "e.u.", "eu."),
    *("u.s.", "ej aktuellt"),
)
UNKNOWN: Final = (
    *("okänt", "okänd", "okända", "vet ej", "?", "??", "???", "oklart", "ej känt", "unknown"),
    *("uppgift saknas", "ingen uppgift", "oklar", "saknas", "ej uppgett", "ej angivet", "framgår ej"),
    "vet inte",
)
DITTO: Final = (
    *('"', "''", "”", '-"-', "-”-", "d:o", "do", "dito", "samma", "ovan", "se ovan", '- " -', '""'),
    *("-''-", ",,", "″", "〃"),
)
YES: Final = ("ja", "j", "x", "yes", "y", "1", "sant", "true", "✓", "✔", "xx", "●", "•")
NO: Final = ("nej", "n", "no", "0", "falskt", "false", "ej")
MONTHS: Final = (
    *("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september"),
    *("oktober", "november", "december"),
)
NUMBERS: Final = {
    **{"en": 1, "ett": 1, "två": 2, "tva": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8},
    **{"nio": 9, "tio": 10, "elva": 11, "tolv": 12},
}
