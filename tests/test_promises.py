"""What pages and guides promise is so: each promise stands beside the fact that it is about.

A promise that was made before it could be kept is named here in both languages. It may come back when the
fact is another: then the test of the fact says so.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
import time_machine
from django.core.management import get_commands
from django.test import Client
from django.utils.html import strip_tags
from django.utils.translation import override

from accounts.access import Access
from accounts.allauth_seams import DEVICE
from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from bench.scanner import NOTES, PROBES, false_alarms, found_first, fresh, held_out, noticed, recall
from cases import scanner
from cases.models import Exploitation, Identification, Measure, Person
from cases.rules.texts import name_told
from exchange import limits
from retention.delete_plan import MODELS
from retention.models import RetentionKind
from summaries.counting.historical import decide_standing_exemption
from summaries.coverage import coverage_of
from summaries.tables.protection import exempted
from tests.actors import NOON, access, user
from tests.makers import new_case, new_person
from tests.ours import CODE

pytestmark = pytest.mark.django_db
ROOT: Final = Path(__file__).resolve().parent.parent
LANGUAGES: Final = ("sv", "en")
both = pytest.mark.parametrize("language", LANGUAGES)


def document(name: str) -> str:
    return " ".join((ROOT / name).read_text().split())


def read(client: Client, address: str, language: str) -> str:
    """The words of a page as somebody reads them in that language."""
    client.cookies["django_language"] = language
    answer = client.get(f"{address}?lang={language}" if address.startswith("/statistik/") else address)
    assert answer.status_code == 200, address
    return words(answer.content.decode())


def words(html: str) -> str:
    return " ".join(unescape(strip_tags(html)).split())


def signed_in(person: User | Access) -> Client:
    client = Client()
    client.force_login(person.user if isinstance(person, Access) else person)
    return client


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V"))


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


class TestDisposal:
    """What can be disposed of is said, and what cannot be yet is said too."""

    DISPOSES: Final = {"dispose_audit"}

    def test_what_can_be_disposed_of_is_what_is_said(self) -> None:
        found = {name for name in get_commands() if name.startswith("dispose")}
        rows = {RetentionKind.CASE, RetentionKind.CALL, RetentionKind.NOTIFICATION, RetentionKind.JOB}
        assert (found, set(MODELS)) == (self.DISPOSES, rows), (
            "say it on the page of privacy and in the guides"
        )

    @both
    def test_the_page_says_what_is_kept(self, client: Client, language: str) -> None:
        page = read(client, "/privacy/", language)
        kept = {"sv": "ännu ingen gallring", "en": "no disposal of them yet"}
        two = {"sv": "chef har godkänt", "en": "a manager has approved it"}
        assert kept[language] in page
        assert two[language] in page

    def test_the_guide_says_the_same(self) -> None:
        assert re.search(r"no disposal \(\*gallring\*\) yet", document("docs/administrator.md"))

    @both
    def test_what_is_deleted_by_itself_is_said_with_its_time(self, client: Client, language: str) -> None:
        assert (limits.DRAFT_HOURS, limits.UPLOAD_MINUTES, limits.EXPORT_DAYS) == (24, 30, 7)
        texts = {
            "sv": (
                "efter ett dygn, filer som väntar på import efter en halvtimme och exporterade filer efter "
                "sju dagar"
            ),
            "en": (
                "after a day, files that wait for import after half an hour, and exported files after seven "
                "days"
            ),
        }
        assert texts[language] in read(client, "/privacy/", language)


class TestNames:
    """Names are asked about and never refused: nothing may say that they cannot be stored."""

    TOLD: Final = (
        "Anna Andersson",
        "offret Karl-Erik Nilsson",
        "namn: Ali Reza",
        "Hennes namn: Joy",
        "alias Mimi",
        "anna svensson",
        "Fatima och hennes syster Amina",
        "ringde om sin klient Maria Popescu",
        "kallas för Lilla Li",
        "Hon hette Olga",
        "signerat M. Ionescu",
        "hon heter MARIA",
    )
    FORMER: Final = re.compile(
        r"Never stored: names|lagras aldrig: namn|sådant nekas|stored, ever|none is stored; free text is scanned"  # noqa: E501
    )
    DOCUMENTS: Final = ("README.md", "docs/security.md", "docs/anvandarguide.md")

    def test_names_are_not_refused(self) -> None:
        assert [text for text in self.TOLD if scanner.find(text)] == []

    def test_a_form_asks(self) -> None:
        asked = [text for text in ("Kvinnan heter Maria", *self.TOLD) if name_told("note", text)]
        assert asked == ["Kvinnan heter Maria", *self.TOLD]

    @both
    def test_the_page_does_not_say_that_they_cannot_be_stored(self, client: Client, language: str) -> None:
        page = read(client, "/privacy/", language)
        assert not self.FORMER.search(page)
        assert {"sv": "Det som ser ut som ett namn", "en": "what looks like a name"}[language] in page

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_neither_do_the_guides(self, name: str) -> None:
        assert not self.FORMER.search(document(name))

    def test_what_was_measured_is_written_down(self) -> None:
        text = document("docs/security.md")
        rows = [f"| {kind} | {len(PROBES[kind])} | {percent:.1f} % |" for kind, percent in recall().items()]
        assert [row for row in rows if row not in text] == []
        assert f"{false_alarms()} of {NOTES:,} ordinary notes" in text
        seen, number = found_first()
        assert f"| {number} | 38 = 35.8 % | {seen} = {100 * seen / number:.1f} % |" in text
        ordinary_notes = held_out()["clean"]
        noticed_notes = sum(map(noticed, ordinary_notes))
        assert f"Of {len(ordinary_notes)} ordinary notes of the support line {noticed_notes} are" in text
        assert "Det som ser ut som ett namn" in document("docs/anvandarguide.md")

    def test_what_was_measured_later_is_written_down(self) -> None:
        later = fresh()
        clean = later.pop("clean")
        assert f"{sum(map(noticed, clean))} of {len(clean)} later ones" in document("docs/security.md")
        rows = (ROOT / "docs/security.md").read_text().splitlines()
        for kind, percent in recall(later).items():
            (row,) = (line for line in rows if line.startswith(f"| {kind} |"))
            assert f"| {len(later[kind])} |" in row
            assert row.endswith(f"| {percent:.1f} % |")


class TestWhatIsStored:
    """Every column of a person stands on the page in a word, or is the register's own bookkeeping."""

    OWN: Final = {
        "id",
        "code",
        "case",
        "person",
        "position",
        "responsible_region",
        "same_as",
        "version",
        "created_at",
        "updated_at",
        "moved",
        "taken_over",
        "first_identified_on",
        "first_year",
        "first_agency",
        "first_county",
        "first_region",
        "first_channel",
        "reference_index",
        "sealed_as",
        "is_main",
        "acts_answer",
        "means_answer",
        "controls_answer",
    }
    SAID: Final = {
        "a number": {"number"},
        "sex": {"sex"},
        "age class": {"child", "age_class"},
        "citizenship": {"citizenship", "further_citizenships"},
        "country of origin": {"country_of_origin"},
        "residence status": {"residence"},
        "what kind of exploitation is suspected": {"purpose", "sector", "sexual_form"},
        "how, when and where": {"acts", "means", "controls", "start", "end", "place", "country"},
        "how the act is classified in law": {"offence"},
        "who identified the person, where and when": {
            "agency",
            "municipality",
            "identified_on",
            "county",
            "channel",
            "status",
            "status_on",
            "status_reason",
        },
        "the agency's own reference": {"reference"},
        "the support that was offered": {"kind", "answer", "month", "provider", "ends_on", "dealt_with"},
    }

    def test_nothing_is_stored_that_the_page_does_not_name(self, client: Client) -> None:
        named = set().union(*self.SAID.values()) | self.OWN
        models = (Person, Identification, Exploitation, Measure)
        fields = [
            f.name for model in models for f in (*model._meta.concrete_fields, *model._meta.many_to_many)
        ]
        lines = read(client, "/privacy/", "en").partition("About a person: a number, ")[2].split(", ")
        with override("en"):
            named |= {column.name for column in Person._meta.concrete_fields if column.verbose_name in lines}
        assert set(fields) - named == set(), "say on the page of privacy that this is stored"
        assert named - set(fields) == set(), "this is stored no longer"

    def test_the_page_names_it(self, client: Client) -> None:
        page = read(client, "/privacy/", "en")
        assert [text for text in self.SAID if text not in page] == []


