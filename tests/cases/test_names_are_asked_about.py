"""What looks like somebody's name is asked about: its own button alone passes it, and that is on record."""

from __future__ import annotations

import re
from typing import Final

import pytest
from django.test import Client

from accounts.roles import Role
from audit.models import Event
from bench.scanner import NOTES, PROBES, false_alarms, found_first, fresh, held_out, noticed, recall
from cases import scanner
from cases.models import Call, Case
from tests.actors import user
from tests.cases import pages
from tests.cases.call_forms import call_facts

NEW = "/calls/new/"
NAMING = "Kvinnan heter Maria Popescu och ringer igen."


def signed_in() -> Client:
    client = Client()
    client.force_login(user("Olle", Role.OPERATOR, language="en"))
    return client


# --- the question --------------------------------------------------------------------------------
@pytest.mark.django_db
class TestButton:
    def test_a_note_with_a_name_is_not_saved_but_asked_about(self) -> None:
        page = signed_in().post(NEW, call_facts(note=NAMING))
        assert not Call.objects.exists()
        assert "This is not a person's name" in page.content.decode()

    @pytest.mark.parametrize(
        ("note", "caller"),
        [(NAMING, ""), (f"{NAMING} Hennes telefon är 070-123 45 67.", "caller:police")],
        ids=["another field is wrong", "the same text is refused"],
    )
    def test_a_name_is_asked_about_in_the_same_round_as_what_is_wrong(self, note: str, caller: str) -> None:
        page = signed_in().post(NEW, call_facts(note=note, caller_group=caller)).content.decode()
        assert "error-summary" in page
        assert "This is not a person's name" in page
        assert not Call.objects.exists()

    def test_who_says_that_it_is_none_still_corrects_what_is_wrong(self) -> None:
        client = signed_in()
        form = client.post(NEW, call_facts(note=NAMING, caller_group="")).context["form"]
        passed = {"names_shown": form.names_shown, "no_name": "1"}
        client.post(NEW, call_facts(note=NAMING, caller_group="", **passed))
        assert not Call.objects.exists()
        client.post(NEW, call_facts(note=NAMING, **passed))
        assert Call.objects.get().note == NAMING

    def test_saving_again_by_whatever_else_is_pressed_does_not_pass_it(self) -> None:
        client = signed_in()
        form = client.post(NEW, call_facts(note=NAMING)).context["form"]
        shown = {"names_shown": form.names_shown, "save_anyway": form.shown}
        for _time in range(3):
            client.post(NEW, call_facts(note=NAMING, **shown))
        assert not Call.objects.exists()

    def test_the_first_button_of_the_question_is_not_the_one_that_passes(self) -> None:
        """It is what Enter and Ctrl+Enter press."""
        page = signed_in().post(NEW, call_facts(note=NAMING)).content.decode()
        notice = page[page.index("notice-warn") :]
        first = notice[notice.index("<button") :].partition(">")[0]
        assert "no_name" not in first

    def test_the_summary_of_what_needs_correcting_says_the_question_in_words_alone(self) -> None:
        client = Client()
        client.force_login(user("Vera", Role.COORDINATOR, region="V", language="en"))
        page = client.post("/taking-over/", {"new_mapping": "Kajsa Popescu"}).content.decode()
        summary = page[page.index("error-summary") :].partition("</ul>")[0]
        assert "The text may contain a name." in summary
        assert "button" not in summary
        assert "This is not a person&#x27;s name</button>" in page, "it stands beside the field"

    def test_its_own_button_passes_it_and_is_recorded_without_words(self) -> None:
        client = signed_in()
        form = client.post(NEW, call_facts(note=NAMING)).context["form"]
        client.post(NEW, call_facts(note=NAMING, names_shown=form.names_shown, no_name="1"))
        assert Call.objects.get().note == NAMING
        event = Event.objects.get(action="note.no_name")
        assert (event.rows, event.fields) == (1, ["note"])
        assert "Maria" not in " ".join(map(str, vars(event).values()))

    def test_it_passes_the_text_that_was_shown_and_no_other(self) -> None:
        client = signed_in()
        form = client.post(NEW, call_facts(note=NAMING)).context["form"]
        other = NAMING + " Hennes syster heter Elena."
        client.post(NEW, call_facts(note=other, names_shown=form.names_shown, no_name="1"))
        assert not Call.objects.exists()


