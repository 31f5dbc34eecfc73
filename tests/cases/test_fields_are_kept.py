"""How fields are drawn is kept between pages: only where all that is shown is the same, whoever asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from accounts.models import User
from agencies.models import Code
from cases.templatetags import cases
from cases.templatetags.cases import Kept
from tests.actors import NOON, access
from tests.cases.call_forms import call_facts, logged
from tests.cases.pages import coordinator, errors_of, operator, signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
OF_ONE_REQUEST = re.compile(
    r'name="csrfmiddlewaretoken" value="\w+"|name="form_token" value="[\w-]+"|nonce="[^"]+"'
)
SECRET = "The house by the lake"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    Kept.drawn.clear()
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def olle() -> Client:
    return signed_in(operator())


def page(client: Client, address: str = "/calls/new/", language: str = "sv") -> str:
    client.cookies["django_language"] = language
    return OF_ONE_REQUEST.sub("", client.get(address).content.decode())


def drawn_anew(client: Client, address: str, language: str) -> str:
    kept = dict(Kept.drawn)
    Kept.drawn.clear()
    shown = page(client, address, language)
    Kept.drawn.clear()
    Kept.drawn.update(kept)
    return shown


def test_each_reads_the_form_as_if_it_were_drawn_for_this_reader_alone() -> None:
    vera, sara, user_olle = coordinator("V"), coordinator("SY", "Sara"), operator()
    case = new_case(new_person(citizenship="RO"), by=access(vera))
    new_case(new_person(citizenship="TH"), by=access(sara), region="SY")
    call = logged(access(user_olle), caller_county_id="12", women=2, topics=["child"], note=SECRET)
    looked_at: list[tuple[User, str]] = [
        (user_olle, "/calls/new/"),
        (user_olle, f"/calls/{call.code}/edit/"),
        (vera, f"/cases/persons/{case.persons.get().code}/edit/"),
        (vera, "/cases/new/"),
        (sara, "/cases/new/"),
    ]
    clients = {user: signed_in(user) for user in (vera, sara, user_olle)}

    for language in ("sv", "en"):
        for user, address in looked_at:
            shown = page(clients[user], address, language)
            assert shown == drawn_anew(clients[user], address, language), address
    assert Kept.drawn


def test_what_one_region_uses_most_is_not_offered_to_another() -> None:
    vera, sara = coordinator("V"), coordinator("SY", "Sara")
    new_case(new_person(citizenship="RO"), by=access(vera))
    new_case(new_person(citizenship="TH"), by=access(sara), region="SY")

    first, second, third = (page(signed_in(who), "/cases/new/") for who in (vera, sara, vera))

    assert 'data-first="RO"' in first
    assert 'data-first="TH"' not in first
    assert 'data-first="TH"' in second
    assert 'data-first="RO"' not in second
    assert third == first


def test_a_word_that_is_added_renamed_or_moved_shows_at_once(olle: Client) -> None:
    assert "Tågvärd" not in page(olle)

    code = Code.objects.create(key="caller:guard", list="caller", label_sv="Tågvärd", label_en="Guard")
    assert "Tågvärd" in page(olle)
    assert "Guard" in page(olle, language="en")

    Code.objects.filter(key=code.key).update(label_sv="Konduktör")
    renamed = page(olle)
    assert "Konduktör" in renamed
    assert "Tågvärd" not in renamed

    Code.objects.filter(key=code.key).delete()
    assert "Konduktör" not in page(olle)


def test_the_day_that_is_shown_as_an_example_is_that_of_the_request(
    olle: Client, clock: time_machine.Traveller
) -> None:
    assert "2019-03-01" in page(olle)
    assert "2019-03-02" not in page(olle)

    clock.move_to(NOON + timedelta(hours=11, minutes=30))  # half past midnight in Sweden
    olle.force_login(User.objects.get(role="operator"))
    assert "2019-03-02" in page(olle)


class AnyForm(forms.Form):
    word = forms.ChoiceField(label="Nr", choices=[("a", "A"), ("b", "B")], required=False)


def drawn(form: forms.Form, language: str = "en") -> str:
    with translation.override(language):
        template = Template("{% load crispy_forms_filters %}{{ form.word|as_crispy_field }}")
        return template.render(Context({"form": form}))


def test_a_field_that_is_called_the_same_in_both_languages_is_drawn_in_each() -> None:
    assert "(optional)" in drawn(AnyForm(), "en")
    assert "(frivilligt)" in drawn(AnyForm(), "sv")


def test_a_value_with_an_error_is_not_shown_as_the_same_value_without() -> None:
    assert 'class="error"' not in drawn(AnyForm(initial={"word": "c"}))
    assert 'class="error"' in drawn(AnyForm({"word": "c"}))
    assert 'class="error"' not in drawn(AnyForm(initial={"word": "c"}))


def test_an_error_is_shown_to_who_made_it_and_to_nobody_after(olle: Client) -> None:
    before = page(olle)

    answer = olle.post("/calls/new/", call_facts(caller_group="", follow_up_due="yesterday", consent=""))

    assert {"caller_group", "follow_up_due"} <= errors_of(answer).keys()
    assert answer.content.decode().count('class="error"') >= 2
    assert page(olle) == before


def test_no_text_that_somebody_wrote_and_nothing_of_one_request_is_kept(olle: Client) -> None:
    token = "0d4c2b2e-8e57-4f7e-9d2b-6a1f0c7e5b11"
    page(olle)
    olle.post("/calls/new/", call_facts(note=SECRET, caller_group="", form_token=token))
    call = logged(access(User.objects.get(role="operator")), note=SECRET, consent="given")
    assert SECRET in page(olle, f"/calls/{call.code}/edit/")

    kept = "\n".join([*Kept.drawn.values(), *map(repr, Kept.drawn)])
    assert SECRET not in kept
    assert token not in kept
    assert "csrfmiddlewaretoken" not in kept
    assert "nonce" not in kept


def test_no_more_fields_are_kept_than_is_said(olle: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "MOST_DRAWN", 5)
    page(olle)
    page(olle, "/cases/new/")
    assert len(Kept.drawn) <= 5


def test_a_kept_form_is_not_drawn_again(olle: Client) -> None:
    for _first in range(2):  # a field that is drawn for the first time gets its class by that
        page(olle)
    kept = dict(Kept.drawn)
    page(olle)
    assert Kept.drawn == kept
