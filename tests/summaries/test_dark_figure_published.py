"""Of the dark figure, a lower bound that is certain enough goes out in words, rounded down, with method and
caveats: no more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from django.test import Client

from accounts.access import Access
from jobs.kinds import JobRefused
from libs.capture_recapture import CaptureTable
from libs.capture_recapture.estimation import estimate
from libs.capture_recapture.report import to_json
from libs.capture_recapture.results import Interval, LowerBound, Method
from libs.capture_recapture.texts import statement
from summaries.models import Estimate
from summaries.release.models import Publication
from tests.actors import NOON
from tests.summaries import stored_years
from tests.summaries.releasing import released

pytestmark = pytest.mark.django_db
NAMES = {"PF": "Polisen", "LA": "Kommuner", "NG": "Ideella"}
# Persons by the lists they are on, bit k for list k: enough overlap for a figure that may be published.
CERTAIN = {1: 130, 2: 120, 4: 110, 3: 44, 5: 41, 6: 39, 7: 14}
UNCERTAIN = {1: 30, 2: 30, 4: 30, 3: 4, 5: 4, 6: 4, 7: 1}


@pytest.fixture(scope="module", autouse=True)
def _drafted(begin: Callable[[Callable[[], None]], None]) -> None:
    begin(stored_years.drafted_headline)


@pytest.fixture
def draft() -> Publication:
    return Publication.objects.get()


@cache
def facts_of(*, certain: bool) -> dict[str, Any]:
    histories = CERTAIN if certain else UNCERTAIN
    table = CaptureTable(("PF", "LA", "NG"), tuple(sorted(histories.items())))
    return to_json(estimate(table, replicates=60, seed=1))


def stored_estimate(
    by: Access, facts: dict[str, Any], *, first: int = 2018, digest: str = "a" * 64
) -> Estimate:
    return Estimate.objects.create(
        first_year=first, last_year=2018, grouping={}, digest=digest, replicates=60, seed=1,
        verdict=facts["verdict"], result=facts, by=by.user, at=NOON,
    )  # fmt: skip


def test_the_sentences_hold_a_lower_bound_the_method_and_the_caveats() -> None:
    facts = facts_of(certain=True)
    texts = statement(facts, "2018", "en", NAMES)
    assert f"at least about {facts['at_least']:,} persons" in texts[0]
    assert "multiple systems estimation" in " ".join(texts)
    assert "Polisen, Kommuner and Ideella" in " ".join(texts)
    assert "not equally easy to find" in " ".join(texts)
    assert "Whitehead" in " ".join(texts)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_figure_but_the_rounded_ones_is_in_the_sentences(language: str) -> None:
    facts = facts_of(certain=True)
    first = " ".join(statement(facts, "2018", language, NAMES)[:2])
    numbers = [int(re.sub(r"\D", "", found)) for found in re.findall(r"\d[\d,\u00a0]*", first)]
    assert set(numbers) == {2018, facts["at_least"]}
    assert facts["observed"] not in numbers


@pytest.mark.parametrize("language", ["sv", "en"])
def test_nothing_outside_promises_where_the_truth_ends(language: str) -> None:
    """At least about so many: no interval, no share of certainty, and that there are probably more."""
    text = " ".join(statement(facts_of(certain=True), "2018", language, NAMES))
    assert {"sv": "minst omkring", "en": "at least about"}[language] in text
    assert {"sv": "sannolikt fler än så", "en": "probably more than that"}[language] in text
    assert not re.search("95|säkerhet|certain|intervall|interval|konfidens|confidence", text)


@pytest.mark.parametrize(("differ", "said"), [(1.25, "rounded downwards"), (1.26, "rounded coarsely")])
def test_where_the_methods_differ_by_more_than_a_quarter_it_is_said(differ: float, said: str) -> None:
    assert said in " ".join(
        statement(facts_of(certain=True) | {"methods_differ": differ}, "2018", "en", NAMES)
    )


@pytest.mark.parametrize(
    ("estimates", "printed"), [((500, 500), 460), ((500, 625), 460), ((500, 626), 400), ((500, 1100), 400)]
)
def test_one_significant_digit_is_said_where_the_methods_differ_by_more_than_a_quarter(
    estimates: tuple[float, ...], printed: int
) -> None:
    methods = tuple(Method("pairs", value, Interval(400, 900), 469.9) for value in estimates)
    assert LowerBound(methods, 262).printed == printed
    assert LowerBound(methods, 480).value == 480


def test_an_estimate_of_the_time_before_lower_bounds_is_kept_and_not_published(
    draft: Publication, anna: Access
) -> None:
    facts = facts_of(certain=True)
    row = stored_estimate(
        anna, {key: facts[key] for key in facts if key not in ("at_least", "lower_bound", "methods")}
    )
    assert not Estimate.objects.for_publication(2018).exists()
    with pytest.raises(JobRefused):
        released(draft=draft, digest=draft.digest, state="final", estimate=row, by=anna)


def test_an_uncertain_figure_has_no_words_for_the_outside() -> None:
    facts = facts_of(certain=False)
    assert facts["verdict"] == "internal"
    with pytest.raises(ValueError, match="may be published"):
        statement(facts, "2018", "sv", NAMES)


def test_a_version_is_published_with_the_estimate_of_its_year(
    draft: Publication, anna: Access, client: Client
) -> None:
    row = stored_estimate(anna, facts_of(certain=True))
    released(draft=draft, digest=draft.digest, state="final", estimate=row, by=anna)
    page = client.get("/statistik/2018/", {"lang": "en"}).content.decode()
    tables = json.loads(client.get("/statistik/2018/tables.json", {"lang": "en"}).content)
    n = f"{row.result['at_least']:,}"
    assert f"at least about {n} persons" in page
    assert f"at least about {n} persons" in tables["dark_figure"][0]


def test_a_version_without_an_estimate_says_nothing_of_it(
    draft: Publication, anna: Access, client: Client
) -> None:
    released(draft=draft, digest=draft.digest, state="final", by=anna)
    assert 'id="dark-figure"' not in client.get("/statistik/2018/").content.decode()


@pytest.mark.parametrize(("certain", "first"), [(False, 2018), (True, 2017)])
def test_an_uncertain_estimate_or_one_of_other_years_cannot_be_published(
    draft: Publication, anna: Access, certain: bool, first: int
) -> None:
    row = stored_estimate(anna, facts_of(certain=certain), first=first)
    with pytest.raises(JobRefused):
        released(draft=draft, digest=draft.digest, state="final", estimate=row, by=anna)
    assert not Publication.objects.published().exists()


def test_only_what_may_go_out_can_be_chosen(draft: Publication, anna: Access, client: Client) -> None:
    client.force_login(anna.user)
    good, bad = (
        stored_estimate(anna, facts_of(certain=True)),
        stored_estimate(anna, facts_of(certain=False), digest="b" * 64),
    )
    page = client.get("/summaries/publications/2018/freeze/").content.decode()
    assert f'value="{good.pk}"' in page
    assert f'<option value="{bad.pk}"' not in page
