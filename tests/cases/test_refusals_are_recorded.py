"""Whoever tries to open what is not theirs is recorded, and is not told whether it exists."""

from __future__ import annotations

import re
import uuid

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from accounts.row_level_security import bypasses, row_policies
from audit.models import Event
from cases.access_log import named_by_code
from tests.actors import access, user
from tests.cases import spreadsheet
from tests.cases.pages import coordinator, signed_in
from tests.importers import uploaded
from tests.makers import new_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden():
    """A case of Sydsverige."""
    return new_case(by=access(coordinator("SY", "Sven")), region="SY")


def refusals():
    return list(Event.objects.filter(action__startswith="refused").order_by("sequence"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_regions_case_and_person_are_refusals_on_them(hidden, method):
    person = hidden.persons.get()
    client = signed_in(coordinator())
    for row in (hidden, person):
        assert getattr(client, method)(f"{row.get_absolute_url()}edit/").status_code == 404
    assert [(e.actor, e.target_id, e.target_label) for e in refusals()] == [
        ("karin@example.org", str(hidden.code), hidden.number),
        ("karin@example.org", str(person.code), person.number),
    ]


def test_the_bypass_reason_opens_what_addresses_name_and_no_part_of_it():
    """Everybody who is signed in may name it."""
    reason = bypasses()["refusals"]
    opened = {table for table in row_policies() if reason.opens(table, to_write=False)}
    in_the_admin = {model._meta.db_table for model in admin.site._registry} & row_policies().keys()
    assert opened >= {"cases_case", "cases_person", "cases_call", "legacy_import_takeover"} | in_the_admin
    parts = ("identification", "exploitation", "measure", "suspectcount", "historicalperson", "draft")
    assert not opened & {f"cases_{part}" for part in parts}
    assert not any(reason.opens(table, to_write=True) for table in row_policies())


def test_every_table_that_addresses_name_by_code_is_asked():
    asked = {model._meta.label for model in named_by_code()}
    assert asked >= {
        "cases.Case",
        "cases.Person",
        "cases.Call",
        "cases.Transfer",
        "cases.AccessGrant",
        "cases.DuplicateReview",
        "cases.Notification",
        "exchange.ImportUpload",
        "exchange.ImportRun",
        "exchange.ExportFile",
        "jobs.Job",
        "summaries.Publication",
    }
    assert not {label for label in asked if "Historical" in label}


def test_a_file_of_somebody_else_is_a_refusal_on_it():
    upload = uploaded("persons", spreadsheet.sheet(spreadsheet.row()), access(coordinator("SY", "Sven")))
    assert signed_in(coordinator()).get(f"/cases/import/{upload.code}/").status_code == 404
    assert [(e.action, e.target_kind, e.target_id) for e in refusals()] == [
        ("refused", "exchange.importupload", str(upload.code))
    ]


def test_a_role_without_the_right_is_a_refusal(hidden):
    client = signed_in(user("Olle", Role.ANALYST))
    assert client.get("/cases/").status_code == 403
    event = refusals()[0]
    assert (event.role, event.target_kind, event.target_label) == ("analyst", "page", "cases:list")


def test_an_identifier_of_nothing_reads_and_costs_the_same(hidden):
    client = signed_in(coordinator())
    client.get("/")
    answers, costs = [], []
    for code in (hidden.code, uuid.uuid4()):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/cases/{code}/").content.decode()
        assert sum("jobs_job" in query["sql"] for query in queries) == 1  # not a question for each table
        answers.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer).replace(str(code), ""))
        costs.append(len(queries))
    assert answers[0] == answers[1]
    assert costs[0] == costs[1]
    assert [event.action for event in refusals()] == ["refused", "refused.unknown"]
    assert refusals()[1].target_id == ""


def test_a_page_that_is_simply_not_there_is_no_refusal():
    signed_in(coordinator()).get("/nothing/here/")
    assert refusals() == []


@pytest.mark.django_db(transaction=True)
def test_the_refusal_stays_when_the_act_is_taken_back(hidden):
    client = signed_in(coordinator())
    client.post(f"/cases/{hidden.code}/edit/", {"note": "x"})
    assert [event.target_label for event in refusals()] == [hidden.number]
