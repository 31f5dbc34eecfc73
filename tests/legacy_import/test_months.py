"""A spring both ways: the register's running year beside the spreadsheet of each month."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from agencies.models import Region
from audit.models import Event
from cases.models import Person
from legacy_import.models import MonthlyComparison
from tests.actors import NOON, access, user
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
HEAD = "Ärende;Datum;Myndighet;Län;Kön;Barn;Medborgarskap;Syfte\n"


@pytest.fixture
def people() -> dict[str, User]:
    return {
        "vera": user("Vera", Role.COORDINATOR, region="V"),
        "sven": user("Sven", Role.COORDINATOR, region="SY"),
        "max": user("Max", Role.MANAGER),
        "olle": user("Olle", Role.OPERATOR),
    }


@pytest.fixture
def number(people: dict[str, User]) -> str:
    """A case of two women of this year."""
    with time_machine.travel(NOON, tick=False):
        case = new_case(new_person(on=date(2019, 2, 3)), new_person(on=date(2019, 2, 3)),
                        by=access(people["vera"]), region="V")  # fmt: skip
    return str(case.number)


def row(person: Person, *, case: str, sex: str = "kvinna") -> str:
    main = person.exploitations.get(is_main=True).purpose.label_sv
    seen = person.identifications.get()
    land = str(person.citizenship or "")
    return f"{case};{seen.identified_on};{seen.agency};{seen.county};{sex};nej;{land};{main}\n"


def send(person: User, text: str, at: datetime = NOON) -> Any:
    client = Client()
    client.cookies["django_language"] = "en"
    file = SimpleUploadedFile("Väst 2019.csv", text.encode())
    with time_machine.travel(at, tick=False):
        client.force_login(person)
        return client.post(
            reverse("legacy_import:months"), {"file": file, "region": "V", "mapping": ""}, follow=True
        )


def test_what_differs_is_told_by_its_rows(people: dict[str, User], number: str) -> None:
    first = Person.objects.order_by("number")[0]
    shown = send(people["vera"], HEAD + row(first, case=number, sex="man") + row(first, case="X9"))
    assert shown.status_code == 200
    made, told = MonthlyComparison.objects.get(), shown.content.decode()
    assert (made.register, made.sheet, made.agrees) == (2, 2, False)
    assert first.number in told
    assert "Väst 2019 2" in told


def test_three_months_that_agree_are_enough(people: dict[str, User], number: str) -> None:
    first, second = Person.objects.order_by("number")
    both = HEAD + row(first, case=number) + row(second, case=number)
    for month in (3, 4, 5):
        send(people["vera"], both, datetime(2019, month, 20, 12, 0, tzinfo=UTC))
    assert MonthlyComparison.objects.filter(agrees=True).count() == 3
    made = MonthlyComparison.objects.latest("pk")
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(people["max"])
    text = client.get(reverse("legacy_import:months")).content.decode()
    assert "the spreadsheet may be left" in " ".join(text.split())
    assert number not in text
    assert client.get(reverse("legacy_import:month", args=[made.code])).status_code == 404
    assert Event.objects.filter(action="comparison.make").count() == 3


def test_only_those_of_the_region_compare_it(people: dict[str, User], number: str) -> None:
    first = Person.objects.order_by("number")[0]
    text = HEAD + row(first, case=number)
    assert send(people["sven"], text).status_code == 422
    assert send(people["max"], text).status_code == 403
    assert send(people["olle"], text).status_code == 403
    assert not MonthlyComparison.objects.exists()
    send(people["vera"], text)
    made = MonthlyComparison.objects.get()
    client = Client()
    client.force_login(people["sven"])
    assert client.get(reverse("legacy_import:month", args=[made.code])).status_code == 404


def test_nothing_of_the_spreadsheet_is_kept_in_clear_and_a_bad_file_is_refused(
    people: dict[str, User], number: str
) -> None:
    first = Person.objects.order_by("number")[0]
    send(people["vera"], HEAD + row(first, case="HEMLIG-77"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT found FROM legacy_import_monthlycomparison")
        [(kept,)] = cursor.fetchall()
    assert "HEMLIG" not in kept
    assert number not in kept
    assert "HEMLIG" not in MonthlyComparison.objects.get().found
    assert send(people["vera"], "").status_code == 422
    assert MonthlyComparison.objects.count() == 1


WRONG = ({"month": 13}, {"differing": 0}, {"agrees": True}, {"agrees": True, "differing": 0, "sheet": 9})


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_the_database_refuses_a_comparison_that_agrees_and_differs(
    people: dict[str, User], wrong: Any
) -> None:
    facts = {"region": Region.objects.get(code="V"), "year": 2019, "month": 3, "by": people["vera"],
             "at": NOON, "digest": "", "register": 2, "sheet": 3, "differing": 1, "agrees": False,
             "found": "{}"}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyComparison.objects.create(**{**facts, **wrong})
