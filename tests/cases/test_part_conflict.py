"""Two people change one identification, exploitation or measure: the second sees both versions and
chooses."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cases.actions.base import Conflict, version_of
from cases.models import Exploitation, Identification, Measure, Person
from tests.actors import access
from tests.cases.pages import agency, coordinator, signed_in
from tests.makers import new_case, new_person
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def person(karin: Any) -> Person:
    case = new_case(new_person(measures=(("shelter", "2018-05"),)), by=access(karin))
    return case.persons.get()


@pytest.fixture
def clients(karin: Any) -> tuple[Client, Client]:
    pair = (signed_in(karin), signed_in(coordinator(name="Kalle")))
    for client in pair:
        client.cookies["django_language"] = "en"
    return pair


def identification(row: Any) -> dict[str, Any]:
    return {"agency": agency("migration"), "identified_on": "2018-05-02", "county": "14"}


def exploitation(row: Any) -> dict[str, Any]:
    answers = {f"{name}_answer": "not_asked" for name in ("acts", "means", "controls")}
    return {"purpose": row.purpose_id, "is_main": "on", "place": "sweden", **answers}


def measure(row: Any) -> dict[str, Any]:
    return {"kind": "measure:shelter", "answer": "accepted", "month": "2018-05"}


PARTS = {
    # kind: (model, what is sent, field, one's value, the other's value, as the second reads them)
    "identifications": (
        Identification,
        identification,
        "county",
        "12",
        "03",
        ("Uppsala County", "Skåne County"),
    ),
    "exploitations": (Exploitation, exploitation, "start", "2018-02", "2018-01", ("2018-01", "2018-02")),
    "measures": (Measure, measure, "month", "2018-08", "2018-07", ("2018-07", "2018-08")),
}


# What is the same for all of them.
OF_ONE_KIND = pytest.mark.parametrize("part", mostly_long(PARTS, usual=["measures"]), indirect=True)


@pytest.fixture(params=PARTS)
def part(request: Any, person: Person) -> tuple[str, Any, dict[str, Any], str, str, str, tuple[str, str]]:
    model, sent, *rest = PARTS[request.param]
    row = model.objects.get(person=person)
    address = f"{person.get_absolute_url()}{request.param}/{row.pk}/"
    return address, row, sent(row) | {"version": str(version_of(row))}, *rest


def again(response: Any, **chosen: str) -> dict[str, Any]:
    comparison = response.context["comparison"]
    sent: dict[str, Any] = {}
    for name, value in comparison.sent:
        sent.setdefault(name, []).append(value)
    return sent | {
        "version": str(comparison.version),
        "differs": [row.name for row in comparison.rows],
        **{f"keep_{name}": value for name, value in chosen.items()},
    }


def test_the_second_sees_both_versions_and_nothing_is_saved(clients: Any, part: Any) -> None:
    address, row, sent, field, theirs, mine, said = part
    first, second = clients
    assert first.get(address).context["form"]["version"].value() == int(sent["version"])
    assert first.post(address, sent | {field: theirs}).status_code == 302
    stored = type(row).objects.filter(pk=row.pk).values()
    before = stored.get()
    response = second.post(address, sent | {field: mine})
    rows = {row.name: (row.mine, row.saved) for row in response.context["comparison"].rows}
    assert (response.status_code, rows) == (409, {field: said})
    assert second.post(address, again(response)).status_code == 409  # a choice is asked for
    assert second.post(address, again(response, **{field: "saved"})).status_code == 302
    assert stored.get() == before
    assert second.post(address, again(response, **{field: "mine"})).status_code == 409  # saved meanwhile


@OF_ONE_KIND
def test_what_is_chosen_is_saved(clients: Any, part: Any) -> None:
    address, row, sent, field, theirs, mine, _said = part
    first, second = clients
    first.post(address, sent | {field: theirs})
    response = second.post(address, sent | {field: mine})
    assert second.post(address, again(response, **{field: "mine"})).status_code == 302
    stored = getattr(type(row).objects.get(pk=row.pk), field)
    assert str(getattr(stored, "code", stored)).startswith(mine)


@OF_ONE_KIND
def test_a_double_click_on_a_change_is_one_change(clients: Any, part: Any) -> None:
    address, row, sent, field, theirs, _mine, _said = part
    for _click in range(2):
        assert clients[0].post(address, sent | {field: theirs}).status_code == 302
    assert type(row).history.filter(id=row.pk, history_type="~").count() == 1


@OF_ONE_KIND
def test_inside_the_page_the_choice_comes_where_the_form_was(clients: Any, person: Person, part: Any) -> None:
    address, _row, sent, field, theirs, mine, _said = part
    first, second = clients
    first.post(address, sent | {field: theirs}, headers=HTMX)
    response = second.post(address, sent | {field: mine}, headers=HTMX)
    assert response.status_code == 200  # htmx shows no answer with the number of an error
    text = response.content.decode()
    assert "<html" not in text
    assert f'hx-post="{address}"' in text
    saved = second.post(address, again(response, **{field: "mine"}), headers=HTMX)
    assert saved["HX-Retarget"].startswith("#")


@OF_ONE_KIND
def test_a_change_that_does_not_say_what_it_was_made_from_is_not_taken(clients: Any, part: Any) -> None:
    address, _row, sent, field, theirs, _mine, _said = part
    response = clients[0].post(address, sent | {field: theirs, "version": ""})
    assert response.status_code == 200
    assert response.context["form"].errors["version"]


def test_an_import_meanwhile_is_a_change_too(karin: Any, person: Person) -> None:
    """Everything that keeps field history counts, in bulk as well."""
    from cases.actions.persons import save_measure
    from exchange import bulk

    mine = Measure.objects.get(person=person)
    mine.version = version_of(mine)
    stored = Measure.objects.get(person=person)
    stored.answer = "declined"
    bulk.update([stored], ["answer"], user=karin)
    mine.answer = "offered"
    with pytest.raises(Conflict):
        save_measure(measure=mine, by=access(karin))
