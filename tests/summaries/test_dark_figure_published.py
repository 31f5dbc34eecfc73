"""Of the dark figure, what is certain enough goes out in words, rounded, with interval, method and caveats:
no more."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from jobs.kinds import JobRefused
from summaries.dark_figure import CaptureTable, estimate
from summaries.dark_figure.shape import to_json
from summaries.dark_figure.statement import statement
from summaries.models import Estimate
from summaries.publishing.models import Publication
from tests.actors import NOON, access, user
from tests.summaries.releasing import released
from tests.summaries.small_year import add, prepare
from tests.summaries.test_publication import standing_exemption  # noqa: F401

pytestmark = pytest.mark.django_db
NAMES = {"PF": "Polisen", "LA": "Kommuner", "NG": "Ideella"}
# Persons by the lists they are on, bit k for list k: enough overlap for a figure that may be published.
CERTAIN = {1: 130, 2: 120, 4: 110, 3: 44, 5: 41, 6: 39, 7: 14}
UNCERTAIN = {1: 30, 2: 30, 4: 30, 3: 4, 5: 4, 6: 4, 7: 1}


@pytest.fixture
def draft(anna: Access) -> Publication:
    add(access(user("Vera", Role.COORDINATOR, region="V")))
    return prepare(anna)


def facts_of(histories: dict[int, int]) -> dict[str, Any]:
    table = CaptureTable(("PF", "LA", "NG"), tuple(sorted(histories.items())))
    return to_json(estimate(table, replicates=60, seed=1))


def kept(by: Access, facts: dict[str, Any], *, first: int = 2018, digest: str = "a" * 64) -> Estimate:
    return Estimate.objects.create(
        first_year=first, last_year=2018, grouping={}, digest=digest, replicates=60, seed=1,
        verdict=facts["verdict"], result=facts, by=by.user, at=NOON,
    )  # fmt: skip


def test_the_sentences_hold_two_digits_an_interval_the_method_and_the_caveats() -> None:
    facts = facts_of(CERTAIN)
    told = statement(facts, "2018", "en", NAMES)
    n, low, high = (f"{value:,}" for value in facts["rounded"])
    assert f"estimated at about {n} persons" in told[0]
    assert f"between {low} and {high}" in told[0]
    assert "multiple systems estimation" in told[1]
    assert "Polisen, Kommuner and Ideella" in told[1]
    assert "not equally easy to find" in " ".join(told)
    assert "Whitehead" in " ".join(told)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_figure_but_the_rounded_ones_is_in_the_sentences(language: str) -> None:
    facts = facts_of(CERTAIN)
    first = statement(facts, "2018", language, NAMES)[0]
    numbers = [int(re.sub(r"\D", "", found)) for found in re.findall(r"\d[\d,\u00a0]*", first)]
    assert set(numbers) == {2018, 95, *facts["rounded"]}
    assert facts["observed"] not in numbers


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_interval_is_no_promise_that_the_truth_lies_in_it(language: str) -> None:
    """A caveat beside it says that in a simulation it hardly ever did."""
    told = statement(facts_of(CERTAIN), "2018", language, NAMES)
    caveat = {"sv": "intervallet nådde nästan aldrig det sanna talet", "en": "almost never reached the truth"}
    assert any(caveat[language] in sentence for sentence in told)
    assert not re.search("Med 95 procents säkerhet|At 95 per cent it lies", told[0])
    assert {"sv": "Osäkerheten är större än så om", "en": "The uncertainty is greater than that if"}[
        language
    ] in told[0]


def test_an_uncertain_figure_has_no_words_for_the_outside() -> None:
    facts = facts_of(UNCERTAIN)
    assert facts["verdict"] == "internal"
    with pytest.raises(ValueError, match="may be published"):
        statement(facts, "2018", "sv", NAMES)


@pytest.mark.report
def test_a_version_is_published_with_the_estimate_of_its_year(
    draft: Publication, anna: Access, client: Client
) -> None:
    row = kept(anna, facts_of(CERTAIN))
    released(draft=draft, digest=draft.digest, state="final", estimate=row, by=anna)
    page = client.get("/statistik/2018/", {"lang": "en"}).content.decode()
    tables = json.loads(client.get("/statistik/2018/tables.json", {"lang": "en"}).content)
    n = f"{row.result['rounded'][0]:,}"
    assert f"estimated at about {n} persons" in page
    assert f"estimated at about {n} persons" in tables["dark_figure"][0]


def test_a_version_without_an_estimate_says_nothing_of_it(
    draft: Publication, anna: Access, client: Client
) -> None:
    released(draft=draft, digest=draft.digest, state="final", by=anna)
    assert 'id="dark-figure"' not in client.get("/statistik/2018/").content.decode()


@pytest.mark.parametrize(("histories", "first"), [(UNCERTAIN, 2018), (CERTAIN, 2017)])
def test_an_uncertain_estimate_or_one_of_other_years_cannot_be_published(
    draft: Publication, anna: Access, histories: dict[int, int], first: int
) -> None:
    row = kept(anna, facts_of(histories), first=first)
    with pytest.raises(JobRefused):
        released(draft=draft, digest=draft.digest, state="final", estimate=row, by=anna)
    assert not Publication.objects.published().exists()


def test_only_what_may_go_out_can_be_chosen(draft: Publication, anna: Access, client: Client) -> None:
    client.force_login(anna.user)
    good, bad = kept(anna, facts_of(CERTAIN)), kept(anna, facts_of(UNCERTAIN), digest="b" * 64)
    page = client.get("/summaries/publications/2018/freeze/").content.decode()
    assert f'value="{good.pk}"' in page
    assert f'<option value="{bad.pk}"' not in page
