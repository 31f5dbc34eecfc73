"""The year that is not over is compared with no other, on no page, in no file and by no command, and "so far"
stands beside its figures. The addresses are the resolver's: a new one that takes a year is walked as it
is."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from pypdf import PdfReader

from accounts.models import User
from summaries.counting.reference import titles
from summaries.models import Estimate
from summaries.site.views import FILE_KINDS as FILES
from tests.addresses import OWN_ACCOUNT
from tests.leaving.workbooks import by_calamine
from tests.running_year import CALLS, COUNTS, DAY, READERS, RUNNING, TOTALS, WHOLE, running_year
from tests.test_every_address import walk as names_of
from tests.weights import every_value_once, mostly_long

pytestmark = pytest.mark.django_db
PAIRS = [*zip(COUNTS[WHOLE], COUNTS[RUNNING], strict=True), (TOTALS[WHOLE], TOTALS[RUNNING])]
DIFFERENCES = {str(before - now) for before, now in (*PAIRS, (CALLS[WHOLE], CALLS[RUNNING]))}
PERCENT = {
    str(round(percent)) for before, now in PAIRS for percent in (100 * now / before, 100 - 100 * now / before)
}
MARK = {"sv": f"ittills, till och med {DAY}", "en": f"o far, to {DAY}"}
EXPECTED = {
    "sv": re.compile(rf"ittills[ \w]*, till och med (?:{DAY}|25 november 2026)"),
    "en": re.compile(rf"o far[ \w]*, (?:up )?to (?:{DAY}|25 November 2026)"),
}
PUBLIC = "/statistik/"  # is told to all alike: nobody in particular walks there
TABLES = ("groups", "calls_topic")
THAN = re.compile(rf"\b(?:än|som|inga|från|in|from|År) {WHOLE}\b")
SIZE = re.compile(r"\d+([.,]\d+)?\s?([kK]B|MB|bytes?)\b")  # of a file: it hangs on the machine's fonts
SIGNED = re.compile(r"(?<![\w\-–])[+−]\d")
AUDIT_LOG = "/audit/"  # numbers events, not persons
LANGUAGES = ("sv", "en")
WALKS = [
    *product((*READERS, "nobody"), LANGUAGES, ["some tables"]),
    *product(["analyst"], LANGUAGES, ["every table"]),
]
# By year of the address; so many of them at least have figures of the running year.
PARTS = {str(RUNNING): 6, str(WHOLE): 0, "no year": 3}
USUAL = [
    (("analyst", "sv", "some tables"), str(RUNNING)),
    (("nobody", "en", "some tables"), "no year"),
]


@pytest.fixture(scope="module")
def register(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, User]]:
    with django_db_blocker.unblock(), running_year() as readers:
        yield readers


def parameters(name: str) -> frozenset[str]:
    """What an address is made of besides its words."""
    *spaces, last = name.split(":")
    resolver = get_resolver()
    for space in spaces:
        resolver = resolver.namespace_dict[space][1]
    return frozenset(part for route in resolver.reverse_dict.getlist(last) for part in route[0][0][1])


def addresses(tables: Iterable[str]) -> list[str]:
    """Those of the whole register, and all that name a year, a version, a table or file, or an estimate."""
    found = []
    values: dict[str, list[Any]] = {
        "year": [RUNNING, WHOLE],
        "version": [1],
        "name": [*tables, *FILES],
        "pk": list(Estimate.objects.values_list("pk", flat=True)),
    }
    for name in sorted(set(names_of(get_resolver().url_patterns))):
        parts = parameters(name)
        if parts <= values.keys() and not name.startswith((*OWN_ACCOUNT, "metrics")):
            for one in product(*(values[part] for part in parts)):
                with suppress(NoReverseMatch):  # a file has a point in its name, and a table none
                    found.append(reverse(name, kwargs=dict(zip(parts, one, strict=True))))
    return found


def signed_in(who: str, language: str, people: dict[str, User]) -> Client:
    client = Client()
    if who in people:
        User.objects.filter(pk=people[who].pk).update(language=language)
        client.force_login(people[who])
    client.cookies["django_language"] = language
    return client


def text_of(response: Any) -> str:
    """What is read: of a page without its tags, of a file all its cells or lines."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers["Content-Type"]
    if "spreadsheet" in kind:
        sheets = by_calamine(content).values()
        return "\n".join(str(cell) for sheet in sheets for row in sheet for cell in row)
    if "pdf" in kind:
        return re.sub(
            r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        )
    text = content.decode("utf-8-sig")
    marked_up = "html" in kind or "svg" in kind  # where a drawing has its lines is no figure
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)) if marked_up else text


def comparisons(text: str, *, of_running: bool) -> list[str]:
    """What tells how the running year stands to the one before; in what is of that year alone, to any
    other."""
    text = SIZE.sub("", text)
    found = [number for number in DIFFERENCES if re.search(rf"(?<!\w){number}(?!\w)", text)]
    found += [number for number in PERCENT if re.search(rf"(?<!\w){number}\s?(?:%|procent|per cent)", text)]
    return [*found, *THAN.findall(text), *SIGNED.findall(text)] if of_running else found


def figures_of_running(text: str) -> bool:
    return re.search(rf"(?<!\w){TOTALS[RUNNING]}(?!\w|\s?%)", text) is not None


def heads_of_running(page: str) -> bool:
    """Whether the year stands at the head of a row or column, such as one of calls."""
    return re.search(rf"<th[^>]*>[^<]*<a href=\"/summaries/{RUNNING}/\"", page) is not None


def unmarked(page: str, mark: str) -> list[str]:
    """Tables and drawings of the running year that do not say so themselves."""
    parts = re.findall(
        r"<table.*?</table>|<svg[^>]*role=\"img\"[^>]*aria-labelledby.*?</svg>", page, re.DOTALL
    )
    return [part[:200] for part in parts if mark not in part.replace('<span class="num">', "")]


