"""The outcome that a case is registered comes with the case, or is chosen on the way to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Access
from cases.actions.cases import open_case
from cases.models import Call, Case
from tests.actors import access
from tests.cases.call_forms import call_facts, logged
from tests.cases.pages import case_facts, errors_of, operator, person_facts, signed_in
from tests.makers import new_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
NEW = "/calls/new/"
MESSAGE = "The outcome says that a case is registered, and no case is opened from the call."


@pytest.fixture
def olle() -> Access:
    return access(operator())


@pytest.fixture
def client(olle: Access) -> Client:
    client = signed_in(olle.user)
    client.cookies["django_language"] = "en"
    return client


def outcomes(call: Call) -> set[str]:
    return set(call.outcomes.values_list("key", flat=True))


def opened_from(call: Call, by: Access) -> Case:
    return open_case(case=Case(region_id="V", opened_on=by.today), persons=[new_person()], by=by, call=call)


def corrected(call: Call, **changes: Any) -> dict[str, Any]:
    return call_facts(version=call.version, outcomes=["outcome:case"], **changes)


def test_a_case_that_is_opened_from_a_call_adds_the_outcome(client: Client) -> None:
    to_case = client.post(NEW, call_facts(go="case"))["Location"]
    client.post(to_case, person_facts(**case_facts()))
    assert outcomes(Call.objects.get()) == {"outcome:referral_coordinator", "outcome:case"}


def test_a_call_without_other_outcome_says_then_that_one_is_given(olle: Access) -> None:
    call = logged(olle)
    opened_from(call, olle)
    call.refresh_from_db()
    assert call.outcomes_answer == "given"


def test_the_outcome_alone_registers_no_case_and_is_refused(client: Client) -> None:
    facts = errors_of(client.post(NEW, call_facts(outcomes=["outcome:case"])))
    assert facts["outcomes"][0].startswith(MESSAGE)
    assert not Call.objects.exists()


def test_who_saves_and_opens_a_case_may_choose_it(client: Client) -> None:
    answer = client.post(NEW, call_facts(outcomes=["outcome:case"], go="case"))
    call = Call.objects.get()
    assert answer["Location"] == f"{reverse('cases:new')}?call={call.code}"


def test_without_consent_there_is_no_case_to_choose_it_for(client: Client) -> None:
    facts = call_facts(outcomes=["outcome:case"], go="case", consent="missing")
    assert "outcomes" in errors_of(client.post(NEW, facts))


def test_a_stored_call_without_its_case_says_so_on_its_page(client: Client) -> None:
    client.post(NEW, call_facts(outcomes=["outcome:case"], go="case"))
    page = Call.objects.get().get_absolute_url()
    assert MESSAGE in client.get(page).content.decode()


def test_a_call_with_its_case_says_nothing_of_it(client: Client, olle: Access) -> None:
    call = logged(olle, outcomes=["case"])
    opened_from(call, olle)
    assert MESSAGE not in client.get(call.get_absolute_url()).content.decode()


def test_the_correction_of_such_a_call_is_warned_once_and_saved(client: Client, olle: Access) -> None:
    call = logged(olle, outcomes=["case"], topics=["person"])
    address = reverse("calls:edit", args=[call.code])
    form = client.post(address, corrected(call, minutes="44")).context["form"]
    assert any(warning.startswith(MESSAGE) for warning in form.warnings)
    client.post(address, corrected(call, minutes="44", save_anyway=form.shown))
    call.refresh_from_db()
    assert call.minutes == 44


def test_a_correction_does_not_choose_it(client: Client, olle: Access) -> None:
    call = logged(olle, topics=["person"])
    facts = errors_of(client.post(reverse("calls:edit", args=[call.code]), corrected(call)))
    assert "outcomes" in facts


def test_the_form_of_a_call_with_its_case_changes_nothing_when_it_is_sent_again(client: Client) -> None:
    sent = call_facts(go="case")
    client.post(client.post(NEW, sent)["Location"], person_facts(**case_facts()))
    again = client.post(NEW, sent)
    assert again["Location"] == reverse("calls:saved", args=[Call.objects.get().code])
