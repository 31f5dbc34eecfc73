"""*Min sida* says what waits, leads to it, and asks the database as often however much waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Region
from audit_pages.proof import verify_audit_log
from cases.actions.calls import notify
from cases.actions.sharing import ask_access, ask_transfer
from cases.actions.years import confirm_year
from cases.models import Call, DuplicateReview, Notification, Person
from jobs.models import Heartbeat
from summaries.release.models import Exemption
from tests.actors import access, user
from tests.audit.events import tamper, write
from tests.cases.pages import signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
REASON = "The same person may be known here."
NOW = datetime(2019, 3, 4, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_day_in_march():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sune() -> Any:
    return user("Sune", Role.COORDINATOR, region="SY", language="en")


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V", language="en"))


@pytest.fixture
def client(sune: Any) -> Client:
    return signed_in(sune)


def boxes(client: Client) -> dict[str, tuple[int, int]]:
    """Title → (how many there are, whether they are counted as waiting)."""
    return {str(box.title): (box.count, box.waits) for box in client.get("/").context["boxes"]}


def work(sune: Any, vera: Access, times: int) -> None:
    """Of everything that can wait for a coordinator, so many."""
    mine = access(sune)
    reflection = (("reflection", "2019-02"),)
    for _n in range(times):
        own = new_case(new_person(measures=reflection), by=mine, region="SY")
        theirs = new_case(by=vera)
        ask_transfer(
            person=theirs.persons.get(), to_region=Region.objects.get(code="SY"), reason="Moved.", by=vera
        )
        own.persons.get().measures.update(ends_on=date(2019, 3, 8), answer="accepted")
        ask_access(number=own.number, region=Region.objects.get(code="SY"), reason=REASON, by=vera)
        ask_access(number=theirs.number, region=Region.objects.get(code="V"), reason=REASON, by=mine)
        Call.objects.create(
            received_at=NOW, received_on=NOW.date(), caller_group_id="caller:police", referred_region_id="SY",
            taken_by=sune, follow_up_due=NOW.date() - timedelta(days=1),
        )  # fmt: skip
    pair(times)


def pair(times: int) -> None:
    """Open pairs within own region, and as many questions of another region."""
    own, theirs = ([*Person.objects.filter(responsible_region=code).order_by("pk")] for code in ("SY", "V"))
    DuplicateReview.objects.all().delete()
    asked = {
        "asked_by": user("Viktor", Role.COORDINATOR, region="V"),
        "asked_at": NOW,
        "asked_region_id": "SY",
    }
    for n in range(times):
        about = {"first": own[0], "second": theirs[n]}  # asked about is the older record
        DuplicateReview.objects.create(**about, similarity=14, found_at=NOW, **asked)
        if n:
            DuplicateReview.objects.create(first=own[0], second=own[n], similarity=10 + n, found_at=NOW)


def test_everything_is_counted_eight_lines_are_shown_and_the_others_one_click_away(
    client: Client, sune: Any, vera: Access
) -> None:
    work(sune, vera, 7)
    assert boxes(client) == {
        "New calls from the support line": (7, True),
        "Transfers to answer": (7, True),
        "Access asked for": (7, True),
        "Access that you have asked for": (7, False),
        "Periods and permits that end": (7, True),
        "Questions from other regions": (7, True),
        "Possible duplicates to assess": (6, False),
        "Records for 2018 that lack facts": (7, False),
    }
    shown = client.get("/")
    page, [(_region, _until, rows)] = shown.content.decode(), shown.context["work"]
    assert (len(rows), shown.context["others"]) == (8, 5 * 7 - 8)
    assert len({row.url for row in rows}) == 8  # none of them twice
    for address in ("/waiting/transfers/", "/cases/ending/", "/cases/?complete=no", "/cases/duplicates/"):
        assert f'<a href="{address}">' in page
        assert client.get(address).status_code == 200


def test_the_most_alike_pair_stands_first_and_the_question_that_has_waited_longest(
    client: Client, sune: Any, vera: Access
) -> None:
    work(sune, vera, 4)
    rows = client.get("/waiting/duplicates/").context["rows"]
    likely = DuplicateReview.objects.filter(asked_at=None).order_by("-similarity")
    assert [row.url for row in rows] == [f"/cases/duplicates/{review.code}/" for review in likely]


def test_it_asks_the_database_as_often_however_much_waits(
    client: Client, sune: Any, vera: Access, django_assert_max_num_queries: Any
) -> None:
    work(sune, vera, 4)
    client.get("/")
    with django_assert_max_num_queries(16):  # thirteen, and three of the event that it was read
        assert client.get("/").status_code == 200


def test_an_officer_reads_the_newest_notification_first_with_its_county_and_day() -> None:
    nora = user("Nora", Role.OFFICER, agency="police", language="en")
    for county, at in (("12", NOW), ("14", NOW + timedelta(days=1)), ("13", NOW + timedelta(days=2))):
        with time_machine.travel(at, tick=False):
            notify(notification=Notification(county_id=county, women=1), purposes=[], by=access(nora, at))
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        page = signed_in(nora).get("/")
    labels = [row.label.partition(" · ")[2] for _region, _until, rows in page.context["work"] for row in rows]
    assert labels == [
        "Halland County · 2019-03-06",
        "Västra Götaland County · 2019-03-05",
        "Skåne County · 2019-03-04",
    ]


def test_an_operator_reads_which_region_has_not_taken_over_what(vera: Access) -> None:
    olle = user("Olle", Role.OPERATOR, language="en")
    new_case(by=access(olle), region="V")
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        page = signed_in(olle).get("/").content.decode()
    assert "West has not taken over · 3 days ago" in page


def test_when_nothing_waits_it_says_so(client: Client) -> None:
    response = client.get("/")
    assert (response.context["boxes"], "Nothing is waiting for you." in response.content.decode()) == (
        [],
        True,
    )


def test_the_page_leads_to_the_year_that_is_over_and_in_december_to_the_one_that_goes_on() -> None:
    siv = user("Siv", Role.COORDINATOR, region="SY", language="en")
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=False):
        page = signed_in(siv).get("/").content.decode()
        assert ("/cases/years/2025/SY/" in page, "/cases/years/2026/SY/" in page) == (True, False)
    with time_machine.travel(datetime(2026, 12, 20, 9, tzinfo=UTC), tick=False):
        own = signed_in(siv)
        assert "/cases/years/2026/SY/" in own.get("/").content.decode()
        left = own.get("/cases/years/2026/SY/").context["close"].left
        own.post("/cases/years/2026/SY/", {"go": "close", "digest": left})
        assert "ready so far" in own.get("/").content.decode()
        assert own.post("/years/SY/confirm/")["Location"] == "/cases/years/2025/SY/"
        assert own.post("/years/V/confirm/").status_code == 404


def test_who_reads_totals_sees_which_regions_may_still_have_cases(vera: Access) -> None:
    confirm_year(region=vera.names["V"], year=2018, by=vera)
    Heartbeat.objects.beat(Heartbeat.WORKER)  # whatever a worker of another test has left
    for role in (Role.ANALYST, Role.MANAGER):
        (box,) = signed_in(user(role.value, role, language="en")).get("/").context["boxes"]
        assert (box.title, box.count) == ("Regions that have not closed 2018 yet", 6)
        assert box.url == "/summaries/2018/quality/"


def test_the_data_protection_officer_sees_who_was_refused_lately(vera: Access, client: Client) -> None:
    case = new_case(by=vera)
    assert client.get(case.get_absolute_url()).status_code == 404
    officer = signed_in(user("Dora", Role.DPO, language="en"))
    boxes = officer.get("/").context["boxes"]
    box = next(box for box in boxes if box.title == "Refusals in the last week")
    assert (box.count, box.waits) == (1, False)
    assert case.number in officer.get(box.url).content.decode()


def test_the_data_protection_officer_is_asked_to_prove_the_audit_log_until_it_was_lately(
    vera: Access,
) -> None:
    dora = user("Dora", Role.DPO, language="en")
    officer = signed_in(dora)
    (box,) = officer.get("/").context["boxes"]
    assert box.title == "Check the audit log"
    assert box.rows[0].label == "The audit log has not been checked yet."
    assert verify_audit_log(access(dora), report=lambda *_: None)
    assert officer.get("/").context["boxes"] == []
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        (box,) = signed_in(dora).get("/").context["boxes"]
        assert box.rows[0].hint.startswith("checked 2019-03-04")


def test_an_audit_log_that_was_found_broken_is_still_to_be_proven() -> None:
    dora = user("Dora", Role.DPO, language="en")
    write()
    tamper("UPDATE audit_event SET reason = 'another' WHERE sequence = 1")

    assert not verify_audit_log(access(dora), report=lambda *_: None)

    (box,) = signed_in(dora).get("/").context["boxes"]
    assert (box.title, box.rows[0].label[:22]) == ("Check the audit log", "The chain is broken at")


def test_nobody_is_asked_to_answer_the_own_question_about_an_exemption() -> None:
    maria = user("Maria", Role.MANAGER, language="en")  # who was an analyst when she asked
    Exemption.objects.create(year=2018, table="county", reason="Asked for", asked_by=maria)

    titles = [box.title for box in signed_in(maria).get("/").context["boxes"]]

    assert "Exemptions that wait for an answer" not in titles


def test_a_manager_reads_the_newest_year_in_figures(vera: Access, client: Client) -> None:
    """Totals beside those of the year before, and never a row."""
    new_case(*[new_person(on=date(2018, 2, 1)) for _n in range(3)], by=vera)
    new_case(new_person(on=date(2017, 2, 1), child="yes", age_class="13-15"), by=vera)
    client.force_login(user("Maja", Role.MANAGER, language="en"))
    [box] = [box for box in client.get("/").context["boxes"] if box.rows and not box.listed]
    assert str(box.title) == "The year 2018 in figures"
    assert [(row.label, row.hint) for row in box.rows] == [
        ("3 persons", "+2 from 2017"),
        ("0 children", ""),
        ("0 calls", ""),
    ]
    assert {row.url for row in box.rows} == {"/summaries/2018/"}


def test_an_administrator_lists_who_has_come_and_who_has_not(client: Client) -> None:
    client.force_login(user("Anna", Role.ADMINISTRATOR, language="en"))
    waits = user("Inga", Role.OPERATOR)
    waits.set_unusable_password()
    waits.save()
    users = "/admin/accounts/user/"
    listed = client.get(users, {"come": "no"}).context["cl"].queryset
    assert [one.email for one in listed] == [waits.email]
    assert waits not in client.get(users, {"come": "yes"}).context["cl"].queryset
