"""The audit log in the browser: each role reads its part, filters it, and is recorded for reading it."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.permissions import hands_in
from accounts.roles import Role
from audit.models import Event
from audit.writer import System, Target, record
from audit_pages.words import ABOUT, DONE, HOW, field_words
from cases.views.call import CallFilterForm
from cases.views.case_filter import CaseFilterForm
from jobs.models import Job
from jobs.worker import work
from tests.actors import access, user
from tests.audit.events import tamper
from tests.cases.pages import coordinator, operator, signed_in
from tests.makers import new_case
from tests.ours import CODE

pytestmark = pytest.mark.django_db
PAGE = "/audit/"


@pytest.fixture
def dpo():
    return client_of(user("Dag", Role.DPO))


@pytest.fixture
def vast():
    return new_case(by=access(coordinator("V")))


@pytest.fixture
def syd():
    return new_case(by=access(coordinator("SY", "Sven")), region="SY")


def client_of(person):
    client = signed_in(person)
    client.cookies["django_language"] = "en"
    return client


def shown(response):
    return [line["event"].action for line in response.context["lines"]]


def labels(response):
    return {line["event"].target_label for line in response.context["lines"]}


def look(client, **typed):
    return client.post(PAGE, typed, follow=True)


def test_the_data_protection_officer_reads_all_and_that_is_recorded(dpo, vast, syd):
    response = dpo.get(PAGE)
    assert labels(response) >= {vast.number, syd.number}
    assert "Your reading of the audit log is also recorded." in response.content.decode()
    last = Event.objects.order_by("-sequence")[0]
    assert (last.actor, last.action) == ("dag@example.org", "audit.list")


def test_the_administrator_reads_sign_ins_only(vast):
    record(System("x@example.org"), "user.sign_in")
    record(System(""), "user.sign_in_refused")
    response = client_of(user("Anna", Role.ADMINISTRATOR)).get(PAGE)
    assert set(shown(response)) <= {"user.sign_in", "user.sign_in_refused", "user.sign_out"}
    assert vast.number not in response.content.decode()


def test_an_address_may_name_a_single_action_which_the_filter_shows_and_keeps(dpo):
    record(System("x@example.org"), "user.sign_in")
    record(System(""), "user.sign_in_refused")
    response = dpo.get(PAGE, {"action": "user.sign_in_refused"})
    assert set(shown(response)) == {"user.sign_in_refused"}
    assert response.context["form"]["action"].value() == "user.sign_in_refused"
    assert "Users and sign-ins: sign-in refused</option>" in response.content.decode()
    again = look(dpo, action="user.sign_in_refused")
    assert set(shown(again)) == {"user.sign_in_refused"}
    assert "user.sign_in" in shown(dpo.get(PAGE, {"action": "nothing.at_all"}))


def test_a_coordinator_reads_the_audit_log_of_own_cases_with_their_readers(vast, syd):
    client_of(operator()).get(vast.get_absolute_url())  # not the operator's own: refused, which shows as well
    client = client_of(vast.opened_by)
    client.get(vast.get_absolute_url())
    client.get(vast.persons.get().get_absolute_url())
    response = client.get(PAGE)
    assert labels(response) == {vast.number, vast.persons.get().number}
    assert set(shown(response)) == {"refused", "case.open", "case.read", "person.read"}
    assert syd.number not in response.content.decode()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.OFFICER, Role.ANALYST, Role.MANAGER])
def test_other_roles_do_not_read_it(role):
    assert client_of(user("Other", role)).get(PAGE).status_code == 403


class TestFilter:
    def test_by_number_without_the_number_in_the_address(self, dpo, vast, syd):
        response = look(dpo, number=vast.number)
        assert labels(response) == {vast.number}
        assert vast.number not in response.redirect_chain[0][0]
        assert response.context["form"].initial["number"] == vast.number

    def test_a_case_stands_for_its_persons(self, dpo, vast):
        client_of(vast.opened_by).get(vast.persons.get().get_absolute_url())
        assert labels(look(dpo, number=vast.number)) == {vast.number, vast.persons.get().number}

    def test_by_actor_without_the_e_mail_in_the_address(self, dpo, vast, syd):
        response = look(dpo, actor="sven@example.org")
        assert labels(response) == {syd.number}
        assert "sven" not in response.redirect_chain[0][0]

    def test_by_kind_and_by_day(self, dpo, vast):
        client_of(vast.opened_by).get("/cases/")
        assert set(shown(look(dpo, action="case"))) == {"case.open", "case.list"}
        assert shown(look(dpo, action="call")) == []
        assert shown(look(dpo, **{"to": "2001-01-01"})) == []
        assert "case.open" in shown(look(dpo, **{"from": "2001-01-01"}))

    def test_the_last_day_is_among_the_days(self, dpo, vast):
        day = str(timezone.localdate(Event.objects.get(action="case.open").at))

        assert "case.open" in shown(look(dpo, **{"from": day, "to": day}))

    def test_an_unknown_number_matches_nothing_and_an_unknown_actor_is_told(self, dpo, vast):
        assert shown(look(dpo, number="V-1999-0001")) == []
        assert "No user has that e-mail." in look(dpo, actor="nobody@example.org").content.decode()

    def test_a_number_out_of_scope_is_as_unknown_as_one_that_does_not_exist(self, vast, syd):
        client = client_of(vast.opened_by)
        answers = [look(client, number=number).redirect_chain for number in (syd.number, "SY-1999-0001")]
        assert answers[0] == answers[1]
        assert shown(client.get(f"{PAGE}?about={syd.code}")) == []

    @pytest.mark.parametrize(
        "query",
        [
            pytest.param("from=x", marks=pytest.mark.long),
            "by=x",
            pytest.param("by=99999999999999999999", marks=pytest.mark.long),
            "after=-1",
            pytest.param("action=x", marks=pytest.mark.long),
            "about=%00",
        ],
    )
    def test_a_strange_address_does_no_harm(self, dpo, query):
        assert dpo.get(f"{PAGE}?{query}").status_code == 200


def test_pages_go_on_from_an_event_at_the_same_cost(dpo):
    for number in range(120):
        record(System("x@example.org"), "case.read", Target("cases.case", "c0de", f"V-2018-{number:04}"))
    with CaptureQueriesContext(connection) as queries:
        first = dpo.get(PAGE)
    assert len(queries) <= 12
    second = dpo.get(PAGE + first.context["next"])
    third = dpo.get(PAGE + second.context["next"])
    seen = [line["event"].sequence for page in (first, second, third) for line in page.context["lines"]]
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 121  # and the sign-in
    back = dpo.get(PAGE + third.context["previous"])
    assert [line["event"].pk for line in back.context["lines"]] == [
        line["event"].pk for line in second.context["lines"]
    ]


class TestVerify:
    def prove(self, client):
        client.post("/jobs/verify-audit/")
        work(once=True)
        return client.get(Job.objects.latest("pk").get_absolute_url(), follow=True).content.decode()

    def test_a_whole_chain_is_said_to_be_whole(self, dpo, vast):
        assert "The audit log has not been checked yet." in dpo.get(PAGE).content.decode()
        assert "The chain is whole: 4 events." in self.prove(dpo)
        assert Event.objects.filter(action="audit.verify", actor="dag@example.org").exists()

    def test_a_broken_chain_is_said_to_be_broken_and_where(self, dpo, vast):
        tamper("UPDATE audit_event SET actor = 'x' WHERE sequence = 1")
        page = self.prove(dpo)
        assert "The chain is broken at event 1. Change nothing and contact operations." in page
        assert 'role="alert"' in page

    def test_nobody_else_proves_it(self, vast):
        for person in (vast.opened_by, user("Anna", Role.ADMINISTRATOR)):
            assert client_of(person).post("/jobs/verify-audit/").status_code == 403
            assert "Check it now" not in client_of(person).get(PAGE).content.decode()


def test_every_kind_and_act_has_words():
    """Those that are written out in the code: `record(by, "kind.act"`."""
    code = "".join(file.read_text() for folder in CODE for file in Path(folder).rglob("*.py"))
    actions = set(re.findall(r'record\([\w.()]+,\s*"([a-z_.]+)"', code))
    assert len(actions) > 20
    assert {action.partition(".")[0] for action in actions} <= {*ABOUT}
    assert {
        action for action in actions if action not in DONE and action.partition(".")[2] not in DONE
    } == set()


def test_objects_and_fields_are_told_in_words(dpo):
    by = access(user("Anna", Role.ANALYST))
    record(by, "summary.read", Target("summary", "2018", "2018 county"))
    record(by, "publication.step", Target("summaries.publication", "x", "2018 1"), fields=["country_group"])
    record(
        by, "code.change", Target("agencies.code", "act:transport", "Transport"), fields=["label_en", "gone"]
    )
    lines = dpo.get(PAGE).context["lines"][:3]
    assert [(line["label"], line["fields"]) for line in lines] == [
        ("Transport", "gone, label in English"),
        ("2018, version 1", "Persons by group of countries and group"),
        ("2018, Persons by county where identified and group", ""),
    ]


def test_fields_of_a_persons_parts_are_told_in_words_too():
    with translation.override("sv"):
        text = field_words("cases.person", ["sector", "acts_answer", "reference", "gone"])
    assert text == "bransch, svar: handlingar, myndighetens egen referens, gone"


def test_a_run_is_told_by_what_it_does_once(dpo):
    dpo.post("/jobs/verify-audit/")
    code = str(Job.objects.get().code)
    page = dpo.get(PAGE).content.decode()
    assert f"Checking the audit log, {code[:8]}" in page
    assert "verify_audit" not in page


def test_no_two_apps_mean_different_things_by_one_word_for_how_something_was_looked_for():
    ours = [config for config in apps.get_app_configs() if hands_in(config, "apps", "HOW")]
    words = Counter(key for config in ours for key in import_module(f"{config.name}.apps").HOW)
    assert [key for key, number in words.items() if number > 1] == []


@pytest.mark.parametrize("filters", [CallFilterForm, CaseFilterForm])
def test_every_filter_of_a_list_has_its_words(filters):
    assert set(filters.field_order) <= HOW.keys()
