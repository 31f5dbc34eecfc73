"""Import of persons in the browser: upload, preview, confirm, the failed rows as a file, undo."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from audit.models import Event
from cases.importing.codes import Lookups
from cases.importing.columns import COLUMNS, known, match
from cases.importing.importer import PERSONS
from cases.models import Person
from exchange import sandbox
from exchange.importer import IMPORTERS
from exchange.models import ImportRun, ImportUpload
from exchange.reader import WHAT_IS_WRONG
from jobs.models import Job
from jobs.worker import work
from tests.actors import NOON, user
from tests.cases.spreadsheet import row, sheet
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
URL = "/cases/import/"


@pytest.fixture(autouse=True)
def clock() -> object:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser() -> Client:
    return signed_in("Vera")


def signed_in(name: str, role: Role = Role.COORDINATOR, language: str = "en") -> Client:
    client = Client()
    client.force_login(user(name, role, region="V" if role is Role.COORDINATOR else "", language=language))
    client.cookies["django_language"] = language
    return client


def upload(browser: Client, data: bytes, name: str = "persons.csv") -> str:
    answer = browser.post(URL, {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_a_file_is_shown_confirmed_and_done(browser: Client) -> None:
    where = upload(browser, sheet(row(), row(person="K2", sex="M")))
    page = browser.get(where).content.decode()
    assert "Nothing changes until you confirm." in page
    assert "Import 2 rows" in page
    assert not Person.objects.exists()
    answer = browser.post(where + "confirm/", {"rows": "all"}, follow=True)
    assert "New persons" in answer.content.decode()
    assert (Person.objects.count(), ImportUpload.objects.count()) == (2, 0)
    assert [event.action for event in Event.objects.order_by("sequence")][-2:] == [
        "import.preview",
        "import.persons",
    ]


def test_errors_come_first_and_stop_everything_unless_the_good_rows_are_chosen(browser: Client) -> None:
    where = upload(browser, sheet(row(), row(person="K2", county="Skone")))
    page = browser.get(where).content.decode()
    assert "Skone" in page
    assert "Skåne" in page
    assert 'href="?tab=failed" aria-current="page"' in page
    assert "Import the 1 row without errors" in " ".join(page.split())
    answer = browser.post(where + "confirm/", {"rows": "all"}, follow=True)
    assert "Nothing was imported" in answer.content.decode()
    assert not Person.objects.exists()
    browser.post(where + "confirm/", {"rows": "good"})
    assert Person.objects.count() == 1


def test_the_audit_log_tells_how_many_rows_were_looked_at_bad_ones_too(browser: Client) -> None:
    upload(browser, sheet(row(), row(person="K2", county="Skone")))
    assert Event.objects.get(action="import.preview").rows == 2


def test_of_a_long_list_the_preview_names_eight_and_counts_the_others(browser: Client) -> None:
    browser.post(upload(browser, sheet(row())) + "confirm/", {"rows": "all"})
    months = "|".join(f"shelter:2018-{n:02}" for n in range(1, 11))
    page = browser.get(upload(browser, sheet(row(measures=months)))).content.decode()
    assert "2018-08 and 2 more" in page
    assert "2018-09" not in page


def test_many_changes_are_taken_back_by_a_background_run(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    persons = (row(), row(person="K2"))
    browser.post(upload(browser, sheet(*persons)) + "confirm/", {"rows": "all"})
    changed = sheet(*(cells | {"status": "identified"} for cells in persons))
    browser.post(upload(browser, changed) + "confirm/", {"rows": "all"})
    monkeypatch.setitem(IMPORTERS, "persons", replace(PERSONS, few=1))
    browser.post(reverse("cases:import_undo", args=[ImportRun.objects.latest("pk").code]))
    assert Person.objects.filter(status="identified").count() == 2
    assert work(once=True) == 1
    assert Person.objects.filter(status="presumed").count() == 2


def test_the_failed_rows_come_back_with_what_is_wrong(browser: Client) -> None:
    where = upload(browser, sheet(row(), row(case="=1+1", person="K2", county="Skone", sex="X")))
    text = browser.get(where + "failed/").content.decode("utf-8-sig")
    header, failed = text.splitlines()
    assert header.endswith(";What is wrong")
    assert failed.startswith("'=1+1;K2;")
    assert "county: “Skone” is not allowed. Did you mean Skåne" in failed
    assert "sex: “X” is not allowed. Allowed: female, male, other sex, not recorded." in failed


@pytest.mark.parametrize("language", mostly_long(["sv", "en"], usual=["sv"]))
def test_the_failed_rows_corrected_go_in_again_as_they_came(language: str) -> None:
    browser = signed_in("Vera", language=language)
    where = upload(browser, sheet(row(case="=1+1", person="K2", county="Skone"), row(person="K3", sex="X")))
    text = browser.get(where + "failed/").content.decode("utf-8-sig")
    assert text.splitlines()[0].split(";")[-1] in WHAT_IS_WRONG
    again = text.replace(";Skone;", ";Skåne;").replace(";X;", ";M;").encode()
    assert browser.post(upload(browser, again) + "confirm/", {"rows": "all"}).status_code == 302
    assert sorted(Person.objects.values_list("sex", flat=True)) == ["F", "M"]


def test_a_message_leads_to_all_that_its_column_takes(browser: Client) -> None:
    page = browser.get(upload(browser, sheet(row(main_purpose="theft")))).content.decode()
    [where] = re.findall(r'href="(/cases/import/codes/#main_purpose)"', page)
    codes = browser.get(where.partition("#")[0]).content.decode()
    assert 'id="main_purpose"' in codes
    for word in ("Forced labour", "Tvångsarbete", "arbetskraftsexploatering", "prostitution"):
        assert word in codes


def test_what_was_read_otherwise_than_it_is_called_has_a_tab(browser: Client) -> None:
    where = upload(browser, sheet(row(identified_on="4/9-18", agency="Polisen")))
    page = " ".join(browser.get(where, {"tab": "readings"}).content.decode().split())
    for word in ("4/9-18", "4 September 2018", "Polisen", "Swedish Police Authority"):
        assert f">{word}</td>" in page


def texts(page: str, row: int) -> list[str]:
    """The cells of a row of a page of a workbook of ours."""
    cells = re.findall(r"<c\b[^>]*/>|<c\b.*?</c>", page.split("<row>")[row])
    return ["".join(re.findall(r"<t [^>]*>([^<]*)</t>", cell)) for cell in cells]


@pytest.mark.parametrize("language", mostly_long(["sv", "en"], usual=["sv"]))
def test_the_workbook_to_fill_in_offers_values_and_holds_an_example_that_is_not_read(language: str) -> None:
    browser = signed_in("Vera", language=language)
    data = browser.get(URL + "template/", {"kind": "xlsx"}).content
    read = sandbox.read(data, known).sheet()
    assert (set(match(read.header).at), list(read.rows)) == ({fact.name for fact in COLUMNS}, [])
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        first, example, codes = (book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2, 3))
    offered = dict(re.findall(r'sqref="([A-Z]+)2:[^"]+"><formula1>([^<]+)</formula1>', first))
    for place, where in offered.items():
        column, last = re.fullmatch(r"'.+'!\$([A-Z]+)\$2:\$[A-Z]+\$([0-9]+)", where).groups()
        assert texts(codes, 1)[ord(column) - 65] == texts(first, 1)[ord(place) - 65]
        assert len(re.findall("<row>", codes)) >= int(last)
    assert len(offered) == 10
    filled = sheet(dict(zip(texts(example, 2), texts(example, 3), strict=True)))
    assert browser.post(upload(browser, filled) + "confirm/", {"rows": "all"}).status_code == 302
    assert Person.objects.count() == 1


def test_changes_are_shown_from_old_to_new_and_no_reference_is(browser: Client) -> None:
    browser.post(upload(browser, sheet(row(case="SECRET-1"))) + "confirm/", {"rows": "all"})
    page = browser.get(upload(browser, sheet(row(case="SECRET-1", status="identified")))).content.decode()
    assert "Presumed victim → <strong>Identified victim</strong>" in page
    assert "SECRET" not in page


def test_warnings_that_say_the_same_are_one_line_with_their_number_and_first_rows(browser: Client) -> None:
    identified = [row(case=f"C{n}", status="identified") for n in range(60)]
    browser.post(upload(browser, sheet(*identified)) + "confirm/", {"rows": "all"})
    back = [one | {"status": "presumed"} for one in identified[:-1]]
    other = identified[-1] | {"status": "not_victim"}
    where = upload(browser, sheet(*back, other))
    page = browser.get(where, {"tab": "warnings"}).content.decode()
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    lines = [" ".join(re.sub("<[^>]+>", " ", line).split()) for line in body.split("</tr>")[:-1]]
    assert lines == [
        "2, 3, 4, 5, 6 … status presumed Say why the status is changed. (59 rows)",
        "61 status not_victim Say why the status is changed.",
    ]
    assert "Warnings 60</a>" in page
    assert "page=2" not in page


def test_a_page_of_the_preview_is_small_whatever_the_file(browser: Client) -> None:
    long = "|".join(f"shelter:2018-{n % 12 + 1:02}|return:2018-{n % 12 + 1:02}" for n in range(60))
    good = [row(case=f"C{n}", measures=long) for n in range(120)]
    bad = [row(case=f"D{n}", person="x" * 3900, measures="y" * 3900, agency="z" * 3900) for n in range(60)]
    where = upload(browser, sheet(*good, *bad))
    if where.startswith("/jobs/"):
        work(once=True)
        where = browser.get(where)["Location"]
    for tab in ("new", "failed", "warnings", "unchanged"):
        for page in ("1", "99"):
            assert len(browser.get(where, {"tab": tab, "page": page}).content) < 300_000
    assert "51–100 of 120" in browser.get(where, {"tab": "new", "page": "2"}).content.decode()


def test_a_large_file_is_read_and_imported_by_background_runs(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(IMPORTERS, "persons", replace(PERSONS, small=1_000, few=5))
    rows = [row(case=f"C{n}", municipality=f"{n:050}") for n in range(10)]
    job = upload(browser, sheet(*rows))
    assert job.startswith("/jobs/")
    assert work(once=True) == 1
    where = browser.get(job)["Location"]
    job = browser.post(where + "confirm/", {"rows": "all"})["Location"]
    assert (work(once=True), Job.objects.latest("created_at").state) == (1, Job.State.DONE)
    assert "New persons" in browser.get(job, follow=True).content.decode()
    assert Person.objects.count() == len(rows)


def test_a_cancelled_run_imports_nothing(browser: Client) -> None:
    where = upload(browser, sheet())
    Job.objects.create(
        kind="import.run",
        owner=Person.history.model.history_user.field.related_model.objects.get(),
        params={"upload": where.split("/")[-2], "good_rows": False},
        cancel_asked=True,
    )
    work(once=True)
    assert (Job.objects.get().state, Person.objects.count()) == (Job.State.CANCELLED, 0)


def test_what_changed_since_it_was_shown_is_shown_again(browser: Client) -> None:
    first = upload(browser, sheet())
    second = upload(browser, sheet(row(sex="M")))
    browser.post(first + "confirm/", {"rows": "all"})
    answer = browser.post(second + "confirm/", {"rows": "all"}, follow=True)
    assert "Somebody changed the register in the meantime" in answer.content.decode()
    assert Person.objects.get().sex == "F"
    browser.post(second + "confirm/", {"rows": "all"})
    assert Person.objects.get().sex == "M"


def test_a_waiting_file_is_encrypted_its_owners_and_gone_after_half_an_hour(browser: Client) -> None:
    where = upload(browser, sheet(row(case="SECRET-1")), name="anna.csv")
    import_upload = ImportUpload.objects.get()
    stored = ImportUpload.objects.values_list("content", "read", "preview").get()
    assert b"SECRET" in import_upload.preview
    assert b"SECRET" not in b"".join(map(bytes, stored))
    assert signed_in("Viktor").get(where).status_code == 404
    with time_machine.travel(NOON + timedelta(minutes=31), tick=False):
        browser.force_login(import_upload.owner)
        assert browser.get(where).status_code == 404
        upload(browser, sheet())
    assert not ImportUpload.objects.filter(pk=import_upload.pk).exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "The file is empty.", marks=pytest.mark.long),
        (b"\x00\x01\x02" * 50, "holds characters that no table has"),
        (b"case;person\nA;B\n", "The file lacks the columns identified_on"),
        pytest.param(sheet().splitlines()[0], "The file has a header but no rows.", marks=pytest.mark.long),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(browser: Client, data: bytes, said: str) -> None:
    answer = browser.post(URL, {"file": SimpleUploadedFile("x.csv", data)})
    [beside] = answer.context["form"].errors["file"]
    assert said in beside
    assert said in answer.content.decode()
    assert not ImportUpload.objects.exists()


def test_a_large_file_that_cannot_be_read_is_refused_on_its_page(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(IMPORTERS, "persons", replace(PERSONS, small=1_000))
    job = upload(browser, b"case;person\n" + b"A;B\n" * 250)
    assert work(once=True) == 1
    where = browser.get(job)["Location"]
    assert "The file lacks the columns identified_on" in browser.get(where).content.decode()
    assert browser.post(where + "confirm/", {"rows": "good"})["Location"] == where  # nothing can be confirmed
    assert not ImportRun.objects.exists()


def test_a_file_that_is_too_large_is_refused_without_being_kept(browser: Client) -> None:
    answer = browser.post(URL, {"file": SimpleUploadedFile("x.csv", b"a;b\n" * (14 * 2**20))})
    assert "At most 50 MB are read" in answer.content.decode()
    assert not ImportUpload.objects.exists()


def test_no_file_is_said_beside_the_field(browser: Client) -> None:
    assert "Choose a file." in browser.post(URL, {}).content.decode()


def test_the_template_is_in_the_readers_language(browser: Client) -> None:
    text = browser.get(reverse("cases:import_template")).content.decode("utf-8-sig")
    assert text.startswith("case;person;identified_on;agency;municipality;county")
    swedish = (
        signed_in("Sven", language="sv").get(reverse("cases:import_template")).content.decode("utf-8-sig")
    )
    assert swedish.startswith("ärende;person;datum för identifiering;identifierande organisation;kommun;län")


def test_an_import_is_undone_from_its_page(browser: Client) -> None:
    browser.post(upload(browser, sheet()) + "confirm/", {"rows": "all"})
    run = ImportRun.objects.get()
    where = reverse("cases:import_run", args=[run.code])
    page = browser.get(where).content.decode()
    assert "Persons that go" in page
    assert re.search(r'<li aria-current="page">\s*2019-03-01 13:00\s*</li>', page)  # local time
    answer = browser.post(reverse("cases:import_undo", args=[run.code]), follow=True)
    assert "Everything is as it was before." in answer.content.decode()
    assert not Person.objects.exists()
    assert signed_in("Viktor").post(reverse("cases:import_undo", args=[run.code])).status_code == 404


def test_why_an_import_cannot_be_undone_is_said_by_number(browser: Client) -> None:
    browser.post(upload(browser, sheet()) + "confirm/", {"rows": "all"})
    person = Person.objects.get()
    person.sex = "M"
    person.save()
    run = ImportRun.objects.get()
    page = browser.get(reverse("cases:import_run", args=[run.code])).content.decode()
    assert f'<span class="num">{person.number}</span>: Somebody has changed it since.' in page
    browser.post(reverse("cases:import_undo", args=[run.code]))
    assert Person.objects.get().sex == "M"


def test_pages_ask_few_queries_whatever_the_file(
    browser: Client, django_assert_max_num_queries: object
) -> None:
    where = upload(browser, sheet(*(row(case=f"C{n}") for n in range(60))))
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        browser.get(where)
    browser.post(where + "confirm/", {"rows": "all"})
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        browser.get(URL)


def test_on_a_phone_each_fact_of_a_new_person_and_each_change_has_its_label(browser: Client) -> None:
    where = upload(browser, sheet(row()))
    page = browser.get(where).content.decode()
    for label in (
        "Date of identification",
        "Identifying organisation",
        "Sex",
        "Child at identification",
        "Main purpose",
        "Status",
    ):
        assert f'<td role="cell" data-label="{label}">' in page
    browser.post(where + "confirm/", {"rows": "all"})
    page = browser.get(upload(browser, sheet(row(sex="M"))) + "?tab=changed").content.decode()
    assert 'data-label="Old → new"' in page


def test_what_the_rules_look_up_is_read_once_for_each_page_at_most(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[object] = []
    load = Lookups.load
    monkeypatch.setattr(Lookups, "load", lambda: loads.append(load()) or loads[-1])

    def loaded() -> int:
        count = len(loads)
        loads.clear()
        return count

    where = upload(browser, sheet(row(), row(person="K2", county="Skone")))
    assert loaded() == 1
    assert "Skåne" in browser.get(where).content.decode()
    assert loaded() == 1
    assert "Skåne" in browser.get(where + "failed/").content.decode()
    assert loaded() == 1
    done = browser.post(where + "confirm/", {"rows": "good"})["Location"]
    assert (loaded(), Person.objects.count()) == (1, 1)
    browser.get(done)
    browser.post(done + "undo/")
    assert (loaded(), Person.objects.count()) == (0, 0)