@pytest.mark.parametrize("asked", mostly_long(product(WALKS, PARTS), usual=USUAL), ids=str)
def test_no_address_compares_the_running_year_and_all_say_that_it_is_so_far(
    register: dict[str, User], asked: tuple[tuple[str, str, str], str]
) -> None:
    (who, language, tables), part = asked
    facts: dict[str, list[str]] = {}
    with_figures = 0
    for address, response in answered(who, language, walked(part, who, tables), register):
        text, page = text_of(response), page_of(response)
        of_running = f"/{RUNNING}/" in address
        figures = has_figures(address, text, page)
        with_figures += figures
        facts[address] = [
            *comparisons(text, of_running=of_running),
            *(lacks_so_far(text, page, language) if figures else ()),
            *(lacks_day(text, page, language) if of_running else ()),
        ]
    assert {address: faults for address, faults in facts.items() if faults} == {}
    assert with_figures >= PARTS[part]


def walked(part: str, who: str, tables: str) -> Iterator[str]:
    """Return the addresses of this part that somebody is asked for."""
    for address in addresses(titles() if tables == "every table" else TABLES):
        year = re.search(r"/(20\d\d)/", address)
        if (year[1] if year else "no year") == part and (who == "nobody" or not address.startswith(PUBLIC)):
            yield address


def answered(
    who: str, language: str, asked: Iterable[str], people: dict[str, User]
) -> Iterator[tuple[str, Any]]:
    """Return what somebody is answered, where it is more than a refusal."""
    client = signed_in(who, language, people)
    for address in asked:
        response = client.get(address, {"lang": language} if address.startswith(PUBLIC) else None)
        if response.status_code == 200:
            yield address, response


def page_of(response: Any) -> str:
    """Return the page with its tags; nothing where it is a file."""
    return response.content.decode() if "html" in response.headers["Content-Type"] else ""


def has_figures(address: str, text: str, page: str) -> bool:
    """Whether the running year has figures there."""
    return heads_of_running(page) or (figures_of_running(text) and address != AUDIT_LOG)


def lacks_so_far(text: str, page: str, language: str) -> list[str]:
    says = EXPECTED[language].search(text) if page else DAY in text
    return [] if says else ["does not say that it is so far"]


def lacks_day(text: str, page: str, language: str) -> list[str]:
    if page:
        return unmarked(page, MARK[language])
    return [] if DAY in text else ["does not tell the day"]


def test_what_is_public_is_told_to_all_alike(register: dict[str, User]) -> None:
    """So that it is enough to walk there once."""
    reader, nobody = signed_in("analyst", "sv", register), signed_in("nobody", "sv", register)
    public = [
        address for address in addresses(TABLES) if address.startswith(PUBLIC) and f"/{WHOLE}/" not in address
    ]
    assert len(public) > 10
    for address in public:
        answers = [client.get(address) for client in (reader, nobody)]
        assert answers[0].status_code == answers[1].status_code, address
        if answers[0].status_code == 200:
            assert inside(answers[0]) == inside(answers[1]), address


def inside(response: Any) -> bytes:
    """Of a page what its frame holds, which itself knows who is there; of a file all."""
    content: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    return content.partition(b"<main")[2].partition(b"</main>")[0] or content


def test_what_the_walk_looks_for_is_there_between_years_that_are_over(register: dict[str, User]) -> None:
    """Without this the walk would pass on pages without any figures."""
    client = signed_in("analyst", "en", register)
    for address in (f"/summaries/{WHOLE}/", "/summaries/comparison/"):
        text = text_of(client.get(address))
        assert f"+{TOTALS[WHOLE] - TOTALS[2024]}" in text, address
    assert all(
        figures_of_running(text_of(client.get(page))) for page in ("/summaries/comparison/", "/statistik/")
    )
    assert f"{TOTALS[RUNNING]} persons" in text_of(signed_in("manager", "en", register).get("/"))


@pytest.mark.parametrize(
    ("form", "internal", "language"),
    every_value_once(["json", "csv", "text"], [(), ("--internal",)], LANGUAGES),
)
def test_the_command_compares_it_with_no_year_either(
    register: dict[str, User], form: str, internal: tuple[str, ...], language: str
) -> None:
    text = command("yearly_summary", str(RUNNING), "--format", form, "--lang", language, *internal)
    assert comparisons(text, of_running=True) == []
    assert (MARK[language] if form == "text" else DAY) in text
    if form == "json":
        assert json.loads(text)["so_far"] == DAY
    if form == "csv":
        header, *rows = text.splitlines()
        assert header.endswith(",so_far")
        assert all(row.endswith(f",{DAY}") for row in rows)


def test_a_year_that_is_over_has_neither_key_nor_column(register: dict[str, User]) -> None:
    assert "so_far" not in json.loads(command("yearly_summary", str(WHOLE), "--internal"))
    header, *_rows = command("yearly_summary", str(WHOLE), "--format", "csv", "--internal").splitlines()
    assert header.endswith(",demo")
    assert "so_far" not in json.loads(command("dark_figure", str(WHOLE), "--json", "--replicates", "0"))


@pytest.mark.parametrize(("language", "said"), [("sv", "hittills, till och med"), ("en", "so far, up to")])
def test_an_estimate_of_the_running_year_is_so_far(
    register: dict[str, User], language: str, said: str
) -> None:
    asked = ("dark_figure", str(RUNNING), "--replicates", "0")
    assert f"{said} {DAY}" in command(*asked, "--lang", language)
    assert json.loads(command(*asked, "--json"))["so_far"] == DAY


def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()
