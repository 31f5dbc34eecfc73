"""A deputy stands in for sixty days a year, from within thirty days, as a coordinator, and not a day after
the role or the account has ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.access import end_deputies
from accounts.approvals import answer
from accounts.invitations import break_glass, change_user, end_account
from accounts.models import Approval, Notice, User
from accounts.roles import Role
from agencies.account_approvals import appoint_deputy
from agencies.models import Coordinator
from agencies.stand_ins import most_in_a_year, why_not
from cases.actions.cases import assign_cases, remind
from cases.actions.sharing import hand_back, take_call
from tests.actors import NOON, access, user
from tests.cases.call_forms import logged
from tests.exchange.list_files import upload
from tests.makers import new_case

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def vera() -> User:
    return user("Vera", Role.COORDINATOR, region="V")


@pytest.fixture
def sven() -> User:
    return user("Sven", Role.COORDINATOR, region="SY")


@pytest.fixture
def anna() -> User:
    return user("Anna", Role.ADMINISTRATOR)


def card(person: User, start: int, days: int, region: str = "V") -> Coordinator:
    """From `start` days from today, for so many days."""
    first = TODAY + timedelta(days=start)
    last = first + timedelta(days=days - 1)
    return Coordinator(
        region_id=region, user=person, name=person.name, kind="deputy", valid_from=first, valid_to=last
    )


def stored(*args: Any) -> Coordinator:
    row = card(*args)
    row.save()
    return row


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def form(person: User, row: Coordinator) -> dict[str, Any]:
    days = {"valid_from": row.valid_from, "valid_to": row.valid_to}
    return days | {
        "region": row.region_id,
        "user": person.pk,
        "kind": "deputy",
        "name": person.name,
        "why": "Semester",
    }


def test_six_cards_one_after_another_are_not_354_days(vera: User, sven: User) -> None:
    """The finding, as it was done: +0, +59, +118, ... all at once, by one coordinator."""
    made = []
    for n in range(6):
        try:
            made.append(appoint_deputy(card=card(sven, 59 * n, 59), by=access(vera)))
        except ValidationError:
            continue
    assert sum((row.valid_to - row.valid_from).days + 1 for row in made if row.valid_to) == 59


def test_by_the_page_the_sixty_first_day_is_refused_in_a_sentence(vera: User, sven: User) -> None:
    stored(sven, -100, 50)
    client = browser(vera)
    refused = client.post("/coordinators/deputy/", form(sven, card(sven, 0, 11)))
    assert "at most 60 days within a year in the same region" in refused.content.decode()
    assert "it would be 61" in refused.content.decode()
    assert client.post("/coordinators/deputy/", form(sven, card(sven, 0, 10))).status_code == 302


@pytest.mark.parametrize(
    ("start", "days", "field"), [(0, 61, "valid_to"), (31, 5, "valid_from"), (-1, 5, "valid_from")]
)
def test_what_is_wrong_with_a_day_stands_beside_it(
    vera: User, sven: User, start: int, days: int, field: str
) -> None:
    refused = browser(vera).post("/coordinators/deputy/", form(sven, card(sven, start, days)))
    assert list(refused.context["form"].errors) == [field]


@pytest.mark.parametrize(
    ("beside", "most"),
    [
        ((), 30),
        (((-100, 20),), 50),
        (((-340, 20),), 45),  # fifteen of them are within a year of the last day
        (((-400, 20),), 30),
        (((-5, 10),), 35),  # days that two cards name are counted once
        (((-300, 20), (200, 20)), 50),  # never in one year with both
    ],
)
def test_days_of_any_365_are_added_up(sven: User, beside: tuple[tuple[int, int], ...], most: int) -> None:
    for start, days in beside:
        stored(sven, start, days)
    new = card(sven, 0, 30)
    assert new.valid_to is not None
    assert most_in_a_year(new, new.valid_to) == reckoned([*beside, (0, 30)]) == most


def reckoned(periods: list[tuple[int, int]]) -> int:
    """The same by counting each year that holds any of the last period's days."""
    days = {start + n for start, length in periods for n in range(length)}
    return max(sum(first <= day < first + 365 for day in days) for first in range(-364, 30))


def test_days_in_another_region_or_of_another_person_are_their_own(vera: User, sven: User) -> None:
    stored(sven, 0, 60, "M")
    stored(user("Stig", Role.COORDINATOR), 0, 60)
    assert why_not(card(sven, 0, 60), TODAY) == ""


