"""A person is handed over when the other region accepts; of two answers the first holds, and the second is
told."""

from __future__ import annotations

import pytest

from agencies.models import Region
from cases.actions.sharing import ask_transfer
from cases.models import Transfer
from tests.actors import access
from tests.cases.pages import coordinator, errors_of, signed_in
from tests.makers import new_case

pytestmark = pytest.mark.django_db
REASON = "The person has moved to another county"


@pytest.fixture
def sven():
    return coordinator("SY", "Sven")


@pytest.fixture
def person(karin):
    return new_case(by=access(karin)).persons.get()


def english(user):
    client = signed_in(user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def transfer(karin, person):
    return ask_transfer(
        person=person, to_region=Region.objects.get(code="SY"), reason=REASON, by=access(karin)
    )


def answer_address(transfer):
    return f"/cases/transfers/{transfer.code}/"


def test_asking_needs_a_reason_and_another_region(karin, person):
    client, address = english(karin), f"{person.get_absolute_url()}transfer/"
    assert errors_of(client.post(address, {"to_region": "V", "reason": ""})).keys() == {"to_region", "reason"}
    client.post(address, {"to_region": "SY", "reason": REASON})
    assert Transfer.objects.get().to_region_id == "SY"
    page = client.get(person.case.get_absolute_url())
    assert "Waits for an answer from region South." in page.content.decode()


def test_asking_twice_makes_one_transfer(karin, person):
    client, address = english(karin), f"{person.get_absolute_url()}transfer/"
    client.post(address, {"to_region": "SY", "reason": REASON})
    again = client.post(address, {"to_region": "Ö", "reason": REASON}, follow=True)
    assert "A transfer of this person waits for an answer already." in again.content.decode()
    assert Transfer.objects.count() == 1


def test_accepting_moves_the_responsibility_and_keeps_the_number_and_statistics(sven, karin, transfer):
    client = english(sven)
    assert REASON in client.get(answer_address(transfer)).content.decode()
    assert client.get(transfer.person.get_absolute_url()).status_code == 404
    client.post(answer_address(transfer), {"accept": "yes"})
    person = type(transfer.person).objects.get()
    assert (person.responsible_region_id, person.first_region_id, person.number) == (
        "SY",
        "V",
        "V-2018-0001-P1",
    )
    assert client.get(person.get_absolute_url()).status_code == 200
    assert english(karin).get(person.get_absolute_url()).status_code == 404


def test_the_form_says_beforehand_that_a_reason_is_needed_to_decline(sven, transfer):
    page = signed_in(sven).get(f"/cases/transfers/{transfer.code}/").content.decode()
    label = page.partition('for="id_reason"')[2].partition("</label>")[0]
    assert "(behövs om du avböjer)" in label
    assert "frivilligt" not in label


def test_declining_says_why_and_changes_nothing(sven, transfer):
    client = english(sven)
    assert (
        "Say why you decline." in errors_of(client.post(answer_address(transfer), {"accept": "no"}))["reason"]
    )
    client.post(answer_address(transfer), {"accept": "no", "reason": "She lives in your region still"})
    transfer.refresh_from_db()
    assert (transfer.answer, transfer.person.responsible_region_id) == ("declined", "V")


def test_the_asker_reads_on_the_person_that_the_other_declined_and_why_and_a_third_region_does_not(
    karin, sven, transfer
):
    why = "She lives in your region still"
    english(sven).post(answer_address(transfer), {"accept": "no", "reason": why})
    client, address = english(karin), transfer.person.get_absolute_url()
    page = client.get(address).content.decode()
    assert "Region South declined the transfer on" in page
    assert why in page
    assert "Transfer to another region" in page  # it may be asked for again
    to_east = {"to_region": "Ö", "reason": "She has moved on to Norrköping"}
    client.post(f"{address}transfer/", to_east)
    osten = english(coordinator("Ö", "Östen"))
    osten.post(answer_address(Transfer.objects.get(to_region="Ö")), {"accept": "yes"})
    seen = osten.get(address).content.decode()
    assert "Region East took over from region West on" in seen
    assert "South" not in seen.partition("<main")[2]
    assert why not in seen


def test_the_second_of_two_answers_is_told_of_the_first(sven, transfer):
    first, second = english(sven), english(coordinator("SY", "Siri"))
    first.post(answer_address(transfer), {"accept": "no", "reason": "She lives in your region still"})
    response = second.post(answer_address(transfer), {"accept": "yes"}, follow=True)
    assert "Somebody else answered first: declined. Your answer is not saved." in response.content.decode()
    transfer.refresh_from_db()
    assert (transfer.answer, transfer.person.responsible_region_id) == ("declined", "V")


def test_a_third_region_does_not_see_the_transfer_and_the_asker_does_not_answer_it(karin, transfer):
    assert english(coordinator("Ö", "Östen")).get(answer_address(transfer)).status_code == 404
    assert english(karin).get(answer_address(transfer)).status_code == 200
    assert english(karin).post(answer_address(transfer), {"accept": "yes"}).status_code == 403
    transfer.refresh_from_db()
    assert transfer.answer == "pending"
