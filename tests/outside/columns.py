"""The columns of every file that comes in or goes out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.contrib import admin
from django.urls import reverse

from cases.importing.columns import COLUMNS
from exchange.resources import RESOURCES
from tests.outside.golden import listed, text
from tests.outside.place import YEAR, Place, body

ASKED = {"purpose": "Yearly check", "reason": "Rows are compared"}
WHO = ("vast", "analyst", "admin")
HTCDS = "/cases/export/htcds/"
FILES = {  # tables of figures: who reads them, and where
    "comparison": "/summaries/comparison.csv",
    "one table of a year": f"/summaries/{YEAR}/county.csv",
    "a year, internal": f"/summaries/{YEAR}/tables.csv",
    "a year, public": f"/statistik/{YEAR}/tables.csv",
}


def taken(_place: Place) -> bytes:
    """What a file may call a column. A key finds the row that is there already."""
    return listed([*_of_persons(), *_of_lists()])


def _of_persons() -> Iterator[str]:
    for column in COLUMNS:
        needed = "required" if column.required else "optional"
        yield f"persons: {column.name} ({needed}): {', '.join(sorted(column.names))}"


def _of_lists() -> Iterator[str]:
    for name, kind in RESOURCES.items():
        resource = kind()
        keys, accepted = resource.get_import_id_fields(), resource.names()
        for column in resource.fields.values():
            names = sorted(text for text, of in accepted.items() if of == column.column_name)
            key = " (key)" if column.column_name in keys else ""
            yield f"{name}: {column.column_name}{key}: {', '.join(names)}"


def given(place: Place) -> bytes:
    """Of each file that is handed out, the columns in their order."""
    return text(
        f"{file}: {column}"
        for file, header in sorted((*_exports(place), *_figures(place)), key=lambda found: found[0])
        for column in header
    )


def _exports(place: Place) -> Iterator[tuple[str, list[str]]]:
    for name, page, who in _lists(place):
        for form in _formats(place, who, page) if page == HTCDS else ["csv"]:
            for language in ("sv", "en"):
                content = exported(place, who, page, form, language)
                yield f"{name}, {language}", header_of(content)


def formats(place: Place) -> bytes:
    """In which forms each list is handed out."""
    return listed(
        f"{name}: {form}" for name, page, who in _lists(place) for form in _formats(place, who, page)
    )


def _lists(place: Place) -> Iterator[tuple[str, str, str]]:
    """What is exported, on which page, and somebody who may."""
    yield "persons", "/cases/export/", "vast"
    yield "persons by the standard", HTCDS, "vast"
    yield "calls", "/calls/export/", "vast"
    for page in admin.site._registry.values():
        if resource := getattr(page, "resource", None):
            app, model = page.opts.app_label, page.opts.model_name
            who = next(w for w in WHO if place.world.people[w].has_perm(f"{app}.export_{model}"))
            yield f"{resource.name} of the admin", reverse(f"admin:{app}_{model}_export"), who


def exported(place: Place, who: str, page: str, form: str, language: str = "en") -> bytes:
    """The file that somebody asks for on that page."""
    client = place.client(who, language)
    answer = client.post(page, {**ASKED, "format": form})
    assert answer.status_code == 302, answer.context["form"].errors
    return body(client.get(f"{answer['Location']}file/"))


def _formats(place: Place, who: str, page: str) -> list[str]:
    form = place.client(who).get(page).context["form"]
    return [value for value, _label in form.fields["format"].choices]


def _figures(place: Place) -> Iterator[tuple[str, list[str]]]:
    for file, address in FILES.items():
        content = (
            place.public(address) if address.startswith("/statistik/") else place.get("analyst", address)
        )
        yield file, header_of(content)


def header_of(content: bytes) -> list[str]:
    """Of a CSV file, whichever way its cells are parted."""
    first = content.decode("utf-8-sig").splitlines()[0]
    return next(csv.reader(io.StringIO(first), delimiter=";" if ";" in first else ","))
