"""A file as somebody sends it comes in by talking: what is not known is asked once, what is wrong is said in
the reader's words, and what was made is a press away."""

from __future__ import annotations

import re
from html import unescape

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.models import Person
from exchange.models import HeadingMap, ImportRun
from tests.actors import NOON
from tests.browser import counted
from tests.cases.spreadsheet import row, sheet
from tests.cases.test_import_pages import signed_in

pytestmark = pytest.mark.django_db
URL = "/cases/import/"
# Five kinds of fault: headings that nobody knows, dates and names as people write them, exact ages, a slip of
# the pen, and an answer that is missing.
MESSY = """Ärende;Person;Ident.datum;Myndighet;Län;Kön;Barn;Ålder;Status;Huvudändamål;Bransch;Handläggare
S-1;1;4/9-18;Polisen;Skone;kvinna;nej;25;förmodat offer;Sexuella;;x
S-1;2;20180905;polis;Skåne;kvinna;;31;förmodat offer;prostitution;;x
S-2;1;12.11.2018;Migrationsverket;Skåne;man;ja;15;förmodat offer;arbetskraft;Bärplockning;x
"""


@pytest.fixture(autouse=True)
def clock() -> object:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


class Acts:
    """Somebody at the screen, whose acts are counted: each press, each choice, each cell that is typed."""

    def __init__(self, browser: Client) -> None:
        self.browser, self.count = browser, 0

    def page(self, address: str) -> str:
        return " ".join(unescape(self.browser.get(address).content.decode()).split())

    def press(self, address: str, facts: dict[str, object] | None = None) -> str:
        self.count += 1
        answer = self.browser.post(address, facts or {})
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"])

    def follow(self, address: str) -> bytes:
        self.count += 1
        return self.browser.get(address).content

    def choose_file(self, text: str) -> SimpleUploadedFile:
        self.count += 1
        return SimpleUploadedFile("register.csv", text.encode())

    def type(self, text: str, old: str, new: str) -> str:
        self.count += 1
        assert old in text
        return text.replace(old, new, 1)


def answers(page: str) -> dict[str, str]:
    """What is chosen on the page that asks for headings, before anybody has chosen anything."""
    chosen = {}
    for name, options in re.findall(r'<select [^>]*name="(column-\d+)"[^>]*>(.*?)</select>', page):
        chosen[name] = re.search(r'<option value="([^"]*)" selected', options)[1]
    return chosen


def test_a_real_file_with_five_kinds_of_fault_is_in_within_twelve_acts() -> None:
    acts = Acts(signed_in("Vera", language="sv"))
    acts.follow(URL)
    where = acts.press(URL, {"file": acts.choose_file(MESSY)})
    asked = answers(acts.page(where))
    assert asked == {"column-0": "identified_on", "column-1": ""}  # what the first one seems to be is chosen
    acts.count += 1  # the second one is left out
    where = acts.press(where + "columns/", asked | {"column-1": "-"})
    page = acts.page(where)
    assert "”Skone” är inte tillåtet. Menade du Skåne län?" in page
    assert "Cellen är tom. Tillåtna värden: ja, nej, okänt." in page
    text = acts.follow(where + "failed/").decode("utf-8-sig")
    corrected = acts.type(text, ";Skone;", ";Skåne;")
    corrected = acts.type(corrected, ";kvinna;;", ";kvinna;nej;")
    assert 'name="rows" value="good"' in page  # the button says so: nothing is to be chosen
    done = acts.press(where + "confirm/", {"rows": "good"})
    assert f'action="{URL}"' in acts.page(done)  # where the corrected rows are sent in, without another step
    where = acts.press(URL, {"file": acts.choose_file(corrected)})
    acts.press(where + "confirm/", {"rows": "all"})
    found = Person.objects.order_by("number").values_list("sex", "child", "age_class", "first_identified_on")
    assert sorted((*facts[:3], facts[3].isoformat()) for facts in found) == [
        ("F", "no", "25-34", "2018-09-04"),
        ("F", "no", "25-34", "2018-09-05"),
        ("M", "yes", "13-15", "2018-11-12"),
    ]
    counted("a file with five kinds of fault, in acts", acts.count, most=12)


