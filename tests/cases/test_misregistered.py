"""What was registered by mistake is out of every list and count, kept whole, and put back as it was."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.access import Access
from accounts.approvals import AlreadyAnswered
from accounts.roles import Role
from agencies.models import Code
from audit.models import Event
from cases.actions.calls import log_call
from cases.actions.cases import open_case
from cases.actions.duplicates import decide_same
from cases.actions.misregistration import (
    MistakeRefused,
    put_back,
    take_out_case,
    take_out_person,
    take_out_persons,
)
from cases.actions.persons import answer_indicators, register_persons, save_measure
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.choices import Decision
from cases.integrity import first_fault
from cases.models import Call, Case, Measure, Misregistration, Person
from tests.actors import NOON, access, user
from tests.cases.pages import case_facts, person_facts, signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
WHY = "Dubbelklick: samma uppgift två gånger."
COUNTED = "same_as_id IS NULL AND status IN ('under_assessment', 'presumed', 'declined', 'identified')"
# When a row was saved last, and how often: that it left and came is a change of it.
SAVED = {"updated_at", "version"}
LEFT_ALONE = {"misregistration", "try", "draft", "caseseries"}


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V", language="en"))


@pytest.fixture
def client(vera: Access) -> Client:
    return signed_in(vera.user)


def rows(table: str, where: str = "true") -> int:
    """By SQL: neither a manager nor row access stands between."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where if where != 'true' else '1 = 1'}")
        return int(cursor.fetchone()[0])


def everything() -> dict[str, Any]:
    """Every row of casework, with its encrypted texts opened and its lists."""
    found: dict[str, Any] = {}
    for model in apps.get_app_config("cases").get_models():
        if model._meta.model_name in LEFT_ALONE or hasattr(model, "history_id"):
            continue
        for row in model._base_manager.all():
            held = {
                f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if f.name not in SAVED
            }
            lists = {f.name: sorted(map(str, getattr(row, f.name).all())) for f in model._meta.many_to_many}
            found[f"{model._meta.model_name} {row.pk}"] = {k: str(v) for k, v in (held | lists).items()}
    return found


def same_person(one: Person, other: Person, by: Access) -> None:
    decide_same(one=one, other=other, decision=Decision.SAME, reason="Samma.", by=by)


def full_person(by: Access) -> Person:
    """With something in every table that may hang on a person, counted in an earlier record's stead."""
    case = new_case(
        new_person(
            purposes=("labour",), measures=(("shelter", "2018-06"),), reference="K 77-18", citizenship="RO",
            further_citizenships=["MD", "UA"], on=date(2018, 2, 1), status_reason="Bedömt i samråd.",
        ),
        new_person(sex="M"),
        by=by,
        note="En kort notering.",
    )  # fmt: skip
    person = case.persons.get(position=1)
    main = person.exploitations.get(is_main=True)
    main.acts.set(Code.objects.filter(list="act")[:2])
    main.acts_answer = "given"
    main.save()
    answer_indicators(person=person, answers={"indicator:DR01": "yes"}, by=by)
    south = access(user("Sven", Role.COORDINATOR, region="SY"))
    asked = ask_transfer(person=person, to_region=south.names["SY"], reason="Flyttar.", by=by)
    answer_transfer(transfer=asked, accept=False, reason="Inte här.", by=south)
    same_person(person, new_case(by=by).persons.get(), by)
    person.refresh_from_db()
    return person


PARTS = ("identification", "exploitation", "measure", "personindicator", "transfer")


def test_a_person_leaves_every_table_with_all_that_hangs_on_them_and_comes_back_as_they_were(
    vera: Access,
) -> None:
    person = full_person(vera)
    before = everything()
    assert rows("cases_person", COUNTED) == 2
    mistake = take_out_person(person=person, seen="", reason=WHY, by=vera)
    left = [rows(f"cases_{table}", f"person_id = {person.pk}") for table in PARTS]
    left += [rows(table) for table in ("cases_duplicatereview", "cases_exploitation_acts")]
    assert sum(left) == rows("cases_person", f"id = {person.pk}") == 0
    # Who was counted in the record that has left is counted again.
    assert rows("cases_person", COUNTED) == 2
    assert (first_fault(), mistake.persons) == (None, 1)
    assert rows("cases_historicalperson", f"id = {person.pk} AND history_type = '-'") == 1
    put_back(mistake=mistake, by=vera)
    assert (first_fault(), everything()) == (None, before)
    told = Event.objects.order_by("-sequence").values_list("action", flat=True)[:2]
    assert list(told) == ["person.put_back", "person.mistake"]


