"""What the papers for a procurement say is so: tests that are named exist, values are those of the program,
and no criterion, purpose or setting is left out."""

from __future__ import annotations

import re

from django.conf import settings

from retention.processing_record import treated, word
from tests.setup.test_repository import ROOT
from tests.setup.test_security_page import is_there

FOLDER = ROOT / "docs" / "data-protection"
PAPERS = [*sorted(FOLDER.glob("*.md")), *(ROOT / "docs").glob("accessibility.md")]


# WCAG 2.1, level A and AA, by number.
NUMBERS = {
    **{"1.1": (1,), "1.2": range(1, 6), "1.3": range(1, 6), "1.4": (*range(1, 6), *range(10, 14))},
    **{"2.1": (1, 2, 4), "2.2": (1, 2), "2.3": (1,), "2.4": range(1, 8), "2.5": range(1, 5)},
    **{"3.1": (1, 2), "3.2": range(1, 5), "3.3": range(1, 5), "4.1": range(1, 4)},
}
CRITERIA = [f"{guideline}.{number}" for guideline, numbers in NUMBERS.items() for number in numbers]
CONFORMANCE = (ROOT / "docs" / "accessibility.md").read_text()
STATES = {"met", "partly", "not applicable", "not tried"}


def rows(page: str) -> list[list[str]]:
    """The lines of all tables of a page, in cells."""
    found = [line for line in page.splitlines() if line.startswith("|") and not line.startswith("|--")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found]


def test_every_test_that_a_paper_names_is_there() -> None:
    named = [
        (paper.name, *one)
        for paper in PAPERS
        for one in re.findall(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`", paper.read_text())
    ]
    assert len(named) > 20
    assert [one for one in named if not is_there(*one[1:])] == []


def test_every_link_of_a_paper_leads_somewhere() -> None:
    for paper in PAPERS:
        for target in re.findall(r"\]\(([^)#]+)", paper.read_text()):
            assert target.startswith("https:") or (paper.parent / target).exists(), (paper.name, target)


def test_the_assessment_names_every_purpose_and_each_risk_its_proof() -> None:
    page = (FOLDER / "konsekvensbedomning.md").read_text()
    purposes = {word("purpose", one.purpose, "sv") for one in treated() if one.purpose != "unused"}
    assert purposes == {row[0] for row in rows(page.partition("## Risker")[0])[1:]}
    risks = rows(page.partition("## Risker")[2])[1:]
    assert len(risks) > 8
    assert [row[0] for row in risks if "tests/" not in row[3] or not all(row)] == []


def test_the_instruction_says_the_settings_as_they_are_shipped() -> None:
    page = (FOLDER / "instruktion-driften.md").read_text()
    shipped = dict(re.findall(r"^# ([A-Z_]+)=(\S*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    facts = {name.strip("`"): value for name, value in rows(page)[1:]}
    assert len(facts) > 5
    assert facts == {name: shipped[name] for name in facts}
    assert all(hasattr(settings, name) for name in facts)


def test_the_classification_has_every_whose_and_a_reason() -> None:
    found = rows((FOLDER / "informationsklassning.md").read_text())[1:]
    whose = {word("whose", treatment.whose, "sv") for treatment in treated()}
    assert [one for one in whose if not any(row[0].startswith(one) for row in found)] == []
    assert all(set(row[1:4]) <= set("0123") and len(row[4]) > 10 for row in found)


def test_what_the_authority_must_decide_is_marked_in_every_draft() -> None:
    drafts = [paper for paper in FOLDER.glob("*.md") if paper.name != "README.md"]
    assert len(drafts) == 4
    assert [paper.name for paper in drafts if "**BESLUT**" not in paper.read_text()] == []


def test_every_criterion_has_a_line_whose_state_is_one_of_four() -> None:
    lines = rows(CONFORMANCE)[1:]
    criteria = [row[0].removeprefix("9.") for row in lines if re.match(r"9\.(?!6$)", row[0])]
    assert criteria == CRITERIA
    assert {row[2] for row in lines} == STATES


def test_every_state_of_a_criterion_has_its_reason_and_is_proved_where_it_is_met() -> None:
    for criterion, _title, state, reason in (row[:4] for row in rows(CONFORMANCE)[1:]):
        assert reason, criterion
        assert state != "met" or "`tests/" in reason, criterion


def test_the_statement_says_no_more_than_the_table() -> None:
    page = " ".join((ROOT / "templates" / "nmt_site" / "accessibility.html").read_text().split())
    states = {row[2] for row in rows(CONFORMANCE)[1:]}
    assert ("conforms partly" in page) is bool(states & {"partly", "not tried"})
    reader = "Nobody has tried the register with a screen reader yet" in CONFORMANCE
    assert ("has not been tested with a screen reader yet" in page) is reader
    assert ("there has been no independent audit" in page) is (
        "nobody independent has judged it" in CONFORMANCE
    )
