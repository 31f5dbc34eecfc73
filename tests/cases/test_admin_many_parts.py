"""A person with many parts is still a small page: the first are changed there, the others are one click
away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from cases.models import Exploitation, Identification, Measure, Person
from tests.cases.test_admin_saving import sent
from tests.crawl import LARGEST
from tests.makers import new_case, new_person
from tests.nmt_site.admin_pages import address, client_of, someone

pytestmark = pytest.mark.django_db
PURPOSES = ("sexual", "begging", "crime", "fraud", "marriage", "organs", "war", "slavery", "other")


@pytest.fixture
def person(west: User) -> Person:
    """Sixteen identifications, ten purposes, sixteen measures."""
    new_case(new_person(main="labour"), by=Access.of(west))
    made = Person.objects.get()
    first = made.identifications.get()
    days = (first.identified_on + timedelta(days=n) for n in range(1, 16))
    Identification.objects.bulk_create(
        Identification(person=made, agency=first.agency, identified_on=day, county_id="14") for day in days
    )
    Exploitation.objects.bulk_create(
        Exploitation(person=made, purpose_id=f"purpose:{word}") for word in PURPOSES
    )
    Measure.objects.bulk_create(Measure(person=made, kind_id="measure:shelter") for _ in range(16))
    return made


def test_the_page_is_small_and_leads_to_every_part(west: User, person: Person) -> None:
    response = client_of(west).get(address("cases_person", "change", person.pk))
    assert len(response.content) <= LARGEST
    shown = [
        form.instance
        for one in response.context["inline_admin_formsets"]
        for form in one.formset.initial_forms
    ]
    linked = [url for _title, parts in response.context["further"] for _text, url in parts]
    assert len(shown) + len(linked) == 16 + 10 + 16
    assert len(set(linked)) == len(linked)
    assert all(client_of(west).get(url).status_code == 200 for url in linked[::9])


def test_whoever_may_only_look_sees_every_part_and_no_link(person: Person) -> None:
    operator = someone(Role.OPERATOR)
    Person.objects.update(case=person.case)
    person.case.__class__.objects.update(opened_by=operator)
    page = client_of(operator).get(address("cases_person", "change", person.pk))
    assert len(page.content) <= LARGEST
    parts = [part for _title, parts in page.context["further"] for part in parts]
    assert len(parts) == 16 + 10 + 16 - 2 - 2 - 2
    assert {url for _text, url in parts} == {""}


def saved(client: Any, person: Person, **changes: str) -> Any:
    path = address("cases_person", "change", person.pk)
    return client.post(path, sent(client, path, **changes))


def test_a_part_that_is_shown_changes_and_the_others_stay(west: User, person: Person) -> None:
    before = list(person.measures.order_by("pk").values())
    assert saved(client_of(west), person, **{"measures-1-month": "2018-06"}).status_code == 302
    after = list(person.measures.order_by("pk").values())
    assert [n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new] == [1]


def test_rules_see_the_parts_that_are_not_shown(west: User, person: Person) -> None:
    client, path = client_of(west), address("cases_person", "change", person.pk)
    shown, last = sent(client, path), person.identifications.order_by("pk").last()
    again = {"identifications-1-identified_on": str(last.identified_on)}
    assert "redan registrerad" in client.post(path, shown | again).content.decode()
    assert client.post(path, shown | {"exploitations-1-purpose": "purpose:slavery"}).status_code == 200
    no_other_is_main = {"exploitations-0-is_main": ""}
    assert client.post(path, shown | no_other_is_main).status_code == 200
    assert person.exploitations.get(is_main=True).purpose_id == "purpose:labour"
