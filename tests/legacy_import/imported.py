"""A workbook of earlier years as it is handed in, answered for and taken in by the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from accounts.models import Approval, User
from accounts.roles import Role
from legacy_import.models import TakeOver
from legacy_import.workbooks import sheets_to_count
from tests import database
from tests.actors import user
from tests.legacy_import.hands import saved
from tests.world import undone

HEAD = ("Datum", "Myndighet", "Län", "Kön", "Barn", "Syfte", "Land", "Namn", "Anteckning")
NAMES = ("Anna Prov", "Elena Test", "Maria Påhitt", "Irina Exempel", "Joy Okafor")
NOTE = "Kom till mottagningen med en väninna och vill inte prata med polisen."
LANDS = ("Rumänien", "Nigeria", "Polen", "Ukraina", "Vietnam")
ZEBRA = "Absurdistan"


def book(land: str = "Rumänien", purpose: str = "sex", sheets: tuple[str, ...] = ("2017", "2018")) -> bytes:
    """Five rows a sheet; the last one of Skåne, which is another region."""
    made = Workbook()
    made.remove(made.active)
    for name in sheets:
        sheet = made.create_sheet(name)
        sheet.append(HEAD)
        for n, who in enumerate(NAMES):
            county = "Skåne" if n == 4 else "Halland"
            country = land if n == 2 else LANDS[n]
            sheet.append(
                [f"{name}-05-0{n + 1}", "Polisen", county, "kvinna", "nej", purpose, country, who, NOTE]
            )
    return saved(made)


def signed(name: str, role: Role, **more: str) -> Client:
    client = Client()
    client.force_login(User.objects.filter(name=name).first() or user(name, role, **more))
    client.cookies["django_language"] = "en"
    return client


def send(client: Client, data: bytes | None = None, name: str = "Väst.xlsx", **more: str) -> Any:
    sent = {"file": SimpleUploadedFile(name, data or book()), "new_mapping": "Väst", **more}
    return client.post(reverse("legacy_import:take_overs"), sent)


def at(step: str, row: TakeOver, *args: Any) -> str:
    return reverse(f"legacy_import:{step}", args=[row.code, *args])


def counted(client: Client, row: TakeOver, *sheets: dict[str, object]) -> Any:
    """What who kept the book has counted, sheet by sheet."""
    sent = {f"{name}_{place}": value for place, sheet in enumerate(sheets) for name, value in sheet.items()}
    return client.post(at("take_over_control", row), {"version": row.version, **sent})


def not_counted(client: Client, row: TakeOver) -> TakeOver:
    """Who kept the book does not know how many are in any sheet."""
    counted(client, row, *({"unknown": "on"} for _name in sheets_to_count(row)))
    return TakeOver.objects.get(pk=row.pk)


def confirmed(client: Client, data: bytes | None = None, **more: str) -> TakeOver:
    """Uploaded, of no sheet is it known how many are in it, and what is left behind has been seen."""
    send(client, data, **more)
    row = not_counted(client, TakeOver.objects.latest("pk"))
    client.post(at("take_over", row), {"version": row.version, "confirm": "1"})
    return TakeOver.objects.get(pk=row.pk)


def asked(client: Client, row: TakeOver) -> Any:
    row.refresh_from_db()
    client.post(at("ask_take_over", row), {"version": row.version, "reason": "Åren 2017 och 2018, jämförda."})
    return Approval.objects.filter(act="takeover").latest("pk")


def approved(client: Client, row: TakeOver, by: Client) -> None:
    question = asked(client, row)
    by.post(reverse("agencies:approval", args=[question.code]), {"answer": "yes", "reason": "Sett."})
    assert Approval.objects.get(pk=question.pk).answer == "given"


@contextmanager
def kept(name: str, fill: Callable[[], object]) -> Iterator[None]:
    """Begin with these rows, which are kept between runs. Tests undo what they do."""
    with database.filled(name, lambda: bool(fill()) * b""), undone():
        yield


def fill_confirmed() -> TakeOver:
    """A file of two sheets, of which nobody has been asked."""
    return confirmed(signed("Vera", Role.COORDINATOR, region="V"))


def fill_imported() -> TakeOver:
    """The same, approved and taken in."""
    vera, row = signed("Vera", Role.COORDINATOR, region="V"), fill_confirmed()
    approved(vera, row, signed("Max", Role.MANAGER))
    vera.post(at("take_in_sheets", row))
    return row
