"""A whole import is undone while nothing later has touched its rows; else it says which rows and why not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Region
from audit.models import Event
from cases.actions.duplicates import decide_same
from cases.actions.misregistration import take_out_person
from cases.choices import Decision
from cases.integrity import first_fault
from cases.models import Call, Case, DuplicateReview, Exploitation, Identification, Measure, Person
from exchange.models import ImportRun
from exchange.runs import CannotUndo, Undoing, undo
from tests.actors import access, user
from tests.cases.pages import signed_in
from tests.cases.spreadsheet import load, row, sheet
from tests.makers import hand_over, new_case, new_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
MODELS = (Case, Person, Identification, Exploitation, Measure)


def facts() -> list[Any]:
    """Everything that is stored but versions and times."""
    apart = {"version", "updated_at"}
    found: list[Any] = []
    for model in MODELS:
        names = [field.attname for field in model._meta.concrete_fields if field.name not in apart]
        found += [
            (model.__name__, *(str(getattr(one, name)) for name in names), [c.pk for c in _means(one)])
            for one in model.objects.order_by("pk")
        ]
    return found


def _means(one: Any) -> list[Any]:
    return list(one.means.all()) if isinstance(one, Exploitation) else []


def latest() -> ImportRun:
    return ImportRun.objects.latest("pk")


def test_what_was_made_goes(vera: Access) -> None:
    load(sheet(row(case="B", purposes="crime", measures="shelter:2018-06")), vera)
    before = facts()
    load(sheet(row(purposes="crime", measures="shelter:2018-06"), row(case="B", person="K2")), vera)
    undo(latest(), by=vera)
    assert facts() == before
    assert first_fault() is None


def test_what_was_changed_gets_its_old_values_back(vera: Access) -> None:
    load(
        sheet(row(purposes="crime|labour", sector="berries", measures="shelter:2018-06", citizenship="RO")),
        vera,
    )
    part = Exploitation.objects.get(purpose="purpose:crime")
    part.means.set(["means:force"])
    Exploitation.objects.filter(pk=part.pk).update(means_answer="given")
    before = facts()
    load(
        sheet(
            row(
                sex="M",
                status="identified",
                main_purpose="begging",
                purposes="labour",
                sector="",
                measures="",
                citizenship="",
                identified_on="2017-05-01",
                county="13",
            )
        ),
        vera,
    )
    assert facts() != before
    assert Undoing(latest(), vera).trace.counts["restored"] == 5
    undo(latest(), by=vera)
    assert facts() == before
    assert Person.objects.get().first_year == 2018
    assert first_fault() is None


def test_an_earlier_identification_is_taken_back_from_the_counts(vera: Access) -> None:
    load(sheet(), vera)
    load(sheet(row(identified_on="2016-02-01")), vera)
    assert Person.objects.get().first_year == 2016
    undo(latest(), by=vera)
    assert (Person.objects.get().first_year, first_fault()) == (2018, None)


def test_undoing_leaves_history_and_an_event(vera: Access) -> None:
    load(sheet(), vera)
    undo(latest(), by=vera)
    assert list(Person.history.order_by("history_id").values_list("history_type", flat=True)) == ["+", "-"]
    assert Event.objects.latest("sequence").action == "import.undo"
    assert (latest().undone_at, latest().undone_by) == (vera.at, vera.user)


def test_undoing_twice_is_undoing_once(vera: Access) -> None:
    load(sheet(), vera)
    undo(latest(), by=vera)
    undo(latest(), by=vera)
    assert Event.objects.filter(action="import.undo").count() == 1


def _edit(_by: Access) -> None:
    person = Person.objects.get(position=1)
    person.sex = "M"
    person.save()


def _another_measure(_by: Access) -> None:
    Measure.objects.create(person=Person.objects.get(position=1), kind_id="measure:legal")


def _same(by: Access) -> None:
    person, other = Person.objects.order_by("pk")
    decide_same(one=person, other=other, decision=Decision.SAME, reason="r", by=by)


def _unsure(by: Access) -> None:
    person, other = Person.objects.order_by("pk")
    decide_same(one=person, other=other, decision=Decision.UNSURE, reason="r", by=by)


def _taken_out(by: Access) -> None:
    take_out_person(person=Person.objects.get(position=1), seen="", reason="Wrong person", by=by)


def _call(by: Access) -> None:
    call = Call(
        received_at=by.at, received_on=date(2019, 3, 1), caller_group_id="caller:police", taken_by=by.user
    )
    call.case = Case.objects.get()
    call.save()


def _later_import(by: Access) -> None:
    load(sheet(row(county="13")), by)


def _transfer(_by: Access) -> None:
    person = Person.objects.get(position=1)
    person.responsible_region = Region.objects.get(code="N")
    person.save()


@pytest.mark.parametrize(
    ("touch", "number", "reason"),
    [
        (_edit, "V-2018-0001-P1", "Somebody has changed it since."),
        pytest.param(
            _another_measure, "V-2018-0001-P1", "It has got a later entry: measure.", marks=pytest.mark.long
        ),
        (_same, "V-2018-0001-P2", "It has got a later entry: possible duplicate."),
        pytest.param(
            _unsure, "V-2018-0001-P2", "It has got a later entry: possible duplicate.", marks=pytest.mark.long
        ),
        (_taken_out, "V-2018-0001-P1", "It was removed as registered by mistake."),
        pytest.param(_call, "V-2018-0001", "It has got a later entry: call.", marks=pytest.mark.long),
        pytest.param(
            _later_import, "V-2018-0001-P1", "Somebody has changed it since.", marks=pytest.mark.long
        ),
        (_transfer, "V-2018-0001-P1", "The person belongs to another region now."),
    ],
)
def test_what_was_touched_since_stands_in_the_way(vera: Access, touch: Any, number: str, reason: str) -> None:
    load(sheet(row(), row(person="K2", agency="migration")), vera)
    run = latest()
    touch(vera)
    before = facts()
    with pytest.raises(CannotUndo) as refused:
        undo(run, by=vera)
    assert (number, reason) in {(obstacle.label, obstacle.reason) for obstacle in refused.value.obstacles}
    assert (facts(), latest().undone_at) == (before, None)


@pytest.mark.parametrize("asked", [{}, {"asked_region_id": "SY"}])
def test_a_possible_duplicate_that_nobody_has_judged_goes_with_its_row(
    vera: Access, asked: dict[str, str]
) -> None:
    new_case(new_person(), by=vera)
    before = facts()
    load(sheet(), vera)
    by = {"asked_by": vera.user, "asked_at": vera.at, **asked} if asked else {}
    person, other = Person.objects.order_by("pk")
    DuplicateReview.objects.create(first=person, second=other, similarity=14, found_at=vera.at, **by)

    undo(latest(), by=vera)

    assert (facts(), DuplicateReview.objects.count()) == (before, 0)


def test_the_page_names_the_row_in_the_way_and_so_does_the_press(vera: Access) -> None:
    load(sheet(row(), row(person="K2")), vera)
    hand_over(Person.objects.get(position=1), by=vera, to=access(user("Nina", Role.COORDINATOR, region="N")))
    client = signed_in(vera.user)
    client.cookies["django_language"] = "en"
    address = reverse("cases:import_run", args=[latest().code])
    person = "V-2018-0001-P1"

    page = client.get(address).content.decode()
    pressed = client.post(f"{address}undo/", follow=True)

    assert "Undo the import" not in page
    assert f"{person}: The person belongs to another region now." in strip_tags(page)
    [said] = pressed.context["messages"]
    assert str(said) == f"Nothing was undone. {person}: It has got a later entry: transfer."
    assert (Person.objects.count(), latest().undone_at) == (2, None)


def test_a_row_that_a_later_import_touched_stands_in_the_way_even_when_that_is_undone(vera: Access) -> None:
    load(sheet(), vera)
    first = latest()
    load(sheet(row(county="13")), vera)
    undo(latest(), by=vera)
    with pytest.raises(CannotUndo):  # its rows have a younger history, even though they are as they were
        undo(first, by=vera)


def test_only_ones_own_import_is_undone(vera: Access) -> None:
    load(sheet(), vera)
    viktor = access(user("Viktor", Role.COORDINATOR, region="V"))
    with pytest.raises(ImportRun.DoesNotExist):
        undo(latest(), by=viktor)


def test_what_an_import_keeps_for_undoing_is_encrypted(vera: Access) -> None:
    load(sheet(row(citizenship="RO")), vera)
    load(sheet(row(citizenship="BG")), vera)
    assert b'"RO"' in latest().journal
    stored = ImportRun.objects.values_list("journal", flat=True).latest("pk")
    assert b'"RO"' not in bytes(stored)
    [kept] = Undoing(latest(), vera).trace.changed("person").values()
    assert kept["values"] == {"citizenship": "RO"}
