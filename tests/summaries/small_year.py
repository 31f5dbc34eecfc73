"""2018 with sixty persons of few kinds, protected and published in the coarsest categories. Of
some tables: of all (`COARSEST`) it takes three times as long."""

from __future__ import annotations

from accounts.access import Access
from summaries.release import actions
from summaries.release.corrections import headline_steps
from summaries.release.models import Publication
from tests.makers import new_case, new_person
from tests.summaries.releasing import released

State = Publication.State
COARSEST = {
    "main_purpose": 2,
    "country_group": 2,
    "citizenship": 1,
    "region": 2,
    "organisation": 2,
    "offence": 2,
    "sector": 2,
    "ages": 2,
    "measures": 2,
    "sdg": 1,
    "eu_form": 1,
    "eu_organisation": 1,
    "eu_age_sex": 2,
    "eu_citizenship": 1,
}
ALONE = headline_steps()
SHOWN = (
    "main_purpose", "citizenship", "region", "offence", "organisation", "ages", "sdg",
    "eu_form", "eu_age_sex",
)  # fmt: skip
CALLS = {"calls_topic": 0, "calls_caller": 0}
SOME = ALONE | {table: COARSEST[table] for table in SHOWN} | CALLS
FINE = {**SOME, "main_purpose": 0}  # women of two purposes are hidden


def add(vera: Access, organs: int = 2, war: int = 3) -> None:
    """Forty women, twelve men and eight children; two purposes of few women."""
    women = [new_person(citizenship="RO", offence="trafficking") for _n in range(35)]
    few = [new_person(citizenship="RO", offence="trafficking", main="organs") for _n in range(organs)]
    few += [new_person(citizenship="RO", offence="trafficking", main="war") for _n in range(war)]
    men = [
        new_person(sex="M", citizenship="NG", main="labour", county="01", agency="social") for _n in range(12)
    ]
    boys = [new_person(sex="M", child="yes", citizenship="RO", main="crime") for _n in range(8)]
    new_case(*women, *few, *men, *boys, by=vera)


def prepare(by: Access, steps: dict[str, int] | None = None) -> Publication:
    actions.choose_steps(year=2018, steps=SOME if steps is None else steps, by=by)
    return actions.protect_draft(year=2018, by=by)


def published(by: Access, state: str = State.FINAL, steps: dict[str, int] | None = None) -> Publication:
    draft = prepare(by, steps)
    return released(draft=draft, digest=draft.digest, state=state, by=by)


def cells(publication: Publication, name: str) -> dict[tuple[str, ...], tuple[int | None, str]]:
    table = next(table for table in publication.tables if table["name"] == name)
    return {tuple(cell["key"]): (cell["value"], cell["status"]) for cell in table["cells"]}