@pytest.mark.django_db
class TestInTheAdmin:
    FACTS: Final = {"region": "V", "opened_on": "2018-05-03", "note": NAMING}
    ADD: Final = "/admin/cases/case/add/"

    def asked(self) -> tuple[Client, dict[str, str]]:
        """Somebody who has been asked, and what the button sends with it."""
        client = pages.signed_in(pages.coordinator())
        page = client.post(self.ADD, self.FACTS).content.decode()
        field = page[page.index("errorlist") :]
        return client, {
            name: re.findall(rf'name="{name}" value="(\w+)"', field)[0] for name in ("no_name", "names_shown")
        }

    def test_its_own_button_passes_it_there_too_and_is_recorded(self) -> None:
        client, pressed = self.asked()
        assert not Case.objects.exists()
        client.post(self.ADD, {**self.FACTS, "names_shown": pressed["names_shown"]})  # Save, once more
        assert not Case.objects.exists()
        client.post(self.ADD, {**self.FACTS, **pressed})
        assert Case.objects.get().note == NAMING
        assert Event.objects.get(action="note.no_name").fields == ["note"]

    def test_it_passes_no_other_text(self) -> None:
        client, pressed = self.asked()
        client.post(self.ADD, {**self.FACTS, **pressed, "note": f"{NAMING} Hennes syster heter Elena."})
        assert not Case.objects.exists()
        assert not Event.objects.filter(action="note.no_name").exists()


# --- what is measured ------------------------------------------------------------------------------
def test_the_wishes_are_met() -> None:
    found = recall()
    assert found["numbers"] >= 95
    assert found["names"] >= 85
    assert found["addresses"] >= 80
    assert false_alarms() <= NOTES * 2 // 100


def test_they_are_met_on_texts_in_other_styles_too() -> None:
    probes = fresh()
    clean = probes.pop("clean")
    found = recall(probes)
    assert found["numbers"] >= 95
    assert found["names"] >= 85
    assert found["addresses"] >= 80
    assert sum(map(noticed, clean)) <= len(clean) * 2 // 100


def test_four_of_five_texts_that_nothing_was_fitted_to_are_noticed() -> None:
    found, number = found_first()
    assert found >= number * 80 // 100


def test_no_more_than_one_ordinary_note_in_three_hundred_is_noticed() -> None:
    notes = held_out()["clean"]
    assert sum(map(noticed, notes)) <= len(notes) // 300


@pytest.mark.parametrize(
    "text",
    [
        "Precious har ringt",
        "madam Favour",
        "Nattaya Srisai arbetar där",
        "Zoltán hämtade henne",
        "Selam och hennes mamma",
        "familjen Rostas",
        "Målsägande 1: Nguyen",
        "m popescu",
        "klient A.K.",
    ],
)
def test_names_that_a_reviewer_got_past_it_are_asked_about(text: str) -> None:
    assert scanner.named(text)


@pytest.mark.parametrize("text", [text for kind in ("numbers", "addresses") for text in PROBES[kind]][:40:3])
def test_what_identifies_is_refused_however_it_is_written(text: str) -> None:
    assert scanner.find(f"Obs {text} finns.") or scanner.find(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hon kom från Sofia.",
        "Hon bor i Lund.",
        "Röda Korset i Paris",
        "Polisen i Region Väst",
        "Kallas in till möte",
        "Vet inte vad hon heter",
        "Samtal 1 June",
    ],
)
def test_places_agencies_and_days_are_nobody(text: str) -> None:
    assert not scanner.named(text)


@pytest.mark.parametrize(
    "text", ["Marias mamma ringde", "i dag ringde Popescu", "hon heter maria", "M. Ionescu"]
)
def test_case_genitive_and_initials_hide_no_name(text: str) -> None:
    assert scanner.named(text)


def test_a_word_that_begins_a_sentence_alone_is_no_name() -> None:
    assert not scanner.named("Vera?")