def test_of_two_who_left_a_judgement_between_them_waits_until_both_are_back(vera: Access) -> None:
    person = full_person(vera)
    other = Person.objects.exclude(case=person.case).get()
    before = everything()
    first = take_out_person(person=person, seen="", reason=WHY, by=vera)
    second = take_out_person(person=other, seen="", reason=WHY, by=vera)
    put_back(mistake=first, by=vera)
    assert (first_fault(), rows("cases_duplicatereview")) == (None, 0)
    put_back(mistake=second, by=vera)
    assert everything() == before
    assert not Misregistration.objects.exclude(kept="").exists()


def test_what_is_kept_cannot_be_read_in_the_database(vera: Access) -> None:
    take_out_case(case=full_person(vera).case, seen="", reason=WHY, by=vera)
    with connection.cursor() as cursor:
        cursor.execute("SELECT kept, reason FROM cases_misregistration")
        held = "".join(map(str, cursor.fetchone()))
    assert not any(word in held for word in ("notering", "K 77-18", "purpose", "Dubbelklick"))


def test_the_only_identification_and_the_main_purpose_stay_and_the_page_says_why(
    client: Client, vera: Access
) -> None:
    person = new_case(new_person(purposes=("labour",)), by=vera).persons.get()
    for part, text in (
        (person.identifications.get(), "It is the only identification. Add the right one first."),
        (person.exploitations.get(is_main=True), "It is the main purpose. Make another one the main purpose"),
    ):
        where = f"/cases/persons/{person.code}/{part._meta.model_name}s/{part.pk}/mistake/"
        page = client.get(where)
        assert text in page.content.decode()
        client.post(where, {"digest": page.context["form"]["digest"].value(), "reason": WHY})
    assert (rows("cases_identification"), rows("cases_exploitation")) == (1, 2)
    other = person.exploitations.get(is_main=False)
    takes_out(client, f"/cases/persons/{person.code}/exploitations/{other.pk}/mistake/")
    assert rows("cases_exploitation") == 1


def test_without_the_earliest_identification_the_person_is_of_another_year(
    client: Client, vera: Access
) -> None:
    new = new_person(on=date(2017, 12, 30))
    new.identifications += new_person(on=date(2018, 3, 1), agency="migration").identifications
    person = new_case(new, by=vera).persons.get()
    earliest = person.identifications.order_by("identified_on").first()
    assert rows("cases_person", "first_year = 2017") == 1
    takes_out(client, f"/cases/persons/{person.code}/identifications/{earliest.pk}/mistake/")
    assert (rows("cases_person", "first_year = 2018"), first_fault()) == (1, None)
    client.post(f"/cases/mistakes/{Misregistration.objects.get().code}/put-back/")
    assert (rows("cases_person", "first_year = 2017"), first_fault()) == (1, None)


def takes_out(client: Client, where: str, **more: str) -> Any:
    form = client.get(where).context["form"]
    facts = {name: form[name].value() for name in ("digest", "form_token")} | {"reason": WHY} | more
    return client.post(where, facts)


def test_nobody_takes_out_what_they_have_not_seen_and_a_double_click_takes_out_once(
    client: Client, vera: Access
) -> None:
    person = new_case(new_person(), new_person(), by=vera).persons.first()
    assert person is not None
    where = f"/cases/persons/{person.code}/mistake/"
    old = client.get(where).context["form"]["digest"].value()
    colleague = access(user("Dan", Role.COORDINATOR, region="V"))
    save_measure(measure=Measure(person=person, kind_id="measure:shelter"), by=colleague)
    text = client.post(where, {"digest": old, "reason": WHY}, follow=True).content.decode()
    assert "Somebody has changed it since you looked." in text
    assert rows("cases_person") == 2
    token = str(uuid.uuid4())
    first = takes_out(client, where)
    assert (first.status_code, rows("cases_person")) == (302, 1)
    sent = {"digest": old, "reason": WHY, "form_token": token}
    assert client.post(where, sent).status_code == 404
    mistake = Misregistration.objects.get()
    put_back(mistake=mistake, by=colleague)
    with pytest.raises(AlreadyAnswered):
        put_back(mistake=mistake, by=vera)
    text = client.post(f"/cases/mistakes/{mistake.code}/put-back/", follow=True).content.decode()
    assert "Somebody else has put it back already." in text
    assert (rows("cases_person"), rows("cases_measure")) == (2, 1)


