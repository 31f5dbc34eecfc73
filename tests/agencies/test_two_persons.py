"""One administrator alone lets nobody in to casework, and takes over nobody's account: one asks, another
answers, and only then is anything changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts.approvals import answer
from accounts.invitations import change_user, invite, let_in, open_account, take_second_factor
from accounts.models import Approval, Notice, User
from accounts.roles import Role
from agencies.account_approvals import ask_account, ask_assignment, ask_change, ask_factor
from agencies.models import Coordinator
from agencies.stand_ins import answerers
from audit.models import Event
from tests.actors import NOON, access, user
from tests.exchange.list_files import upload

pytestmark = pytest.mark.django_db
WHY = "Ny kollega från den första april"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def anna() -> User:
    return user("Anna", Role.ADMINISTRATOR)


@pytest.fixture
def max_() -> User:
    return user("Max", Role.MANAGER)


@pytest.fixture
def dag() -> User:
    return user("Dag", Role.DPO)


@pytest.fixture
def vera() -> User:
    return user("Vera", Role.COORDINATOR, region="V")


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def new(role: str = "coordinator", **more: str) -> dict[str, str]:
    facts = {"email": "nina@example.org", "name": "Nina", "role": role, "language": "", "is_active": "on"}
    return {**facts, "why": WHY, **more}


def facts_of(person: User, **more: str) -> dict[str, str]:
    return new(**{"role": person.role, "email": person.email, "name": person.name, **more})


def card(person: User | None = None, region: str = "V", **more: Any) -> dict[str, Any]:
    facts = {"region": region, "kind": "coordinator", "user": person.pk if person else "", "name": "Nina",
             "valid_from": "2019-03-01", "valid_to": "", "why": WHY}  # fmt: skip
    return {**facts, **more}


def asked() -> Approval:
    return Approval.objects.latest("pk")


def page_of(question: Approval) -> str:
    return f"/approvals/{question.code}/"


YES, NO = {"answer": "yes", "reason": "Jag har ringt"}, {"answer": "no", "reason": "Okänd"}


class TestNewAccount:
    def test_the_way_in_that_one_administrator_had_is_closed(self, anna: User) -> None:
        """The finding: a coordinator's account for oneself, a region for it, and its cases are open."""
        client = browser(anna)
        answer = client.post("/admin/accounts/user/add/", new(), follow=True)
        assert "Nothing is changed yet" in answer.content.decode()
        assert not User.objects.filter(email="nina@example.org").exists()
        assert not mail.outbox
        assert asked().asked_by == anna
        assert (
            client.post(page_of(asked()), YES).status_code == 200
        )  # the page again: it is not hers to answer
        assert asked().answer == "pending"
        assert not User.objects.filter(email="nina@example.org").exists()

    def test_the_manager_lets_in_what_the_administrator_has_asked_for(
        self, anna: User, max_: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        browser(anna).post("/admin/accounts/user/add/", new())
        client = browser(max_)
        assert "New account" in client.get("/").content.decode()
        page = client.get(page_of(asked())).content.decode()
        for text in ("nina@example.org", "Regional coordinator", WHY):
            assert text in page
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(page_of(asked()), YES)
        nina = User.objects.get(email="nina@example.org")
        assert (nina.role, nina.has_usable_password()) == (Role.COORDINATOR, False)
        assert [email.to for email in mail.outbox] == [["nina@example.org"]]
        code = response.context["asked"].code_to_read_out
        assert code in response.content.decode()
        assert code not in mail.outbox[0].body + client.get(page_of(asked())).content.decode()

    def test_an_account_that_was_let_in_is_told_of_and_in_the_audit_log(
        self, anna: User, max_: User, dag: User
    ) -> None:
        browser(anna).post("/admin/accounts/user/add/", new())
        browser(max_).post(page_of(asked()), YES)
        assert (asked().answer, asked().answered_by) == ("given", max_)
        assert list(Notice.objects.values_list("user", "label")) == [(dag.pk, "Nina")]
        assert "A new account was approved" in browser(dag).get("/").content.decode()
        done = Event.objects.order_by("sequence").values_list("action", "actor")
        wanted = [("approval.ask", anna.email), ("user.invite", max_.email), ("approval.approve", max_.email)]
        assert [one for one in done if one in wanted] == wanted

    def test_a_no_changes_nothing_and_the_asker_reads_why(self, anna: User, max_: User) -> None:
        browser(anna).post("/admin/accounts/user/add/", new())
        browser(max_).post(page_of(asked()), NO)
        assert not User.objects.filter(email="nina@example.org").exists()
        assert "Okänd" in browser(anna).get(page_of(asked())).content.decode()

    def test_without_a_reason_nothing_is_asked(self, anna: User, max_: User) -> None:
        answer = browser(anna).post("/admin/accounts/user/add/", new(why=" "))
        assert "A second person answers this" in answer.content.decode()
        assert not Approval.objects.exists()

    def test_the_same_is_not_asked_twice(self, anna: User, max_: User) -> None:
        for who in (anna, user("Bo", Role.ADMINISTRATOR)):
            last = browser(who).post("/admin/accounts/user/add/", new())
        assert last.status_code == 200
        assert "There is already a request about this" in last.content.decode()
        assert Approval.objects.count() == 1

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICER])
    def test_each_role_with_casework_totals_or_power_needs_two(self, anna: User, role: str) -> None:
        with pytest.raises(PermissionDenied):
            invite(user=User(email="n@example.org", name="N", role=role), by=access(anna), site="x")

    def test_who_sees_neither_rows_nor_totals_is_invited_by_one_and_given_the_code_by_another(
        self, anna: User, max_: User, dag: User
    ) -> None:
        client = browser(anna)
        shown = client.post("/admin/accounts/user/add/", new("officer", why=""), follow=True)
        assert User.objects.get(email="nina@example.org").role == Role.OFFICER
        assert not re.search(r"\b\d{6}\b", shown.content.decode()), "the code is for another"
        assert "Max is asked to read it out to Nina" in shown.content.decode()
        told = Notice.objects.filter(label="Nina").values_list("user__name", flat=True)
        assert set(told) == {"Dag", "Max"}
        assert client.post(page_of(asked()), YES).context["asked"].answer == "pending"
        answered = browser(max_).post(page_of(asked()), YES)
        nina = User.objects.get(email="nina@example.org")
        assert open_account(answered.context["asked"].code_to_read_out, by=access(nina))

    def test_the_link_is_shown_to_who_asked_alone_and_the_code_to_who_answered_alone(
        self, anna: User, max_: User, settings: Any
    ) -> None:
        settings.EMAIL_HOST = ""
        client, bo = browser(anna), user("Bo", Role.ADMINISTRATOR)
        User.objects.filter(pk=max_.pk).update(is_active=False)
        client.post("/admin/accounts/user/add/", new())
        answered = browser(bo).post(page_of(asked()), YES)
        assert answered.context["asked"].code_to_read_out
        assert "/accounts/password/reset/key/" not in answered.content.decode()
        nina = User.objects.get(email="nina@example.org")
        again = f"/admin/accounts/user/{nina.pk}/invite/"
        assert browser(bo).post(again).status_code == 403, "who knows the code sees no link"
        assert again in client.get(page_of(asked())).content.decode()
        link = client.post(again, follow=True).content.decode()
        assert "/accounts/password/reset/key/" in link
        assert not re.search(r"\b\d{6}\b", link)
        assert client.post(page_of(asked()) + "code/").status_code == 403

    def test_where_who_asked_has_left_another_sends_the_link_and_a_third_tells_a_new_code(
        self, anna: User, max_: User, settings: Any
    ) -> None:
        settings.EMAIL_HOST = ""
        bo = user("Bo", Role.ADMINISTRATOR)
        User.objects.filter(pk=max_.pk).update(is_active=False)
        browser(anna).post("/admin/accounts/user/add/", new())
        first = asked()
        old = browser(bo).post(page_of(first), YES).context["asked"].code_to_read_out
        User.objects.filter(pk=anna.pk).update(is_active=False)
        User.objects.filter(pk=max_.pk).update(is_active=True)
        nina = User.objects.get(email="nina@example.org")
        shown = browser(bo).post(f"/admin/accounts/user/{nina.pk}/invite/", follow=True)
        assert "/accounts/password/reset/key/" in shown.content.decode()
        assert not open_account(old, by=access(nina)), "Bo knew it, and sees the link now"
        assert browser(bo).post(page_of(first) + "code/").status_code == 403
        code = browser(max_).post(page_of(asked()), YES).context["asked"].code_to_read_out
        assert open_account(code, by=access(nina))

    def test_one_administrator_without_a_manager_is_told_that_nobody_can_tell_the_code(
        self, anna: User
    ) -> None:
        shown = browser(anna).post("/admin/accounts/user/add/", new("officer", why=""), follow=True)
        assert "Nobody can give Nina the code" in shown.content.decode()
        assert "manage.py invite" in shown.content.decode()

    def test_a_file_of_new_users_is_told_to_the_manager_and_its_users_get_their_code_from_another(
        self, anna: User, max_: User, dag: User
    ) -> None:
        line = b"email,name,role\nnina@example.org,Nina,officer\n"
        client = browser(anna)
        shown = upload(client, "accounts_user", line)
        client.post(f"{shown.request['PATH_INFO']}confirm/")
        assert set(Notice.objects.values_list("user__name", flat=True)) == {"Dag", "Max"}
        nina = User.objects.get(email="nina@example.org")
        client.post(f"/admin/accounts/user/{nina.pk}/invite/")
        assert (asked().act, asked().asked_by) == ("account.code", anna)

    def test_an_asker_who_is_no_administrator_any_more_has_asked_for_nothing(
        self, anna: User, max_: User
    ) -> None:
        question = ask_account(
            user=User(email="n@example.org", name="N", role="operator"), reason=WHY, site="x", by=access(anna)
        )
        User.objects.filter(pk=anna.pk).update(role="analyst")
        with pytest.raises(PermissionDenied):
            answer(question, give=True, by=access(max_))

    def test_what_has_been_taken_since_is_told_and_the_question_stays(self, anna: User, max_: User) -> None:
        browser(anna).post("/admin/accounts/user/add/", new())
        user("Nina", Role.ANALYST)
        page = browser(max_).post(page_of(asked()), YES, follow=True)
        assert page.status_code == 200
        assert asked().answer == "pending"


