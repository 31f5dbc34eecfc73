"""The pages of the yearly summary: who reads them, what they say, how they download."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from accounts.roles import Role
from agencies.code_words import region_codes
from agencies.models import Code, Region
from audit.models import Event
from cases.actions.duplicates import decide_same
from cases.choices import Decision
from cases.models import Person, YearConfirmation
from summaries.catalogue import INSIDE, PUBLISHED, QUESTIONS
from summaries.counting.comparison import ten_years
from summaries.counting.summary import quality, registered_twice
from tests.actors import NOON, access, user
from tests.makers import new_case, new_person
from tests.summaries.registers import log
from tests.weights import every_value_once, mostly_long

pytestmark = pytest.mark.django_db
PAGE_LIMIT = 60_000
PAGES = ("year", "quality", "year_csv", "year_json", "table", "table_csv", "comparison", "comparison_csv")
READERS = (Role.ANALYST, Role.MANAGER, Role.COORDINATOR)


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def vera() -> User:
    return user("Vera", Role.COORDINATOR, region="V", language="en")


def signed_in(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


@pytest.fixture
def anna() -> Client:
    return signed_in(user("Anna", Role.ANALYST, language="en"))


@pytest.fixture
def register(vera: User) -> None:
    people = [
        new_person(citizenship="RO", measures=(("shelter", "2018-07"),)),
        new_person(sex="M", main="labour", county="01"),
        new_person(sex="M", child="yes", main="crime", on=date(2017, 3, 1)),
    ]
    new_case(*people, by=access(vera))


def html(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    text = response.content.decode()
    assert len(response.content) <= PAGE_LIMIT
    assert "style=" not in text
    return text


@pytest.mark.parametrize(("role", "name"), every_value_once(Role, PAGES))
def test_only_those_who_read_totals_read_the_pages(register: None, role: Role, name: str) -> None:
    client = signed_in(user("Nils", role, region="SY" if role is Role.COORDINATOR else ""))
    arguments = {"table": [2018, "groups"], "table_csv": [2018, "groups"]}.get(name, [2018])
    address = reverse(f"summaries:{name}", args=[] if name.startswith("comparison") else arguments)
    assert client.get(address).status_code == (200 if role in READERS else 403)


def test_nobody_reads_them_without_signing_in(register: None) -> None:
    assert Client().get("/summaries/2018/").status_code == 302


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.OFFICER, Role.ADMINISTRATOR, Role.DPO])
def test_the_others_are_told_where_the_published_figures_are(role: Role) -> None:
    text = html(signed_in(user("Nils", role, language="en")), "/summaries/")
    assert "With your role you can read the published figures." in text


def test_statistics_lead_to_the_last_whole_year(anna: Client, vera: User, register: None) -> None:
    new_case(new_person(on=timezone.localdate()), by=access(vera))
    assert (
        anna.get("/summaries/").headers["Location"] == "/summaries/2024/"
    )  # published last, though unverified


def test_the_year_shows_its_tables_with_the_year_before(anna: Client, register: None) -> None:
    text = html(anna, "/summaries/2018/")
    assert "Internal, not protected" in text
    assert re.search(r'href="/summaries/2018/main_purpose/">Main purpose</a>', text)
    assert '">2017</th>' in text
    assert f"0 of {len(region_codes())} NMT regions have closed" in text
    assert "The figures are not comprehensive." in text
    assert "Jämställdhetsmyndigheten, nyhet våren 2019" in text  # what was published stands beside


def test_the_year_is_told_in_a_minute_before_its_tables(anna: Client, vera: User) -> None:
    """In words, over ten years, what changed most, and what is not complete; then the tables, folded."""
    for year, purposes in ((2017, ["labour"] * 3), (2018, ["labour"] * 7 + ["sexual"] * 2)):
        people = [new_person(on=date(year, 5, 2), main=main, citizenship="RO") for main in purposes]
        new_case(*people, by=access(vera))
    text = html(anna, "/summaries/2018/")
    told = " ".join(re.sub(r"<[^>]+>", " ", text.partition("<details")[0]).split())
    assert "9 persons in 2018" in told
    assert "In 2018 the network identified 9 presumed victims" in told
    assert "7 of 9, were exploited mainly for labour" in told
    assert "At the end of 2018" not in told  # who is in the network is the same all along
    order = [
        "In 2018",
        "Cases opened 1",
        "regions have closed 2018",
        "Presumed victims by year",
        "Largest changes",
    ]
    assert sorted(order, key=told.index) == order
    changes = re.findall(
        r"([A-Z]\w+(?: exploitation)?) (\S\d) \(from (\d) to (\d)\)", told.partition("Largest")[2]
    )
    assert sorted(changes) == [
        ("Labour exploitation", "+4", "3", "7"),
        ("Romania", "+6", "3", "9"),
        ("West", "+6", "3", "9"),
    ]
    assert "<table" not in text.partition("<details")[0]


def test_a_year_that_is_not_over_tells_of_no_changes(anna: Client, vera: User, register: None) -> None:
    new_case(new_person(on=timezone.localdate()), by=access(vera))
    assert "Largest changes" not in html(anna, f"/summaries/{timezone.localdate().year}/")
    assert "Largest changes" in html(anna, "/summaries/2018/")


def test_every_table_answers_one_question_and_stands_under_it(anna: Client, register: None) -> None:
    asked = [name for names in QUESTIONS.values() for name in names.split()]
    known = {entry.name for entry in (*INSIDE, *PUBLISHED) if not entry.international}
    assert len(asked) == len(set(asked))
    assert known <= set(asked)
    folded = html(anna, "/summaries/2018/").split("<details")[1:]
    links = [set(re.findall(r'href="/summaries/2018/([a-z_]+)/"', part)) for part in folded]
    tables = anna.get("/summaries/2018/tables.json").json()["tables"]
    assert sum(map(len, links)) == len(tables) == len(set().union(*links))


def test_the_bars_of_a_table_are_as_long_as_its_numbers(anna: Client, register: None) -> None:
    text = html(anna, "/summaries/2018/")
    purposes = text.partition('id="main_purpose"')[2].partition("</table>")[0]
    rows = re.findall(
        r'<tr><th scope="row">.*?<td class="n">(\d+)</td>.*?max="1" value="(\d+)"', purposes, re.S
    )
    assert [number for number, _bar in rows].count("1") == 2
    assert all(number == bar for number, bar in rows)


def test_reading_and_downloading_are_recorded(anna: Client, register: None) -> None:
    for address, action in (
        ("/summaries/2018/", "summary.read"), ("/summaries/2018/groups/", "summary.read"),
        ("/summaries/2018/groups.csv", "summary.export"), ("/summaries/2018/tables.csv", "summary.export"),
        ("/summaries/2018/tables.json", "summary.export"), ("/summaries/comparison/", "summary.read"),
        ("/summaries/comparison.csv", "summary.export"), ("/summaries/2018/quality/", "summary.read"),
    ):  # fmt: skip
        before = Event.objects.count()
        assert anna.get(address).status_code == 200
        assert Event.objects.count() == before + 1
        assert Event.objects.order_by("sequence").last().action == action


@pytest.mark.parametrize("each", mostly_long((12, 1), usual=[12]))
def test_every_table_has_its_page_and_its_file(anna: Client, register: None, each: int) -> None:
    rows = list(
        csv.DictReader(io.StringIO(anna.get("/summaries/2018/tables.csv").content.decode("utf-8-sig")))
    )
    names = list(dict.fromkeys(row["table"] for row in rows))
    assert len(names) == 23
    for name in names[::each]:
        html(anna, f"/summaries/2018/{name}/")
        file = anna.get(f"/summaries/2018/{name}.csv")
        alone = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
        assert alone == [row for row in rows if row["table"] == name]
        assert file.headers["Content-Disposition"] == f'attachment; filename="2018-{name}.csv"'


def test_a_table_that_does_not_exist_is_not_found(anna: Client, register: None) -> None:
    assert anna.get("/summaries/2018/names/").status_code == 404
    assert anna.get("/summaries/2018/names.csv").status_code == 404


def test_an_unknown_year_is_not_found_and_names_the_nearest(anna: Client) -> None:
    response = anna.get("/summaries/2012/")
    assert response.status_code == 404
    text = response.content.decode()
    assert "There are no figures for 2012" in text
    assert 'href="/summaries/2016/"' in text
    assert 'href="/summaries/2019/"' not in text


def test_a_year_before_the_register_shows_source_and_state(anna: Client) -> None:
    text = html(anna, "/summaries/2016/")
    assert "Published as 150, including 8 accompanying children." in text
    assert "NMT, nyhet 2017-03-13" in text
    assert "calculated from published figures" in text
    assert "Break in series 2016–2017: " in text
    html(anna, "/summaries/2016/groups/")
    assert "unverified" in html(anna, "/summaries/2024/")


def test_a_coordinator_reads_the_own_region_and_is_told_so(vera: User, register: None) -> None:
    sam = user("Sam", Role.COORDINATOR, region="SY", language="en")
    new_case(new_person(county="12"), by=access(sam), region="SY")
    text = html(signed_in(vera), "/summaries/2018/")
    assert "NMT region West only" in text
    assert "the network" not in text.partition("<details")[0]  # that would be said of the whole country
    assert ">142</text>" in html(signed_in(user("Anna", Role.ANALYST, language="en")), "/summaries/2018/")
    assert ">142</text>" not in text  # nor is what was published of it a bar beside theirs
    assert ">142</text>" not in text
    mine = signed_in(sam).get("/summaries/2018/tables.json").json()
    assert next(cell["value"] for cell in mine["tables"][0]["cells"] if cell["key"] == ["*"]) == 1


def test_the_comparison_shows_years_breaks_and_sources(anna: Client, register: None) -> None:
    text = html(anna, "/summaries/comparison/")
    for year in (2016, 2017, 2018, 2019, 2021, 2022):
        assert f'href="/summaries/{year}/"' in text
    assert "‖ Break in series 2016–2017" in text


def test_the_file_of_the_comparison_has_years_breaks_and_sources(anna: Client, register: None) -> None:
    rows = list(
        csv.DictReader(io.StringIO(anna.get("/summaries/comparison.csv").content.decode("utf-8-sig")))
    )
    total = {row["year"]: row for row in rows if row["table"] == "groups_by_year" and row["category"] == "*"}
    assert (total["2018"]["value"], total["2018"]["source"]) == ("2", "register")
    assert (total["2019"]["value"], total["2019"]["source"]) == ("298", "historical")
    assert [year for year, row in total.items() if row["break"] == "1"] == ["2017", "2021", "2022", "2023"]


def test_quality_tells_what_is_unknown_late_and_not_confirmed(
    anna: Client, vera: User, register: None
) -> None:
    YearConfirmation.objects.create(region=Region.objects.get(code="V"), year=2018, by=vera, at=NOON)
    text = html(anna, "/summaries/2018/quality/")
    assert "Persons registered on 2019-02-01 or later" in text
    assert "1 of 7" in text
    assert "not closed yet" in text


def test_quality_agrees_with_a_count_by_hand(vera: User) -> None:
    by = access(vera)
    person, other, third = (
        new_case(
            new_person(main="labour", county=county, citizenship=citizenship, age_class=age), by=by
        ).persons.get()
        for county, citizenship, age in (("14", "ZZ", "unknown"), ("14", None, "25-34"), ("12", "RO", None))
    )
    late = timezone.make_aware(datetime(2019, 2, 1))
    Person.objects.filter(pk=person.pk).update(created_at=late)
    Person.objects.filter(pk__in=(other.pk, third.pk)).update(created_at=late - timedelta(seconds=1))
    decide_same(one=person, other=other, decision=Decision.DIFFERENT, reason="Not alike", by=by)
    decide_same(one=person, other=third, decision=Decision.UNSURE, reason="Perhaps", by=by)
    YearConfirmation.objects.create(region=Region.objects.get(code="V"), year=2018, by=vera, at=NOON)
    found = quality(access(user("Anna", Role.ANALYST)), 2018)
    shares = {share.variable: (share.unknown, share.not_stated, share.persons) for share in found.shares}
    assert shares.items() >= {
        ("Citizenship", (1, 1, 3)), ("Age at identification", (1, 1, 3)), ("Sex", (0, 0, 3)),
        ("Sector, where the main purpose is labour", (0, 3, 3)),
    }  # fmt: skip
    assert (found.late, found.open_duplicates, found.assessed_duplicates, found.number_confirmed) == (
        1,
        1,
        1,
        1,
    )
    regions = [region for region in found.regions if region.persons]
    counted = {region.name: (region.persons, region.late) for region in regions}
    assert counted == {"West": (2, 1), "South": (1, 0)}


def test_quality_says_what_follows_if_some_are_registered_twice_and_not_found(
    vera: User, anna: Client
) -> None:
    by = access(vera)
    again = [new_case(new_person(), by=by).persons.get() for _step in range(6)]
    text = html(anna, "/summaries/2018/quality/")
    assert "No duplicates have been found" in text
    for one, other in ((again[0], again[1]), (again[2], again[3])):
        decide_same(one=one, other=other, decision=Decision.SAME, reason="Same", by=by)
    assert registered_twice(by, quality(by, 2018)) == ()  # for a region's figures alone
    whole = access(User.objects.get(name="Anna"))
    for one in registered_twice(whole, quality(whole, 2018)):
        assert one.not_found == min(round(2 / one.recall - 2), 2)  # of four persons at the most two are not
        assert (one.should_be, one.too_large) == (2, None)
    assert "The total should be" in html(anna, "/summaries/2018/quality/")
    region = Client()
    region.force_login(vera)
    assert "The total should be" not in html(region, "/summaries/2018/quality/")


def test_figures_of_one_region_say_no_zero_of_another(vera: User) -> None:
    new_case(new_person(), by=access(vera))
    found = quality(access(vera), 2018)
    assert {region.name: region.persons for region in found.regions if region.persons is not None} == {
        "West": 1
    }
    client = Client()
    client.force_login(vera)
    assert "– your figures do not cover the region" in html(client, "/summaries/2018/quality/")


def test_a_table_is_read_over_ten_years_with_its_breaks(anna: Client, register: None) -> None:
    text = html(anna, "/summaries/comparison/citizenship/")
    assert "Romania" in text
    assert "Last difference" in text
    assert 'href="/summaries/comparison/citizenship/"' in html(anna, "/summaries/2018/citizenship/")
    assert 'href="/summaries/comparison/citizenship/"' in html(anna, "/summaries/comparison/")
    assert anna.get("/summaries/comparison/names/").status_code == 404


@pytest.mark.parametrize("page", ["2018/calls_topic", "comparison/calls_topic"])
def test_what_is_said_of_persons_stands_under_no_table_of_calls(
    anna: Client, register: None, page: str
) -> None:
    olle = access(user("Olle", Role.OPERATOR))
    for received in (datetime(2016, 5, 2, 9, tzinfo=UTC), datetime(2018, 5, 2, 9, tzinfo=UTC)):
        log(
            {
                "received_at": received,
                "caller_group_id": "caller:police",
                "topics": ["housing"],
                "outcomes": [],
            },
            by=olle,
        )
    of_calls = html(anna, f"/summaries/{page}/")
    assert "The figures are calls, not persons." in of_calls
    assert "exploited for several purposes" not in of_calls
    assert "Break in series" not in of_calls
    assert "exploited for several purposes" in html(
        anna, f"/summaries/{page.replace('calls_topic', 'groups')}/"
    )


def test_ten_years_of_a_table_agree_with_each_year(vera: User) -> None:
    for year, county in ((2016, "14"), (2017, "14"), (2017, "12"), (2018, "12"), (2018, "12"), (2018, "01")):
        new_case(new_person(on=date(year, 5, 2), county=county), by=access(vera))
    anna = access(user("Anna", Role.ANALYST))
    found = ten_years(anna, "county", 2018, 3)
    assert found is not None
    assert found.years == (2016, 2017, 2018)
    assert [one.after for one in found.breaks] == [2017]
    lines = {line.label: (numbers_in(line), line.difference) for line in found.lines}
    assert lines["Skåne County"] == ([0, 1, 2], 1)
    assert lines["Västra Götaland County"] == ([1, 1, 0], -1)
    assert lines["Total"] == ([1, 2, 3], 1)


def test_ten_years_take_from_what_was_published_where_there_are_no_persons(vera: User) -> None:
    new_case(new_person(on=date(2017, 5, 2)), by=access(vera))
    groups = ten_years(access(user("Anna", Role.ANALYST)), "groups", 2019, 3)
    assert groups is not None
    assert groups.historical == (2018, 2019)
    assert numbers_in(groups.lines[-1]) == [1, 262, 298]


def numbers_in(line: Any) -> list[int | None]:
    return [cell.value for cell in line.cells]


def test_the_comparison_tells_the_state_of_what_was_published(anna: Client) -> None:
    text = " ".join(html(anna, "/summaries/comparison/").split())
    assert "published, including 8 accompanying children" in text
    assert "calculated from published figures" in text
    assert "Differences from the year before" in text


def test_notes_of_what_was_published_are_in_the_language_of_the_page(anna: Client) -> None:
    with translation.override("sv"):
        text = Client(headers={"accept-language": "sv"})
        text.force_login(User.objects.get(name="Anna"))
        User.objects.filter(name="Anna").update(language="sv")
        assert "sammanställt från stödtelefonen och regionkoordinatorerna" in html(text, "/summaries/2018/")


def test_anybody_signed_in_reads_how_it_is_counted() -> None:
    text = html(signed_in(user("Olle", Role.OPERATOR, language="en")), "/summaries/about/")
    assert "Each person is counted once" in text
    assert "2016–2017" in text


def test_a_page_takes_a_constant_few_queries(anna: Client, vera: User, django_assert_max_num_queries) -> None:
    new_case(*(new_person(main=main) for main in ("sexual", "labour", "crime") * 5), by=access(vera))
    anna.get("/summaries/2018/")  # PostgreSQL keeps what is counted
    with django_assert_max_num_queries(22):
        anna.get("/summaries/2018/")


def test_what_is_edited_stands_on_the_page_at_once_though_the_counts_are_the_same(
    anna: Client, vera: User
) -> None:
    """Of a code and of a person."""
    new_case(new_person(main="begging"), by=access(vera))
    assert "Shown differently" not in html(anna, "/summaries/2018/")
    Code.objects.filter(key="purpose_group:begging").update(label_en="Shown differently")
    assert "Shown differently" in html(anna, "/summaries/2018/")
    new_case(new_person(main="begging", sex="M"), by=access(vera))
    assert "2 persons" in html(anna, "/summaries/2018/")
