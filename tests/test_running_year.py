"""The year that is not over is compared with no other, on no page, in no file and by no command, and "so far"
stands beside its figures. The addresses are the resolver's: a new one that takes a year is walked as it
is."""

from __future__ import annotations

import io
import json
import pickle
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.models import User
from accounts.roles import Role
from summaries.counting.labels import titles
from summaries.estimates.estimating import Question, answer
from summaries.loading import decide_standing_exemption
from summaries.models import Estimate
from summaries.publishing import actions
from summaries.publishing.public_views import NAMES as FILES
from tests import database
from tests.actors import access, user
from tests.addresses import OWN_ACCOUNT
from tests.makers import new_case, new_person
from tests.summaries.registers import log
from tests.summaries.releasing import released
from tests.summaries.small_year import COARSEST
from tests.test_every_address import walk as names_of
from tests.weights import mostly_long
from tests.world import undone

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
SPRING = datetime(2026, 3, 2, 12, tzinfo=UTC)
RUNNING, WHOLE, DAY = 2026, 2025, "2026-11-25"
# Women, men and boys. No number of the one is a difference of the other, or a share of anything.
COUNTS = {2024: (3, 2, 1), WHOLE: (150, 130, 120), RUNNING: (23, 21, 19)}
TOTALS = {year: sum(counts) for year, counts in COUNTS.items()}
PAIRS = [*zip(COUNTS[WHOLE], COUNTS[RUNNING], strict=True), (TOTALS[WHOLE], TOTALS[RUNNING])]
CALLS = {2024: 2, WHOLE: 77, RUNNING: 4}
DIFFERENCES = {str(before - now) for before, now in (*PAIRS, (CALLS[WHOLE], CALLS[RUNNING]))}
PERCENT = {
    str(round(percent)) for before, now in PAIRS for percent in (100 * now / before, 100 - 100 * now / before)
}
MARK = {"sv": f"ittills, till och med {DAY}", "en": f"o far, to {DAY}"}
SAID = {
    "sv": re.compile(rf"ittills[ \w]*, till och med (?:{DAY}|25 november 2026)"),
    "en": re.compile(rf"o far[ \w]*, (?:up )?to (?:{DAY}|25 November 2026)"),
}
PUBLIC = "/statistik/"  # is told to all alike: nobody in particular walks there
TABLES = ("groups", "citizenship", "calls_topic")
THAN = re.compile(rf"\b(?:än|som|inga|från|in|from|År) {WHOLE}\b")
SIZE = re.compile(r"\d+([.,]\d+)?\s?([kK]B|MB|bytes?)\b")  # of a file: it hangs on the machine's fonts
SIGNED = re.compile(r"(?<![\w\-–])[+−]\d")
TRAIL = "/audit/"  # numbers events, not persons
READERS = {"manager": Role.MANAGER, "analyst": Role.ANALYST, "coordinator": Role.COORDINATOR}
LANGUAGES = ("sv", "en")
EVERY = ("analyst", "sv", "every table"), ("analyst", "en", "every table")
SOME = tuple(product((*READERS, "nobody"), LANGUAGES, ["some tables"]))
USUAL = {*SOME, EVERY[0]} - {("analyst", "sv", "some tables")}


