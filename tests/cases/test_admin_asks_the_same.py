"""What a page of casework asks, the admin asks too: by the same form and rules, in the same words."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from itertools import chain, product
from typing import Any, Final

import pytest
from django.conf import settings
from django.contrib import admin
from django.forms import ModelForm
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

import cases.forms
from accounts.access import Access
from accounts.roles import Role
from cases.admin.base import CaseworkAdmin, ListedFilter
from cases.models import Call, Case, Exploitation, Identification, Measure, Person
from cases.rules.faults import MESSAGES
from cases.views.list_page import Listing
from tests.cases.pages import agency
from tests.cases.test_admin_saving import added, call_facts, sent
from tests.makers import new_case, new_person
from tests.nmt_site.admin_pages import address, client_of, someone
from tests.weights import every_value_once, mostly_long
from tests.world import undone

pytestmark = pytest.mark.django_db
PARTS: Final = {Identification: "identifications", Exploitation: "exploitations", Measure: "measures"}
GUARDS: Final = {"form_token", "version"}
# Long lists with a page of their own, to which the admin leads.
ELSEWHERE: Final = {f"{name}{suffix}" for name in ("acts", "means", "controls") for suffix in ("", "_answer")}


@pytest.fixture(scope="module")
def west(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    with django_db_blocker.unblock(), undone():
        yield someone(Role.COORDINATOR, "Karin")


@pytest.fixture(scope="module")
def person(west: Any) -> Person:
    """With two purposes, the main one sexual, and a measure. Each test undoes what it did."""
    new = new_person(purposes=("labour",), measures=(("police_report", "2018-06"),))
    return new_case(new, by=Access.of(west)).persons.get()


# --- the same forms ---------------------------------------------------------------------------------------


def forms_of_pages() -> Iterator[type[ModelForm[Any]]]:
    """Every form of `cases/forms` that changes a row which the admin shows."""
    shown = {Call, Case, Person, *PARTS}
    for found in pkgutil.iter_modules(cases.forms.__path__):
        module = importlib.import_module(f"cases.forms.{found.name}")
        for form in vars(module).values():
            own = isinstance(form, type) and form.__module__ == module.__name__
            if own and issubclass(form, ModelForm) and form._meta.model in shown:
                yield form


def forms_of_admin(model: type[Any], access: Access) -> list[type[ModelForm[Any]]]:
    request = RequestFactory().get("/")
    request.access = access  # type: ignore[attr-defined]
    if model in PARTS:
        inlines = {inline.model: inline for inline in admin.site._registry[Person].inlines}
        return [inlines[model](Person, admin.site).form_of(request)]
    casework = admin.site._registry[model]
    assert isinstance(casework, CaseworkAdmin)
    return [casework.form_of(request, change=change) for change in (False, True)]


def asks_the_same(page: type[ModelForm[Any]], own: type[ModelForm[Any]]) -> bool:
    """Whether `own` is that form, or shares with it the class that declares all that it asks."""
    asked = page.base_fields.keys() - GUARDS
    return any(
        issubclass(own, form) and asked <= form.base_fields.keys()
        for form in page.__mro__
        if hasattr(form, "base_fields")
    )


@pytest.mark.parametrize("page", sorted(set(forms_of_pages()), key=lambda form: form.__name__))
def test_each_form_of_a_page_is_the_admins_form_too(west: Any, page: type[ModelForm[Any]]) -> None:
    kinds = forms_of_admin(page._meta.model, Access.of(west))  # type: ignore[arg-type]
    same = [own for own in kinds if asks_the_same(page, own)]
    if page.__name__ == "CaseMeasureForm":  # of several persons at once: the admin has one person a page
        same = kinds
    assert same, f"the admin has no {page.__name__}"
    for name, field in page.declared_fields.items():
        if name in same[0].declared_fields and name not in GUARDS:
            assert same[0].declared_fields[name] is field


@pytest.mark.parametrize("model", [Call, Case, Person])
def test_each_field_that_a_page_writes_is_on_the_page_of_the_admin(
    west: Any, person: Person, model: type[Any]
) -> None:
    written = set(chain(*(form._meta.fields or () for form in forms_of_pages() if form._meta.model is model)))
    client = client_of(someone(Role.OPERATOR) if model is Call else west)
    if model is Call:
        client.post(address("cases_call", "add"), call_facts())
    row = model.objects.get()
    form = client.get(address(f"cases_{model._meta.model_name}", "change", row.pk)).context["adminform"]
    shown = {one.field.name for line in chain(*form) for one in line}
    assert written <= shown
    assert shown >= GUARDS


def test_each_field_of_a_part_is_on_the_page_of_the_admin_or_a_click_away(west: Any, person: Person) -> None:
    page = client_of(west).get(address("cases_person", "change", person.pk))
    for one in page.context["inline_admin_formsets"]:
        form = next(form for form in forms_of_pages() if form._meta.model is one.formset.model)
        assert set(form._meta.fields or ()) - ELSEWHERE <= one.formset.forms[0].fields.keys()
    purpose = reverse("cases:edit_exploitation", args=[person.code, person.exploitations.first().pk])
    assert purpose in page.content.decode()
    assert client_of(west).get(purpose).context["form"].fields.keys() >= ELSEWHERE


# --- the same rules, in the same words --------------------------------------------------------------------

# Fault → the page's address name, and what is typed wrong there.
WRONG: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "required": ("edit_identification", {"county": ""}),
    "date": ("edit", {"opened_on": "igår"}),
    "date_impossible": ("edit", {"opened_on": "2018-02-30"}),
    "month": ("edit_measure", {"month": "maj"}),
    "date_future": ("edit", {"opened_on": "2999-01-01"}),
    "date_early": ("edit_identification", {"identified_on": "1980-01-01"}),
    "end_before_start": ("edit_exploitation", {"start": "2018-05", "end": "2018-01"}),
    "purpose_twice": ("edit_exploitation", {"purpose": "purpose:labour"}),
    "sector_without_labour": ("edit_exploitation", {"sector": "sector:cleaning"}),
    "form_without_sexual": (
        "edit_exploitation",
        {"purpose": "purpose:begging", "sexual_form": "sexual_form:prostitution"},
    ),
    "child_age": ("edit_person", {"child": "yes", "age_class": "25-34"}),
    "status_reason": ("status", {"status": "not_victim"}),
    "long": ("edit", {"note": "x" * 5_000}),
    "identity": ("edit", {"note": "Ring 070-123 45 67"}),
    # what forms say beside the rules
    "no municipality": ("edit_identification", {"municipality": "Ingenstans"}),
    "no choice": ("edit_identification", {"county": "Ingenstans"}),
    "place": ("edit_exploitation", {"place": "abroad", "county": "14"}),
    "no reason to close": ("state", {"state": "closed"}),
    "no number": ("edit", {"accompanying_children": "-1"}),
    "ends early": ("edit_measure", {"month": "2018-06", "ends_on": "2018-01-01"}),
    "main purpose": ("edit_exploitation", {"is_main": ""}),
}
# A form never says these: of files only, or of what it does not offer.
NEVER: Final = {
    "not_allowed", "unknown_code", "unknown_name", "measure_format", "month_precision", "no_purpose",
    "main_not_among", "status_not_allowed", "consent_import",
}  # fmt: skip
OF_A_CALL: Final = {"consent", "consent_unanswered", "outcome_case"}
# Walked in `test_consent_decides.py`, on the page and in the admin.
WITHOUT_CONSENT: Final = {
    "consent_case", "consent_child", "consent_taken_back", "consent_no_child", "consent_given_afterwards",
}  # fmt: skip
OF_A_NEW_PERSON: Final = {"too_many_main"}
ON_ONE_PAGE: Final = {"means_child_adult", "means_none_and_other"}  # of `ELSEWHERE`
EXPECTED: Final = {
    "sector_missing",
    "offence_early",
    "code_early",
    "code_late",
    "call_no_persons",
    "call_no_purpose",
    "call_no_outcome",
}  # warnings block nothing
ASKED: Final = {"name"}  # has a button of its own, and is saved by nothing else


def test_each_message_of_the_rules_is_walked() -> None:
    walked = set(WRONG) | NEVER | OF_A_CALL | OF_A_NEW_PERSON | ON_ONE_PAGE | EXPECTED | ASKED
    walked |= WITHOUT_CONSENT
    assert set(MESSAGES) <= walked
    assert set(MESSAGES) >= (NEVER | ON_ONE_PAGE | EXPECTED | ASKED)


def errors_of(response: Any) -> set[str]:
    """Every sentence that refuses, wherever it stands on the page."""
    assert response.status_code == 200
    context = response.context
    if "adminform" in context:
        sets = [one.formset for one in context["inline_admin_formsets"]]
        forms = [context["adminform"].form, *chain(*(one.forms for one in sets))]
    else:
        sets, forms = [], [context["form"]] if "form" in context else context["forms"]
    found = chain(*(form.errors.values() for form in forms), (one.non_form_errors() for one in sets))
    return set(map(str, chain(*found)))


def rows_of(person: Person) -> dict[str, tuple[Any, str]]:
    """Name of a page → the row that it changes, and the prefix of its form in the admin."""
    main = person.exploitations.get(is_main=True)
    return {
        "edit": (person.case, ""),
        "state": (person.case, ""),
        "edit_person": (person, ""),
        "status": (person, ""),
        "edit_identification": (person.identifications.get(), "identifications-0-"),
        "edit_exploitation": (main, "exploitations-0-"),
        "edit_measure": (person.measures.get(), "measures-0-"),
    }


def path_of(name: str, row: Any) -> str:
    args = [row.person.code, row.pk] if hasattr(row, "person_id") else [row.code]
    return reverse(f"cases:{name}", args=args)


def filled_in(client: Client, path: str) -> dict[str, str]:
    """What the form of a page would send."""
    form = client.get(path).context["form"]
    shown = {bound.html_name: bound.value() for bound in form}
    return {key: str(getattr(v, "pk", v)) for key, v in shown.items() if v not in (None, "", [], False)}


def on_page(client: Client, name: str, row: Any, wrong: dict[str, str]) -> Any:
    path = path_of(name, row)
    return client.post(path, filled_in(client, path) | wrong)


@pytest.fixture(scope="module")
def read(west: Any, person: Person) -> Callable[..., dict[str, Any]]:
    """What the form at an address would send. Each is read once in a language: no test changes it."""
    return cache(lambda reader, path, language: reader(_client(west, language), path))


def _client(west: Any, language: str) -> Client:
    client = client_of(west)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


# One fault of each page: that the forms are the same is proven above.
OF_EACH_PAGE: Final = [
    ("required", "sv"), ("identity", "en"), ("purpose_twice", "sv"), ("child_age", "en"),
    ("status_reason", "sv"), ("no reason to close", "en"), ("ends early", "sv"),
]  # fmt: skip


@pytest.mark.parametrize("said", mostly_long(product(WRONG, ["sv", "en"]), usual=OF_EACH_PAGE))
def test_what_a_page_refuses_the_admin_refuses_in_the_same_words(
    west: Any, person: Person, read: Callable[..., dict[str, Any]], said: tuple[str, str]
) -> None:
    fault, language = said
    name, wrong = WRONG[fault]
    row, prefix = rows_of(person)[name]
    client, path = _client(west, language), path_of(name, row)
    model, key = ("cases_case", row.pk) if isinstance(row, Case) else ("cases_person", person.pk)
    page = errors_of(client.post(path, read(filled_in, path, language) | wrong))
    path = address(model, "change", key)
    typed = {f"{prefix}{field}": value for field, value in wrong.items()}
    own = errors_of(client.post(path, read(sent, path, language) | typed))
    assert page
    assert page == own
    if fault in MESSAGES:
        with translation.override(language):
            begins = translation.gettext(MESSAGES[fault]).partition("{")[0]
        assert any(text.startswith(begins) for text in page)


def test_two_main_purposes_are_refused_in_the_same_words(west: Any, person: Person) -> None:
    client = client_of(west)
    page = client.post(
        reverse("cases:add_persons", args=[person.case.code]),
        {
            "sex": "F", "child": "no", "status": "presumed", "agency": agency("police"), "county": "14",
            "identified_on": "2018-05-02", "purposes": ["purpose:sexual", "purpose:labour"],
            "main_purpose": ["purpose:sexual", "purpose:labour"], "number": "1",
        },
    )  # fmt: skip
    second = {"purpose": "purpose:sexual", "is_main": "on", "place": "unknown"}
    more = {f"exploitations-1-{name}": value for name, value in second.items()}
    facts = added(case=person.case_id) | more | {"exploitations-TOTAL_FORMS": "2"}
    own = errors_of(client.post(address("cases_person", "add"), facts))
    assert errors_of(page)
    assert errors_of(page) == own


CALLS: Final = {
    "consent": {"consent": "missing"},
    "case": {"outcomes": ["outcome:case"]},
    "consent unanswered": {"topics": ["topic:person"], "consent": ""},
    "received": {"received_at": "2999-01-01 10:00"},
    "county": {"caller_county": "Atlantis"},
    "region": {"outcomes": ["outcome:referral_coordinator"]},
    "follow-up": {"outcomes": ["outcome:feedback"]},
    "early": {"follow_up_due": "1999-01-01"},
    "minutes": {"minutes": "1000"},
    "women": {"women": "-1"},
    "note": {"note": "Ring 070-123 45 67"},
    "caller": {"caller_group": ""},
    "follow-up of": {"follow_up_of": "6b3f7a68-6b0e-4c3e-9a39-0f6a4b8e1f11"},
}


@pytest.mark.parametrize("wrong", mostly_long(CALLS, usual=["consent", "region", "note"]))
def test_a_call_is_refused_in_the_same_words(wrong: str) -> None:
    client = client_of(someone(Role.OPERATOR))
    facts = call_facts(**CALLS[wrong])
    page, own = client.post(reverse("calls:new"), facts), client.post(address("cases_call", "add"), facts)
    assert errors_of(page)
    assert errors_of(page) == errors_of(own)
    assert not Call.objects.exists()


def test_a_warning_blocks_nothing_by_either_door(west: Any, person: Person) -> None:
    """The page asks once; the admin says it when it has saved."""
    client, path = client_of(west), address("cases_person", "change", person.pk)
    early = {"offence": "offence:exploitation"}
    page = on_page(client, "edit_person", person, early)
    form = page.context["form"]
    assert form.warnings
    assert not errors_of(page)
    assert on_page(client, "edit_person", person, early | {"save_anyway": form.shown}).status_code == 302
    Person.objects.update(offence=None)
    saved = client.post(path, sent(client, path, **early), follow=True).content.decode()
    assert all(warning in saved for warning in form.warnings)
    assert Person.objects.get().offence_id == "offence:exploitation"


@pytest.mark.parametrize(
    ("door", "pressed"), every_value_once(["admin", "page"], ["", "save_anyway", "no_name"])
)
def test_what_seems_to_be_a_name_is_saved_by_its_own_button_alone(
    west: Any, person: Person, pressed: str, door: str
) -> None:
    client, path = client_of(west), address("cases_case", "change", person.case_id)
    name = {"note": "Hon heter Anna Svensson"}
    form = on_page(client, "edit", person.case, name).context["form"]
    shown = {"save_anyway": form.shown, "names_shown": form.names_shown}
    sends = name | (shown if pressed else {}) | ({"no_name": "1"} if pressed == "no_name" else {})
    passed = pressed == "no_name"
    if door == "page":
        answer = on_page(client, "edit", person.case, sends)
    else:
        answer = client.post(path, sent(client, path, **sends))
        asked = form.name_questions[0].rpartition(": ")[2]
        assert passed or any(asked in text for text in errors_of(answer))
    assert (answer.status_code == 302) == passed
    assert Case.objects.get().note == (name["note"] if passed else "")


# --- the same filters -------------------------------------------------------------------------------------

# Design rule 13: all that rows of persons are selected by.
ALLOWED: Final = {
    "year", "from", "to", "county", "region", "state", "responsible", "taken", "follow_up", "complete",
    "channel", "size", "children", "offered", "origin",
}  # fmt: skip


def listings(of: type[Listing] = Listing) -> list[type[Listing]]:
    """Those that name a model, however far below."""
    below = [found for one in of.__subclasses__() for found in listings(one)]
    return [*below, *([of] if "model" in vars(of) else [])]


@pytest.mark.parametrize("listing", listings(), ids=lambda listing: listing.__name__)
def test_nothing_selects_rows_but_what_is_allowed(listing: type[Listing], west: Any) -> None:
    assert set(listing.filters) <= ALLOWED
    listed = listing(QueryDict(), Access.of(west))
    assert set(listing.filters) <= set(listed.form.fields) <= ALLOWED
    own = admin.site._registry[listing.model]
    offered = {spec.parameter_name for spec in own.list_filter}  # type: ignore[union-attr]
    assert offered == set(listing.filters) - {"from", "to"}
    assert all(issubclass(spec, ListedFilter) for spec in own.list_filter)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    mostly_long(
        ["year=2018", "year=2017", "county=14", "county=12", "region=V", "region=SY", "state=open",
         "state=closed", "responsible=me", "responsible=nobody", "complete=no", "complete=yes",
         "year=nonsense", "state=nonsense"],
        usual=["year=2017", "region=SY", "responsible=me", "complete=no"],
    ),
)  # fmt: skip
def test_an_address_lists_the_same_cases_by_either_door(west: Any, person: Person, query: str) -> None:
    new_case(new_person(on=date(2017, 3, 1), county="13"), by=Access.of(west), opened=date(2017, 3, 2))
    page = client_of(west).get(reverse("cases:list") + f"?{query}").context["cases"]
    own = client_of(west).get(address("cases_case") + f"?{query}").context["cl"].result_list
    assert [case.pk for case in page] == [case.pk for case in own]


@pytest.mark.parametrize(
    "query",
    mostly_long(
        ["year=2018", "year=1999", "county=14", "region=V", "region=SY", "taken=me", "follow_up=due",
         "follow_up=planned", "follow_up=done"],
        usual=["county=14", "taken=me", "follow_up=due"],
    ),
)  # fmt: skip
def test_an_address_lists_the_same_calls_by_either_door(query: str) -> None:
    operator = someone(Role.OPERATOR)
    client = client_of(operator)
    for more in ({"caller_county": "14"}, {"follow_up_due": timezone.localdate().isoformat()}):
        assert client.post(reverse("calls:new"), call_facts(**more)).status_code == 302
    page = client.get(reverse("calls:list") + f"?{query}").context["calls"]
    own = client.get(address("cases_call") + f"?{query}").context["cl"].result_list
    assert [call.pk for call in page] == [call.pk for call in own]


# --- the same questions before a file leaves --------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "own", "asks"),
    [
        ("cases:export", "cases_person", {"format", "in_words", "purpose", "reason"}),
        ("calls:export", "cases_call", {"format", "in_words", "purpose"}),
    ],
)
@pytest.mark.parametrize("reason", ["", "x" * 300])
def test_the_same_is_asked_before_a_file_leaves(
    west: Any, person: Person, page: str, own: str, asks: set[str], reason: str
) -> None:
    client = client_of(west)
    asked = {"format": "csv", "purpose": "Ring 070-123 45 67", "reason": reason}
    pages = [client.post(path, asked) for path in (reverse(page), address(own, "export"))]
    forms = [response.context["form"] for response in pages]
    assert [set(form.fields) for form in forms] == [asks, asks]
    assert forms[0].errors == forms[1].errors != {}
    assert forms[0].warning == forms[1].warning
    assert all(forms[0].warning in response.content.decode() for response in pages)
    assert bool(forms[0].warning) == ("reason" in asks)
