"""Files and forms speak the language of the page: labels, short forms and codes come in, words go out."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from accounts.roles import Role
from agencies.code_words import closed_words
from cases.models import Call, Case, Person
from cases.resources import CallResource, CaseResource
from exchange.resources import RESOURCES
from exchange.writer import PIECES, Sheet, Tally
from tests.actors import access
from tests.cases.call_forms import call_facts
from tests.cases.pages import errors_of as errors_of_form, person_facts, signed_in
from tests.exchange.list_files import bring, counts_of, errors_of, rows, table, upload
from tests.importers import brought
from tests.makers import new_case, new_person
from tests.nmt_site.admin_pages import client_of, export, someone
from tests.weights import every_value_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def karin() -> User:
    return someone(Role.COORDINATOR, "Karin")


def cases_of(karin: User) -> Case:
    """Two persons, one of whom has all that a file says of a person."""
    one = new_person(
        main="labour", purposes=("sexual", "domestic"), age_class="7-12", child="yes", citizenship="RO",
        offence="trafficking", measures=(("police_report", "2018-06"), ("child_report", "2018-05")),
        municipality="Göteborg", channel="police",
    )  # fmt: skip
    one.exploitations[0].sector_id = "sector:cleaning"
    return new_case(one, new_person(sex="M", child="unknown", citizenship="ZZ"), by=access(karin))


WHO = {
    **dict.fromkeys(("cases", "persons"), Role.COORDINATOR),
    "calls": Role.OPERATOR,
    **dict.fromkeys(("population", "historical_figures", "justice_figures"), Role.ANALYST),
}


# --- out, and in again ------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "language"), every_value_once(sorted(RESOURCES), ["sv", "en"]))
def test_each_list_of_the_register_comes_back_from_words_as_it_was(
    name: str, language: str, karin: User
) -> None:
    """Of every row that is shipped: no label of a list is that of two values."""
    cases_of(karin)
    by = access(karin if name == "cases" else someone(WHO.get(name, Role.ADMINISTRATOR)))
    resource = RESOURCES[name](access=by)
    with translation.override(language):
        lines = resource.lines(resource.get_queryset().order_by("pk"))
        header, cells = resource.written(lines, in_words=True)
        data = b"".join(PIECES["csv"](Sheet(header, cells), Tally()))
        if not len(rows(data)) > 1:  # no row of the list is shipped
            return
        plan = brought(name, data, by).plan
    assert plan.errors == []
    assert plan.to_write == 0, [line.told for line in plan.lines if line.told][:3]
    assert plan.lines


def test_cases_go_out_with_the_headings_and_values_of_the_page_and_come_back(karin: User) -> None:
    case = cases_of(karin)
    client = client_of(karin)
    data = export(client, "cases_case", in_words="on")
    header, line = rows(data)
    assert header == ["Ärendenummer", "NMT-region", "Öppnat", "Hur ärendet kom in", "Läge",
                      "Skäl till att ärendet avslutas", "Medföljande barn", "Ansvarig"]  # fmt: skip
    assert line[:2] == [case.number, "Väst"]
    assert line[4] == "Pågående"
    assert counts_of(upload(client, "cases_case", data)) == (0, 0, 1, 0)
    assert rows(export(client, "cases_case"))[0][:2] == ["number", "region"]  # for programs


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_persons_go_out_in_words_and_come_back(karin: User, kind: str) -> None:
    cases_of(karin)
    client = signed_in(karin)
    asked = {"format": kind, "purpose": "Årlig kontroll", "reason": "Rader jämförs", "in_words": "on"}
    answer = client.post("/cases/export/", asked)
    data = b"".join(client.get(answer["Location"] + "file/").streaming_content)
    if kind == "csv":
        header, first, second = rows(data)
        told = dict(zip(header, first, strict=True))
        assert (told["kön"], told["barn vid identifieringen"], told["åldersklass"]) == (
            "kvinna",
            "ja",
            "7–12",
        )
        assert (told["medborgarskap"], told["län där personen identifierades"]) == (
            "Rumänien",
            "Västra Götalands län",
        )
        assert told["huvudsakligt ändamål"] == "Tvångsarbete"
        assert told["ändamål"] == "Hushållsarbete under tvång|Sexuella ändamål"
        assert told["åtgärder"] == "Orosanmälan:2018-05|Polisanmälan:2018-06"
        assert "okänt" in second
    done = brought("persons", data, access(karin))
    assert done.plan.counts() == {"new": 0, "changed": 0, "unchanged": 2, "failed": 0}, done.plan.errors


def test_the_page_of_an_export_offers_words_first(karin: User) -> None:
    for page in ("/cases/export/", "/admin/cases/case/export/"):
        assert 'name="in_words"' in (text := signed_in(karin).get(page).content.decode())
        assert "checked" in text.partition('name="in_words"')[2].partition(">")[0]


# --- in ---------------------------------------------------------------------------------------
def test_a_call_comes_in_as_a_swede_writes_it() -> None:
    client = client_of(someone(Role.OPERATOR))
    header = ["Inkom", "Medium", "Uppringarens yrkesgrupp", "Län", "Ämnen", "Brådska",
              "Samtycke till hänvisning", "Råd och resultat"]  # fmt: skip
    line = ["2018-07-01 14:05", "telefon", "Socialtjänst", "Skåne", "Barn", "allmänt", "Ej aktuellt",
            "Råd gavs"]  # fmt: skip
    page = upload(client, "cases_call", table(header, line))
    assert counts_of(page) == (1, 0, 0, 0), errors_of(page)
    shown = client.get(page.request["PATH_INFO"], {"tab": "new"}).content.decode()
    assert "Skåne län" in shown
    assert "not_relevant" not in shown


@pytest.mark.parametrize(
    ("column", "typed", "stored"),
    [
        ("Brådska", "allmän", "general"),
        ("Samtycke till hänvisning", "inte aktuellt", "not_relevant"),
        ("Samtycke till hänvisning", "Ja", "given"),
        ("Hur det kom in", "mejl", "email"),
        ("Råd och resultat", "Råd", "outcome:advice"),
        ("Misstänkta ändamål", "sexuella", "purpose:sexual"),
        ("Uppringarens yrkesgrupp", "polisen", "caller:police"),
    ],
)
def test_short_forms_and_first_words_are_taken_as_those_of_persons_are(
    column: str, typed: str, stored: str
) -> None:
    resource = CallResource()
    (name,) = resource.columns([column])
    value = resource.fields[name].widget.clean(typed)
    (first,) = value if isinstance(value, list) else [value]
    assert getattr(first, "pk", first) == stored


def test_every_short_form_of_a_closed_set_is_of_one_value_of_a_column() -> None:
    fields = {**CaseResource().fields, **CallResource().fields}
    for column, values in closed_words().items():
        for word, value in values.items():
            assert fields[column].widget.clean(word.upper()) == value, word


def test_a_case_changes_by_the_words_of_its_list_and_the_preview_says_them(karin: User) -> None:
    case = cases_of(karin)
    client = client_of(karin)
    page = upload(client, "cases_case", table(["Ärendenummer", "läge"], [case.number, "uppföljning"]))
    assert counts_of(page) == (0, 1, 0, 0), errors_of(page)
    shown = client.get(page.request["PATH_INFO"], {"tab": "changed"}).content.decode()
    assert "Läge: Pågående → <strong>Uppföljning</strong>" in shown


def test_a_message_names_labels_and_columns_as_the_page_does(karin: User) -> None:
    case = cases_of(karin)
    client = client_of(karin)
    lines = table(["number", "state"], [case.number, "väntar"], ["", "closed"])
    page = upload(client, "cases_case", lines)
    told = [(column, message) for _row, column, _value, message in errors_of(page)]
    allowed = "Tillåtna värden: Pågående, Uppföljning, Avslutat, Avslutat, överlämnat."
    assert told[0] == ("state", f"”väntar” är inte tillåtet. {allowed}")
    assert "Skäl till att ärendet avslutas" in [column for column, _message in told]  # not in the file


# --- a case without a reference of an agency ----------------------------------------------------
def test_a_row_that_is_copied_without_its_number_opens_a_case(karin: User) -> None:
    """Export, copy a row, empty its number, change it, import: nothing asks for a reference."""
    cases_of(karin)
    client = client_of(karin)
    header, line = rows(export(client, "cases_case", in_words="on"))
    copied = ["", *line[1:2], "2018-06-01", "Polisen", *line[4:]]
    data = table(header, line, copied, copied)
    page = upload(client, "cases_case", data)
    assert counts_of(page) == (2, 0, 1, 0), errors_of(page)
    bring(client, "cases_case", data)
    assert Case.objects.filter(opened_on="2018-06-01", channel="channel:police").count() == 2
    assert counts_of(upload(client, "cases_case", data)) == (0, 0, 3, 0)  # the file comes again
    corrected = table(header, [*copied[:4], "Uppföljning", *copied[5:]], copied)
    assert counts_of(upload(client, "cases_case", corrected)) == (0, 1, 1, 0)
    another_way = table(header, [*copied[:3], "Socialtjänst", *copied[4:]])
    assert counts_of(upload(client, "cases_case", another_way)) == (1, 0, 0, 0)


# --- in forms -----------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["Rum.", "rumänsk", "ROU", "Romania", "Rumanien"])
def test_romania_is_understood_in_every_form_as_in_every_file(karin: User, typed: str) -> None:
    client: Client = signed_in(karin)
    facts = person_facts(citizenship=typed, agency="polisen", county="Västra Götaland")
    answer = client.post("/cases/new/", {"opened_on": "2018-05-03", **facts})
    assert answer.status_code == 302, errors_of_form(answer)
    person = Person.objects.get()
    assert (person.citizenship, person.first_county_id, person.first_agency.code) == ("RO", "14", "police")
    case = new_case(new_person(citizenship="SE"), by=access(karin))
    line = {"case": case.number, "person": case.persons.get().number, "identified_on": "2018-05-02",
            "agency": "polisen", "county": "14", "sex": "kvinna", "child": "nej", "status": "presumed",
            "main_purpose": "sexual", "citizenship": typed}  # fmt: skip
    plan = brought("persons", table(list(line), list(line.values())), access(karin)).plan
    assert plan.errors == []
    assert Person.objects.get(case=case).citizenship == "RO"


def test_what_is_typed_for_a_choice_of_many_in_a_call_is_understood_by_its_short_form() -> None:
    client = signed_in(someone(Role.OPERATOR))
    answer = client.post("/calls/new/", call_facts(caller_county="Skåne"))
    assert answer.status_code == 302, errors_of_form(answer)
    assert Call.objects.get().caller_county_id == "12"
    assert Call.objects.get().received_at <= timezone.now()