class TestFigures:
    """Some figures are printed however small: no page says that all small ones are hidden."""

    FORMER: Final = re.compile(
        r"Numbers from 1 to 4 are hidden, and further|Antal från 1 till 4 döljs, och fler"
        r"|from\. An attack test is run|räknas ut från\. Varje publicering"
    )
    EXEMPT: Final = {"sv": "kvinnor, män, flickor", "en": "women, men, girls"}

    @pytest.mark.parametrize("address", ["/privacy/", "/statistik/om/"])
    @both
    def test_the_page_names_what_is_exempt(self, client: Client, address: str, language: str) -> None:
        decide_standing_exemption()
        assert set(exempted(2018)) == {"groups"}
        page = read(client, address, language)
        assert not self.FORMER.search(page)
        assert self.EXEMPT[language] in page.replace("kvinnor, män, flickor och", "kvinnor, män, flickor")

    @both
    def test_the_public_page_says_why_and_of_whom_the_sum_alone(self, client: Client, language: str) -> None:
        page = read(client, "/statistik/om/", language)
        why = {"sv": "det har myndigheten alltid publicerat", "en": "the agency has always published them"}
        apart = {"sv": "bara om vardera är 0 eller minst 5", "en": "only if each is 0 or at least 5"}
        others = {
            "sv": "Alla andra antal från 1 till 4 döljs",
            "en": "All other numbers from 1 to 4 are hidden",
        }
        for facts in (why, apart, others):
            assert facts[language] in page

    LEFT_OUT: Final = {
        "sv": (
            "alla andra tabeller och meningar om året utelämnar dem",
            "Är det färre än 15 personer under ett år skrivs bara totalen ut",
        ),
        "en": (
            "all other tables and sentences of the year leave them out",
            "If there are fewer than 15 persons",
        ),
    }

    @both
    def test_the_public_page_says_of_whom_the_headline_alone_tells(
        self, client: Client, language: str
    ) -> None:
        """`tests/summaries/test_single_persons.py` reads the files for it."""
        assert coverage_of({"women": 20, "unknown": 1}, 5).left_out == 1
        assert coverage_of({"women": 14}, 5).alone
        page = read(client, "/statistik/om/", language)
        for text in self.LEFT_OUT[language]:
            assert text in page
        few = {"sv": "visar ingen annan tabell dem", "en": "no other table shows its persons"}
        assert few[language] in read(client, "/privacy/", language)

    @both
    def test_a_person_registered_twice_is_not_said_to_be_counted_once(
        self, client: Client, language: str
    ) -> None:
        """Two records that nobody has compared are two persons in every table."""
        vera = access(user("Vera", Role.COORDINATOR, region="V"))
        new_case(new_person(), new_person(), by=vera)
        assert Person.objects.counted().count() == 2
        texts = {
            "sv": "utan att någon ser det räknas två gånger",
            "en": "without anybody noticing is counted twice",
        }
        assert texts[language] in read(client, "/statistik/om/", language)


