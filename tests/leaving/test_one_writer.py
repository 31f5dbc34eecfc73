"""Whatever becomes a CSV, XLSX or JSON file goes through one writer, which makes it harmless; who calls it is
known here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.ours import CODE

ROOT = Path(__file__).resolve().parents[2]
WRITER: Final = "exchange/writer.py"
PACKER: Final = "exchange/xlsx_writer.py"
# What makes files, where it may stand.
ALLOWED: Final = {
    (WRITER, "csv_text", "csv.writer"),
    (WRITER, "json_text", "json.dumps"),
    (WRITER, "json_pieces", "json.dumps"),
    (PACKER, "packed", "zipfile.ZipFile"),
    (WRITER, "", "text/csv; charset=utf-8"),
    (WRITER, "", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("exchange/workbook_parts.py", "__init__", "zipfile.ZipFile"),  # reads
    # No file: what is kept in the database, what a digest is made of, and what a command prints.
    ("accounts/db_cache.py", "_text", "json.dumps"),
    ("accounts/factors.py", "encrypted", "json.dumps"),
    ("audit/chain.py", "_keyed", "json.dumps"),
    ("cases/drafts.py", "keep", "json.dumps"),
    ("cases/snapshots.py", "as_text", "json.dumps"),  # encrypted beside its reason, for nobody to take along
    ("nmt_site/logs.py", "format", "json.dumps"),
    ("cases/drafts.py", "keep_sent_late", "json.dumps"),
    ("exchange/views.py", "remember", "json.dumps"),
    ("nmt_site/management/commands/import_rows.py", "_print", "json.dumps"),
    ("exchange/sandboxed_rows.py", "as_bytes", "json.dumps"),  # what the process that reads a file says of it
    ("retention/delete_plan.py", "digest", "json.dumps"),
    ("legacy_import/models.py", "as_text", "json.dumps"),
    ("legacy_import/workbooks.py", "digest_of", "json.dumps"),
    ("encryption/fields.py", "as_bytes", "json.dumps"),
    ("libs/capture_recapture/table.py", "digest", "json.dumps"),
    ("summaries/management/commands/dark_figure.py", "_dumps", "json.dumps"),
    ("summaries/management/commands/protect.py", "handle", "json.dumps"),
    ("summaries/register_checks.py", "_kept_counts", "json.dumps"),
    ("summaries/release/models.py", "set_true_values", "json.dumps"),
    ("summaries/release/approvals.py", "bound", "json.dumps"),
    ("summaries/release/frozen.py", "checksum", "json.dumps"),
    ("summaries/release/custom_releases.py", "_digest", "json.dumps"),
    ("summaries/tables/protection.py", "digest", "json.dumps"),
}
# Who has files made, and what tests/leaving/files.py calls these.
CALLERS: Final = {
    ("exchange/downloads.py", "make"): "each list, in each format",
    ("exchange/downloads.py", "template"): "template",
    ("exchange/importer.py", "Importer"): "the type of the template's pages",
    ("cases/importing/codes.py", "workbook"): "cases:import_template",
    ("exchange/downloads.py", "header_line"): "import_rows … --template",
    ("exchange/downloads.py", "failed_rows"): "cases:import_failed",
    ("exchange/admin.py", "ListExportForm"): "the formats of the lists of the admin",
    ("exchange/admin.py", "_make"): "lists of the admin",
    ("cases/export_files.py", "_sheet"): "cases:export, cases:export_htcds",
    ("cases/views/files.py", "htcds_report"): "cases:export_htcds_report",
    ("summaries/files.py", "_csv"): "summaries:year_csv, summaries:table_csv, yearly_summary",
    ("summaries/own_table_views.py", "own_csv"): "summaries:own_csv",
    ("summaries/own_table_views.py", "own_xlsx"): "summaries:own_xlsx",
    ("summaries/counting/comparison.py", "to_csv"): "summaries:comparison_csv",
    ("summaries/site/files.py", "_csv"): "public, public tables-semikolon, public TABLE.csv",
    ("summaries/site/files.py", "xlsx_bytes"): "public, public XLSX",
    ("summaries/site/feeds.py", "csv_bytes"): "public:all_years_csv, public:all_years_semicolon",
    ("summaries/site/feeds.py", "json_bytes"): "public:all_years_json",
    ("summaries/site/open_formats.py", "_bytes"): "public TABLE.jsonstat, public TABLE.sdmx",
    ("summaries/release/questionnaires.py", "workbook"): "answers to those who ask, of published cells",
    **{
        ("summaries/release/questionnaires.py", maker): "answers to those who ask, of published cells"
        for maker in ("_page",)
    },
    ("summaries/release/justice.py", "sheet"): "answers to those who ask; public, of justice",
    ("summaries/release/justice.py", "page"): "answers to those who ask; public",
    **{
        ("summaries/site/files.py", maker): "public"
        for maker in ("_contents", "_first", "_page", "_table", "_rates", "_over_years")
    },
    ("summaries/site/files.py", "json_bytes"): "public",
    ("summaries/files.py", "json_text"): "yearly_summary",
    ("retention/export.py", "_write"): "export_register",
    ("legacy_import/difference_views.py", "as_workbook"): "legacy_import:differences_xlsx",
    (
        "nmt_site/management/commands/due_for_disposal.py",
        "handle",
    ): "due_for_disposal, numbers by kind alone: no rows",
    (
        "nmt_site/management/commands/processing_record.py",
        "handle",
    ): "processing_record, of fields: no rows",
    ("retention/archive.py", "_write_rows"): "archive",
    (
        "retention/archive.py",
        "_write_versions",
    ): "what archive says of a version, which has no rows",
    (
        "retention/archive.py",
        "csv_on_the_web",
    ): "what archive says of its tables, which has no rows",
    ("retention/export.py", "_cell"): "a value of export_register that is JSON",
    ("exchange/views.py", "manifest"): "the manifest of an export, which has no rows",
    ("summaries/site/views.py", "status"): "public:status, numbers and days alone: no rows",
}
MAKES: Final = {"csv_text", "csv_pieces", "json_text", "xlsx_pieces", "packed", "PIECES", "Page", "Sheet"}
OFFERED_BY: Final = {"exchange.writer", "exchange.xlsx_writer"}
TYPES: Final = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
WRITE: Final = {
    *("csv.writer", "csv.DictWriter", "zipfile.ZipFile", "json.dump", "json.dumps"),
    *("';'.join", "'\\t'.join"),
}
WORDS: Final = {what.rpartition(".")[2] for what in WRITE}
LIBRARIES: Final = {"xlsxwriter", "openpyxl", "python_calamine", "tablib", "pandas", "odf", "pyexcel"}
# Stands in whatever `makers` and `callers` find.
MAY_MAKE: Final = re.compile(
    rf"""csv|zipfile|json|spreadsheetml|['"](?:;|\\t)['"]\.join|writer|{"|".join(LIBRARIES)}"""
)
Place = tuple[str, str]


