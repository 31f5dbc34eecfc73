"""What belongs to a year: which tables its package holds, and which of their rows.

Makes the package of a year: the whole of it or nothing, recorded, and told to who watches over what
leaves.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, override

from accounts.invitations import watchers
from accounts.notices import notice, organisation, tell
from agencies.models import Agency, Code, CodeMapping, County, CountyRegion, Region
from audit.models import Event
from audit.writer import System, Target, record
from cases.models import (
    Call,
    Case,
    DisposedYear,
    DuplicateReview,
    Exploitation,
    Identification,
    Measure,
    Notification,
    Person,
    PersonIndicator,
    SuspectCount,
    Transfer,
    YearConfirmation,
)
from exchange.writer import Sheet, Tally, csv_pieces, json_text
from retention.archive_xml import (
    DESCRIPTIVE,
    PRESERVATION,
    About,
    Happening,
    PackedFile,
    mets_bytes,
    premis_bytes,
    xml_bytes,
)
from retention.due import ARCHIVED
from retention.export import (
    HEADER,
    ExportedColumn,
    ExportTable,
    at_one_moment,
    label_of,
    lines,
    rows_of,
    tables,
    write_file,
)
from summaries.coverage import so_far
from summaries.models import HistoricalFigure, JusticeFigure, Population
from summaries.release.models import Publication, PublicationFile
from summaries.site.files import NAMES, TYPES
from summaries.year_words import demo_note, named

WHOLE: tuple[type[Model], ...] = (
    Agency,
    Code,
    CodeMapping,
    County,
    CountyRegion,
    Region,
)  # by which the rows are read
Rows = dict[type[Model], QuerySet[Any]]


def tables_of(year: int) -> Iterator[tuple[ExportTable, QuerySet[Any]]]:
    """Each table with its rows of the year, in order of name; never a sealed text."""
    rows = rows_of_year(year)
    rows |= {model: model._base_manager.all() for model in WHOLE}
    for table in tables(texts=False):
        if table.model in rows:
            yield table, rows[table.model]


def rows_of_year(year: int) -> Rows:
    """A case, whole, is of the year in which it was opened and of each in which a person of it is counted:
    from the package of a year alone its figures can be counted again. What led to a case is with it."""
    counted = Person.objects.filter(first_year=year)
    cases = Case.objects.filter(Q(opened_on__year=year) | Q(pk__in=counted.values("case")))
    persons = Person.objects.filter(case__in=cases)
    calls = Call.objects.filter(Q(received_on__year=year) | Q(case__in=cases))
    told = Notification.objects.filter(Q(sent_at__year=year) | Q(case__in=cases))
    exploitations = Exploitation.objects.filter(person__in=persons)
    return {
        Case: cases,
        SuspectCount: SuspectCount.objects.filter(case__in=cases),
        Person: persons,
        Exploitation: exploitations,
        Call: calls,
        Notification: told,
        **{part: part._base_manager.filter(person__in=persons)
           for part in (Identification, Measure, PersonIndicator, Transfer)},
        **_lists(Exploitation, exploitations),
        **_lists(Call, calls),
        **_lists(Notification, told),
        DuplicateReview: DuplicateReview.objects.filter(Q(first__in=persons) | Q(second__in=persons)),
        YearConfirmation: YearConfirmation.objects.filter(year=year),
        **{model: model._base_manager.filter(year=year)
           for model in (HistoricalFigure, JusticeFigure, Population)},
    }  # fmt: skip


def _lists(model: type[Model], rows: QuerySet[Any]) -> Rows:
    """Which codes stand in the lists of such rows."""
    found: Rows = {}
    for many in model._meta.many_to_many:
        through: Any = many.remote_field.through
        found[through] = through._base_manager.filter(**{f"{many.m2m_field_name()}__in": rows})
    return found


def is_empty(year: int) -> bool:
    """Whether the register has nothing of the year but what was counted elsewhere."""
    others = {JusticeFigure, Population}
    return not any(rows.exists() for model, rows in rows_of_year(year).items() if model not in others)


# --- describing ---
# What a package says of itself: to people in its README, to catalogues as Dublin Core, to programs that
# read its tables as CSV on the Web.

REGISTER: Final = "representations/rep1/data/register/"
PUBLISHED: Final = "representations/rep1/data/published/"
LANGUAGES: Final = ("sv", "en")
OAI: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC: Final = "http://purl.org/dc/elements/1.1/"
KINDS: Final = {
    "DateField": "date",
    "DateTimeField": "dateTime",
    "BooleanField": "boolean",
    "FloatField": "double",
    "JSONField": "json",
}


def title_of(year: int, so_far: Any) -> str:
    title = _("Presumed victims of trafficking in human beings {year}").format(year=year)
    return named(title, so_far)


def readme(year: int, so_far: Any) -> bytes:
    """In both languages, as text that needs no program."""
    said = []
    for language in LANGUAGES:
        with override(language):
            said.append("\n\n".join([title_of(year, so_far), *filter(None, [demo_note()]), *_paragraphs()]))
    return ("\n\n---\n\n".join(said) + "\n").encode()


def _paragraphs() -> list[str]:
    return [
        _(
            "representations/rep1/data/register: the register's rows of the year, a table a file, as CSV in "
            "UTF-8 with semicolons. The last line of each says how many rows there are. What each column is "
            "stands in documentation/data-dictionary.csv, and for programs in schemas/tables.csvw.json."
        ),
        _(
            "representations/rep1/data/published: each published version as it was frozen, and in "
            "version.json what is told of it."
        ),
        _(
            "A case is in the package of the year in which it was opened, and of each year in which a person "
            "of it is counted: one case may be in two packages. The year of a person is first_year. Counted "
            "are the statuses under_assessment, presumed, declined and identified where same_as_id is empty."
        ),
        _(
            "Left out are notes, reasons and references, which are sealed; messages, reminders and drafts; "
            "what was registered by mistake; and former states of the rows. Those who use the register are "
            "numbers."
        ),
        _("The rows are pseudonymous and sensitive: the same secrecy applies to them as in the register."),
    ]


def dublin_core(about: About, year: int) -> bytes:
    root = Element(f"{{{OAI}}}dc")
    said = [
        ("title", about.label),
        ("creator", about.creator),
        ("subject", "human trafficking; människohandel"),
        ("description", "Rows and published statistics of one year of the NMT register"),
        ("publisher", about.creator),
        ("date", about.at[:10]),
        ("type", "Dataset"),
        ("identifier", about.ident),
        ("language", "sv"),
        ("language", "en"),
        ("coverage", f"SE {year}"),
        ("rights", "Offentlighets- och sekretesslag (2009:400)"),
    ]
    for name, text in said:
        SubElement(root, f"{{{DC}}}{name}").text = text
    return xml_bytes(root)


def csv_on_the_web(tables: Sequence[ExportTable]) -> bytes:
    """Names, types and keys of the tables, by the recommendation *Metadata Vocabulary for Tabular Data*."""
    names = {table.name for table in tables}
    told: dict[str, Any] = {
        "@context": "http://www.w3.org/ns/csvw",
        "dialect": {"delimiter": ";", "encoding": "utf-8", "commentPrefix": "#", "header": True},
        "tables": [_table(table, names) for table in tables],
    }
    if settings.DEMO:
        told["demo"] = True
    return json_text(told).encode()


def _table(table: ExportTable, names: set[str]) -> dict[str, Any]:
    keys = [_key(column) for column in table.kept if _refers(column) in names]
    schema = {
        "columns": [_column(column) for column in table.kept],
        "primaryKey": table.model._meta.pk.column,
        **({"foreignKeys": keys} if keys else {}),
    }
    return {"url": f"../{REGISTER}{table.name}.csv", "tableSchema": schema}


def _column(column: ExportedColumn) -> dict[str, Any]:
    field = column.field.target_field if column.field.is_relation else column.field
    kind = field.get_internal_type()
    datatype: Any = KINDS.get(kind, "integer" if kind.endswith(("IntegerField", "AutoField")) else "string")
    return {
        "name": column.name,
        "titles": {language: label_of(column.field, language) for language in LANGUAGES},
        "datatype": {"base": "boolean", "format": "1|0"} if datatype == "boolean" else datatype,
        "required": not column.field.null and not column.field.blank,
    }


def _key(column: ExportedColumn) -> dict[str, Any]:
    to = f"../{REGISTER}{_refers(column)}.csv"
    return {
        "columnReference": column.name,
        "reference": {"resource": to, "columnReference": column.field.target_field.column},
    }


def _refers(column: ExportedColumn) -> str:
    return str(column.field.related_model._meta.db_table) if column.field.is_relation else ""


ElementTree.register_namespace("oai_dc", OAI)
ElementTree.register_namespace("dc", DC)


# --- making ---
SOFTWARE: Final = "NMT register"
SPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://earkcsip.dilcis.eu/nmt-register")
MIMES: Final = {"txt": "text/plain", "xml": "application/xml"} | {
    ending: kind.partition(";")[0] for ending, kind in TYPES.items()
}
MADE: Final = notice(ARCHIVED, gettext_lazy("The package of a year has been written on the server"))


class NothingOfYear(Exception):
    """One sentence: the year has no package."""


@dataclass
class ArchivePackage:
    """What has been written so far, below `folder`."""

    folder: Path
    files: list[PackedFile] = field(default_factory=list)

    def write(self, path: str, pieces: Iterable[bytes]) -> PackedFile:
        target = self.folder / path
        for above in reversed(target.relative_to(self.folder).parents):
            (self.folder / above).mkdir(mode=0o700, exist_ok=True)
        digest = write_file(target, pieces)
        mime = MIMES[path.rpartition(".")[2]]
        written = PackedFile(path, target.stat().st_size, digest, mime)
        self.files.append(written)
        return written


@dataclass(frozen=True, slots=True)
class ArchivedYear:
    ident: str
    files: int
    rows: int


def archive(folder: Path, year: int, *, at: datetime) -> ArchivedYear:
    """Writes the package to `folder`, which is not there yet or empty. The same register gives on the same
    day the same bytes. Raises NothingOfYear and OSError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is there already, and not empty.")
    if DisposedYear.objects.filter(year=year).exists():
        raise NothingOfYear(f"Rows of {year} have been disposed of: the package from before holds them.")
    if is_empty(year) and not _versions(year, at).exists():
        raise NothingOfYear(f"The register has nothing of {year}.")
    folder = folder.resolve()
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        with transaction.atomic():
            at_one_moment()
            made, digest = _fill(ArchivePackage(part), year, at)
        with transaction.atomic():  # one of its own: whoever worked meanwhile has written to the trail
            _record(year, made, digest, at)
            part.rename(folder)
    except BaseException:
        shutil.rmtree(part if part.exists() else folder, ignore_errors=True)
        raise
    return made