@pytest.mark.parametrize(("start", "allowed"), [(-1, False), (0, True), (30, True), (31, False)])
def test_a_deputy_begins_within_thirty_days(vera: User, sven: User, start: int, allowed: bool) -> None:
    done = browser(vera).post("/coordinators/deputy/", form(sven, card(sven, start, 5)))
    assert (done.status_code == 302) is allowed


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_nobody_whose_role_does_not_coordinate_is_a_deputy(vera: User, role: Role) -> None:
    with pytest.raises(ValidationError, match="oordinator"):
        appoint_deputy(card=card(user("Olle", role), 0, 5), by=access(vera))


class TestOfAnAdministrator:
    def test_the_same_rules_hold_in_the_form(self, anna: User, vera: User, sven: User) -> None:
        add = "/admin/agencies/coordinator/add/"
        olle = user("Olle", Role.OFFICER)
        for row, text in (
            (card(sven, 0, 61), "at most 60 days within a year"),
            (card(sven, 31, 5), "at most 30 days from today"),
            (card(olle, 0, 5), "Only a person who signs in as a coordinator"),
        ):
            assert row.user is not None
            assert text in browser(anna).post(add, form(row.user, row)).content.decode()
        assert not Approval.objects.exists()
        assert browser(anna).post(add, form(sven, card(sven, 0, 60))).status_code == 302
        assert Approval.objects.pending().count() == 1

    @pytest.mark.parametrize(
        ("start", "days", "refused"),
        [(-50, 60, False), (-50, 61, True), (-400, 420, True), (-59, 60, False)],
    )
    def test_days_before_today_are_counted_as_all_others(
        self, anna: User, vera: User, sven: User, start: int, days: int, refused: bool
    ) -> None:
        sent = browser(anna).post("/admin/agencies/coordinator/add/", form(sven, card(sven, start, days)))
        assert ("at most 60 days within a year" in sent.content.decode()) is refused
        assert Approval.objects.pending().count() == (not refused)

    def test_a_start_in_the_past_leaves_fewer_days_to_come(self, anna: User, vera: User, sven: User) -> None:
        stored(sven, -100, 30)
        late = browser(anna).post("/admin/agencies/coordinator/add/", form(sven, card(sven, -20, 31)))
        assert "it would be 61" in late.content.decode()
        stored(sven, -20, 20)
        assert "61" in why_not(card(sven, 0, 11), TODAY)
        assert why_not(card(sven, 0, 10), TODAY) == ""

    @pytest.mark.parametrize(
        "change",
        [
            {"valid_from": TODAY},
            {"valid_to": TODAY - timedelta(days=20)},
            pytest.param({"region": "M"}, marks=pytest.mark.long),
            pytest.param({"user": ""}, marks=pytest.mark.long),
            {"kind": "coordinator"},
        ],
    )
    def test_days_that_were_stood_in_are_not_taken_off_a_card(
        self, anna: User, vera: User, sven: User, change: dict[str, Any]
    ) -> None:
        """Sixty more days could begin today, if the card said that the first had not been."""
        row = stored(sven, -50, 60)
        address = f"/admin/agencies/coordinator/{row.pk}/change/"
        sent = browser(anna).post(address, form(sven, row) | change)
        assert "has stood in stay on the card" in sent.content.decode()
        assert not Approval.objects.exists()

    def test_a_running_card_is_ended_by_an_administrator_alone(
        self, anna: User, vera: User, sven: User
    ) -> None:
        row = stored(sven, -50, 60)
        address = f"/admin/agencies/coordinator/{row.pk}/change/"
        ended = form(sven, row) | {"valid_to": TODAY - timedelta(days=1)}
        assert browser(anna).post(address, ended).status_code == 302
        assert access(sven).regions == {"SY"}

    def test_and_again_when_the_question_is_answered(self, anna: User, vera: User, sven: User) -> None:
        browser(anna).post("/admin/agencies/coordinator/add/", form(sven, card(sven, 0, 40)))
        appoint_deputy(card=card(sven, 0, 30), by=access(vera))
        appoint_deputy(card=card(sven, 30, 25), by=access(vera))
        asked = Approval.objects.get()
        shown = browser(vera).post(
            f"/approvals/{asked.code}/", {"answer": "yes", "reason": "Ja"}, follow=True
        )
        assert "at most 60 days within a year" not in shown.content.decode(), "the days are the same ones"
        assert Approval.objects.get().answer == "given"

    def test_what_has_become_too_long_since_is_not_carried_out(
        self, anna: User, vera: User, sven: User
    ) -> None:
        browser(anna).post("/admin/agencies/coordinator/add/", form(sven, card(sven, 0, 40)))
        appoint_deputy(card=card(sven, 30, 31), by=access(vera))
        shown = browser(vera).post(
            f"/approvals/{Approval.objects.get().code}/", {"answer": "yes", "reason": "Ja"}, follow=True
        )
        assert "it would be 61" in shown.content.decode()
        assert Approval.objects.get().answer == "pending"