def walk(node: ast.AST, inside: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Every part of the code, with the outermost class or function that it stands in; methods by their own
    name."""
    for child in ast.iter_child_nodes(node):
        name = child.name if isinstance(child, ast.FunctionDef | ast.ClassDef) else inside
        yield name, child
        yield from walk(child, name)


def makers(tree: ast.AST) -> Iterator[Place]:
    """(function, what) of everything that writes a table by itself."""
    for function, node in walk(tree):
        for what in _made_by(node):
            yield function, what


def _made_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from _libraries(alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from _libraries([node.module or ""])
        yield from _imported_by_name(node)
    elif isinstance(node, ast.Constant) and str(node.value).startswith(TYPES):
        yield str(node.value)
    elif isinstance(node, ast.Attribute) and node.attr in WORDS and ast.unparse(node) in WRITE:
        yield ast.unparse(node)


def _libraries(modules: Iterable[str]) -> Iterator[str]:
    yield from (f"import {module}" for module in modules if module.partition(".")[0] in LIBRARIES)


def _imported_by_name(node: ast.ImportFrom) -> Iterator[str]:
    """`from csv import writer`: it would not be seen where it is used."""
    if node.module in {"csv", "zipfile", "json"}:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def callers(tree: ast.Module) -> set[str]:
    """The functions that use what the writers offer."""
    given = {
        alias.asname or alias.name
        for _inside, node in walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in OFFERED_BY
        for alias in node.names
        if alias.name in MAKES
    }
    return {function for function, node in walk(tree) if _uses(node, given)}


def _uses(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Attribute):  # writer.xlsx_pieces
        return ast.unparse(node.value) == "writer" and node.attr in MAKES
    return isinstance(node, ast.Name) and node.id in names


@cache
def sources() -> list[tuple[str, ast.Module]]:
    """Return every file of ours that can make a table: to parse all the others takes seconds."""
    texts = ((file, file.read_text()) for app in CODE for file in sorted((ROOT / app).rglob("*.py")))
    return [(str(file.relative_to(ROOT)), ast.parse(text)) for file, text in texts if MAY_MAKE.search(text)]


def test_only_the_writer_makes_tables() -> None:
    found = {(file, function, what) for file, tree in sources() for function, what in makers(tree)}
    assert found - ALLOWED == set(), f"write it by csv_text, or as a Sheet, of {WRITER}"
    assert ALLOWED - found == set(), "remove from ALLOWED in this file"


def test_whoever_has_a_table_made_is_among_the_files_that_are_looked_through() -> None:
    found = {
        (file, function)
        for file, tree in sources()
        if file not in {WRITER, PACKER}
        for function in callers(tree)
    }
    assert found - CALLERS.keys() == set(), (
        "make its file in tests/leaving/files.py, then name it in CALLERS here"
    )
    assert CALLERS.keys() - found == set(), "remove from CALLERS in this file"


@pytest.mark.parametrize(
    "code",
    [
        "csv.writer(out)",
        "csv.DictWriter(out, names)",
        "from csv import writer",
        "import xlsxwriter",
        "import tablib",
        "zipfile.ZipFile(out, 'w')",
        "from zipfile import ZipFile",
        "import openpyxl",
        "from openpyxl import Workbook",
        "json.dumps(rows)",
        "from json import dumps",
        "';'.join(cells)",
        "'\\t'.join(cells)",
        "HttpResponse(text, content_type='text/csv')",
    ],
)
def test_the_inspection_sees_another_writer(code: str) -> None:
    assert MAY_MAKE.search(code)
    assert list(makers(ast.parse(f"def view():\n    {code}")))


@pytest.mark.parametrize(
    "code",
    [
        "from exchange.writer import csv_text\ndef view():\n    return csv_text(rows, ';')",
        "from exchange.writer import Sheet as Table\ndef view():\n    return Table(header, rows)",
        "from exchange import writer\ndef view():\n    return writer.xlsx_pieces(sheet, tally)",
        "from exchange.xlsx_writer import Page\ndef view():\n    return Page('a', rows)",
    ],
)
def test_the_inspection_sees_another_caller(code: str) -> None:
    assert MAY_MAKE.search(code)
    assert callers(ast.parse(code)) == {"view"}
