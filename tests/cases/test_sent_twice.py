"""Every form that makes something, sent twice: by a double click or at the same moment, on a page and in the
admin. It makes one row, and the second is answered as the first."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from django.db.models import Model
from django.urls import reverse

from accounts.access import Access
from accounts.models import SentForm, User
from accounts.roles import Role
from cases.models import Call, Case, Exploitation, Identification, Measure, Notification, Person, Reminder
from tests.actors import user
from tests.at_once import at_once
from tests.cases.pages import agency, case_facts, person_facts
from tests.cases.test_admin_saving import added, call_facts, sent
from tests.makers import new_case, new_person
from tests.nmt_site.admin_pages import address, client_of, someone
from tests.weights import mostly_long


@dataclass(frozen=True)
class EntryPoint:
    """`makes`: rows of `model`, as many as `made` more than there were before."""

    model: type[Model]
    who: Callable[[User], User]
    path: Callable[[Person], str]
    facts: Callable[[Person], dict[str, Any]]
    made: int = 1


def karin(west: User) -> User:
    return west


def operator(_west: User) -> User:
    return someone(Role.OPERATOR, "Olle")


def officer(_west: User) -> User:
    return user("Nora", Role.OFFICER, agency="police")


def person_page(name: str) -> Callable[[Person], str]:
    return lambda person: reverse(f"cases:{name}", args=[person.code])


def person_in_admin(person: Person) -> str:
    return address("cases_person", "change", person.pk)


def parts_in_admin(**more: str) -> Callable[[Person], dict[str, Any]]:
    """What the page of the person holds, with one part more."""

    def facts(person: Person) -> dict[str, Any]:
        client = client_of(User.objects.get(name="Karin"))
        return sent(client, person_in_admin(person)) | more

    return facts


IDENTIFIED = {"identified_on": "2018-06-09", "county": "14"}
GIVEN = {"kind": "measure:shelter", "answer": "accepted", "month": "2018-06"}
ENTRY_POINTS = {
    "call, page": EntryPoint(Call, operator, lambda _p: "/calls/new/", lambda _p: call_facts()),
    "call, admin": EntryPoint(
        Call, operator, lambda _p: address("cases_call", "add"), lambda _p: call_facts()
    ),
    "case, page": EntryPoint(
        Case,
        karin,
        lambda _p: "/cases/new/",
        lambda _p: person_facts() | case_facts(),
    ),
    "case, admin": EntryPoint(
        Case, karin, lambda _p: address("cases_case", "add"), lambda _p: {"region": "V", **case_facts()}
    ),
    "persons, page": EntryPoint(
        Person, karin, lambda p: reverse("cases:add_persons", args=[p.case.code]), lambda _p: person_facts()
    ),
    "person, admin": EntryPoint(
        Person, karin, lambda _p: address("cases_person", "add"), lambda p: added(case=p.case_id)
    ),
    "identification, page": EntryPoint(
        Identification,
        karin,
        person_page("add_identification"),
        lambda _p: {"agency": agency("migration"), **IDENTIFIED},
    ),
    "identification, admin": EntryPoint(
        Identification,
        karin,
        person_in_admin,
        parts_in_admin(
            **{
                "identifications-TOTAL_FORMS": "2",
                "identifications-1-agency": "Migrationsverket",
                **{f"identifications-1-{name}": value for name, value in IDENTIFIED.items()},
            }
        ),
    ),
    "exploitation, page": EntryPoint(
        Exploitation,
        karin,
        person_page("add_exploitation"),
        lambda _p: {"purpose": "purpose:begging", "place": "unknown"},
    ),
    "exploitation, admin": EntryPoint(
        Exploitation,
        karin,
        person_in_admin,
        parts_in_admin(
            **{
                "exploitations-TOTAL_FORMS": "2",
                "exploitations-1-purpose": "tiggeri",
                "exploitations-1-place": "unknown",
            }
        ),
    ),
    "measure, page": EntryPoint(Measure, karin, person_page("add_measure"), lambda _p: GIVEN),
    "measure, admin": EntryPoint(
        Measure,
        karin,
        person_in_admin,
        parts_in_admin(
            **{
                "measures-TOTAL_FORMS": "1",
                **{f"measures-0-{name}": value for name, value in GIVEN.items()},
            }
        ),
    ),
    "measures of a case, page": EntryPoint(
        Measure,
        karin,
        lambda p: reverse("cases:add_measures", args=[p.case.code]),
        lambda _p: {"everybody": "on", **GIVEN},
    ),
    "reminder, page": EntryPoint(
        Reminder,
        karin,
        lambda p: reverse("cases:remind", args=[p.case.code]),
        lambda _p: {"day": "2099-01-31", "text": "Ring en gång till"},
    ),
    "notification, page": EntryPoint(
        Notification,
        officer,
        lambda _p: "/cases/notify/",
        lambda _p: {"county": "14", "urgency": "days", "women": "2", "purposes": ["purpose:labour"]},
    ),
}


@dataclass
class Sending:
    entry_point: EntryPoint
    sender: User
    person: Person
    before: int

    @property
    def path(self) -> str:
        return self.entry_point.path(self.person)

    @cached_property
    def facts(self) -> dict[str, Any]:
        return self.entry_point.facts(self.person) | {"form_token": str(uuid.uuid4())}

    def post(self) -> Any:
        return client_of(self.sender).post(self.path, self.facts)

    @property
    def made(self) -> int:
        return self.entry_point.model._default_manager.count() - self.before


# One of each way in which a row is made: by a form, with its parts, several at once, and as a part.
EACH_WAY = {"call, page", "case, admin", "persons, page", "measure, admin", "notification, page"}
SOME_WAYS = {"call, page", "person, admin", "persons, page"}
OF_EACH_WAY = pytest.mark.parametrize("sending", mostly_long(ENTRY_POINTS, usual=EACH_WAY), indirect=True)
OF_SOME_WAYS = pytest.mark.parametrize("sending", mostly_long(ENTRY_POINTS, usual=SOME_WAYS), indirect=True)


@pytest.fixture(params=ENTRY_POINTS)
def sending(request: Any, west: User) -> Sending:
    person = new_case(new_person(), by=Access.of(west)).persons.get()
    entry_point = ENTRY_POINTS[request.param]
    return Sending(entry_point, entry_point.who(west), person, entry_point.model._default_manager.count())


@pytest.mark.django_db
@OF_EACH_WAY
def test_a_form_sent_twice_makes_one_row_and_is_answered_as_the_first_time(sending: Sending) -> None:
    first, second = sending.post(), sending.post()
    assert first.status_code == second.status_code == 302, second.context and second.context.get("errors")
    assert first["Location"] == second["Location"]
    assert sending.made == 1
    assert SentForm.objects.get(token=sending.facts["form_token"]).sender == sending.sender


@pytest.mark.django_db
@OF_SOME_WAYS
def test_the_token_of_somebody_else_opens_nothing(sending: Sending, west: User) -> None:
    SentForm.objects.create(sender=someone(Role.ADMINISTRATOR), token=sending.facts["form_token"], made=1)
    assert sending.post().status_code == 302
    assert sending.made == 1


@pytest.mark.django_db(transaction=True)
@OF_SOME_WAYS
def test_a_form_sent_at_the_same_moment_makes_one_row(sending: Sending) -> None:
    answers: list[Any] = []
    at_once(lambda _who: answers.append(sending.post()))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert sending.made == 1


# That those of the admin have one too is told by `test_admin_asks_the_same.py`.
@pytest.mark.django_db
@pytest.mark.parametrize(
    "sending",
    mostly_long(ENTRY_POINTS, usual=[name for name in ENTRY_POINTS if name.endswith("page")]),
    indirect=True,
)
def test_each_form_of_a_new_row_is_shown_with_a_token(sending: Sending) -> None:
    assert 'name="form_token"' in client_of(sending.sender).get(sending.path).content.decode()


@pytest.mark.django_db
def test_what_was_refused_is_not_taken_for_sent(west: User) -> None:
    token, client = str(uuid.uuid4()), client_of(west)
    facts = {"region": "V", **case_facts(), "form_token": token}
    assert client.post(address("cases_case", "add"), facts | {"opened_on": "2999-01-01"}).status_code == 200
    assert not SentForm.objects.exists()
    assert client.post(address("cases_case", "add"), facts).status_code == 302
    assert Case.objects.get().opened_on.year == 2018


# --- after Back, with the token of what was saved -------------------------------------------------------
def english(client: Any) -> Any:
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.django_db
def test_a_saved_call_that_is_sent_again_is_shown_with_a_sentence(west: User) -> None:
    client, facts = english(client_of(operator(west))), call_facts() | {"form_token": str(uuid.uuid4())}
    client.post("/calls/new/", facts)
    page = client.post("/calls/new/", facts | {"minutes": "1"}, follow=True).content.decode()  # of its clock
    assert "The call is saved already: here it is. Nothing was saved twice." in page
    assert Call.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"women": "3"}, marks=pytest.mark.long),
        {"topics": ["topic:advice", "topic:child"]},
        pytest.param({"caller_group": ""}, marks=pytest.mark.long),
    ],
)
def test_what_was_changed_in_a_saved_call_that_is_sent_again_is_offered_as_its_correction(
    west: User, changed: dict[str, Any]
) -> None:
    client, facts = english(client_of(operator(west))), call_facts() | {"form_token": str(uuid.uuid4())}
    client.post("/calls/new/", facts)
    call = Call.objects.get()
    page = client.post("/calls/new/", facts | changed)
    form = page.context["form"]
    assert {name: form[name].value() for name in changed} == changed
    assert "What you have changed in the form since is here, and is not saved yet." in page.content.decode()
    assert f'action="/calls/{call.code}/edit/"' in page.content.decode()
    call.refresh_from_db()
    assert (Call.objects.count(), call.version) == (1, 1)


@pytest.mark.django_db
def test_the_correction_is_saved_as_one_or_as_a_call_of_its_own(west: User) -> None:
    client, facts = client_of(operator(west)), call_facts() | {"form_token": str(uuid.uuid4())}
    client.post("/calls/new/", facts)
    call = Call.objects.get()
    page = client.post("/calls/new/", facts | {"women": "3"})
    again = facts | {"women": "3", "version": "1", "form_token": str(page.context["another"])}
    client.post(f"/calls/{call.code}/edit/", again)
    call.refresh_from_db()
    assert (call.women, Call.objects.count()) == (3, 1)
    for _time in range(2):
        client.post("/calls/new/", again)
    assert Call.objects.count() == 2


@pytest.mark.django_db
def test_a_call_that_may_not_be_corrected_any_more_says_that_nothing_is_changed(
    west: User, settings: Any
) -> None:
    client, facts = english(client_of(operator(west))), call_facts() | {"form_token": str(uuid.uuid4())}
    client.post("/calls/new/", facts)
    settings.CALL_EDIT_HOURS = -1
    page = client.post("/calls/new/", facts | {"women": "3"}, follow=True).content.decode()
    assert "What you have changed since is not saved" in page
    assert Call.objects.get().women == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    mostly_long(["case, page", "persons, page", "notification, page"], usual=["persons, page"]),
)
def test_what_is_sent_again_after_back_says_that_it_is_there_and_nothing_more_is_made(
    west: User, name: str
) -> None:
    person, entry_point = new_case(new_person(), by=Access.of(west)).persons.get(), ENTRY_POINTS[name]
    facts = entry_point.facts(person) | {"form_token": str(uuid.uuid4())}
    client, before = english(client_of(entry_point.who(west))), entry_point.model._default_manager.count()
    client.post(entry_point.path(person), facts, follow=True)
    page = client.post(entry_point.path(person), facts, follow=True).content.decode()
    assert "already" in page
    assert "registered." not in page
    assert "Thank you" not in page
    assert entry_point.model._default_manager.count() == before + entry_point.made


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    mostly_long(
        ["call, page", "case, page", "persons, page", "notification, page"],
        usual=["persons, page"],
    ),
)
def test_back_to_the_form_leads_to_what_it_has_made_and_to_the_form_where_it_has_made_nothing(
    west: User, name: str
) -> None:
    """As static/nmt/forms.js asks for the page when it comes back with another token."""
    person, entry_point = new_case(new_person(), by=Access.of(west)).persons.get(), ENTRY_POINTS[name]
    token, client = str(uuid.uuid4()), english(client_of(entry_point.who(west)))
    address = f"{entry_point.path(person)}?form_token={token}"
    assert client.get(address).status_code == 200
    client.post(entry_point.path(person), entry_point.facts(person) | {"form_token": token})
    page = client.get(address, follow=True)
    assert len(page.redirect_chain) == 1
    assert "already" in page.content.decode()
    assert (
        client_of(someone(Role.OPERATOR, "Other")).get("/calls/new/", {"form_token": token}).status_code
        == 200
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["case, page", "persons, page"])
def test_the_grid_of_what_was_saved_leads_to_what_was_made(west: User, name: str) -> None:
    """After Back and “Edit each person”: nobody fills in rows that would be saved nowhere."""
    person, entry_point = new_case(new_person(), by=Access.of(west)).persons.get(), ENTRY_POINTS[name]
    facts = entry_point.facts(person) | {"form_token": str(uuid.uuid4())}
    client = english(client_of(entry_point.who(west)))
    client.post(entry_point.path(person), facts)
    page = client.post(entry_point.path(person), facts | {"go": "grid"}, follow=True)
    assert len(page.redirect_chain) == 1
    assert "saved already" in page.content.decode()