class TestItEnds:
    def test_with_the_role_and_does_not_come_back_with_it(self, anna: User, vera: User, sven: User) -> None:
        running, coming = stored(sven, -5, 20), stored(sven, 20, 5)
        sven.role = Role.OFFICER
        change_user(user=sven, fields=["role"], by=access(anna))
        User.objects.filter(pk=sven.pk).update(role=Role.COORDINATOR)
        sven = User.objects.get(pk=sven.pk)
        for day in range(30):
            assert access(sven, NOON + timedelta(days=day)).regions == {"SY"}, day
        running.refresh_from_db()
        coming.refresh_from_db()
        assert (running.user, running.valid_to) == (sven, TODAY - timedelta(days=1))
        assert coming.user is None
        told = Notice.objects.filter(kind="region.deputy_end").values_list("user__name", flat=True)
        assert set(told) == {"Vera"}

    def test_with_the_account(self, anna: User, vera: User, sven: User) -> None:
        stored(sven, -5, 20)
        end_account(user=sven, by=access(anna))
        User.objects.filter(pk=sven.pk).update(is_active=True)
        assert access(User.objects.get(pk=sven.pk)).regions == {"SY"}

    def test_when_an_account_whose_last_day_has_passed_is_opened_again(
        self, anna: User, vera: User, sven: User
    ) -> None:
        stored(sven, -5, 20)
        User.objects.filter(pk=sven.pk).update(ends_on=TODAY - timedelta(days=2))
        path = f"/admin/accounts/user/{sven.pk}/change/"
        facts = {
            "email": sven.email,
            "name": "Sven",
            "role": "coordinator",
            "language": "",
            "is_active": "on",
        }
        browser(anna).post(path, facts | {"ends_on": "", "why": "Tillbaka"})
        answer(Approval.objects.get(), give=True, by=access(user("Max", Role.MANAGER)))
        assert access(User.objects.get(pk=sven.pk)).regions == {"SY"}

    def test_by_a_file_of_users_and_by_the_server_too(self, anna: User, vera: User, sven: User) -> None:
        stored(sven, -5, 20)
        client = browser(anna)
        lines = f"email,name,role\n{sven.email},Sven,officer\n".encode()
        preview = upload(client, "accounts_user", lines)
        client.post(f"{preview.request['PATH_INFO']}confirm/")
        assert User.objects.get(pk=sven.pk).role == Role.OFFICER
        assert not Coordinator.objects.valid_on(TODAY).filter(user=sven, kind="deputy").exists()
        stig = user("Stig", Role.COORDINATOR)
        stored(stig, 0, 20)
        break_glass(user=stig, role=Role.ADMINISTRATOR, reason="x", at=NOON)
        assert not Coordinator.objects.filter(user=stig).exists()

    def test_nobody_else_loses_anything(self, anna: User, vera: User, sven: User) -> None:
        end_deputies(vera, access(anna))
        assert access(vera).regions == {"V"}


class TestCheckRegister:
    def test_a_register_by_the_rules_is_whole(self, vera: User, sven: User) -> None:
        stored(sven, 0, 60)
        stored(sven, -400, 60)
        assert check().startswith("ok ")

    @pytest.mark.parametrize("broken", ["long", "far", "role", "closed"])
    def test_what_breaks_them_is_found(self, vera: User, sven: User, broken: str) -> None:
        if broken == "long":
            stored(sven, -41, 50)
        stored(sven, 31 if broken == "far" else 0, 20)
        if broken == "role":
            User.objects.filter(pk=sven.pk).update(role=Role.OFFICER)
        if broken == "closed":
            User.objects.filter(pk=sven.pk).update(is_active=False)
        with pytest.raises(CommandError, match="deputy against the rules"):
            check()

    def test_a_card_that_is_over_is_history(self, vera: User, sven: User) -> None:
        stored(sven, -200, 100)
        assert check().startswith("ok ")


