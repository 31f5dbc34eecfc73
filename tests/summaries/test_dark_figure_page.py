"""Analysts choose years and lists, see the overlaps, estimate outside the request, and read what it rests
on."""

from __future__ import annotations

import re
from contextlib import nullcontext
from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from agencies.models import Agency
from audit.models import Event
from cases.models import DuplicateReview, Identification, Person
from jobs import worker
from jobs.models import Job
from summaries.charts import ChartWords
from summaries.charts.bars import Range, overlap_bars, range_chart
from summaries.counting.summary import quality
from summaries.estimates.source import known_persons
from summaries.models import Estimate
from tests.actors import access as access_of, user
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
ADDRESS = "/summaries/dark-figure/"
YEARS = {"first": "2018", "last": "2018", "list_police": "PF", "list_social": "LA", "list_ngo": "NG"}


@pytest.fixture(autouse=True)
def no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_signs_of_life", lambda job: nullcontext())


@pytest.fixture
def anna(client: Client) -> User:
    analyst = user("Anna", Role.ANALYST, language="en")
    client.force_login(analyst)
    return analyst


def register(vera: Access, *, alone: int = 6, pairs: int = 5, three: int = 2) -> None:
    """Persons of three lists: some on one, some on two, some on all."""
    from agencies.models import Agency
    from cases.models import Identification

    agencies = {code: Agency.objects.get(code=code) for code in ("police", "social", "ngo")}

    def person(*codes: str):  # type: ignore[no-untyped-def]
        new = new_person(agency=codes[0])
        for code in codes[1:]:
            new.identifications.append(
                Identification(agency=agencies[code], identified_on=date(2018, 6, 1), county_id="14")
            )
        return new

    names = list(agencies)
    people = [person(name) for name in names for _ in range(alone)]
    people += [
        person(a, b)
        for a, b in (("police", "social"), ("police", "ngo"), ("social", "ngo"))
        for _ in range(pairs)
    ]
    people += [person(*names) for _ in range(three)]
    new_case(*people, by=vera)


def test_the_overlaps_are_shown_with_their_table(client: Client, anna: User, vera: Access) -> None:
    register(vera)
    page = client.get(ADDRESS, YEARS).content.decode()
    assert "35 persons are on a list, 17 of them on more than one." in page
    assert page.count("<svg") >= 1
    assert Event.objects.latest("sequence").action == "dark_figure.overlaps"


def test_years_alone_in_the_address_mean_the_usual_lists(client: Client, anna: User, vera: Access) -> None:
    register(vera)
    page = client.get(ADDRESS, {"first": "2018", "last": "2018"}).content.decode()
    assert "35 persons are on a list, 17 of them on more than one." in page


def test_an_estimate_is_made_by_a_job_and_read_with_what_it_rests_on(
    client: Client, anna: User, vera: Access
) -> None:
    register(vera)
    job = client.post(ADDRESS, YEARS)
    worker.work(once=True)
    leads_to = client.get(job.headers["Location"])
    page = client.get(leads_to.headers["Location"]).content.decode()
    assert "For internal use only" in page
    assert "What the estimate assumes" in page
    assert "the list “Police forces” is left out" in page
    assert Estimate.objects.get().result["observed"] == 35
    assert "dark_figure.estimate" in set(Event.objects.values_list("action", flat=True))


def test_the_same_question_of_the_same_data_is_not_estimated_again(
    client: Client, anna: User, vera: Access
) -> None:
    register(vera)
    client.post(ADDRESS, YEARS)
    worker.work(once=True)
    assert client.post(ADDRESS, YEARS).headers["Location"] == Estimate.objects.get().get_absolute_url()
    assert Job.objects.count() == 1
    new_case(by=vera)
    client.post(ADDRESS, YEARS)
    assert Job.objects.count() == 2


def test_too_little_overlap_is_refused_in_words(client: Client, anna: User, vera: Access) -> None:
    register(vera, pairs=1, three=0)
    client.post(ADDRESS, YEARS)
    worker.work(once=True)
    row = Estimate.objects.get()
    page = client.get(row.get_absolute_url()).content.decode()
    assert (row.verdict, row.result["estimate"]) == ("refuse", None)
    assert "No estimate can be made" in page


def test_open_duplicates_are_told_and_what_they_could_change(
    client: Client, anna: User, vera: Access
) -> None:
    register(vera)
    police, ngo = (Person.objects.filter(first_agency__code=code).first() for code in ("police", "ngo"))
    assert police
    assert ngo
    DuplicateReview.objects.create(first=police, second=ngo, similarity=0.9, found_at=vera.at)
    client.post(ADDRESS, YEARS)
    worker.work(once=True)
    facts = Estimate.objects.get().result
    assert facts["duplicates"]["open"] == 1
    assert facts["duplicates"]["estimate"] < facts["estimate"]
    page = client.get(Estimate.objects.get().get_absolute_url()).content.decode()
    assert "1 possible duplicate of these years was open." in page