class TestAuditLog:
    """A form of a case is a reading of it too (`tests/audit/test_every_reading.py`)."""

    SAID: Final = {
        "sv": "när någon öppnar ett ärende, en person eller ett samtal",
        "en": "when somebody opens a case, a person or a call",
    }

    @both
    def test_the_page_says_what_is_recorded(self, client: Client, vera: Access, language: str) -> None:
        person = new_case(by=vera).persons.get()
        coordinator = signed_in(vera)
        before = Event.objects.count()
        assert coordinator.get(f"/cases/persons/{person.code}/transfer/").status_code == 200
        assert Event.objects.count() == before + 1
        assert self.SAID[language] in read(client, "/privacy/", language)

    def test_opening_a_case_and_a_person_is(self, vera: Access) -> None:
        case = new_case(by=vera)
        coordinator = signed_in(vera)
        for row in (case, case.persons.get()):
            before = Event.objects.count()
            coordinator.get(row.get_absolute_url())
            assert Event.objects.count() > before


class TestCookies:
    NUMBER: Final = {"sv": "högst sju kakor", "en": "at most seven cookies"}

    def test_these_are_all(self, client: Client) -> None:
        karin = user("Karin", Role.COORDINATOR, region="V")
        client.post("/accounts/login/", {"login": karin.email, "password": "a-long-demo-password"})
        client.get("/account/")
        client.post("/theme/", {"theme": "dark"})
        client.post("/language/", {"language": "en"})
        client.force_login(karin)
        client.post("/cases/several/", {})  # leads back with a message
        assert set(client.cookies) == {
            "sessionid",
            "csrftoken",
            "django_language",
            "theme",
            DEVICE,
            "messages",
        }

    def test_the_scripts_set_one_more(self) -> None:
        scripts = "".join(file.read_text() for file in (ROOT / "static/nmt").rglob("*.js"))
        assert re.findall(r"document\.cookie = .(\w+)=", scripts) == ["single_keys"]

    def test_the_code_sets_no_other(self) -> None:
        code = [file.read_text() for app in CODE for file in (ROOT / app).rglob("*.py")]
        assert sum(len(re.findall(r"\.set_(?:signed_)?cookie\(", text)) for text in code) == 2

    @both
    def test_the_page_says_how_many(self, client: Client, language: str) -> None:
        assert self.NUMBER[language] in read(client, "/privacy/", language)

    @pytest.mark.parametrize("address", ["/statistik/", "/statistik/om/"])
    def test_the_public_statistics_keep_none(self, address: str) -> None:
        assert not Client().get(address).cookies
