"""The page of a case says who the persons are, what was done in each step and what is missing, at a constant
cost."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from audit.models import Event
from cases.actions.cases import count_suspects
from cases.models import Case, Measure, Person
from tests.actors import access
from tests.cases.pages import coordinator, operator, signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_day_in_2018():
    with time_machine.travel(datetime(2018, 6, 10, 12, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def client(karin):
    client = signed_in(karin)
    client.cookies["django_language"] = "en"
    return client


def page_of(client, case):
    return client.get(case.get_absolute_url()).context["page"]


def test_a_case_that_nobody_is_responsible_for_is_taken_over_on_its_page(client, karin):
    case = new_case(by=access(operator()), region="V")
    asked = "Nobody has taken over the case."
    page = client.get(case.get_absolute_url()).content.decode()
    assert asked in page
    assert "Nobody is responsible" in page
    taken = client.post(f"{case.get_absolute_url()}take-over/", {"back": case.get_absolute_url()})
    assert taken["Location"] == case.get_absolute_url()
    page = client.get(case.get_absolute_url()).content.decode()
    assert asked not in page
    assert f"Responsible {karin.name}" in page


def test_the_form_of_the_state_says_beforehand_that_closing_needs_a_reason(client, karin):
    page = client.get(f"{new_case(by=access(karin)).get_absolute_url()}state/").content.decode()
    label = page.partition('for="id_close_reason"')[2].partition("</label>")[0]
    assert "(needed to close)" in label
    assert "(optional)" not in label


def test_a_closed_case_asks_nobody_to_take_it_over(client):
    case = new_case(by=access(operator()), region="V")
    case.state, case.close_reason_id = "closed", "close_reason:moved"
    case.save()
    assert "has taken over" not in client.get(case.get_absolute_url()).content.decode()


def states(page):
    return [step.state for step in page.steps]


def test_measures_stand_under_the_step_of_the_manual_that_they_belong_to(client, karin):
    measures = (("shelter", "2018-05"), ("reflection", "2018-06"), ("police_report", "2018-06"))
    page = page_of(client, new_case(new_person(measures=measures), by=access(karin)))
    assert states(page) == ["done", "done", "done", "empty", "now", "empty"]
    assert [[str(done.what) for done in step.done] for step in page.steps][1:3] == [
        ["Protected housing"],
        ["Reflection period"],
    ]


def test_what_was_done_stands_in_the_order_of_time_and_what_has_no_month_last(client, karin):
    measures = (("info", "2018-07"), ("child_report", "2018-03"))
    case = new_case(new_person(on=date(2018, 5, 2), measures=measures), by=access(karin))
    Measure.objects.create(person=case.persons.get(), kind_id="measure:child_report")
    first = client.get(case.get_absolute_url()).context["page"].steps[0]
    months = [what.month for what in first.done]
    assert months == [date(2018, 3, 1), date(2018, 5, 1), date(2018, 7, 1), None]


def test_the_same_measure_of_several_persons_is_one_line(client, karin):
    persons = [new_person(measures=(("shelter", "2018-05"),)) for _n in range(3)]
    page = page_of(client, new_case(*persons, by=access(karin)))
    assert [done.persons for done in page.steps[1].done] == [("P1", "P2", "P3")]
    assert [done.persons for done in page.steps[0].done] == [("P1", "P2", "P3")]


def test_many_persons_identified_at_once_are_counted_in_words_once(client, karin):
    case = new_case(*(new_person() for _n in range(9)), by=access(karin))
    (line,) = re.findall(
        r"<li><time.*?</li>", client.get(case.get_absolute_url()).content.decode(), re.DOTALL
    )
    assert re.sub(r"<[^>]+>", "", line).count("9 persons") == 1


def test_a_child_without_a_report_of_concern_is_missing_it_with_a_link(client, karin):
    case = new_case(new_person(child="yes"), by=access(karin))
    page = page_of(client, case)
    assert states(page)[0] == "missing"
    lacking = page.steps[0].lacking[0]
    assert (lacking.kind, lacking.person) == ("measure:child_report", "P1")
    form = client.get(lacking.address).context["form"]
    assert form["kind"].value() == "measure:child_report"
    assert form["persons"].value() == [str(case.persons.get().code)]


def test_return_is_not_relevant_where_all_are_swedish_citizens(client, karin):
    assert (
        states(page_of(client, new_case(new_person(citizenship="SE"), by=access(karin))))[5] == "not_relevant"
    )


def test_the_reflection_period_counts_down_to_its_day_or_thirty_days_from_its_month(client, karin):
    measures = (("reflection", "2018-06"),)
    case = new_case(new_person(measures=measures), by=access(karin))
    (period,) = page_of(client, case).reflections
    assert (period.ends_on, period.left, period.passed) == (date(2018, 7, 1), 21, 9)
    case.persons.get().measures.update(ends_on=date(2018, 6, 22))
    (period,) = page_of(client, case).reflections
    assert (period.ends_on, period.left) == (date(2018, 6, 22), 12)
    assert (
        "12 days left of the reflection period. It ends on 2018-06-22."
        in client.get(case.get_absolute_url()).content.decode()
    )


def test_a_reflection_period_that_was_declined_does_not_count_down(client, karin):
    case = new_case(new_person(measures=(("reflection", "2018-06"),)), by=access(karin))
    case.persons.get().measures.update(answer="declined")
    assert page_of(client, case).reflections == []


def test_one_who_is_not_a_victim_is_kept_greyed_and_not_counted(client, karin):
    case = new_case(new_person(), new_person(status="not_victim"), by=access(karin))
    content = client.get(case.get_absolute_url()).content.decode()
    assert 'class="excluded"' in content
    assert "not counted" in content


def test_accompanying_children_are_shown_as_not_counted(client, karin):
    case = new_case(by=access(karin), accompanying_children=2)
    assert "not counted as victims" in client.get(case.get_absolute_url()).content.decode()


def test_a_number_of_suspects_that_cannot_be_is_answered_with_what_can(client, karin):
    case = new_case(by=access(karin))
    page = client.post(f"{case.get_absolute_url()}suspects/", {"partner": "-2"}).content.decode()
    assert "Enter a number from 0 to 999." in page


def test_suspects_are_numbers_by_relation(client, karin):
    case = new_case(by=access(karin))
    address = f"{case.get_absolute_url()}suspects/"
    client.post(address, {"partner": "1", "employer": "3", "family": "0"})
    assert {row.relation_id: row.number for row in case.suspects.all()} == {
        "relation:partner": 1,
        "relation:employer": 3,
    }
    client.post(address, {"employer": "2"})
    assert [(str(row.relation), row.number) for row in page_of(client, case).suspects] == [
        ("Employer, broker, agent", 2)
    ]
    assert client.post(address, {"employer": "-1"}).context["form"].errors


def test_another_regions_case_does_not_exist_and_a_role_without_cases_neither(client):
    case = new_case(by=access(coordinator("SY", "Sven")), region="SY")
    person = case.persons.get()
    for address in (case.get_absolute_url(), person.get_absolute_url()):
        for end in ("", "edit/", "history/" if "persons" not in address else "status/"):
            assert client.get(address + end).status_code == 404


# Links to where something is changed.
CHANGES = re.compile(
    r'href="[^"]*/(edit|state|status|exploitations|identifications|measures|duplicates)/[^"]*"'
)


def address_in_admin(person):
    return f"/admin/cases/person/{person.pk}/change/"


def test_an_operator_reads_an_own_case_and_may_not_change_it():
    olle = operator()
    case = new_case(by=access(olle))
    Case.objects.update(
        created_at=datetime(2015, 1, 1, tzinfo=UTC)
    )  # the day is over in which she completes it
    client = signed_in(olle)
    person = case.persons.get()
    page = client.get(case.get_absolute_url())
    assert page.context["page"].missing  # and she is not asked for it
    for read in (page, client.get(person.get_absolute_url()), client.get(address_in_admin(person))):
        assert read.status_code == 200
        assert not CHANGES.search(read.content.decode())
    for address in (
        f"{case.get_absolute_url()}edit/",
        f"{case.get_absolute_url()}state/",
        f"{case.get_absolute_url()}suspects/",
        f"{case.get_absolute_url()}measures/add/",
        f"{person.get_absolute_url()}edit/",
        f"{person.get_absolute_url()}status/",
        f"{person.get_absolute_url()}transfer/",
        f"{person.get_absolute_url()}exploitations/add/",
    ):
        assert client.post(address, {}).status_code == 403, address
    assert client.get(f"{case.get_absolute_url()}edit/").status_code == 403
    assert client.get(f"{person.get_absolute_url()}edit/").status_code == 403


def test_persons_of_another_region_in_the_same_case_are_a_number_only(client, karin):
    case = new_case(new_person(), new_person(), by=access(karin))
    Person.objects.filter(case=case, position=2).update(responsible_region="SY")
    content = client.get(case.get_absolute_url()).content.decode()
    assert "V-2018-0001-P2" not in content
    assert "1 more person in the case belongs to another region and is not shown." in content


def test_reading_is_in_the_audit_log(client, karin):
    case = new_case(by=access(karin))
    client.get(case.get_absolute_url())
    client.get(case.persons.get().get_absolute_url())
    actions = (
        Event.objects.filter(action__endswith=".read")
        .order_by("sequence")
        .values_list("action", "target_label")
    )
    assert list(actions) == [("case.read", "V-2018-0001"), ("person.read", "V-2018-0001-P1")]


def test_the_pages_cost_at_most_twelve_queries_however_many_the_persons(
    client, karin, django_assert_max_num_queries
):
    measures = (("shelter", "2018-05"), ("reflection", "2018-06"))
    persons = [new_person(measures=measures, purposes=("begging", "crime")) for _n in range(6)]
    case = new_case(*persons, by=access(karin))
    count_suspects(case=case, numbers={"relation:partner": 1}, by=access(karin))
    person = case.persons.first()
    for address in (
        case.get_absolute_url(),
        f"{case.get_absolute_url()}?state=active&county=14&sort=number",
        f"{case.get_absolute_url()}edit/",
        f"{case.get_absolute_url()}persons/add/",
        f"{case.get_absolute_url()}measures/add/",
        f"{case.get_absolute_url()}history/",
        f"{case.get_absolute_url()}state/",
        f"{case.get_absolute_url()}suspects/",
        f"/cases/?after={case.code}&region=V&state=active&sort=state",
        "/cases/new/",
        "/cases/duplicates/",
        f"{person.get_absolute_url()}status/",
        f"{person.get_absolute_url()}transfer/",
        f"{person.get_absolute_url()}identifications/{person.identifications.get().pk}/",
        person.get_absolute_url(),
        f"{person.get_absolute_url()}edit/",
        f"{person.get_absolute_url()}indicators/",
        f"{person.get_absolute_url()}exploitations/add/",
    ):
        searched = "/identifications/" in address  # one more: what the region uses most stands first
        says = address.partition("?")[0] == case.get_absolute_url()  # one more: how long the case is kept
        with django_assert_max_num_queries(12 + searched + says):
            assert client.get(address).status_code == 200


def test_what_is_missing_stands_once_and_says_of_whom_or_of_how_many(client, karin):
    persons = [new_person(channel="police", citizenship="RO", age_class="25-34") for _n in range(40)]
    persons[0].person.citizenship = None
    case = new_case(*persons, by=access(karin))
    missing = client.get(case.get_absolute_url()).context["page"].missing
    assert {(one.name, one.person) for one in missing} == {("Citizenship", "P1"), ("Offence", "40 persons")}


def test_a_long_history_shows_the_latest_and_says_how_much_there_is(client, karin):
    case = new_case(*(new_person() for _n in range(70)), by=access(karin))
    response = client.get(f"{case.get_absolute_url()}history/")
    assert len(response.context["changes"]) == 200
    assert "The latest 200 of 211 are shown." in response.content.decode()


def test_a_deputy_reads_at_the_same_cost(karin, django_assert_max_num_queries):
    from accounts.roles import Role
    from tests.actors import user

    case = new_case(by=access(karin))
    client = signed_in(user("Disa", Role.COORDINATOR, region="V", kind="deputy"))
    page = case.get_absolute_url()
    for address in ("/cases/?state=active", page, case.persons.get().get_absolute_url()):
        with django_assert_max_num_queries(12 + (address == page)):
            assert client.get(address).status_code == 200


def test_the_history_names_fields_and_never_values(client, karin):
    case = new_case(by=access(karin))
    facts = {
        "opened_on": "2018-05-02",
        "registry_number": "2018/77",
        "note": "A farm in the forest",
        "version": "1",
    }
    client.post(f"{case.get_absolute_url()}edit/", facts)
    case.refresh_from_db()
    client.post(
        f"{case.get_absolute_url()}edit/", facts | {"note": "Another farm", "version": str(case.version)}
    )
    response = client.get(f"{case.get_absolute_url()}history/")
    changes = [(change.what, change.made, change.fields) for change in response.context["changes"]]
    assert ("Case V-2018-0001", False, ("Registry number",)) in changes
    assert ("Case V-2018-0001", False, ("Short note",)) in changes
    assert ("Case V-2018-0001", True, ()) in changes
    assert "farm" not in response.content.decode()
    assert "2018/77" not in response.content.decode()


def test_closing_says_why_and_opening_again_takes_the_reason_away(client, karin):
    case = new_case(by=access(karin))
    address = f"{case.get_absolute_url()}state/"
    assert (
        "Say why the case is closed."
        in client.post(address, {"state": "closed", "version": "1"}).content.decode()
    )
    client.post(address, {"state": "closed", "close_reason": "close_reason:moved", "version": "1"})
    case.refresh_from_db()
    assert (case.state, case.close_reason_id) == ("closed", "close_reason:moved")
    client.post(
        address, {"state": "active", "close_reason": "close_reason:moved", "version": str(case.version)}
    )
    case.refresh_from_db()
    assert (case.state, case.close_reason) == ("active", None)


def test_who_is_responsible_is_changed_with_the_facts_of_one_case(client, karin):
    case = new_case(by=access(karin), responsible=karin)
    kalle, sven = coordinator(name="Kalle"), coordinator(name="Sven", region="SY")
    address = f"{case.get_absolute_url()}edit/"
    people = client.get(address).context["form"].fields["responsible"].queryset
    assert set(people) == {karin, kalle}
    facts = {"opened_on": "2018-05-02", "version": "1"}
    assert client.post(address, facts | {"responsible": sven.pk}).status_code == 200
    client.post(address, facts | {"responsible": kalle.pk})
    assert "Responsible Kalle" in client.get(case.get_absolute_url()).content.decode()
    client.post(
        address, facts | {"version": "2", "registry_number": "2018/3"}
    )  # one that does not ask takes nobody away
    case.refresh_from_db()
    assert (case.responsible, case.registry_number) == (kalle, "2018/3")


def test_old_dates_stay_out_of_the_future(client, karin):
    case = new_case(by=access(karin))
    tomorrow = (date(2018, 6, 10) + timedelta(days=1)).isoformat()
    response = client.post(f"{case.get_absolute_url()}edit/", {"opened_on": tomorrow, "version": "1"})
    assert f"{tomorrow} is in the future." in response.content.decode()
    assert Case.objects.get().opened_on == date(2018, 5, 2)


def test_the_history_says_who_has_read_the_case_to_those_who_answer_for_it(client, karin):
    from accounts.roles import Role
    from tests.actors import user

    olle = user("Olle", Role.OPERATOR)
    case = new_case(by=access(olle), region="V")
    signed_in(olle).get(case.get_absolute_url())
    address = f"{case.get_absolute_url()}history/"
    page = client.get(address)
    assert ("olle@example.org", 2) in [(reader.actor, reader.times) for reader in page.context["readers"]]
    assert "olle@example.org" in page.content.decode().replace("<wbr>", "")
    assert signed_in(olle).get(address).context["readers"] == []  # an operator reads no audit log


def test_forty_alike_stand_in_one_line_and_are_filled_in_together(client, karin):
    people = [new_person(sex="M", main="labour", age_class="25-34", channel="police") for _n in range(40)]
    people[6].person.citizenship = "RO"
    woman = new_person(age_class="25-34", channel="police")
    case = new_case(*people, woman, by=access(karin))
    response = client.get(case.get_absolute_url())
    lines = response.context["page"].lines
    assert [(line.short, line.group, line.several) for line in lines] == [
        ("P1–P6, P8–P40", "39 men", 39),
        ("P7", "Man", 0),
        ("P41", "Woman", 0),
    ]
    assert [one.name for one in lines[0].missing] == ["Citizenship", "Offence", "Sector"]
    assert f"change/?case={case.code}&missing=citizenship".split("?")[1] in lines[0].missing[0].address
    page = response.content.decode()
    assert all(f"/persons/{person.code}/" in page for person in case.persons.all())
    assert page.index("Fill in what is missing") < page.index("Add a measure") < page.index("Change state")


def test_few_persons_stand_each_for_themselves(client, karin):
    case = new_case(*(new_person() for _n in range(5)), by=access(karin))
    assert [line.short for line in page_of(client, case).lines] == ["P1", "P2", "P3", "P4", "P5"]