def test_what_a_heading_is_is_remembered_for_its_sender_alone_and_can_be_forgotten() -> None:
    text = sheet(row()).decode().replace("identified_on", "Ident.datum")
    vera, viktor = signed_in("Vera"), signed_in("Viktor")

    def upload(browser: Client) -> str:
        answer = browser.post(URL, {"file": SimpleUploadedFile("a.csv", text.encode())})
        return str(answer["Location"])

    where = upload(vera)
    vera.post(where + "columns/", {"column-0": "identified_on"})
    assert b"Import 1 row" in vera.get(where).content
    again = vera.get(upload(vera)).content.decode()
    assert "Import 1 row" in again
    assert "Ident.datum → identified_on" in unescape(again)
    assert b"What are these columns?" in viktor.get(upload(viktor)).content
    waits = upload(vera)
    vera.post(where + "columns/", {"forget": "1"})
    assert not HeadingMap.objects.exists()
    vera.post(waits + "confirm/", {"rows": "all"})
    assert not Person.objects.exists()
    assert b"What are these columns?" in vera.get(waits).content
    assert b"What are these columns?" in vera.get(where).content


def test_two_headings_cannot_be_one_column_and_each_is_asked_for(client: Client) -> None:
    browser = signed_in("Vera")
    text = sheet(row(channel="police")).decode().replace("identified_on", "När").replace("channel", "Sedan")
    where = str(browser.post(URL, {"file": SimpleUploadedFile("a.csv", text.encode())})["Location"])
    same = browser.post(where + "columns/", {"column-0": "identified_on", "column-1": "identified_on"})
    assert b"Two headings cannot be the same column." in same.content
    none = browser.post(where + "columns/", {"column-0": "", "column-1": "-"})
    assert b"Choose a column, or leave this one out." in none.content
    assert not HeadingMap.objects.exists()


def test_an_answer_that_does_not_fit_is_asked_again() -> None:
    """A column that must be there was left out: nobody is locked out of their own file."""
    browser = signed_in("Vera")
    text = sheet(row()).decode().replace("identified_on", "När")
    where = str(browser.post(URL, {"file": SimpleUploadedFile("a.csv", text.encode())})["Location"])
    browser.post(where + "columns/", {"column-0": "-"})
    page = browser.get(where).content.decode()
    assert "The file lacks the column identified_on" in page
    assert "What are these columns?" in page
    browser.post(where + "columns/", {"column-0": "identified_on"})
    assert b"Import 1 row" in browser.get(where).content


def test_a_heading_is_shown_as_text_whatever_it_is() -> None:
    browser = signed_in("Vera")
    text = sheet(row()).decode().replace("identified_on", "<script>x</script>")
    where = str(browser.post(URL, {"file": SimpleUploadedFile("a.csv", text.encode())})["Location"])
    assert "<script>x" not in browser.get(where).content.decode()


def test_the_result_leads_to_what_was_made_and_changed_and_the_history_names_the_file() -> None:
    browser = signed_in("Vera")

    def bring(data: bytes, name: str) -> str:
        where = str(browser.post(URL, {"file": SimpleUploadedFile(name, data)})["Location"])
        return str(browser.post(where + "confirm/", {"rows": "all"})["Location"])

    bring(sheet(row()), "may.csv")
    done = bring(sheet(row(sex="M"), row(person="K2")), "june.csv")
    page = " ".join(browser.get(done).content.decode().split())
    first, second = Person.objects.order_by("number")
    made = re.findall(r'href="(/cases/persons/[^"]+)">([^<]+)</a></th> <td[^>]*>\s*(new|changed)', page)
    assert made == [
        (second.get_absolute_url(), second.number, "new"),
        (first.get_absolute_url(), first.number, "changed"),
    ]
    assert "june.csv" in page
    history = browser.get(URL).content.decode()
    assert history.index("june.csv") < history.index("may.csv")
    browser.post(reverse("cases:import_undo", args=[ImportRun.objects.first().code]))
    assert second.number not in browser.get(done).content.decode()