def _record(year: int, made: ArchivedYear, digest: str, at: datetime) -> None:
    tell(watchers(), MADE, label=str(year), at=at)
    record(System(), ARCHIVED, Target("register", str(year), str(year)), rows=made.rows, digest=digest, at=at)


def _fill(package: ArchivePackage, year: int, at: datetime) -> tuple[ArchivedYear, str]:
    """What was made, and the digest of its METS.xml."""
    day = timezone.localdate(at)
    rows = _write_rows(package, year)
    happened = _write_versions(package, year, at)
    package.write("documentation/README.txt", [readme(year, so_far(year, day))])
    about = _about(package, year, day)
    packed = Happening("package", "information package creation", about.at, about.label, _head(year, day))
    told = premis_bytes(about, package.files, [*happened, packed])
    package.write(PRESERVATION, [told])
    package.write(DESCRIPTIVE, [dublin_core(about, year)])
    mets = mets_bytes(about, sorted(package.files, key=lambda one: one.path))
    digest = write_file(package.folder / "METS.xml", [mets])
    return ArchivedYear(about.ident, len(package.files) + 1, rows), digest


def _about(package: ArchivePackage, year: int, day: date) -> About:
    """Named by what it holds and its day, so that the same package has the same name."""
    held = "\n".join(sorted(f"{one.sha256} {one.path}" for one in package.files))
    ident = uuid.uuid5(SPACE, f"{year} {day.isoformat()} {sha256(held.encode()).hexdigest()}")
    with override("sv"):
        label = f"{title_of(year, so_far(year, day))}{' (DEMO)' if settings.DEMO else ''}"
    return About(f"uuid-{ident}", label, _moment(day), organisation("sv"), SOFTWARE, settings.VERSION)


