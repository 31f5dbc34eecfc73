"""The published year's files byte by byte, the year's internal ones, their digests, and the headings of the
report."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from pypdf import PdfReader

from tests.outside.golden import Golden, text
from tests.outside.place import YEAR, Place

CONTENTS: Final = re.compile(r"(\d+)\. ((?:(?!\. ).)+?) *\.{2,} *\d+")  # within one sentence
PUBLIC: Final = {
    f"public-{YEAR}-sv.csv": f"/statistik/{YEAR}/tables.csv",
    f"public-{YEAR}-en.csv": f"/statistik/{YEAR}/tables.csv?lang=en",
    f"public-{YEAR}-sv.json": f"/statistik/{YEAR}/tables.json",
}
INTERNAL: Final = {f"internal-{YEAR}-sv.csv": f"/summaries/{YEAR}/tables.csv"}


def of_public(address: str) -> Callable[[Place], bytes]:
    return lambda place: place.public(address)


def of_internal(address: str) -> Callable[[Place], bytes]:
    return lambda place: place.get("analyst", address, "sv")


FILES: Final = (
    *(Golden(name, of_public(address)) for name, address in PUBLIC.items()),
    *(Golden(name, of_internal(address)) for name, address in INTERNAL.items()),
)


def digests(place: Place) -> bytes:
    """As sha256sum writes them."""
    return text(f"{hashlib.sha256(file.gather(place)).hexdigest()}  {file.name}" for file in FILES)


def headings(language: str) -> Callable[[Place], bytes]:
    """Of the report in PDF: its title, then headings by their level, as a reader's program shows them."""

    def gather(place: Place) -> bytes:
        reader = PdfReader(io.BytesIO(place.public(f"/statistik/{YEAR}/report.pdf?lang={language}")))
        return text([str(reader.metadata.title), *_outline(reader.outline), *_contents(reader)])  # type: ignore[union-attr]

    return gather


def _outline(entries: Any, level: int = 1) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _outline(entry, level + 1)
        else:
            yield f"{'#' * level} {entry.title}"


def _contents(reader: PdfReader) -> Iterator[str]:
    """The tables that its list of contents names, wherever a line of it ends."""
    pages = " ".join(page.extract_text() for page in reader.pages[:3])
    for number, title in CONTENTS.findall(" ".join(pages.split())):
        yield f"{number}. {title}"
