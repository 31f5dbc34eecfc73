"""The files of a version that other programs than ours read: of each table CSV, PX and JSON-stat, of the
international ones SDMX-CSV with its structure, and all tables as CSV with semicolons.

They are made of what is frozen alone, so that those of a version that was frozen before there were any are
made when somebody asks, and come out as they would have then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _, override

from exchange.writer import TYPES as WRITTEN, csv_text, json_text
from libs.suppression.tables import TOTAL
from summaries import open_formats
from summaries.catalogue import PUBLISHED
from summaries.counting.reference import unit
from summaries.open_formats import Axis, OpenTable
from summaries.release.frozen import LANGUAGES, Shown, shown
from summaries.release.models import OpenFile, Publication
from summaries.site import files
from summaries.year_words import demo_note

ALL_TABLES: Final = "tables-semikolon.csv"


class OpenKind(NamedTuple):
    """A kind of open file: what pages call it, what follows the table in its name, its media type."""

    called: str
    ending: str
    media: str
    international: bool = False  # only of tables for the international goal


KINDS: Final = {  # in the order in which pages offer them
    "csv": OpenKind("CSV", ".csv", WRITTEN["csv"]),
    "px": OpenKind("PX", ".px", "text/plain; charset=utf-8"),
    "jsonstat": OpenKind("JSON-stat", ".jsonstat.json", WRITTEN["json"]),
    "sdmx": OpenKind("SDMX-CSV", ".sdmx.csv", WRITTEN["csv"], international=True),
    "structure": OpenKind("SDMX-ML", ".sdmx.xml", "application/xml; charset=utf-8", international=True),
    "semicolon": OpenKind("", ALL_TABLES, WRITTEN["csv"]),  # of all tables
}
BY_ENDING: Final = {one.ending: kind for kind, one in KINDS.items()}
OF_TABLES: Final = [kind for kind, one in KINDS.items() if one.called]
OF_NATIONAL: Final = [kind for kind in OF_TABLES if not KINDS[kind].international]
INTERNATIONAL: Final = frozenset(entry.name for entry in PUBLISHED if entry.international)


def keep(publication: Publication) -> None:
    """Store the open files with the version that is being frozen."""
    for language in LANGUAGES:
        tables = shown(publication, language)
        OpenFile.objects.bulk_create(
            [_made(publication, name, language, tables) for name in names(publication)]
        )


def names(publication: Publication) -> list[str]:
    """Return the names of all its open files, as they are called at its address."""
    tables = [table["name"] for table in publication.tables]
    return [ALL_TABLES, *(f"{table}{KINDS[kind].ending}" for table in tables for kind in kinds(table))]


def kinds(table: str) -> list[str]:
    return list(OF_TABLES if table in INTERNATIONAL else OF_NATIONAL)


def offered(table: str) -> list[tuple[str, str]]:
    """Return what pages offer of a table: what the kind is called, and the name of the file."""
    return [(KINDS[kind].called, f"{table}{KINDS[kind].ending}") for kind in kinds(table)]


def asked(name: str) -> tuple[str, str]:
    """Table and kind of an open file by its name; no kind where it is the name of none."""
    if name == ALL_TABLES:
        return "", "semicolon"
    table, dot, rest = name.partition(".")
    kind = BY_ENDING.get(dot + rest, "")
    return (table, kind) if kind else (name, "")


def file_of(publication: Publication, name: str, language: str) -> OpenFile | None:
    """As it was frozen; made now where its version is older than its kind. None where it has no such file."""
    table, kind = asked(name)
    if not kind:
        return None
    file = publication.open_files.filter(table=table, kind=kind, language=language).first()
    if file is None and name in names(publication):
        return _made(publication, name, language, shown(publication, language))
    return file


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
    """Make a file in the active language, which is `language`; `of` one table, or of none for all."""
    if not of:
        return files.semicolon_bytes(publication, language)
    (version,) = of
    if kind == "csv":
        return files.table_bytes(publication, version)
    table = open_table(version, publication, language)
    if kind == "px":
        return open_formats.px_text(table).encode()
    if kind == "jsonstat":
        return json_text(open_formats.dataset(table)).encode()
    if kind == "structure":
        return open_formats.sdmx_structure(table)
    return csv_text(open_formats.sdmx_rows(table), ",").encode()


def open_table(one: Shown, of: Publication, language: str) -> OpenTable:
    """Return a table of a public version with what formats say of it, in the active language."""
    notes = (demo_note(), one.stands, one.note, one.decision, one.without, *one.words["caveats"])
    return OpenTable(
        table=one.table,
        title=f"{one.heading}, {of.year}",
        axes=tuple(_axes(one)),
        year=of.year,
        version=of.number,
        state=of.state,
        updated=f"{timezone.localtime(of.published_at):%Y-%m-%d %H:%M}" if of.published_at else "",
        language=language,
        unit=unit(one.table),
        of_year=_("Year"),
        area=_("Presumed victims of trafficking in human beings"),
        source=_("the NMT register"),
        contact=settings.STATISTICS_CONTACT,
        symbols=(_("suppressed to protect confidentiality"), _("not available")),
        notes=tuple(note for note in notes if note),
        so_far=of.so_far.isoformat() if of.so_far else "",
        demo=settings.DEMO,
    )


def _axes(one: Shown) -> Iterator[Axis]:
    for dimension in one.table.dimensions:
        categories = tuple((code, one.label(dimension, code)) for code in (*dimension.categories, TOTAL))
        yield Axis(dimension.name, str(one.words["dimensions"][dimension.name]), categories)