def check() -> str:
    out = StringIO()
    call_command("check_register", stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_deputy_of_today_is_one_still(vera: User, sven: User) -> None:
    appoint_deputy(card=card(sven, 0, 5), by=access(vera))
    assert access(sven).regions == {"V", "SY"}
    assert access(sven).deputy == (("V", date(2019, 3, 5)),)


class TestStopped:
    """Sven, chosen by mistake, stands in for Vera in Väst from today."""

    @pytest.fixture
    def stands(self, vera: User, sven: User) -> Coordinator:
        return appoint_deputy(card=card(sven, 0, 5), by=access(vera))

    @pytest.mark.parametrize("who", ["vera", "anna"])
    def test_the_coordinator_and_the_administrator_stop_a_deputy_of_today(
        self, vera: User, anna: User, sven: User, stands: Coordinator, who: str
    ) -> None:
        browser = client(vera if who == "vera" else anna)
        stop = f"/coordinators/deputy/{stands.pk}/stop/"
        assert stop in browser.get("/coordinators/").content.decode()
        browser.post(stop)
        assert access(sven).regions == {"SY"}
        assert stop not in browser.get("/coordinators/").content.decode()

    def test_the_deputy_is_told(self, vera: User, sven: User, stands: Coordinator) -> None:
        client(vera).post(f"/coordinators/deputy/{stands.pk}/stop/")
        assert "A deputy was stopped" in client(sven).get("/").content.decode()

    @pytest.mark.parametrize("who", ["deputy", "elsewhere"])
    def test_nobody_else_stops_a_deputy(self, sven: User, stands: Coordinator, who: str) -> None:
        other = sven if who == "deputy" else user("Nora", Role.COORDINATOR, region="N")
        assert client(other).post(f"/coordinators/deputy/{stands.pk}/stop/").status_code == 404
        assert access(sven).regions == {"SY", "V"}

    def test_days_that_were_stood_in_stay_on_the_card(self, vera: User, sven: User) -> None:
        running = stored(sven, -9, 20)
        client(vera).post(f"/coordinators/deputy/{running.pk}/stop/")
        running.refresh_from_db()
        assert (running.user, running.valid_to) == (sven, TODAY - timedelta(days=1))

    def test_what_the_deputy_had_taken_on_goes_to_the_coordinator_who_is_told(
        self, vera: User, sven: User, stands: Coordinator
    ) -> None:
        own, theirs = new_case(by=access(sven), region="SY"), new_case(by=access(vera))
        assign_cases(cases=[own, theirs], responsible=sven, by=access(sven))
        remind(case=theirs, day=TODAY, text="Boka tolk", by=access(sven))
        call = logged(access(user("Olle", Role.OPERATOR)), referred_region_id="V", consent="given")
        take_call(call=call, by=access(sven))
        client(vera).post(f"/coordinators/deputy/{stands.pk}/stop/")
        hand_back(NOON)
        for row in (own, theirs, call):
            row.refresh_from_db()
        assert (own.responsible, theirs.responsible, call.taken_over_by) == (sven, vera, vera)
        page = client(vera).get("/").content.decode()
        assert f"Sven: {theirs.number}" in page
        assert "Boka tolk" in page

    def test_the_same_when_the_days_are_over(self, vera: User, sven: User) -> None:
        stands = stored(sven, 0, 5)
        case = new_case(by=access(vera))
        assign_cases(cases=[case], responsible=sven, by=access(sven))
        hand_back(NOON + timedelta(days=4))
        case.refresh_from_db()
        assert case.responsible == sven
        hand_back(NOON + timedelta(days=(stands.valid_to - TODAY).days + 1))  # type: ignore[operator]
        case.refresh_from_db()
        assert case.responsible == vera

    def test_what_nobody_of_the_region_can_have_waits(self, vera: User, sven: User) -> None:
        case = new_case(by=access(vera))
        assign_cases(cases=[case], responsible=vera, by=access(vera))
        end_account(user=vera, by=access(user("Anna", Role.ADMINISTRATOR)))
        hand_back(NOON)
        case.refresh_from_db()
        assert case.responsible == vera
        stored(sven, 0, 5)
        hand_back(NOON)
        case.refresh_from_db()
        assert case.responsible == sven


def client(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    browser.cookies["django_language"] = "en"
    return browser
