"""The archive package of a year: which rows belong to it, how it describes itself, and how it is made, whole
or not at all, recorded, and disclosed to who watches over what leaves.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

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
from cases.extract import PARTS
from cases.models import (
    Call,
    Case,
    DisposedYear,
    DuplicateReview,
    Exploitation,
    Notification,
    Person,
    SuspectCount,
    YearConfirmation,
)
from exchange.writer import Sheet, Tally, csv_pieces, json_text
from retention.archive_xml import (
    DESCRIPTIVE,
    PRESERVATION,
    About,
    Happening,
    PackedFile,
    dublin_core,
    mets_bytes,
    premis_bytes,
)
from retention.due import ARCHIVED, midnight
from retention.export import (
    HEADER,
    ExportedColumn,
    ExportTable,
    at_one_moment,
    label_of,
    lines,
    rows_of,
    tables,
    whole_or_nothing,
    write_file,
)
from summaries.coverage import so_far
from summaries.models import HistoricalFigure, JusticeFigure, Population
from summaries.release.models import Publication, PublicationFile
from summaries.site.files import KINDS as FILE_KINDS, MEDIA
from summaries.year_words import demo_note, named

# By which the rows are read.
WHOLE: tuple[type[Model], ...] = (Agency, Code, CodeMapping, County, CountyRegion, Region)
Rows = dict[type[Model], QuerySet[Any]]


def tables_of(year: int) -> Iterator[tuple[ExportTable, QuerySet[Any]]]:
    """Each table with its rows of the year, in order of name; never an encrypted text."""
    rows = rows_of_year(year) | {model: model._base_manager.all() for model in WHOLE}
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
    notifications = Notification.objects.filter(Q(sent_at__year=year) | Q(case__in=cases))
    rows: Rows = {
        Case: cases,
        SuspectCount: SuspectCount.objects.filter(case__in=cases),
        Person: persons,
        Call: calls,
        Notification: notifications,
        DuplicateReview: DuplicateReview.objects.filter(Q(first__in=persons) | Q(second__in=persons)),
    }
    rows |= {part: part._base_manager.filter(person__in=persons) for part in PARTS}
    of_year: tuple[type[Model], ...] = (YearConfirmation, HistoricalFigure, JusticeFigure, Population)
    rows |= {model: model._base_manager.filter(year=year) for model in of_year}
    with_lists: tuple[type[Model], ...] = (Exploitation, Call, Notification)
    for model in with_lists:
        rows |= _lists(model, rows[model])
    return rows


def _lists(model: type[Model], rows: QuerySet[Any]) -> Rows:
    """Which codes stand in the lists of such rows."""
    lists: Iterable[Any] = model._meta.many_to_many
    names = {many.remote_field.through: f"{many.m2m_field_name()}__in" for many in lists}
    return {through: through._base_manager.filter(**{name: rows}) for through, name in names.items()}


def is_empty(year: int) -> bool:
    """Whether the register has nothing of the year but what was counted elsewhere."""
    others = {JusticeFigure, Population}
    return not any(rows.exists() for model, rows in rows_of_year(year).items() if model not in others)


REGISTER: Final = "representations/rep1/data/register/"
PUBLISHED: Final = "representations/rep1/data/published/"
LANGUAGES: Final = ("sv", "en")
INTEGERS: Final = (
    *("AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField"),
    *("PositiveIntegerField", "PositiveBigIntegerField", "PositiveSmallIntegerField"),
)
# By kind of field its type in the tables; of all others it is a string.
KINDS: Final[dict[str, Any]] = {
    "DateField": "date",
    "DateTimeField": "dateTime",
    "BooleanField": {"base": "boolean", "format": "1|0"},
    "FloatField": "double",
    "JSONField": "json",
    **dict.fromkeys(INTEGERS, "integer"),
}


PARAGRAPHS: Final = (
    gettext_lazy(
        "representations/rep1/data/register: the register's rows of the year, a table a file, as CSV in "
        "UTF-8 with semicolons. The last line of each says how many rows there are. What each column is "
        "stands in documentation/data-dictionary.csv, and for programs in schemas/tables.csvw.json."
    ),
    gettext_lazy(
        "representations/rep1/data/published: each published version as it was frozen, and in "
        "version.json what is said of it."
    ),
    gettext_lazy(
        "A case is in the package of the year in which it was opened, and of each year in which a person "
        "of it is counted: one case may be in two packages. The year of a person is first_year. Counted "
        "are the statuses under_assessment, presumed, declined and identified where same_as_id is empty."
    ),
    gettext_lazy(
        "Left out are notes, reasons and references, which are encrypted; messages, reminders and drafts; "
        "what was registered by mistake; and former states of the rows. Those who use the register are "
        "numbers."
    ),
    gettext_lazy(
        "The rows are pseudonymous and sensitive: the same secrecy applies to them as in the register."
    ),
)


def title_of(year: int, so_far: Any) -> str:
    title = _("Presumed victims of trafficking in human beings {year}").format(year=year)
    return named(title, so_far)


def readme(year: int, so_far: Any) -> bytes:
    """In both languages, as text that needs no program."""
    files_said = []
    for language in LANGUAGES:
        with override(language):
            files_said.append(
                "\n\n".join(
                    [
                        title_of(year, so_far),
                        *(one for one in [demo_note()] if one),
                        *(str(one) for one in PARAGRAPHS),
                    ]
                )
            )
    return ("\n\n---\n\n".join(files_said) + "\n").encode()


def csv_on_the_web(tables: Sequence[ExportTable]) -> bytes:
    """Names, types and keys of the tables, by the recommendation *Metadata Vocabulary for Tabular Data*."""
    names = {table.name for table in tables}
    metadata = {
        "@context": "http://www.w3.org/ns/csvw",
        "dialect": {"delimiter": ";", "encoding": "utf-8", "commentPrefix": "#", "header": True},
        "tables": [_table(table, names) for table in tables],
        **({"demo": True} if settings.DEMO else {}),
    }
    return json_text(metadata).encode()


def _table(table: ExportTable, names: set[str]) -> dict[str, Any]:
    keys = [_key(column) for column in table.kept if column.refers_to in names]
    schema = {
        "columns": [_column(one) for one in table.kept],
        "primaryKey": table.model._meta.pk.column,
        **({"foreignKeys": keys} if keys else {}),
    }
    return {"url": f"../{REGISTER}{table.name}.csv", "tableSchema": schema}


def _column(column: ExportedColumn) -> dict[str, Any]:
    field = column.field.target_field if column.field.is_relation else column.field
    return {
        "name": column.name,
        "titles": {language: label_of(column.field, language) for language in LANGUAGES},
        "datatype": KINDS.get(field.get_internal_type(), "string"),
        "required": not column.field.null and not column.field.blank,
    }


def _key(column: ExportedColumn) -> dict[str, Any]:
    to = f"../{REGISTER}{column.refers_to}.csv"
    return {
        "columnReference": column.name,
        "reference": {"resource": to, "columnReference": column.field.target_field.column},
    }


SOFTWARE: Final = "NMT register"
SPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://earkcsip.dilcis.eu/nmt-register")
MIMES: Final = {"txt": "text/plain", "xml": "application/xml", **MEDIA}
MADE: Final = notice(ARCHIVED, gettext_lazy("The package of a year has been written on the server"))


class NothingOfYear(Exception):
    """One sentence: the year has no package."""


@dataclass
class ArchivePackage:
    folder: Path
    files: list[PackedFile] = field(default_factory=list)

    def write(self, path: str, pieces: Iterable[bytes]) -> PackedFile:
        target = self.folder / path
        for above in reversed(target.relative_to(self.folder).parents):
            (self.folder / above).mkdir(mode=0o700, exist_ok=True)
        digest = write_file(target, pieces)
        written = PackedFile(path, target.stat().st_size, digest, MIMES[path.rpartition(".")[2]])
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
    with whole_or_nothing(folder) as part:
        with transaction.atomic():
            at_one_moment()
            made, digest = _fill(ArchivePackage(part), year, at)
        with transaction.atomic():  # one of its own: whoever worked meanwhile has written to the audit log
            _record(year, made, digest, at)
            part.rename(folder)
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
    package.write(PRESERVATION, [premis_bytes(about, package.files, [*happened, packed])])
    package.write(DESCRIPTIVE, [dublin_core(about, year)])
    mets = mets_bytes(about, sorted(package.files, key=lambda file: file.path))
    digest = write_file(package.folder / "METS.xml", [mets])
    return ArchivedYear(about.ident, len(package.files) + 1, rows), digest


def _about(package: ArchivePackage, year: int, day: date) -> About:
    """Named by what it holds and its day, so that the same package has the same name."""
    held = "\n".join(sorted(f"{file.sha256} {file.path}" for file in package.files))
    ident = uuid.uuid5(SPACE, f"{year} {day.isoformat()} {sha256(held.encode()).hexdigest()}")
    with override("sv"):
        label = f"{title_of(year, so_far(year, day))}{' (DEMO)' if settings.DEMO else ''}"
    moment = midnight(day).isoformat()
    return About(f"uuid-{ident}", label, moment, organisation("sv"), SOFTWARE, settings.VERSION)


def _write_rows(package: ArchivePackage, year: int) -> int:
    found, number = [], 0
    for table, rows in tables_of(year):
        tally = Tally()
        sheet = Sheet([one.name for one in table.kept], rows_of(table, rows), settings.DEMO)
        package.write(f"{REGISTER}{table.name}.csv", csv_pieces(sheet, tally))
        found.append(table)
        number += tally.rows
    sheet = Sheet(HEADER, lines(found), settings.DEMO)
    package.write("documentation/data-dictionary.csv", csv_pieces(sheet, Tally()))
    package.write("schemas/tables.csvw.json", [csv_on_the_web(found)])
    return number


def _versions(year: int, at: datetime) -> Any:
    """Every version that everybody may know, withdrawn ones too: others have kept them."""
    return Publication.objects.public(at).filter(year=year).defer("sealed").order_by("version")


def _write_versions(package: ArchivePackage, year: int, at: datetime) -> list[Happening]:
    happened: list[Happening] = []
    for version in _versions(year, at):
        folder = f"{PUBLISHED}v{version.version}/"
        text = json_text({"demo": settings.DEMO, **_plain(version)}).encode()
        made = [package.write(f"{folder}version.json", [text])]
        for file in PublicationFile.objects.filter(publication=version).order_by("language", "kind"):
            name = f"{folder}{file.language}/{FILE_KINDS[file.kind].name}"
            made.append(package.write(name, [bytes(file.content)]))
        happened += _happened(version, tuple(one.path for one in made))
    return happened


def _happened(one: Publication, about: tuple[str, ...]) -> list[Happening]:
    name = f"{one.year} {one.version}"
    events = [Happening(f"{name} publication", "publication", _iso(one.published_at), name, about=about)]
    if one.withdrawn_at is not None:
        events.append(Happening(f"{name} withdrawal", "withdrawal", _iso(one.withdrawn_at), name,
                               one.withdrawn_reason, about))  # fmt: skip
    return events


def _plain(one: Publication) -> dict[str, Any]:
    """What is said of a version beside its files, without true values and without who."""
    about = ("year", "version", "state", "k", "steps")
    more = ("withdrawn_reason", "withdrawn_reason_en", "checksum", "software", "release", "tables", "texts")
    return {
        **{name: getattr(one, name) for name in about},
        "figures_of": _iso(one.made_at),
        "published": _iso(one.published_at),
        "withdrawn": _iso(one.withdrawn_at),
        **{name: getattr(one, name) for name in more},
    }


def _iso(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat() if moment else ""


def _head(year: int, day: date) -> str:
    """The head of the audit log as the year ended, or as the day began: it proves the years before it."""
    end = midnight(min(date(year + 1, 1, 1), day))
    last = Event.objects.filter(at__lt=end).order_by("-sequence").first()
    return f"head of the audit trail {last.sequence}:{last.hash}" if last else ""
