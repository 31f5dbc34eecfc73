"""Downloads. A file says in its name that it is internal; nothing about a person stands in it."""

from __future__ import annotations

from django.http import HttpResponse

from exchange.writing import BOM, TYPES


def csv_file(text: str, name: str) -> HttpResponse:
    return _file(BOM + text, TYPES["csv"], f"{name}.csv")


def json_file(text: str, name: str) -> HttpResponse:
    return _file(text, TYPES["json"], f"{name}.json")


def _file(text: str, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        text, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