class TestWhoAnswers:
    def test_a_regions_question_is_its_coordinators_then_the_managers_then_an_administrators(
        self, anna: User, max_: User, vera: User
    ) -> None:
        nina, deputy = (
            user("Nina", Role.COORDINATOR),
            user("Dora", Role.COORDINATOR, region="V", kind="deputy"),
        )
        row = Coordinator(region_id="V", user=nina, name="Nina", valid_from=NOON.date())
        question = ask_assignment(card=row, reason=WHY, by=access(anna))
        assert answerers(question) == [vera, deputy]
        Coordinator.objects.filter(region="V").update(valid_to=date(2019, 2, 28))
        assert answerers(question) == [max_]
        User.objects.filter(pk=max_.pk).update(is_active=False)
        assert answerers(question) == []
        bo = user("Bo", Role.ADMINISTRATOR)
        assert answerers(question) == [bo]

    def test_nobody_answers_about_oneself_and_who_has_not_come_in_answers_nothing(
        self, anna: User, max_: User
    ) -> None:
        bo = user("Bo", Role.ADMINISTRATOR)
        User.objects.filter(pk=max_.pk).update(password="!never came")
        max_.role = Role.ADMINISTRATOR
        assert answerers(ask_change(user=max_, reason=WHY, by=access(anna))) == [bo]
        bo.email = "bo.berg@example.org"
        assert answerers(ask_change(user=bo, reason=WHY, by=access(anna))) == []

    def test_others_neither_read_nor_answer(self, anna: User, max_: User, vera: User) -> None:
        browser(anna).post("/admin/accounts/user/add/", new())
        for who in (vera, user("Olle", Role.OPERATOR), user("Bo", Role.ADMINISTRATOR)):
            client = browser(who)
            assert client.get(page_of(asked())).status_code == 404
            assert client.post(page_of(asked()), YES).status_code == 404
            with pytest.raises(PermissionDenied):
                answer(asked(), give=True, by=access(who))

    def test_the_data_protection_officer_reads_all_and_answers_none(
        self, anna: User, max_: User, dag: User
    ) -> None:
        browser(anna).post("/admin/accounts/user/add/", new())
        assert "New account" in browser(dag).get("/approvals/").content.decode()
        assert browser(dag).get(page_of(asked())).status_code == 200
        assert browser(dag).post(page_of(asked()), YES).status_code == 403

    def test_who_asked_takes_it_back(self, anna: User, max_: User) -> None:
        browser(anna).post("/admin/accounts/user/add/", new())
        browser(anna).post(page_of(asked()) + "withdraw/")
        assert asked().answer == "withdrawn"
        assert browser(max_).get(page_of(asked())).status_code == 404


