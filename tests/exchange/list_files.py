"""Files for the lists of the admin, and what their pages say of them."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.roles import Role
from agencies.models import Agency, Code, CodeMapping, Coordinator
from cases.models import Call
from knowledge.models import Article
from summaries.models import HistoricalFigure, JusticeFigure, Population
from tests.nmt_site.admin_pages import FIGURES, address

BOM = b"\xef\xbb\xbf"
HEADER = ["code", "name_sv", "name_en", "kind"]
FIGURE = ["year", "measure", "group", "value", "status"]
NEW: dict[str, list[list[str]]] = {
    "agencies_agency": [HEADER, ["one", "En", "One", "ngo"], ["police", "Polisen", "Police", "police"]],
    "agencies_coordinator": [
        ["region", "kind", "name", "valid_from", "phone"],
        ["V", "coordinator", "Karin Berg", "2019-01-01", "+46 31 000 00 00"],
    ],
    "agencies_code": [
        ["key", "list", "label_sv", "label_en"],
        ["topic:new", "topic", "Nytt", "New"],
        ["topic:advice", "topic", "Råd", "Counsel"],
    ],
    "knowledge_article": [
        ["key", "title_sv", "title_en", "text_sv", "text_en", "topics", "counties"],
        ["ny", "Ny", "New", "Ring 112.", "Call 112.", "topic:child", "01 09"],
        ["tolk", "Tolk", "Interpreter", "Fråga.", "Ask.", "", ""],
    ],
    "agencies_codemapping": [["code", "target", "release", "value"], ["sex:F", "htcds", "9.0", "Feminine"]],
    "summaries_population": [["year", "sex", "age", "county", "number"], ["1990", "F", "0-17", "14", "1000"]],
    "summaries_historicalfigure": [FIGURE, ["1990", "persons", "total", "3", "published"]],
    "summaries_justicefigure": [
        ["year", "kind", "offence", "breakdown", "value", "source"],
        ["2018", "convicted", "trafficking", "sex:F", "7", "Brå"],
        ["2018", "convicted", "", "", "9", "Brå"],
    ],
    "cases_call": [
        ["received_at", "caller_group", "topics", "women"],
        ["2018-07-01", "social", "advice|person", "1"],
        ["2018-07-01", "social", "advice|person", "1"],
        ["2018-07-02 14:05", "police", "", ""],
    ],
}


def upload(client: Client, model: str, data: bytes, name: str = "file.csv") -> Any:
    """The preview, or the form again where the file was not taken."""
    return client.post(address(model, "import"), {"file": SimpleUploadedFile(name, data)}, follow=True)


def confirm(client: Client, model: str, preview: Any, which: str = "all") -> Any:
    code = preview.context["upload"].code
    return client.post(address(model, "import_confirm", code), {"rows": which}, follow=True)


def errors_of(page: Any) -> Any:
    shown = page.context.get("preview")
    if shown is None:
        return page.context["form"].errors
    return shown.refused or shown.data["failed"]


def counts_of(page: Any) -> tuple[int, int, int, int]:
    """New, changed, unchanged, failed."""
    assert page.context.get("preview"), errors_of(page)
    assert not page.context["preview"].refused, errors_of(page)
    counts = page.context["preview"].counts
    return counts["new"], counts["changed"], counts["unchanged"], counts["failed"]


def wrong(page: Any) -> list[tuple[int, str]]:
    """Row and column of what is wrong."""
    return [(row, column) for row, column, _value, _message in page.context["preview"].data["failed"]]


def bring(client: Client, model: str, data: bytes, name: str = "file.csv") -> tuple[int, int, int, int]:
    preview = upload(client, model, data, name)
    counts = counts_of(preview)
    assert confirm(client, model, preview).status_code == 200
    return counts


def rows(data: bytes) -> list[list[str]]:
    """Header and rows, without the mark at the end."""
    assert data.startswith(BOM)
    found = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert found[-1][:2] == ["# end", f"rows={len(found) - 2}"]
    return found[:-1]


def table(*lines: list[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(lines)
    return buffer.getvalue().encode()


def who(model: str) -> Role:
    return (
        Role.OPERATOR if model == "cases_call" else Role.ANALYST if model in FIGURES else Role.ADMINISTRATOR
    )


def everything() -> list[Any]:
    models = (Agency, Coordinator, Code, CodeMapping, Article, Population, HistoricalFigure, JusticeFigure)
    return [sorted(map(repr, model.objects.values_list())) for model in models] + [
        sorted(map(repr, Call.objects.values_list("pk", "received_at", "women", "topics", "topics_answer")))
    ]
