"""A year that is not over is told of so far, to a day, and is compared with no other; one that is over is."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from home.my_page import boxes_for
from libs.suppression.tables import Table
from summaries.charts import ChartWords, small_multiples
from summaries.counting.comparison import side_by_side, ten_years, to_csv
from summaries.counting.historical import decide_standing_exemption
from summaries.counting.summary import internal_summary
from summaries.coverage import so_far
from summaries.release.frozen import before_tables
from summaries.release.models import Publication
from summaries.site.sdg import over_years
from summaries.text import Language, gather
from tests.actors import access, user
from tests.makers import new_case, new_person
from tests.summaries.charts.test_charts import crossed
from tests.summaries.releasing import released
from tests.summaries.small_year import ALONE, add, prepare
from tests.summaries.test_text import BEFORE, NOW, groups, words

LAST_DAY, DAY_AFTER = datetime(2018, 12, 31, 9, tzinfo=UTC), datetime(2019, 1, 1, 9, tzinfo=UTC)
JUNE = datetime(2018, 6, 1, 9, tzinfo=UTC)
DAY = date(2026, 11, 25)


@pytest.fixture
def anna_user() -> User:
    translation.activate("en")
    return user("Anna", Role.ANALYST, language="en")


@pytest.fixture
def two_years() -> None:
    """Four in 2017, of whom two came from Nigeria; three from Romania in 2018."""
    vera = access(user("Vera", Role.COORDINATOR, region="V"))
    countries = ("NG", "NG", "NG", "RO")
    new_case(*(new_person(on=date(2017, 5, 2), citizenship=country) for country in countries), by=vera)
    new_case(*(new_person(citizenship="RO") for _n in range(3)), by=vera)


def test_the_last_day_is_part_of_the_year() -> None:
    assert so_far(2018, LAST_DAY.date()) == LAST_DAY.date()
    assert so_far(2018, DAY_AFTER.date()) is None
    assert so_far(2020, DAY_AFTER.date()) == DAY_AFTER.date()


# --- in words --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "sv",
            (
                "Hittills under året, till och med 25 november 2026, har nätverket fått kännedom om 262 personer",  # noqa: E501
                "Året är inte slut, så siffrorna jämförs inte med något annat år.",
                "Av alla personer var 57 barn.",
            ),
        ),
        (
            "en",
            (
                "So far in the year, up to 25 November 2026, the network has identified 262 presumed victims",
                "The year is not over, so the figures are compared with no other year.",
                "Of all the persons, 57 were children.",
            ),
        ),
    ],
)
def test_the_text_says_so_far_and_nothing_of_the_year_before(
    language: Language, sentences: tuple[str, ...]
) -> None:
    texts = {words(gather(2026, [NOW], before, so_far=DAY), language) for before in ((), [BEFORE])}
    assert len(texts) == 1
    (text,) = texts
    assert all(sentence in text for sentence in sentences)
    assert "2025" not in text


@pytest.mark.parametrize(
    ("numbers", "swedish", "english"),
    [
        (
            (0,) * 6,
            "har nätverket inte fått kännedom om någon person",
            "the network has identified no presumed victims",
        ),
        (
            (1, *(0,) * 5),
            "har nätverket fått kännedom om en person",
            "the network has identified one presumed victim",
        ),
        (
            (None, 5, 5, 5, 5, 5),
            "redovisas inget sammanlagt antal personer.",
            "No overall number of persons is given",
        ),
    ],
)
def test_few_none_and_a_hidden_total_are_so_far_too(
    numbers: tuple[int | None, ...], swedish: str, english: str
) -> None:
    for language, said, mark in (("sv", swedish, "Hittills under året"), ("en", english, "so far")):
        text = words(gather(2026, [groups(*numbers)], so_far=DAY), language)  # type: ignore[arg-type]
        assert said in text
        assert mark.lower() in text.lower()


# --- over years ------------------------------------------------------------------------------
def test_the_bar_of_a_year_that_is_not_over_is_an_outline_and_named_so() -> None:
    table = crossed({"2017": [5] * 6, "2018": [4] * 6})
    whole, running = (
        small_multiples(table, ChartWords("t", "u", "s"), running=years) for years in ((), ("2018",))
    )
    assert "so far" not in whole.svg
    assert running.svg.count(">so far</text>") == 6
    outlines = re.findall(r'<rect[^>]*fill="none"[^>]*>', running.svg)
    assert len(outlines) == 6
    assert all('stroke-dasharray="3 2"' in outline for outline in outlines)
    assert "2018 so far 4" in running.desc
    assert "2017 5" in running.desc
    assert "2017 so far" not in running.desc


@pytest.mark.django_db
def test_a_summary_has_a_year_before_from_the_day_after_the_last(anna_user: User, two_years: None) -> None:
    last, after = (internal_summary(access(anna_user, at), 2018) for at in (LAST_DAY, DAY_AFTER))
    assert (last.so_far, last.before, last.named) == (LAST_DAY.date(), (), "2018 (so far, to 2018-12-31)")
    assert last.caveats[0].startswith(
        "The year 2018 is not over. Its figures are those so far, up to 31 December 2018"
    )
    assert (after.so_far, after.named) == (None, "2018")
    assert [table.value("*") for table in after.before if table.name == "groups"] == [4]
    assert not any("not over" in caveat for caveat in after.caveats)


@pytest.mark.django_db
def test_ten_years_end_without_a_difference_and_in_the_order_of_the_last_whole_year(
    anna_user: User, two_years: None
) -> None:
    running, over = (ten_years(access(anna_user, at), "citizenship", 2018, 3) for at in (LAST_DAY, DAY_AFTER))
    assert running
    assert over
    assert running.so_far == {2018: LAST_DAY.date()}
    assert [(line.label, line.difference) for line in running.lines][:2] == [
        ("Nigeria", None),
        ("Romania", None),
    ]
    differences = {line.label: line.difference for line in over.lines}
    assert differences["Total"] == -1
    assert next(iter(differences)) == "Romania"


@pytest.mark.django_db
def test_the_file_of_ten_years_tells_to_which_day_a_year_is_counted(anna_user: User, two_years: None) -> None:
    for at, expected in ((LAST_DAY, "2018-12-31"), (DAY_AFTER, "")):
        rows = list(csv.DictReader(io.StringIO(to_csv(side_by_side(access(anna_user, at), 2018)))))
        days = {row["year"]: row["so_far"] for row in rows}
        assert (days["2017"], days["2018"]) == ("", expected)


@pytest.mark.django_db
def test_my_page_tells_the_change_from_the_day_after_the_last(two_years: None) -> None:
    max_ = user("Max", Role.MANAGER, language="en")
    with translation.override("en"):
        found = {at: boxes_for(access(max_, at))[0] for at in (LAST_DAY, DAY_AFTER)}
    assert found[LAST_DAY].title == "The year 2018 in figures (so far, to 2018-12-31)"
    assert [row.hint for row in found[LAST_DAY].rows] == ["", "", ""]
    assert found[DAY_AFTER].title == "The year 2018 in figures"
    assert found[DAY_AFTER].rows[0].hint == "\u22121 from 2017"


@pytest.mark.django_db
def test_nothing_is_late_before_the_year_is_over(anna_user: User, two_years: None) -> None:
    pages = {}
    for at in (LAST_DAY, DAY_AFTER):
        with time_machine.travel(at, tick=False):
            client = Client()
            client.force_login(anna_user)
            pages[at] = client.get("/summaries/2018/quality/").content.decode()
    assert "Persons registered on 2019-02-01 or later" in pages[DAY_AFTER]
    assert "Registered late" in pages[DAY_AFTER]
    assert "registered on" not in pages[LAST_DAY]
    assert "Registered late" not in pages[LAST_DAY]


# --- what is published -----------------------------------------------------------------------
def released_at(who: User, at: datetime, state: str) -> Publication:
    by = access(who, at)
    with time_machine.travel(at, tick=False):
        draft = prepare(by, ALONE)
    return released(draft=draft, digest=draft.digest, state=state, by=by)


@pytest.fixture
def in_june(anna_user: User, vera: Access) -> Publication:
    decide_standing_exemption()
    add(vera)
    return released_at(anna_user, JUNE, Publication.State.PRELIMINARY)


@pytest.mark.django_db
def test_a_version_of_a_year_that_was_not_over_is_compared_with_no_year(in_june: Publication) -> None:
    assert in_june.so_far == JUNE.date()
    assert in_june.content["sv"]["rates"] == []
    assert in_june.content["sv"]["changes"]["rows"] == []
    assert "225" not in in_june.texts["en"]["generated"]  # the total of 2017, as it was published then
    assert before_tables(2019) == ()
    (series,) = [one for one in over_years(2019, [])["rows"] if one["year"] == 2018]
    assert series["so_far"] == "2018-06-01"
    assert {cell["rate"] for cell in series["cells"]} == {None}


@pytest.mark.django_db
def test_a_version_of_a_year_that_was_not_over_says_so_for_good(in_june: Publication, client: Client) -> None:
    page = client.get("/statistik/2018/?lang=en").content.decode()  # read long after
    assert "60 presumed victims were identified in 2018 (so far, to 2018-06-01)" in page


@pytest.mark.django_db
def test_the_version_after_the_year_is_over_says_so_far_no_more(
    in_june: Publication, anna_user: User, client: Client
) -> None:
    row = released_at(anna_user, DAY_AFTER, Publication.State.FINAL)
    assert row.so_far is None
    assert "2017" in row.texts["en"]["generated"]
    assert isinstance(before_tables(2019)[0], Table)
    assert "so far" not in client.get("/statistik/2018/?lang=en").content.decode()