def test_a_form_sent_twice_leads_to_what_the_first_took_out(client: Client, vera: Access) -> None:
    person = new_case(by=vera).persons.get()
    where = f"/cases/persons/{person.code}/mistake/"
    shown = client.get(where)
    assert "No names or numbers. At least 20 characters." in shown.content.decode()
    form = shown.context["form"]
    facts = {"digest": form["digest"].value(), "form_token": str(uuid.uuid4()), "reason": WHY}
    answers = [client.post(where, facts)["Location"] for _click in range(2)]
    assert (len(set(answers)), Misregistration.objects.count()) == (1, 1)
    assert Event.objects.filter(action="person.mistake").count() == 1


def test_forty_are_undone_by_one_press_the_same_day_and_put_back_by_one(client: Client, vera: Access) -> None:
    sent = case_facts() | person_facts(number="40")
    asked = client.post("/cases/new/", sent)
    shown = asked.context["draft"].number.shown
    answer = client.post("/cases/new/", sent | {"save_anyway": shown}, follow=True)
    case = Case.objects.get()
    before = everything()
    assert "registration of 40 persons" in answer.content.decode()
    assert rows("cases_person") == 40
    text = client.post(f"/cases/{case.code}/undo/", follow=True).content.decode()
    assert "The registration is undone." in text
    assert [rows(f"cases_{name}") for name in ("case", "person", "identification", "exploitation")] == [0] * 4
    assert Event.objects.filter(action="case.mistake").count() == 1
    client.post(f"/cases/mistakes/{Misregistration.objects.get().code}/put-back/")
    assert everything() == before


def test_who_joins_later_is_undone_alone_and_no_number_is_given_twice(client: Client, vera: Access) -> None:
    with time_machine.travel(NOON - timedelta(days=2), tick=False):
        case = new_case(new_person(), by=access(vera.user, timezone.now()))
    client.post(f"/cases/{case.code}/persons/add/", person_facts(number="4"))
    client.post(f"/cases/{case.code}/undo/")
    assert rows("cases_person") == 1
    register_persons(case=case, persons=[new_person()], by=vera)
    assert sorted(case.persons.values_list("position", flat=True)) == [1, 6]
    put_back(mistake=Misregistration.objects.get(), by=vera)
    assert (rows("cases_person"), first_fault()) == (6, None)


def test_a_registration_is_not_undone_when_somebody_has_gone_on_with_it_or_on_another_day(
    client: Client, vera: Access
) -> None:
    client.post("/cases/new/", case_facts() | person_facts(number="2"))
    case = Case.objects.get()
    colleague = access(user("Dan", Role.COORDINATOR, region="V"), NOON + timedelta(minutes=5))
    assert "Undo today" in client.get(case.get_absolute_url()).content.decode()
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        tomorrow = signed_in(vera.user)
        assert "Undo today" not in tomorrow.get(case.get_absolute_url()).content.decode()
        assert "from another day" in tomorrow.post(f"/cases/{case.code}/undo/", follow=True).content.decode()
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        save_measure(
            measure=Measure(person=case.persons.get(position=2), kind_id="measure:shelter"), by=colleague
        )
        text = client.post(f"/cases/{case.code}/undo/", follow=True).content.decode()
    assert "somebody has continued with it" in text
    assert rows("cases_person") == 2


def test_the_call_stays_and_is_tied_again_unless_it_has_another_case_by_then(vera: Access) -> None:
    olle = access(user("Olle", Role.OPERATOR))
    call = Call(
        received_at=NOON,
        received_on=NOON.date(),
        caller_group=Code.objects.of("caller")[0],
        consent="given",
        referred_region_id="V",
        women=1,
    )
    call = log_call(call=call, lists={}, by=olle)

    def opened() -> Case:
        call.refresh_from_db()
        case = Case(region=vera.names["V"], opened_on=NOON.date())
        return open_case(case=case, persons=[new_person()], by=olle, call=call)

    case = opened()
    mistake = take_out_case(case=case, seen="", reason=WHY, by=vera)
    assert (rows("cases_call", "case_id IS NULL"), first_fault()) == (1, None)
    other = opened()
    with pytest.raises(MistakeRefused):
        put_back(mistake=mistake, by=vera)
    take_out_case(case=other, seen="", reason=WHY, by=vera)
    put_back(mistake=mistake, by=vera)
    assert (rows("cases_call", f"case_id = {case.pk}"), first_fault()) == (1, None)


