"""The extract of a case: everything stored and everyone who has read it, as a page and as a tagged PDF
file."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.roles import Role
from audit.models import Event
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.models import Case, Exploitation, Identification, Measure, Person
from cases.wording import NAMES, SILENT
from tests.actors import access, user
from tests.cases.pages import coordinator, operator, signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
NOTE = "Kontakt genom socialtjänsten."
REASON = "Bedömd efter samtal."


@pytest.fixture
def case(karin):
    women = [
        new_person(status_reason=REASON, reference="K-17", measures=(("reflection", "2018-06"),)),
        new_person(purposes=("begging",)),
    ]
    return new_case(*women, by=access(karin), note=NOTE, registry_number="2018/77")


@pytest.fixture
def dpo():
    return client_of(user("Dag", Role.DPO))


def client_of(person):
    client = signed_in(person)
    client.cookies["django_language"] = "en"
    return client


def address(case):
    return f"{case.get_absolute_url()}extract/"


def test_the_responsible_coordinator_gets_everything_and_its_readers(karin, case):
    client = client_of(karin)
    client.get(case.get_absolute_url())
    page = client.get(address(case)).content.decode()
    for stored in (case.number, NOTE, "2018/77", REASON, "K-17", "2018-06", "Begging", "karin@example.org"):
        assert stored in page
    event = Event.objects.latest("sequence")
    assert (event.action, event.target_label, event.search_kind) == ("case.extract", case.number, "page")
    assert "Cases: read" in page


def test_every_column_that_is_not_a_key_is_in_it(karin, case):
    with translation.override("en"):
        page = client_of(karin).get(address(case)).content.decode()
        for model in (Case, Person, Identification, Exploitation, Measure):
            for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
                if field.name not in SILENT and not field.name.endswith("_answer"):
                    label = str(NAMES.get(field.name) or field.verbose_name)
                    assert (label[:1].upper() + label[1:]).replace("'", "&#x27;") in page, (model, field.name)


def test_the_officer_types_the_number_which_is_in_no_address(dpo, case):
    response = dpo.post("/cases/extract/", {"number": case.number.lower()}, follow=True)
    page = response.content.decode()
    assert case.number in page
    assert all(case.number not in url for url, _status in response.redirect_chain)
    assert Event.objects.filter(
        action="case.extract", actor="dag@example.org", target_label=case.number
    ).exists()


def test_the_officer_sees_that_texts_are_stored_not_their_words(dpo, case):
    page = dpo.get(address(case)).content.decode()
    assert NOTE not in page
    assert REASON not in page
    assert "K-17" not in page
    assert f"A text of {len(NOTE)} characters" in page


def test_the_officer_is_told_of_a_number_that_does_not_exist(dpo):
    page = dpo.post("/cases/extract/", {"number": "V-1999-0001"}, follow=True).content.decode()
    assert "No case of yours has exactly that number or reference." in page


def test_persons_of_another_region_are_that_regions(karin, case):
    sven = coordinator("SY", "Sven")
    first, second = case.persons.order_by("position")
    asked = ask_transfer(person=second, to_region=sven.assignments.get().region, reason="x", by=access(karin))
    answer_transfer(transfer=asked, accept=True, reason="", by=access(sven))
    page = client_of(karin).get(address(case)).content.decode()
    assert first.number in page
    assert second.number not in page
    assert "1 person of the case is another region" in page
    assert second.number in client_of(sven).get(address(case)).content.decode()


def test_another_region_and_other_roles_get_none(case):
    for person, status in (
        (coordinator("SY", "Sven"), 404),
        (operator(), 404),
        (user("Ann", Role.ANALYST), 404),
    ):
        response = client_of(person).get(address(case))
        assert response.status_code == status
        assert case.number not in response.content.decode()
    sven = client_of(coordinator("M", "Mette"))
    answers = [sven.post("/cases/extract/", {"number": n}, follow=True) for n in (case.number, "V-1999-0001")]
    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert (
        client_of(user("Mia", Role.MANAGER)).post("/cases/extract/", {"number": case.number}).status_code
        == 403
    )


def test_an_operator_who_opened_the_case_reads_it_but_makes_no_extract():
    olle = operator()
    case = new_case(by=access(olle))
    assert client_of(olle).get(address(case)).status_code == 403


def test_its_cost_does_not_grow_with_persons(karin):
    costs = []
    for number in (1, 6):
        case = new_case(*(new_person() for _ in range(number)), by=access(karin))
        client = client_of(karin)
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get(address(case))
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_file_is_tagged_named_without_a_number_and_holds_the_same(karin, case):
    pypdf = pytest.importorskip("pypdf")
    response = client_of(karin).get(f"{case.get_absolute_url()}extract.pdf")
    if response.status_code == 302:
        pytest.skip("pango (Debian package libpangoft2-1.0-0) is not installed")
    assert response.headers["Content-Disposition"] == 'attachment; filename="registerutdrag.pdf"'
    reader = pypdf.PdfReader(BytesIO(response.content))
    text = "\n".join(page.extract_text() for page in reader.pages)
    for stored in (case.number, NOTE, "K-17", "karin@example.org"):
        assert stored in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in reader.trailer["/Root"]["/Metadata"].get_data()
    assert Event.objects.latest("sequence").search_kind == "pdf"
