"""A fact has one name in form, page, list, file and closing, and a form says when the year asks for it."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.utils import translation

from cases.facts import COMPLETED
from cases.models import Case, Exploitation, Identification, Person
from cases.resources import CallResource, CaseResource, PersonResource
from cases.views.several import next_incomplete
from exchange.resources import RegisterResource
from summaries.counting.reference import titles
from tests.actors import access
from tests.cases.call_forms import call_facts
from tests.cases.pages import case_facts, coordinator, operator, person_facts, signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
CAME_IN = "Hur ärendet kom in"


def test_how_a_case_came_in_has_one_name_wherever_it_stands() -> None:
    """It had three: in form and page, in what is missing and in statistics, and in the list."""
    karin = coordinator()
    client = signed_in(karin)
    case = new_case(new_person(channel=None), by=access(karin))
    for page in ("/cases/new/", case.get_absolute_url(), "/cases/"):
        text = client.get(page).content.decode()
        assert CAME_IN in text, page
        assert not re.search(r"\bIngång\b|>\s*Källa\s*<", text), page
    for model in (Case, Identification):
        assert str(model._meta.get_field("channel").verbose_name).capitalize() == CAME_IN
    assert CAME_IN in CaseResource().header_in_words
    assert CAME_IN.lower() in PersonResource().header_in_words


# Where a form and a file, or a list, give a fact another key. A list may say the beginning of a long name.
SAME = {"measure": "measures", "case_channel": "channel", "number": "how many"}


def labels_of(page: str) -> dict[str, str]:
    """What a form calls its fields, by their names, as it is read: without numbers and marks beside."""
    inside, legend = r"(?:(?!</?fieldset).)*?", r"<legend[^>]*>((?:(?!</legend>).)*)</legend>"
    groups = rf'<fieldset{inside}{legend}{inside}name="(\w+)"'
    labels = [(name, label) for label, name in re.findall(groups, page, re.DOTALL)]
    labels += re.findall(r'<label[^>]*for="id_(\w+)"[^>]*>(.*?)</label>', page, re.DOTALL)
    return {SAME.get(name, name): words_of(label) for name, label in labels}


def words_of(html: str) -> str:
    """Without the number before, and what stands beside in another type."""
    text = unescape(re.sub(r"<span.*?</span>|<[^>]+>", "", html, flags=re.DOTALL))
    return re.sub(r"^[0-9. ]+|\(.*", "", text.strip()).strip().casefold()


def headings_of(resource: RegisterResource[Any]) -> dict[str, str]:
    """What the file calls its columns in words, by what it calls them for programs."""
    return {
        name: str(heading).casefold()
        for name, heading in zip(resource.header, resource.header_in_words, strict=True)
    }


@pytest.mark.parametrize(
    ("kind", "page", "missing"),
    [
        ("calls", "/calls/new/", {"code", "topics_answer", "purposes_answer", "outcomes_answer"}),
        ("cases", "/cases/new/", {"number", "region", "state", "close_reason", "responsible"}),
        ("persons", "/cases/new/", {"case", "person"}),
    ],
)
def test_a_form_and_a_file_call_every_fact_by_the_same_name(kind: str, page: str, missing: set[str]) -> None:
    by = operator() if kind == "calls" else coordinator()
    labels = labels_of(signed_in(by).get(page).content.decode())
    headings = headings_of({"calls": CallResource, "cases": CaseResource, "persons": PersonResource}[kind]())
    assert {name for name in headings if name not in labels} == missing
    labels["measures"] = labels.get("measures", "") + "er"  # one a form, several a cell
    assert {name: labels[name] for name in headings.keys() - missing} == {
        name: heading for name, heading in headings.items() if name not in missing
    }


@pytest.mark.parametrize(
    ("page", "kind", "columns", "filters"),
    [
        (
            "/calls/",
            CallResource,
            ["received_at", "caller_group", "caller_county", "topics"],
            {"county": "caller_county", "region": "referred_region"},
        ),
        (
            "/cases/",
            CaseResource,
            ["number", "opened_on", "channel", "state", "responsible"],
            {"region": "region", "state": "state", "responsible": "responsible", "channel": "channel"},
        ),
        (
            "/cases/persons/",
            PersonResource,
            ["identified_on", "status", "county", "measures"],
            {"channel": "channel", "county": "county"},
        ),
    ],
)
def test_a_list_and_its_filters_call_a_fact_as_its_file_does(
    page: str, kind: type[RegisterResource[Any]], columns: list[str], filters: dict[str, str]
) -> None:
    """Of a long name they may say the beginning."""
    client = signed_in(operator() if kind is CallResource else coordinator())
    if kind is CallResource:
        client.post("/calls/new/", call_facts())
    else:
        client.post("/cases/new/", {**case_facts(), **person_facts()})
    text = client.get(page).content.decode()
    labels, headings = labels_of(text), headings_of(kind())
    heads = [words_of(head) for head in re.findall(r'<th[^>]*scope="col"[^>]*>(.*?)</th>', text, re.DOTALL)]
    found = [next(filter(headings[name].startswith, filter(None, heads)), "") for name in columns]
    assert "" not in found, dict(zip(columns, found, strict=True))
    differ = {
        name: labels[name] for name, fact in filters.items() if not headings[fact].startswith(labels[name])
    }
    assert differ == {}


OF_STATISTICS = {
    "main_purpose": "main_purpose", "organisation": "agency", "channel": "channel", "offence": "offence",
    "status": "status", "citizenship": "citizenship", "sector": "sector", "ages": "age_class",
}  # fmt: skip
OF_CALLS = {"calls_caller": "caller_group", "calls_topic": "topics", "calls_outcome": "outcomes"}


def test_the_statistics_call_a_fact_as_its_file_does() -> None:
    with translation.override("sv"):
        names, persons, calls = titles(), headings_of(PersonResource()), headings_of(CallResource())
    told = {table: persons[fact] for table, fact in OF_STATISTICS.items()}
    told |= {table: calls[fact] for table, fact in OF_CALLS.items()}
    told["calls_topic"] = told["calls_topic"].removesuffix("n")  # one a row, several a cell
    assert {table: name for table, name in told.items() if name not in names[table].casefold()} == {}


def test_what_the_closing_of_the_year_asks_for_is_marked_in_the_form() -> None:
    page = signed_in(coordinator()).get("/cases/new/").content.decode()
    mark = r'for="id_(\w+)"[^<]*<span\s+class="optional">\(behövs till årsskiftet\)'
    marked = {name.removeprefix("case_") for name in re.findall(mark, page)}
    assert marked == {fact.name for fact in COMPLETED}


def test_the_next_case_is_an_open_one_of_ones_own_and_the_newest() -> None:
    karin, vera = coordinator(), coordinator(name="Vera")
    by = access(karin)

    def lacking(year: int, **facts: object) -> Case:
        case = new_case(new_person(), by=by, opened=date(year, 5, 2))
        Person.objects.filter(case=case).update(offence=None)
        Case.objects.filter(pk=case.pk).update(**facts)
        return case

    closed = lacking(2018, state="closed", close_reason="close_reason:support_ended", responsible=karin)
    old, new = lacking(2012), lacking(2018)
    own, of_vera = lacking(2011, responsible=karin), lacking(2018, responsible=vera)
    assert Exploitation.objects.count() == 5
    found: list[Case] = []
    while (case := next_incomplete(by, [str(one.code) for one in found])) is not None:
        found.append(case)
    assert found == [own, of_vera, new, old, closed]
