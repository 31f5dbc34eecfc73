"""The form of a revision warns where its reason, which everybody reads, says how many or what."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from summaries.release.forms import FreezeForm

pytestmark = pytest.mark.django_db
LISTS = Path(__file__).parents[2] / "agencies/reference"
WHY = {"sv": "Uppgifterna har kontrollerats igen.", "en": "The records have been checked again."}


def warned(told: bool = False, **reasons: str) -> bool:
    """Whether the form asks once more beside a reason."""
    data = {"revised_sv": WHY["sv"], "revised_en": WHY["en"], **reasons}
    left_out = ("unconfirmed_sv", "unconfirmed_en", "seen_before", "numbers", "alike", "note")
    facts = {"digest": "0", "state": "revised", "when": "once", "read_sv": "on", "read_en": "on", **data}
    posted = {**facts, **({"revised_told": "on"} if told else {})}
    form = FreezeForm(posted, year=2018, states=["revised"], hour=None, left_out=left_out)
    form.is_valid()
    assert set(form.errors) <= {"revised_sv", "revised_en"}, form.errors
    return bool(form.errors)


def labels(name: str, of: str = "") -> Iterator[tuple[str, str]]:
    with (LISTS / f"{name}.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not of or row["list"] == of:
                yield tuple(row[column] for column in row if column[-3:] in ("_sv", "_en"))[:2]  # type: ignore[misc]


def test_a_reason_that_says_only_why_is_taken() -> None:
    assert not warned()


@pytest.mark.parametrize(
    ("sv", "en"),
    [
        ("En person var räknad två gånger.", "One person was counted twice."),
        ("En post hade blivit fel.", "A record was wrong."),
        ("Flera män saknades.", "Some men were missing."),
        ("Barnens ålder är rättad.", "The age of the children is corrected."),
        ("En rumänsk medborgare saknades.", "A Romanian citizen was missing."),
        ("Brottet var fel i ett ärende.", "The offence was wrong in a case."),
    ],
)
def test_a_reason_that_says_how_many_or_what_is_asked_about(sv: str, en: str) -> None:
    assert warned(revised_sv=sv)
    assert warned(revised_en=en)
    assert not warned(told=True, revised_sv=sv, revised_en=en), "who has seen it decides"


def test_the_name_of_a_purpose_a_county_or_a_region_is_asked_about() -> None:
    missed = []
    names = [*labels("codes", "purpose"), *labels("codes", "purpose_group"), *labels("counties")]
    for sv, en in (*names, *labels("regions")):
        sv_reason, en_reason = f"Uppgifter om {sv.lower()} saknades.", f"Facts of {en.lower()} were missing."
        missed += [sv] * (not warned(revised_sv=sv_reason)) + [en] * (not warned(revised_en=en_reason))
    assert missed == []
