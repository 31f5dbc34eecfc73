"""Downloads. A file says in its name that it is internal; nothing about a person stands in it."""

from __future__ import annotations

from django.http import HttpResponse

MARK = "\ufeff"  # spreadsheets take a file without it for another code page


def csv_file(text: str, name: str) -> HttpResponse:
    return _file(MARK + text, "text/csv; charset=utf-8", f"{name}.csv")


def json_file(text: str, name: str) -> HttpResponse:
    return _file(text, "application/json", f"{name}.json")


def _file(text: str, kind: str, name: str) -> HttpResponse:
    return HttpResponse(text, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
