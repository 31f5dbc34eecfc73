"""Texts beside the figures are written in the admin by who publishes, and no text can break a page."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.forms import modelform_factory
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from audit.models import Event
from knowledge import stored_texts
from knowledge.forms import RemarkForm
from knowledge.models import Remark
from knowledge.shipped import filled, shipped
from knowledge.stored_texts import SHIPPED, present
from tests.actors import NOON, user
from tests.nmt_site.admin_pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def anna() -> Client:
    return client_of(user("Anna", Role.ANALYST))


def change(client: Client, key: str, **facts: str) -> Any:
    """As the form of the admin sends it."""
    row = Remark.objects.get(key=key)
    sent = {name: getattr(row, name) or "" for name in ("text_sv", "text_en", "sources", "reviewed_on")}
    return client.post(reverse("admin:knowledge_remark_change", args=[row.pk]), {**sent, **facts})


def test_what_is_loaded_is_what_is_shipped_and_the_form_would_take_each() -> None:
    assert present().all_in("sv") == SHIPPED.all_in("sv")
    assert present().all_in("en") == SHIPPED.all_in("en")
    assert shipped().keys() == {*Remark.objects.values_list("key", flat=True)}
    form = modelform_factory(Remark, form=RemarkForm, fields=("text_sv", "text_en", "sources", "reviewed_on"))
    for row in Remark.objects.all():
        data = {"text_sv": row.text_sv, "text_en": row.text_en, "sources": row.sources}
        assert form(data, instance=row).errors == {}, row.key
        assert row.sources, row.key


def test_who_edits_makes_a_version_and_a_text_that_is_changed_is_to_be_reviewed_again(anna: Client) -> None:
    Remark.objects.filter(key="cases").update(reviewed_on="2019-02-01")
    assert change(anna, "cases", text_sv="Ett ärende\r\nrör ofta flera.").status_code == 302
    row = Remark.objects.get(key="cases")
    assert (row.text_sv, row.reviewed_on) == ("Ett ärende rör ofta flera.", None)
    assert [one.text_sv[:14] for one in row.history.order_by("history_id")] == [
        "Ett ärende kan",
        "Ett ärende rör",
    ]
    assert row.history.order_by("history_id").last().history_user.name == "Anna"
    assert sorted(Event.objects.get(action="remark.change").fields) == ["reviewed_on", "text_sv"]


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("published_as", "published as {total}", "{n} saknas"),
        pytest.param("published_as", "{total}, {n}, {year}", "{year}", marks=pytest.mark.long),
        ("published_as", "{total}, {n:>9}, {n}", "{n:&gt;9}"),
        pytest.param("published_as", "{total}, {n} {", "”{”", marks=pytest.mark.long),
        pytest.param("break", "Break in series.", "{what} saknas", marks=pytest.mark.long),
        ("cases", "See {0.__class__}.", "{0.__class__}"),
        ("cases", "", ""),
        ("cases", "Ring 070-000 00 17.", ""),
    ],
)
def test_a_text_that_would_break_a_page_or_point_at_somebody_is_refused_beside_its_field(
    anna: Client, key: str, text: str, said: str
) -> None:
    page = change(anna, key, text_en=text)
    assert page.status_code == 200
    assert [*page.context["adminform"].form.errors] == ["text_en"]
    assert said in page.content.decode()
    assert Remark.objects.get(key=key).text_en == shipped()[key].en


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ANALYST])
def test_nobody_else_edits(role: Role) -> None:
    person = client_of(user("Någon", role, region="V" if role is Role.COORDINATOR else ""))
    assert change(person, "cases", text_sv="Ny text.").status_code in {302, 403}
    assert Remark.objects.get(key="cases").text_sv == shipped()["cases"].sv


def test_loading_again_leaves_what_the_authority_wrote_and_brings_back_what_is_missing() -> None:
    Remark.objects.filter(key="cases").update(text_sv="Vår egen text.")
    Remark.objects.filter(key="break").delete()
    assert present().all_in("sv") == {**SHIPPED.all_in("sv"), "cases": "Vår egen text."}
    stored_texts.load()
    assert Remark.objects.get(key="cases").text_sv == "Vår egen text."
    assert Remark.objects.get(key="break").text_sv == shipped()["break"].sv


def test_a_text_is_read_whatever_stands_in_it() -> None:
    assert (
        filled("{n} of {total}, {year} {n.real} {", {"n": 1, "total": "{n}"}) == "1 of {n}, {year} {n.real} {"
    )