@pytest.fixture(scope="module")
def register(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, User]]:
    """Three years of rows, of which the last is not over; it and the one before are published."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(AT, tick=False),
        database.filled("running year", _filled) as told,
        undone(),
    ):
        yield pickle.loads(told)


def _filled() -> bytes:
    with transaction.atomic(), time_machine.travel(SPRING, tick=False) as clock:
        people = {
            name: user(name, role, region="V" * (name == "coordinator")) for name, role in READERS.items()
        }
        decide_standing_exemption()
        _rows(people["coordinator"])
        publish(WHOLE, "final", people["analyst"], SPRING)
        clock.move_to(AT)
        publish(RUNNING, "preliminary", people["analyst"], AT)
        by = access(people["analyst"], AT)
        actions.protect_draft(year=RUNNING, by=by)
        question = Question(RUNNING, RUNNING, {"police": "PF", "social": "LA", "ngo": "NG"}, replicates=0)
        answer(question, by=by, progress=lambda *_: None, cancelled=lambda: False)
        connection.run_on_commit.clear()  # tests undo what they do, so nothing follows a commit
    return pickle.dumps(people)


def _rows(vera: User) -> None:
    olle = access(user("Olle", Role.OPERATOR), AT)
    for year, counts in COUNTS.items():
        _year(year, counts, vera)
        for at in range(CALLS[year]):
            received = datetime(year, 1, 3, tzinfo=UTC) + timedelta(hours=at)
            call = {"received_at": received, "caller_group_id": "caller:police"}
            log(call | {"topics": ["housing"], "outcomes": []}, by=olle)


def _year(year: int, counts: tuple[int, int, int], vera: User) -> None:
    measures = (("shelter", f"{year}-07"),)
    facts: Iterable[dict[str, Any]] = (
        {"citizenship": "RO", "offence": "trafficking", "age_class": "25-34", "measures": measures},
        {"sex": "M", "citizenship": "NG", "main": "labour", "agency": "social"},
        {"sex": "M", "child": "yes", "citizenship": "RO", "main": "crime"},
    )
    pairs = zip(counts, facts, strict=True)
    for number, fact in pairs:
        new_case(*(new_person(on=date(year, 5, 2), **fact) for _n in range(number)), by=access(vera, AT))


def publish(year: int, state: str, analyst: User, at: datetime) -> None:
    by = access(analyst, at)
    for table, step in COARSEST.items():
        actions.choose_step(year=year, table=table, step=step, by=by)
    draft = actions.protect_draft(year=year, by=by, seconds=5)
    released(draft=draft, digest=draft.digest, state=state, by=by)


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
    values = {"year": [RUNNING, WHOLE], "version": [1], "name": [*tables, *FILES],
              "pk": list(Estimate.objects.values_list("pk", flat=True))}  # fmt: skip
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
        sheets = load_workbook(io.BytesIO(content))
        return "\n".join(
            str(cell) for sheet in sheets for row in sheet.values for cell in row if cell is not None
        )
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


@pytest.mark.heavy
@pytest.mark.parametrize("walk", mostly_long([*SOME, *EVERY], usual=USUAL), ids="-".join)
def test_no_address_compares_the_running_year_and_all_say_that_it_is_so_far(
    register: dict[str, User], walk: tuple[str, str, str]
) -> None:
    who, language, tables = walk
    client = signed_in(who, language, register)
    told: dict[str, list[str]] = {}
    for address in addresses(titles() if tables == "every table" else TABLES):
        if address.startswith(PUBLIC) and who != "nobody":
            continue
        response = client.get(address, {"lang": language} if address.startswith(PUBLIC) else None)
        if response.status_code == 200:
            told |= faults(address, response, language)
    assert {address: found for address, found in told.items() if found} == {}
    assert len(told) >= 12


def faults(address: str, response: Any, language: str) -> dict[str, list[str]]:
    """By the address, where the running year has figures there: what is wrong with it, which should be
    none."""
    text, of_running = text_of(response), f"/{RUNNING}/" in address
    html = "html" in response.headers["Content-Type"]
    found = comparisons(text, of_running=of_running)
    has_figures = heads_of_running(response.content.decode()) if html else False
    has_figures |= figures_of_running(text) and address != TRAIL
    if has_figures and not (SAID[language].search(text) if html else DAY in text):
        found.append("does not say that it is so far")
    if of_running and html:
        found += unmarked(response.content.decode(), MARK[language])
    elif of_running and DAY not in text:
        found.append("does not tell the day")
    return {address: found} if found or has_figures else {}


def test_what_is_public_is_told_to_all_alike(register: dict[str, User]) -> None:
    """So that it is enough to walk there once."""
    reader, nobody = signed_in("analyst", "sv", register), signed_in("nobody", "sv", register)
    public = [address for address in addresses(TABLES) if address.startswith(PUBLIC)]
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


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("internal", [(), ("--internal",)])
@pytest.mark.parametrize("form", ["json", "csv", "text"])
def test_the_command_compares_it_with_no_year_either(
    register: dict[str, User], form: str, internal: tuple[str, ...], language: str
) -> None:
    said = command("yearly_summary", str(RUNNING), "--format", form, "--lang", language, *internal)
    assert comparisons(said, of_running=True) == []
    assert (MARK[language] if form == "text" else DAY) in said
    if form == "json":
        assert json.loads(said)["so_far"] == DAY
    if form == "csv":
        header, *rows = said.splitlines()
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
