"""Every CSV and XLSX file that leaves, made as people make it: asked for at each address, in each list, by
command.

What there is comes from the product's own lists of the admin, of formats and of languages: a new list is
among them by itself. A new address fails `tests.leaving.test_files_that_leave`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.contrib import admin
from django.core.management import call_command
from django.db.models import Model
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.roles import Role
from agencies.models import Agency, Code, CodeMapping, Coordinator, County, Region
from cases.models import Identification
from exchange import downloads as of_imports
from exchange.admin import ExchangeMixin
from exchange.resources import RESOURCES
from exchange.writer import PIECES
from knowledge.models import Article
from summaries.counting.historical import decide_standing_exemption
from summaries.models import HistoricalFigure, JusticeFigure, Population
from summaries.release.frozen import LANGUAGES
from summaries.site import open_formats
from tests.actors import access
from tests.addresses import ADDRESSES
from tests.cases.spreadsheet import row, sheet
from tests.importers import looked_at
from tests.leaving.formulas import FORMULAS
from tests.nmt_site.admin_pages import OWN, address, body, export
from tests.summaries.small_year import SOME, add, published
from tests.world import World

Files = dict[str, bytes]
READERS: Final = ("olle", "analyst", "admin")  # one of each role that has lists in the admin
# Whatever an administrator, an import or a caller may have written. Places keep their names apart by what
# follows.
TOUCHED: Final[dict[type[Model], tuple[str, ...]]] = {
    Code: ("label_sv", "label_en"),
    CodeMapping: ("value",),
    Agency: ("name_sv", "name_en", "contact"),
    Region: ("name_sv", "name_en"),
    County: ("name_sv", "name_en"),
    Coordinator: ("municipality", "phone", "hours"),
    Article: ("title_sv", "title_en", "text_sv", "text_en"),
    HistoricalFigure: ("source", "note"),
    JusticeFigure: ("source", "note"),
    Population: ("source",),
    Identification: ("municipality",),
}
ONLY: Final[dict[type[Model], dict[str, str]]] = {
    CodeMapping: {"target__startswith": "htcds"}
}  # others are numbers
# The addresses that answer with a table.
AT: Final = (
    *("cases:import_template", "cases:import_failed", "cases:export_htcds_report"),
    *(
        "exchange:export_download",
        "legacy_import:differences_xlsx",
        "summaries:own_csv",
        "summaries:own_xlsx",
        "summaries:year_csv",
        "summaries:table_csv",
    ),
    *("summaries:comparison_csv", "public:all_years_csv", "public:all_years_semicolon"),
)
ASKED: Final = {"purpose": "Yearly check", "reason": "Rows are compared"}


def touch() -> None:
    """A formula before every such text, each spelling in its turn."""
    for model, names in TOUCHED.items():
        rows = list(model._default_manager.filter(**ONLY.get(model, {})).order_by("pk"))
        for number, one in enumerate(rows):
            for name in names:
                longest = model._meta.get_field(name).max_length
                setattr(one, name, f"{FORMULAS[number % len(FORMULAS)]} {getattr(one, name)}"[:longest])
        model._default_manager.bulk_update(rows, names, batch_size=300)


def every_file(world: World) -> Files:
    """By a name that ends with its format."""
    makers = (_at_addresses, _of_exports, _of_the_admin, _of_a_publication, _of_commands, _everything)
    return {name: data for make in makers for name, data in make(world)}


# --- at the addresses --------------------------------------------------------------------------
def _at_addresses(world: World) -> Iterator[tuple[str, bytes]]:
    world.objects["upload"] = {"code": _failing_upload(world)}
    for name in AT:
        client, url = _asked(name, world)
        for response in (client.get(url), client.get(f"{url}?kind=xlsx")):
            yield f"{name}.{form_of(response)}", body(response)


def tables_at_addresses(world: World) -> Iterator[str]:
    """Return the names of the addresses that answer with a table."""
    world.objects["upload"] = {"code": _failing_upload(world)}
    for name, place in ADDRESSES.items():
        if place.get and not place.absent:
            client, url = _asked(name, world)
            if form_of(client.get(url)):
                yield name


def _asked(name: str, world: World) -> tuple[Client, str]:
    """Return somebody who may read it, and where it is."""
    place = ADDRESSES[name]
    url = reverse(name, kwargs=place.kwargs | world.objects.get(place.target, {}))
    return world.client(min(place.may)), url


def form_of(response: Any) -> str:
    kind = response.headers.get("Content-Type", "")
    return "csv" if kind.startswith("text/csv") else "xlsx" if kind.endswith("spreadsheetml.sheet") else ""


def _failing_upload(world: World) -> Any:
    """One row of each spelling, and what is wrong is the spelling."""
    vera = access(world.people["vast"])
    rows = [
        row(case=text, person=f"P{number}", county=text, sex=text) for number, text in enumerate(FORMULAS)
    ]
    return looked_at("persons", sheet(*rows), vera).code


# --- exports that are asked for -------------------------------------------------------------------
def _of_exports(world: World) -> Iterator[tuple[str, bytes]]:
    client = world.client("vast")
    for page in (
        name
        for name, place in ADDRESSES.items()
        if place.post and name.partition(":")[2].startswith("export")
    ):
        for form, _label in client.get(reverse(page)).context["form"].fields["format"].choices:
            answer = client.post(reverse(page), {**ASKED, "format": form})
            assert answer.status_code == 302, answer.context["form"].errors
            ending = form if form in PIECES else "csv"
            yield f"{page} {form}.{ending}", body(client.get(answer["Location"] + "file/"))


# --- lists of the admin ----------------------------------------------------------------------------
def lists() -> list[str]:
    pages = admin.site._registry.items()
    return sorted(f"{model._meta.app_label}_{model._meta.model_name}" for model, page in pages
                  if isinstance(page, ExchangeMixin))  # fmt: skip


def _of_the_admin(world: World) -> Iterator[tuple[str, bytes]]:
    for model in lists():
        client = next(world.client(who) for who in READERS if model in OWN[Role(world.people[who].role)])
        for form in PIECES:
            yield f"{model}.{form}", export(client, model, form)
        for kind in of_imports.KINDS:
            yield from _template(world, model, kind)


def _template(world: World, model: str, kind: str) -> Iterator[tuple[str, bytes]]:
    """By whoever may import the list; none where it does not come in."""
    with suppress(NoReverseMatch):
        url = address(model, "import_template", kind)
        answers = (world.client(who).get(url) for who in (*READERS, "vast"))
        yield (
            f"{model} template.{kind}",
            next(body(answer) for answer in answers if answer.status_code == 200),
        )


# --- figures -----------------------------------------------------------------------------------------
def _of_a_publication(world: World) -> Iterator[tuple[str, bytes]]:
    from summaries.site.views import FILE_KINDS as NAMES

    decide_standing_exemption()
    add(access(world.people["vast"]))
    year = published(access(world.people["analyst"]), steps=SOME)
    for language in LANGUAGES:
        for name, form in NAMES.items():
            answer = Client().get(f"/statistik/2018/{name}?lang={language}")
            assert answer.status_code == 200
            yield f"public {language}.{form}", answer.content
        for name in open_formats.names(year):
            yield f"public {language} {name}", Client().get(f"/statistik/2018/{name}?lang={language}").content


def _of_commands(world: World) -> Iterator[tuple[str, bytes]]:
    """What is public is protected anew for each file, which takes seconds: one is enough."""
    for words in (
        "yearly_summary 2018 --format csv --lang sv",
        "yearly_summary 2018 --format csv --lang sv --internal",
        "yearly_summary 2018 --format csv --lang en --internal",
    ):
        yield f"{words}.csv", _printed(words)
    inside = "yearly_summary 2018 --internal"
    yield f"{inside}.json", _printed(f"{inside} --format json --lang en")
    for name, language in product(("persons", *RESOURCES), LANGUAGES):
        words = f"import_rows {name} --template --lang {language}"
        yield f"{words}.csv", _printed(words)


def _everything(_world: World) -> Iterator[tuple[str, bytes]]:
    """Each file of the export of everything, and each table of a package for the archive."""
    with TemporaryDirectory() as folder:
        call_command("export_register", "--to", f"{folder}/all", stdout=io.StringIO())
        for file in sorted(Path(folder, "all").iterdir()):
            yield f"export_register {file.name}", file.read_bytes()
        call_command("archive", "2018", "--to", f"{folder}/2018", stdout=io.StringIO())
        for file in sorted(Path(folder, "2018").rglob("*.csv")):
            yield f"archive 2018 {file.name}", file.read_bytes()


def _printed(words: str) -> bytes:
    out = io.StringIO()
    call_command(*words.split(), stdout=out)
    return out.getvalue().encode()
