"""The files of a version that other programs than ours read: of each table CSV, PX and JSON-stat, of the
international ones SDMX-CSV with its structure, and all tables as CSV with semicolons.

They are made of what is frozen alone, so that those of a version that was frozen before there were any are
made when somebody asks, and come out as they would have then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _, override

from exchange.writer import TYPES as WRITTEN, csv_text, json_text
from libs.suppression.tables import TOTAL
from summaries import open_formats, sdmx
from summaries.catalogue import PUBLISHED
from summaries.counting.reference import unit
from summaries.open_formats import Axis, OpenTable
from summaries.release.frozen import LANGUAGES, Shown, shown
from summaries.release.models import OpenFile, Publication
from summaries.site import files
from summaries.year_words import demo_note

TYPES: Final = {
    "csv": WRITTEN["csv"],
    "semicolon": WRITTEN["csv"],
    "px": "text/plain; charset=utf-8",
    "jsonstat": WRITTEN["json"],
    "sdmx": WRITTEN["csv"],
    "structure": "application/xml; charset=utf-8",
}
ALL_TABLES: Final = "tables-semikolon.csv"
# Longest first.
ENDINGS: Final = {
    ".jsonstat.json": "jsonstat",
    ".sdmx.csv": "sdmx",
    ".sdmx.xml": "structure",
    ".px": "px",
    ".csv": "csv",
}
ENDING_OF: Final = {kind: ending for ending, kind in ENDINGS.items()}
CALLED: Final = {
    "csv": "CSV",
    "px": "PX",
    "jsonstat": "JSON-stat",
    "sdmx": "SDMX-CSV",
    "structure": "SDMX-ML",
}
INTERNATIONAL: Final = frozenset(entry.name for entry in PUBLISHED if entry.international)


def keep(publication: Publication) -> None:
    """With the version that is being frozen."""
    for language in LANGUAGES:
        tables = shown(publication, language)
        OpenFile.objects.bulk_create(
            [_made(publication, name, language, tables) for name in names(publication)]
        )


def names(publication: Publication) -> list[str]:
    """Of all its open files, as they are called at its address."""
    tables = [table["name"] for table in publication.tables]
    return [ALL_TABLES, *(f"{table}{ENDING_OF[kind]}" for table in tables for kind in kinds(table))]


def kinds(table: str) -> tuple[str, ...]:
    return ("csv", "px", "jsonstat", *(["sdmx", "structure"] if table in INTERNATIONAL else []))


def offered(table: str) -> list[tuple[str, str]]:
    """Of one table, what pages offer: what the kind is called, and the name of the file."""
    return [(CALLED[kind], f"{table}{ENDING_OF[kind]}") for kind in kinds(table)]


def asked(name: str) -> tuple[str, str]:
    """Table and kind of an open file by its name; no kind where it is the name of none."""
    if name == ALL_TABLES:
        return "", "semicolon"
    ending = next((one for one in ENDINGS if name.endswith(one)), "")
    return name.removesuffix(ending), ENDINGS.get(ending, "")


def file_of(publication: Publication, name: str, language: str) -> OpenFile | None:
    """As it was frozen; made now where its version is older than its kind. None where it has no such file."""
    table, kind = asked(name)
    if not kind:
        return None
    found = publication.open_files.filter(table=table, kind=kind, language=language).first()
    if found is None and name in names(publication):
        found = _made(publication, name, language, shown(publication, language))
    return found


def digests(publication: Publication, language: str) -> dict[str, str]:
    """Name of an open file at its address → SHA-256 of its bytes."""
    stored = publication.open_files.filter(language=language).values_list("table", "kind", "sha256")
    known = {(table, kind): digest for table, kind, digest in stored}
    asked_for = {name: asked(name) for name in names(publication)}
    tables = [] if known.keys() >= {*asked_for.values()} else shown(publication, language)
    return {
        name: known.get(place) or _made(publication, name, language, tables).sha256
        for name, place in asked_for.items()
    }


def _made(publication: Publication, name: str, language: str, tables: Sequence[Shown]) -> OpenFile:
    table, kind = asked(name)
    with override(language):
        content = _bytes(kind, publication, language, [one for one in tables if one.table.name == table])
    return OpenFile(
        publication=publication,
        table=table,
        kind=kind,
        language=language,
        content=content,
        size=len(content),
        sha256=sha256(content).hexdigest(),
    )


def _bytes(kind: str, publication: Publication, language: str, of: Sequence[Shown]) -> bytes:
    """In the active language, which is `language`; `of` one table, or of none for all."""
    if not of:
        return files.semicolon_bytes(publication, language)
    (one,) = of
    if kind == "csv":
        return files.table_bytes(publication, one)
    found = open_table(one, publication, language)
    if kind == "px":
        return open_formats.px_text(found).encode()
    if kind == "jsonstat":
        return json_text(open_formats.dataset(found)).encode()
    if kind == "structure":
        return sdmx.structure_bytes(found)
    return csv_text(sdmx.rows(found), ",").encode()


def open_table(one: Shown, of: Publication, language: str) -> OpenTable:
    """Of a public version, in the active language."""
    notes = (demo_note(), one.note, one.decision, one.without, *one.words["caveats"])
    return OpenTable(
        table=one.table,
        title=f"{one.heading}, {of.year}",
        axes=tuple(_axes(one)),
        year=of.year,
        version=of.version or 0,
        state=of.state,
        updated=f"{timezone.localtime(of.published_at):%Y-%m-%d %H:%M}" if of.published_at else "",
        language=language,
        unit=unit(one.table),
        of_year=_("Year"),
        area=_("Presumed victims of trafficking in human beings"),
        source=_("the NMT register"),
        contact=settings.STATISTICS_CONTACT,
        symbols=(_("suppressed to protect confidentiality"), _("not available")),
        notes=tuple(filter(None, notes)),
        so_far=of.so_far.isoformat() if of.so_far else "",
        demo=settings.DEMO,
    )


def _axes(one: Shown) -> Iterator[Axis]:
    for dimension in one.table.dimensions:
        codes = (*dimension.categories, TOTAL)
        labels = tuple((code, one.label(dimension, code)) for code in codes)
        yield Axis(dimension.name, str(one.words["dimensions"][dimension.name]), labels)