def test_open_duplicates_of_another_year_are_not_told(client: Client, anna: User, vera: Access) -> None:
    register(vera)
    new_case(new_person(on=date(2017, 3, 1)), new_person(on=date(2017, 4, 1)), by=vera)
    first, second = Person.objects.filter(first_year=2017)
    DuplicateReview.objects.create(first=first, second=second, similarity=0.9, found_at=vera.at)
    client.post(ADDRESS, YEARS)
    worker.work(once=True)
    row = Estimate.objects.get()
    assert row.result["duplicates"] == {"open": 0, "estimate": None}
    assert quality(access_of(anna), 2018).open_duplicates == 0
    assert (
        "0 possible duplicates of these years were open."
        in client.get(row.get_absolute_url()).content.decode()
    )


def test_why_more_persons_are_known_than_the_summary_counts_is_said(
    client: Client, anna: User, vera: Access
) -> None:
    register(vera)
    again = new_person(on=date(2017, 3, 1))
    again.identifications.append(
        Identification(agency=Agency.objects.get(code="ngo"), identified_on=date(2018, 3, 1), county_id="14")
    )
    new_case(again, new_person(agency="tax"), by=vera)
    page = " ".join(client.get(ADDRESS, YEARS).content.decode().split())
    assert "36 persons are on a list" in page
    assert "The summary counts 36 persons for these years" in page
    assert "1 person on a list was identified again in these years, and is counted in an earlier one." in page
    assert "1 counted person is on no list." in page
    client.post(ADDRESS, YEARS)
    worker.work(once=True)
    row = Estimate.objects.get()
    assert row.result["known"] == {
        "first_found": 35, "earlier": 1, "on_no_list": 1, "counted": 36, "referred": 0
    }  # fmt: skip
    assert "is counted in an earlier one" in " ".join(
        client.get(row.get_absolute_url()).content.decode().split()
    )


def test_what_an_earlier_way_answered_is_kept_and_asked_anew(
    client: Client, anna: User, vera: Access
) -> None:
    register(vera)
    digest = known_persons(2018, 2018).table.digest()
    old = Estimate.objects.create(
        first_year=2018, last_year=2018, grouping={}, digest=digest, by=anna,
        replicates=1000, seed=1, verdict="internal", at=vera.at, result={},
    )  # fmt: skip
    client.post(ADDRESS, YEARS)
    worker.work(once=True)
    assert Estimate.objects.exclude(pk=old.pk).get().result["methods"]
    old.refresh_from_db()
    assert old.result == {}


def test_years_in_the_wrong_order_are_told_beside_the_field(client: Client, anna: User, vera: Access) -> None:
    register(vera)
    new_case(new_person(on=date(2017, 3, 1)), by=vera)
    page = client.get(ADDRESS, YEARS | {"last": "2017"}).content.decode()
    assert "The last year cannot be before the first." in page


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ANALYST])
def test_only_analysts_estimate(client: Client, role: Role) -> None:
    client.force_login(user("Other", role, region="V" if role is Role.COORDINATOR else ""))
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, YEARS).status_code == 403
    assert client.get(f"{ADDRESS}1/").status_code == 403


def test_an_empty_register_says_that_there_is_nothing_to_choose(client: Client, anna: User) -> None:
    assert client.get(ADDRESS).status_code == 200


def test_a_chart_without_an_upper_limit_says_so_and_holds_no_infinity() -> None:
    words = ChartWords("t", "persons", "s")
    chart = range_chart([Range("Known", point=5), Range("Estimate", 10, None, 20)], words, "no upper limit")
    assert "Estimate: 20 (10–no upper limit)." in chart.desc
    assert not re.search(r"inf|nan", chart.svg.lower().replace("register", ""))


def test_the_overlaps_are_drawn_largest_first_and_read_aloud() -> None:
    words = ChartWords("t", "persons", "s", {"A": "Aa", "B": "<b>"})
    chart = overlap_bars(["A", "B"], [(frozenset("A"), 2), (frozenset("AB"), 7)], words)
    assert chart.desc == "<b> + Aa: 7. Aa: 2."
    assert "<b>" not in chart.svg
    with translation.override("sv"):
        assert "style=" not in chart.svg


def test_a_long_name_of_an_estimate_leaves_its_interval_the_width_of_a_phone() -> None:
    words = ChartWords("Persons", "Number", "The register", {})
    name = "Uppskattning, med hänsyn till valet av modell"
    chart = range_chart([Range(name, 10, 20, 15)], words, "no upper limit")
    width = float(chart.svg.split('viewBox="0 0 ')[1].split()[0])
    reach = max(float(x) for x in re.findall(r'x2="([\d.]+)"', chart.svg))
    assert width <= 440
    assert reach > 0.7 * width
