"""How a year and a month are written, in both languages. Pure."""

from __future__ import annotations

from typing import Final

YEAR: Final = r"(?:19|20)\d\d"
# short and long
MONTHS: Final = r"(?:jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]{0,7}\.?"