def test_a_case_is_not_put_back_while_its_call_says_that_consent_is_missing(
    client: Client, vera: Access
) -> None:
    """The answer may be changed while the call has no case."""
    case = new_case(by=vera)
    call = log_call(
        call=Call(
            received_at=NOON,
            received_on=NOON.date(),
            caller_group=Code.objects.of("caller")[0],
            consent="given",
            referred_region_id="V",
        ),
        lists={},
        by=access(user("Olle", Role.OPERATOR)),
    )
    Call.objects.filter(pk=call.pk).update(case=case)
    mistake = take_out_case(case=case, seen="", reason=WHY, by=vera)
    Call.objects.filter(pk=call.pk).update(consent="missing")
    page = client.post(f"/cases/mistakes/{mistake.code}/put-back/", follow=True)
    assert page.status_code == 200
    assert "Consent is missing now in the call. The case cannot be put back." in page.content.decode()
    assert rows("cases_case") == 0
    Call.objects.filter(pk=call.pk).update(consent="given")
    put_back(mistake=mistake, by=vera)
    assert rows("cases_call", f"case_id = {case.pk}") == 1


def test_a_case_with_persons_of_another_region_and_one_whose_transfer_waits_stay(vera: Access) -> None:
    south = access(user("Sven", Role.COORDINATOR, region="SY"))
    case = new_case(new_person(), new_person(), by=vera)
    moved = case.persons.get(position=2)
    asked = ask_transfer(person=moved, to_region=south.names["SY"], reason="Flyttar.", by=vera)
    with pytest.raises(MistakeRefused):
        take_out_person(person=moved, seen="", reason=WHY, by=vera)
    answer_transfer(transfer=asked, accept=True, reason="", by=south)
    with pytest.raises(MistakeRefused):
        take_out_case(case=case, seen="", reason=WHY, by=vera)
    assert rows("cases_person") == 2


def test_another_region_sees_and_does_nothing(client: Client, vera: Access) -> None:
    case = new_case(new_person(), new_person(), by=vera)
    person = case.persons.get(position=1)
    takes_out(client, f"/cases/persons/{person.code}/mistake/")
    code = Misregistration.objects.get().code
    left = case.persons.get()
    for role, region in ((Role.COORDINATOR, "SY"), (Role.OPERATOR, "")):
        other = signed_in(user(f"X{role.value}", role, region=region))
        asked = [
            other.get(f"/cases/mistakes/{code}/"),
            other.post(f"/cases/mistakes/{code}/put-back/"),
            other.get(f"/cases/persons/{left.code}/mistake/"),
            other.post(f"/cases/{case.code}/undo/"),
        ]
        assert {answer.status_code for answer in asked} <= {403, 404}
    assert person.number in client.get("/cases/mistakes/").content.decode()
    assert rows("cases_person") == 1


def test_the_extract_tells_what_was_taken_out_and_the_history_that_it_was(
    client: Client, vera: Access
) -> None:
    person = new_case(new_person(measures=(("shelter", "2018-06"),)), by=vera).persons.get()
    takes_out(client, f"/cases/persons/{person.code}/measures/{person.measures.get().pk}/mistake/")
    extract = client.get(f"/cases/{person.case.code}/extract/").content.decode()
    assert WHY in extract
    assert "Protected housing" in extract
    assert "removed" in client.get(f"/cases/{person.case.code}/history/").content.decode()


def test_nothing_published_points_at_a_row_of_casework() -> None:
    """So a version, its files and the ledger of what was given out stay whatever leaves."""
    casework = {m for m in apps.get_app_config("cases").get_models()}
    pointing = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label not in {"cases"}
        for field in model._meta.get_fields()
        if field.is_relation and field.related_model in casework and not field.auto_created
    }
    assert pointing == set()


def test_persons_leave_together_only_within_own_regions(vera: Access) -> None:
    south = access(user("Sven", Role.COORDINATOR, region="SY"))
    case = new_case(new_person(), by=vera)
    with pytest.raises(PermissionDenied):
        take_out_persons(case=case, persons=list(case.persons.all()), reason=WHY, by=south)
    assert rows("cases_person") == 1