def _moment(day: date) -> str:
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone()).isoformat()


# --- rows ------------------------------------------------------------------------------------------
def _write_rows(package: ArchivePackage, year: int) -> int:
    found, number = [], 0
    for table, rows in tables_of(year):
        tally = Tally()
        sheet = Sheet([column.name for column in table.kept], rows_of(table, rows), settings.DEMO)
        package.write(f"{REGISTER}{table.name}.csv", csv_pieces(sheet, tally))
        found.append(table)
        number += tally.rows
    sheet = Sheet(HEADER, lines(found), settings.DEMO)
    package.write("documentation/data-dictionary.csv", csv_pieces(sheet, Tally()))
    package.write("schemas/tables.csvw.json", [csv_on_the_web(found)])
    return number


# --- what was published -----------------------------------------------------------------------------
def _versions(year: int, at: datetime) -> Any:
    """Every version that everybody may know, withdrawn ones too: others have kept them."""
    return Publication.objects.public(at).filter(year=year).defer("sealed").order_by("version")


def _write_versions(package: ArchivePackage, year: int, at: datetime) -> list[Happening]:
    happened: list[Happening] = []
    for one in _versions(year, at):
        folder = f"{PUBLISHED}v{one.version}/"
        text = json_text({"demo": settings.DEMO, **_plain(one)}).encode()
        made = [package.write(f"{folder}version.json", [text])]
        for file in PublicationFile.objects.filter(publication=one).order_by("language", "kind"):
            name = f"{folder}{file.language}/{NAMES[file.kind]}"
            made.append(package.write(name, [bytes(file.content)]))
        happened += _happened(one, tuple(file.path for file in made))
    return happened


