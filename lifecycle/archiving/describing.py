"""What a package says of itself: to people in its README, to catalogues as Dublin Core, to programs that read
its tables as CSV on the Web."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from exchange.writing import json_text
from lifecycle.archiving.mets import About, xml_bytes
from lifecycle.dictionary import Column, ExportTable, label_of
from summaries.wording import demo_note, named

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


def _column(column: Column) -> dict[str, Any]:
    field = column.field.target_field if column.field.is_relation else column.field
    kind = field.get_internal_type()
    datatype: Any = KINDS.get(kind, "integer" if kind.endswith(("IntegerField", "AutoField")) else "string")
    return {
        "name": column.name,
        "titles": {language: label_of(column.field, language) for language in LANGUAGES},
        "datatype": {"base": "boolean", "format": "1|0"} if datatype == "boolean" else datatype,
        "required": not column.field.null and not column.field.blank,
    }


def _key(column: Column) -> dict[str, Any]:
    to = f"../{REGISTER}{_refers(column)}.csv"
    return {
        "columnReference": column.name,
        "reference": {"resource": to, "columnReference": column.field.target_field.column},
    }


def _refers(column: Column) -> str:
    return str(column.field.related_model._meta.db_table) if column.field.is_relation else ""


ElementTree.register_namespace("oai_dc", OAI)
ElementTree.register_namespace("dc", DC)