class TestChange:
    def test_a_new_address_waits_for_the_manager_and_the_former_is_told(
        self, anna: User, max_: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        olle = user("Olle", Role.OPERATOR)
        path = f"/admin/accounts/user/{olle.pk}/change/"
        browser(anna).post(path, facts_of(olle, email="anna.private@example.org"))
        olle.refresh_from_db()
        assert olle.email == "olle@example.org"
        with django_capture_on_commit_callbacks(execute=True):
            browser(max_).post(page_of(asked()), YES)
        olle.refresh_from_db()
        assert olle.email == "anna.private@example.org"
        assert [email.to for email in mail.outbox] == [["olle@example.org"]]
        assert Event.objects.get(action="user.change").fields == ["email"]

    @pytest.mark.parametrize(
        ("was", "role"),
        [("analyst", "coordinator"), ("operator", "administrator"), ("operator", "operator")],
    )
    def test_a_role_with_casework_is_not_given_nor_given_back_alone(
        self, anna: User, max_: User, was: str, role: str
    ) -> None:
        olle = user("Olle", Role(was), is_active=was != role)
        browser(anna).post(f"/admin/accounts/user/{olle.pk}/change/", facts_of(olle, role=role))
        olle.refresh_from_db()
        assert (olle.role, olle.is_active) == (was, was != role)
        browser(max_).post(page_of(asked()), YES)
        olle.refresh_from_db()
        assert (olle.role, olle.is_active) == (role, True)

    def test_a_lesser_role_and_an_end_need_nobody(self, anna: User) -> None:
        olle = user("Olle", Role.OPERATOR)
        path = f"/admin/accounts/user/{olle.pk}/change/"
        browser(anna).post(path, facts_of(olle, role="officer", why=""))
        olle.refresh_from_db()
        assert olle.role == Role.OFFICER
        browser(anna).post(path, facts_of(olle, is_active="", why=""))
        olle.refresh_from_db()
        assert not olle.is_active

    def test_the_verb_itself_refuses_what_needs_two(self, anna: User) -> None:
        olle = user("Olle", Role.ANALYST)
        olle.role = Role.OPERATOR
        with pytest.raises(PermissionDenied):
            change_user(user=olle, fields=["role"], by=access(anna))
        assert User.objects.get(pk=olle.pk).role == Role.ANALYST

    def test_an_answer_holds_for_what_was_asked_and_not_for_what_came_after(
        self, anna: User, max_: User
    ) -> None:
        olle = user("Olle", Role.ANALYST)
        browser(anna).post(f"/admin/accounts/user/{olle.pk}/change/", facts_of(olle, role="operator"))
        User.objects.filter(pk=olle.pk).update(role="officer")
        page = browser(max_).post(page_of(asked()), YES, follow=True)
        assert "has been changed since it was asked" in page.content.decode()
        olle.refresh_from_db()
        assert (olle.role, asked().answer) == ("officer", "pending")

    def test_a_file_gives_no_role_and_no_region(self, anna: User, vera: User) -> None:
        olle = user("Olle", Role.ANALYST)
        files = {
            "accounts_user": "email,name,role\nn@example.org,N,operator\nolle@example.org,Olle,manager\n",
            "agencies_coordinator": "region,kind,name,valid_from,user\n"
            f"SY,coordinator,Olle,2019-01-01,{olle.email}\n",
        }
        for model, text in files.items():
            shown = upload(browser(anna), model, text.encode())
            assert "Two persons are needed" in shown.content.decode()
        assert not User.objects.filter(email="n@example.org").exists()


class TestLostSecondFactor:
    def test_the_manager_answers_and_the_owner_needs_a_code_said_by_telephone(
        self, anna: User, max_: User
    ) -> None:
        olle = user("Olle", Role.OPERATOR)
        Authenticator.objects.create(user=olle, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
        browser(anna).post(f"/admin/accounts/user/{olle.pk}/second_factor/")
        assert Authenticator.objects.filter(user=olle).exists()
        response = browser(max_).post(page_of(asked()), YES)
        assert not Authenticator.objects.filter(user=olle).exists()
        assert len(response.context["asked"].code_to_read_out) == 6
        assert browser(olle).get("/").headers["Location"] == "/account/open/"

    def test_nobody_carries_out_what_they_asked_for_themselves(self, anna: User, max_: User) -> None:
        olle = user("Olle", Role.OPERATOR)
        question = ask_factor(user=olle, reason=WHY, by=access(anna))
        with pytest.raises(PermissionDenied):
            take_second_factor(user=olle, asked=question, by=access(anna))
        with pytest.raises(PermissionDenied):
            let_in(user=User(email="n@example.org"), asked=question, by=access(anna), site="x")


class TestRegion:
    def test_the_regions_coordinator_answers_and_the_region_and_the_officer_are_told(
        self, anna: User, vera: User, dag: User
    ) -> None:
        nina, viktor = user("Nina", Role.COORDINATOR), user("Viktor", Role.COORDINATOR, region="V")
        browser(anna).post("/admin/agencies/coordinator/add/", card(nina))
        assert not Coordinator.objects.filter(user=nina).exists()
        assert access(nina).regions == frozenset()
        browser(vera).post(page_of(asked()), YES)
        assert access(nina).regions == {"V"}
        assert set(Notice.objects.values_list("user__name", flat=True)) == {"Viktor", "Dag", "Nina"}
        assert "Somebody was given a region:" in browser(viktor).get("/").content.decode()
        assert Event.objects.get(action="coordinator.add").actor == vera.email

    def test_more_days_another_person_and_another_region_are_asked_for(self, anna: User, vera: User) -> None:
        nina = user("Nina", Role.COORDINATOR)
        row = Coordinator.objects.get(user=vera)
        Coordinator.objects.filter(pk=row.pk).update(valid_to=date(2019, 12, 31))
        path = f"/admin/agencies/coordinator/{row.pk}/change/"
        same = {"name": "Vera", "valid_from": "2015-01-01", "valid_to": "2019-12-31"}
        user("Max", Role.MANAGER)
        for more in ({"user": nina.pk}, {"region": "SY"}, {"valid_to": "2020-12-31"}, {"valid_to": ""}):
            browser(anna).post(path, card(vera, **{**same, **more}))
            assert asked().answer == "pending", more
            browser(anna).post(page_of(asked()) + "withdraw/")
        assert Approval.objects.count() == 4
        row.refresh_from_db()
        assert (row.user, row.region_id, row.valid_to) == (vera, "V", date(2019, 12, 31))

    def test_an_earlier_end_and_a_card_without_a_user_are_one_persons(self, anna: User, vera: User) -> None:
        row = Coordinator.objects.get(user=vera)
        path = f"/admin/agencies/coordinator/{row.pk}/change/"
        early = card(vera, name="Vera", valid_from="2015-01-01", valid_to="2019-03-01", why="")
        assert browser(anna).post(path, early).status_code == 302
        row.refresh_from_db()
        assert row.valid_to == date(2019, 3, 1)
        assert browser(anna).post("/admin/agencies/coordinator/add/", card(why="")).status_code == 302
        assert Coordinator.objects.filter(user=None, name="Nina").exists()
        assert not Approval.objects.exists()


class TestOwnDeputy:
    def test_a_coordinator_in_post_appoints_one_for_days_and_the_officer_is_told(
        self, vera: User, dag: User
    ) -> None:
        sven = user("Sven", Role.COORDINATOR, region="SY")
        facts = {"region": "V", "user": sven.pk, "valid_from": "2019-03-04", "valid_to": "2019-03-08"}
        answer = browser(vera).post("/coordinators/deputy/", facts)
        assert answer.status_code == 302, answer.context["form"].errors
        row = Coordinator.objects.get(user=sven, region="V")
        assert (row.kind, row.name, row.valid_to) == ("deputy", "Sven", date(2019, 3, 8))
        assert set(Notice.objects.values_list("user__name", flat=True)) == {"Dag"}

    @pytest.mark.parametrize(
        "more", [{"valid_to": "2019-06-08"}, {"valid_to": ""}, {"region": "SY"}, {"valid_from": "2019-02-01"}]
    )
    def test_not_for_long_nor_for_another_region(self, vera: User, more: dict[str, str]) -> None:
        sven = user("Sven", Role.COORDINATOR, region="SY")
        facts = {"region": "V", "user": sven.pk, "valid_from": "2019-03-04", "valid_to": "2019-03-08"}
        assert browser(vera).post("/coordinators/deputy/", {**facts, **more}).status_code == 200
        assert not Coordinator.objects.filter(user=sven, region="V").exists()

    def test_a_deputy_appoints_no_deputy(self, vera: User) -> None:
        dora = user("Dora", Role.COORDINATOR, region="V", kind="deputy")
        sven = user("Sven", Role.COORDINATOR, region="SY")
        facts = {"region": "V", "user": sven.pk, "valid_from": "2019-03-04", "valid_to": "2019-03-08"}
        assert browser(dora).post("/coordinators/deputy/", facts).status_code == 200
        assert not Coordinator.objects.filter(user=sven, region="V").exists()


def test_what_anybody_is_told_leads_to_no_page_that_they_may_not_read(
    anna: User, max_: User, dag: User, vera: User
) -> None:
    bo, sven = user("Bo", Role.ADMINISTRATOR), user("Sven", Role.COORDINATOR, region="SY")
    facts = {"region": "V", "user": sven.pk, "valid_from": "2019-03-04", "valid_to": "2019-03-08"}
    browser(vera).post("/coordinators/deputy/", facts)
    client = browser(anna)
    client.post("/admin/accounts/user/add/", new("officer", why=""))
    browser(bo).post(page_of(asked()), YES)  # the manager, who was told too, need not answer any more
    shown = upload(client, "accounts_user", b"email,name,role\nolof@example.org,Olof,officer\n")
    client.post(f"{shown.request['PATH_INFO']}confirm/")
    notices = list(Notice.objects.select_related("user"))
    assert {(row.user, row.kind) for row in notices} >= {
        (dag, "region.deputy"), (dag, "account.new"), (max_, "account.new"),
    }  # fmt: skip
    for row in notices:
        answered = browser(row.user).get(row.link or "/")
        assert answered.status_code == 200, (row.user, row.kind, row.link)


def test_to_approve_leads_a_manager_to_the_other_pages_where_a_yes_is_waited_for(max_: User) -> None:
    page = browser(max_).get("/approvals/").content.decode()
    assert set(re.findall(r'class="btn"\s+href="([^"]+)"', page)) >= {"/users/review/", "/disposal/"}