def _happened(one: Publication, about: tuple[str, ...]) -> list[Happening]:
    name = f"{one.year} {one.version}"
    found = [Happening(f"{name} publication", "publication", _iso(one.published_at), name, about=about)]
    if one.withdrawn_at is not None:
        found.append(Happening(f"{name} withdrawal", "withdrawal", _iso(one.withdrawn_at), name,
                               one.withdrawn_reason, about))  # fmt: skip
    return found


def _plain(one: Publication) -> dict[str, Any]:
    """What is told of a version beside its files, without true values and without who."""
    return {
        "year": one.year,
        "version": one.version,
        "state": one.state,
        "k": one.k,
        "steps": one.steps,
        "figures_of": _iso(one.made_at),
        "published": _iso(one.published_at),
        "withdrawn": _iso(one.withdrawn_at),
        "withdrawn_reason": one.withdrawn_reason,
        "withdrawn_reason_en": one.withdrawn_reason_en,
        "checksum": one.checksum,
        "software": one.software,
        "release": one.release,
        "tables": one.tables,
        "texts": one.texts,
    }


def _iso(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat() if moment else ""


def _head(year: int, day: date) -> str:
    """The head of the audit trail as the year ended, or as the day began: it proves the years before it."""
    end = datetime.combine(min(date(year + 1, 1, 1), day), time())
    before = Event.objects.filter(at__lt=timezone.make_aware(end, timezone.get_default_timezone()))
    last = before.order_by("-sequence").first()
    return f"head of the audit trail {last.sequence}:{last.hash}" if last else ""
