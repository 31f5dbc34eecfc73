"""A case is found from every page by any number of it, however it is spelt; what was typed is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given, strategies as st

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from cases.actions.calls import notify
from cases.actions.misregistration import put_back, take_out_case, take_out_persons
from cases.models import Case, Identification, Notification, Person
from cases.rules.texts import number_meant
from cases.search import registered_as
from tests.actors import access, user
from tests.cases.pages import coordinator, signed_in
from tests.database_roles import only_postgresql, under_policies_of
from tests.makers import new_case, new_person
from tests.weights import mostly_long

FIND = "/cases/find/"
NONE = "Inget ärende som du kan öppna har det numret eller den referensen."
SPELLED = ("V-2018-0002", "v-2018-2", "v20180002", "V 2018 0002", "V–2018–002", " v/2018/2 ")


@given(
    st.sampled_from("BMNVÖ") | st.just("SY"),
    st.integers(1990, 2100),
    st.integers(1, 9999),
    st.none() | st.integers(1, 200),
    st.lists(st.sampled_from(["", " ", "-", "–", " - "]), min_size=4, max_size=4),
    st.booleans(),
)
def test_every_spelling_of_a_number_is_that_number(region, year, serial, person, between, noughts) -> None:
    one, two, three, four = between
    typed = f"{region.lower()}{one}{year}{two or ('' if noughts else '-')}{serial:0{4 if noughts else 1}}"
    whole = f"{region}-{year}-{serial:04}"
    if person:
        typed, whole = f"{typed}{three}p{four}{person}", f"{whole}-P{person}"
    assert number_meant(typed) == whole


@pytest.mark.parametrize("typed", ["", "2018-0002", "K 1234-26", "V-18-0002", "V-2018-", "V-2018-0002-X3"])
def test_what_is_no_number_of_ours_is_none(typed: str) -> None:
    assert number_meant(typed) is None


@pytest.fixture
def client(karin: User) -> Client:
    return signed_in(karin)


def sought(client: Client, text: str) -> str:
    """Where the search leads, or the text of its page."""
    answer = client.post(FIND, {"find": text})
    if answer.status_code == 302:
        return str(answer["Location"])
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("text", mostly_long(SPELLED, usual=SPELLED[-2:]))
def test_a_case_is_found_by_its_number_in_any_spelling(client: Client, karin: User, text: str) -> None:
    new_case(by=access(karin))
    case = new_case(by=access(karin))
    assert case.number == "V-2018-0002"
    assert sought(client, text) == case.get_absolute_url()


@pytest.mark.django_db
def test_what_the_own_region_has_removed_is_found_among_the_removed(client: Client, karin: User) -> None:
    case = new_case(new_person(), new_person(), by=access(karin))
    person = case.persons.latest("pk")
    row = take_out_persons(case=case, persons=[person], reason="Fel person.", by=access(karin))
    assert sought(client, person.number) != row.get_absolute_url()  # it names the case
    case = new_case(by=access(karin))
    row = take_out_case(case=case, seen="", reason="Fel ärende.", by=access(karin))
    assert sought(client, case.number) == row.get_absolute_url()
    elsewhere = signed_in(user("Sven", Role.COORDINATOR, region="SY"))
    assert NONE in sought(elsewhere, case.number)
    put_back(mistake=row, by=access(karin))
    assert sought(client, case.number) == Case.objects.get(number=case.number).get_absolute_url()


@pytest.mark.django_db
@pytest.mark.parametrize("change", [str, str.lower, " {} ".format], ids=["as shown", "small", "spaces"])
def test_a_notification_is_found_by_the_number_that_the_officer_reads_out(
    client: Client, change: Callable[[str], str]
) -> None:
    nora = user("Nora", Role.OFFICER)
    row = notify(notification=Notification(county_id="14", women=1), purposes=[], by=access(nora))
    assert sought(client, change(row.receipt)) == row.get_absolute_url()
    elsewhere = signed_in(user("Sven", Role.COORDINATOR, region="SY"))
    assert NONE in sought(elsewhere, row.receipt)


@pytest.mark.django_db
def test_a_person_is_found_by_the_number_that_every_page_prints(client: Client, karin: User) -> None:
    case = new_case(new_person(), new_person(), by=access(karin))
    person = Person.objects.get(number=f"{case.number}-P2")
    assert sought(client, case.number.replace("-", "") + " p2") == person.get_absolute_url()


@pytest.mark.django_db
@pytest.mark.parametrize("text", mostly_long(["2026-77", "2026 – 77", "  2026-77 "], usual=["2026 – 77"]))
def test_a_case_is_found_by_its_registry_number(client: Client, karin: User, text: str) -> None:
    case = new_case(by=access(karin))
    Case.objects.filter(pk=case.pk).update(registry_number="2026-77")
    assert sought(client, text) == case.get_absolute_url()
    assert NONE in sought(client, "2026-7")
    assert NONE in sought(client, "2026.77")


@pytest.mark.django_db
@pytest.mark.parametrize("blank", ["\t", "\u00a0", "\u2009", "\u202f", " – "])
def test_whatever_blank_a_registry_number_was_pasted_with_it_is_found(
    client: Client, karin: User, blank: str
) -> None:
    case = new_case(by=access(karin))
    Case.objects.filter(pk=case.pk).update(registry_number=f"Dnr{blank}2026-77")
    assert sought(client, "dnr 2026-77") == case.get_absolute_url()


@pytest.mark.django_db
def test_a_dash_alone_is_no_registry_number(client: Client, karin: User) -> None:
    new_case(by=access(karin))
    new_case(by=access(karin))
    assert NONE in sought(client, "–")


@only_postgresql
@pytest.mark.django_db
def test_a_registry_number_is_looked_up_in_an_index_and_not_in_each_case(karin: User) -> None:
    """Also under the policies, which ask first whose a row is unless a comparison tells nothing of it."""
    with under_policies_of(access(karin)), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Case.objects.filter(registered_as("Dnr 2026-77")).explain()
    assert re.search(r"Index Cond: .*plain_registry_number.* = 'dnr202677'", plan), plan


@pytest.mark.django_db
def test_several_cases_with_one_reference_are_listed_and_none_is_opened(client: Client, karin: User) -> None:
    cases = [new_case(new_person(reference="K 1234-26"), by=access(karin)) for _n in range(2)]
    text = sought(client, "k1234-26")
    assert all(case.number in text for case in cases)
    assert "2 ärenden har precis det." in text
    assert Event.objects.filter(action="case.find").latest("sequence").rows == 2


@pytest.mark.django_db
def test_what_nothing_has_is_said_so_kept_and_led_on_from(client: Client, karin: User) -> None:
    other = new_case(by=access(karin))
    text = sought(client, "S 99-26")
    assert 'value="S 99-26"' in text
    assert other.number not in text
    assert "Registrera ett ärende med den här referensen" in text
    page = client.post("/cases/new/", {"go": "begin", "reference": "S 99-26"}).content.decode()
    assert re.search(r'name="reference"[^>]*value="S 99-26"|value="S 99-26"[^>]*name="reference"', page)
    assert "error" not in page.split("<form")[2].lower().split("</form")[0] or "invalid-feedback" not in page
    assert not Identification.objects.filter(person__case__isnull=False).exclude(person__case=other).exists()


@pytest.mark.django_db
def test_nothing_of_another_region_is_found_by_any_of_its_numbers(client: Client) -> None:
    sven = access(coordinator("SY", "Sven"))
    case = new_case(new_person(county="12", reference="K 7-26"), by=sven, region="SY")
    Case.objects.filter(pk=case.pk).update(registry_number="SY 2026-5")
    for text, is_reference in (
        (case.number, False), (f"{case.number.lower()}-p1", False), ("K 7-26", True), ("SY 2026-5", True)
    ):  # fmt: skip
        page = sought(client, text)
        assert NONE in page
        assert ("Registrera ett ärende med den här referensen" in page) is is_reference


@pytest.mark.django_db
def test_the_cases_opened_last_are_listed_the_latest_first_and_only_ones_own(
    client: Client, karin: User
) -> None:
    cases = [new_case(by=access(karin)) for _n in range(3)]
    for case in (cases[0], cases[2], cases[0]):
        client.get(case.get_absolute_url())
    numbers = re.findall(r'class="num" href="/cases/[^"]*">([^<]*)<', client.get(FIND).content.decode())
    assert numbers == [cases[0].number, cases[2].number]
    karin_sees = Event.objects.filter(action="case.list").latest("sequence")
    assert (karin_sees.rows, karin_sees.search_kind) == (2, "lately")
    asa = signed_in(coordinator(name="Asa"))
    assert cases[0].number not in asa.get(FIND).content.decode()


@pytest.mark.django_db
def test_the_search_stands_on_every_page_of_who_has_cases_and_on_no_other(client: Client) -> None:
    for address in ("/", "/cases/", "/calls/", "/admin/"):
        assert 'class="nmt-search"' in client.get(address).content.decode(), address
    operator = signed_in(user("Olga", Role.ANALYST))
    assert 'class="nmt-search"' not in operator.get("/").content.decode()
    assert operator.post(FIND, {"find": "V-2018-0001"}).status_code == 403


def test_the_words_of_a_search_are_sent_by_post_alone() -> None:
    header = (Path(__file__).parents[2] / "templates/_header.html").read_text()
    assert 'class="nmt-search" method="post"' in header


@pytest.mark.django_db
def test_a_search_takes_few_questions(client: Client, karin: User, django_assert_max_num_queries) -> None:
    for _n in range(5):
        new_case(new_person(reference="K 1234-26"), by=access(karin))
    client.get("/cases/")
    with django_assert_max_num_queries(14):
        client.post(FIND, {"find": "K 1234-26"})
