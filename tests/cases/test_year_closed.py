"""A region closes its year by decision, once it is over; takes it back with a reason; and who counts hears of
what is registered afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.access import Access
from accounts.models import Notice
from accounts.roles import Role
from audit.models import Event
from cases.actions.misregistration import put_back, take_out_person
from cases.actions.persons import register_persons
from cases.actions.sharing import ask_transfer
from cases.actions.years import confirm_year, reopen_year
from cases.models import Case, Person, YearConfirmation
from exchange.runs import undo
from summaries.counting.summary import confirmed_regions, quality
from tests.actors import NOON, access, user
from tests.cases.pages import person_facts, signed_in
from tests.cases.spreadsheet import row, sheet
from tests.importers import brought
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
WHERE = "/cases/years/2018/V/"
WHY = "Ett polisdistrikt hade inte lämnat sina ärenden."


@pytest.fixture
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V", language="en"))


@pytest.fixture
def case(vera: Access) -> Case:
    """Two persons of 2018, of one of whom nothing is missing but what nobody has asked."""
    return new_case(new_person(), new_person(sex="M"), by=vera)


@pytest.fixture
def client(vera: Access) -> Client:
    return signed_in(vera.user)


def shown(client: Client, where: str = WHERE) -> Any:
    return client.get(where).context


def closes(client: Client, **more: str) -> Any:
    facts = {"go": "close", "digest": shown(client)["close"].left, **more}
    return client.post(WHERE, facts, follow=True)


def test_before_the_end_of_the_year_it_is_ready_so_far_which_does_not_count(vera: Access) -> None:
    """Also where somebody goes past the page: the database has the last word."""
    with time_machine.travel(datetime(2018, 12, 31, 22, 59, tzinfo=UTC), tick=False):
        row = confirm_year(region=vera.names["V"], year=2018, by=access(vera.user, timezone.now()))
    assert (row.step, confirmed_regions(2018)) == ("ready", 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        YearConfirmation.objects.create(region=row.region, year=2018, by=row.by, at=row.at)
    with time_machine.travel(datetime(2018, 12, 31, 23, 0, tzinfo=UTC), tick=False):  # midnight in Stockholm
        row = confirm_year(region=vera.names["V"], year=2018, by=access(vera.user, timezone.now()))
    assert (row.step, confirmed_regions(2018)) == ("closed", 1)


@pytest.mark.usefixtures("noon", "case")
def test_what_is_incomplete_is_shown_and_seen_before_the_year_is_closed(client: Client) -> None:
    page = shown(client)["page"]
    assert (page.counts["persons"], page.counts["lacking"], len(page.incomplete)) == (2, 2, 2)
    text = closes(client).content.decode()
    assert "Confirm that you have seen what is incomplete or undecided." in text
    assert ".:" not in text, "a label that is a sentence ends as one before its error"
    assert confirmed_regions(2018) == 0
    text = closes(client, seen="on").content.decode()
    assert "has closed 2018. It can be taken back with a reason." in text
    assert "Vera" in text  # who, and when
    assert confirmed_regions(2018) == 1
    assert Event.objects.filter(action="year.confirm").count() == 1


@pytest.mark.usefixtures("noon")
def test_what_has_come_since_the_page_was_shown_is_shown_before_it_is_closed(
    client: Client, case: Case, vera: Access
) -> None:
    before = shown(client)["close"].left
    register_persons(case=case, persons=[new_person()], by=vera)
    text = closes(client, digest=before, seen="on").content.decode()
    assert "What is missing has changed since the page was shown." in text
    assert confirmed_regions(2018) == 0
    assert closes(client, seen="on").status_code == 200
    assert confirmed_regions(2018) == 1


@pytest.mark.usefixtures("noon")
def test_of_two_who_close_one_closes_and_the_second_reads_who_did(client: Client, vera: Access) -> None:
    left = shown(client)["close"].left
    confirm_year(region=vera.names["V"], year=2018, by=access(user("Dan", Role.COORDINATOR, region="V")))
    text = client.post(WHERE, {"go": "close", "digest": left}, follow=True).content.decode()
    assert (YearConfirmation.objects.count(), "Dan" in text) == (1, True)


@pytest.mark.usefixtures("noon")
def test_it_is_taken_back_with_a_reason_that_stays_and_closed_again(client: Client, vera: Access) -> None:
    confirm_year(region=vera.names["V"], year=2018, by=vera)
    assert (
        "Give the reason in at least 20"
        in client.post(WHERE, {"go": "back", "reason": "fel"}).content.decode()
    )
    assert confirmed_regions(2018) == 1
    text = client.post(WHERE, {"go": "back", "reason": WHY}, follow=True).content.decode()
    assert (confirmed_regions(2018), WHY in text) == (0, True)
    again = client.post(WHERE, {"go": "back", "reason": WHY}, follow=True)  # a second click
    assert again.status_code == 200
    assert Event.objects.filter(action="year.reopen").count() == 1
    confirm_year(region=vera.names["V"], year=2018, by=vera)
    assert (confirmed_regions(2018), YearConfirmation.objects.count()) == (1, 2)


@pytest.mark.usefixtures("noon")
def test_nobody_but_the_regions_own_coordinator_comes_there(vera: Access) -> None:
    confirm_year(region=vera.names["V"], year=2018, by=vera)
    for role, region in ((Role.COORDINATOR, "SY"), (Role.ANALYST, ""), (Role.OPERATOR, "")):
        browser = signed_in(user(f"X{role.value}", role, region=region))
        for answer in (browser.get(WHERE), browser.post(WHERE, {"go": "back", "reason": WHY})):
            assert answer.status_code == 404
    other = access(user("Sven", Role.COORDINATOR, region="SY"))
    with pytest.raises(PermissionDenied):
        reopen_year(confirmation=YearConfirmation.objects.get(), reason=WHY, by=other)


@pytest.mark.usefixtures("noon")
def test_who_is_registered_afterwards_is_counted_as_late_and_told_of(
    client: Client, case: Case, vera: Access
) -> None:
    """In January already, when nobody else would be late."""
    ada = access(user("Ada", Role.ANALYST, language="en"))
    when = datetime(2019, 1, 10, 9, tzinfo=UTC)
    case.persons.update(created_at=when - timedelta(days=1))
    YearConfirmation.objects.create(region=vera.names["V"], year=2018, by=vera.user, at=when)
    assert quality(ada, 2018).late == 0
    register_persons(case=case, persons=[new_person()], by=vera)
    case.persons.filter(position=3).update(created_at=when + timedelta(days=1))
    assert quality(ada, 2018).late == 1
    facts = {row.user.name: row.label for row in Notice.objects.filter(kind="late_registration")}
    assert facts == {"Ada": "Väst 2018: +1", "Vera": f"Väst 2018: +1 ({case.number})"}
    assert "Registered after the year was closed" in signed_in(ada.user).get("/").content.decode()
    assert [person.position for person in shown(client)["page"].late] == [3]


@pytest.mark.usefixtures("noon")
def test_of_a_case_of_another_region_the_coordinator_is_told_no_number(vera: Access) -> None:
    confirm_year(region=vera.names["V"], year=2018, by=vera)
    new_case(new_person(county="14"), by=access(user("Sven", Role.COORDINATOR, region="SY")), region="SY")
    assert Notice.objects.get(user=vera.user).label == "Väst 2018: +1"


def told_late() -> dict[str, list[str]]:
    """What each is told now, the oldest first."""
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.filter(kind="late_registration").select_related("user").order_by("pk"):
        found.setdefault(notice.user.name, []).append(notice.label)
    return found


@pytest.mark.usefixtures("noon")
def test_an_import_that_is_undone_takes_back_what_was_told_of_its_persons(case: Case, vera: Access) -> None:
    user("Ada", Role.ANALYST)
    confirm_year(region=vera.names["V"], year=2018, by=vera)
    register_persons(case=case, persons=[new_person()], by=vera)
    before = told_late()
    run = brought("persons", sheet(row(person="K1"), row(person="K2", sex="M")), vera).run
    assert told_late()["Ada"] == ["Väst 2018: +1", "Väst 2018: +2"]
    undo(run, by=vera)
    assert told_late() == before


@pytest.mark.usefixtures("noon")
def test_an_import_of_before_the_closing_takes_nothing_back(case: Case, vera: Access) -> None:
    user("Ada", Role.ANALYST)
    run = brought("persons", sheet(), vera).run
    Person.objects.update(created_at=vera.at - timedelta(days=1))
    confirm_year(region=vera.names["V"], year=2018, by=vera)
    register_persons(case=case, persons=[new_person()], by=vera)
    undo(run, by=vera)
    assert told_late()["Ada"] == ["Väst 2018: +1"]


@pytest.mark.usefixtures("noon")
def test_a_mistake_that_is_taken_out_is_told_of_no_more_and_again_when_it_is_put_back(
    case: Case, vera: Access
) -> None:
    user("Ada", Role.ANALYST)
    confirm_year(region=vera.names["V"], year=2018, by=vera)
    register_persons(case=case, persons=[new_person(), new_person()], by=vera)
    late = case.persons.get(position=4)
    mistake = take_out_person(person=late, seen="", reason="Twice", by=vera)
    assert told_late()["Ada"] == ["Väst 2018: +1"]
    put_back(mistake=mistake, by=vera)
    assert told_late()["Ada"] == ["Väst 2018: +1", "Väst 2018: +1"]


@pytest.mark.usefixtures("noon")
def test_analysts_are_told_who_is_taken_out_of_a_closed_year_until_they_are_put_back(
    case: Case, vera: Access
) -> None:
    """The figures that they have made are of one person more."""
    user("Ada", Role.ANALYST)
    Person.objects.update(created_at=vera.at - timedelta(days=1))
    confirm_year(region=vera.names["V"], year=2018, by=vera)
    mistakes = [take_out_person(person=one, seen="", reason="Twice", by=vera) for one in case.persons.all()]
    told = Notice.objects.filter(user__name="Ada").values_list("label", flat=True)
    assert list(told) == ["Väst 2018: −1", "Väst 2018: −1"]
    put_back(mistake=mistakes[0], by=vera)
    assert list(told.all()) == ["Väst 2018: −1"]
    reopen_year(confirmation=YearConfirmation.objects.get(), reason=WHY, by=vera)
    put_back(mistake=mistakes[1], by=vera)
    take_out_person(person=case.persons.order_by("pk")[0], seen="", reason="Twice", by=vera)
    assert len(told.all()) <= 1, "an open year has no figures yet"


@pytest.mark.parametrize("giver", ["V", "SY"])
def test_what_waits_for_an_answer_is_of_the_year_that_it_is_about(
    client: Client, vera: Access, giver: str
) -> None:
    sune = access(user("Sune", Role.COORDINATOR, region="SY"))
    by, to = (vera, sune) if giver == "V" else (sune, vera)
    person = new_case(new_person(), by=by, region=giver).persons.get()
    ask_transfer(person=person, to_region=to.names[min(to.regions)], reason="Moved there", by=by)
    counts = [shown(client, f"/cases/years/{year}/V/")["page"].counts["transfers"] for year in (2018, 2017)]
    assert counts == [1, 0]


@pytest.mark.usefixtures("noon")
def test_who_registers_reads_that_the_year_is_closed(client: Client, case: Case, vera: Access) -> None:
    confirm_year(region=vera.names["V"], year=2018, by=vera)
    text = client.post(f"/cases/{case.code}/persons/add/", person_facts(), follow=True).content.decode()
    assert "has closed 2018. Who is registered now is counted, and marked as late." in text
