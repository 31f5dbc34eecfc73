"""Years that the tests of a file begin with: made once, kept between runs, and copied (`tests.database`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from typing import Any, Final

import pytest
from django.core.management import call_command

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from cases.actions.calls import log_call
from cases.actions.persons import NewPerson
from cases.demo import profile
from cases.demo.invent import invent
from cases.models import Call
from summaries.catalogue import COMMON_TABLES, PERSONS_PUBLISHED
from summaries.counting import build
from summaries.counting.historical import decide_standing_exemption
from summaries.release import actions
from summaries.release.corrections import headline_steps
from summaries.release.models import Publication
from summaries.site import files
from summaries.tables import revision
from tests import database
from tests.actors import access, user
from tests.makers import new_case, new_person
from tests.summaries.releasing import released
from tests.summaries.small_year import FINE, add, prepare
from tests.world import undone

BOY: Final[dict[str, Any]] = {
    "sex": "M", "child": "yes", "citizenship": "SE", "main": "crime", "age_class": "16-17",
}  # fmt: skip
INTERNATIONAL: Final = {
    "main_purpose": 2,
    "country_group": 2,
    "citizenship": 1,
    "region": 2,
    "organisation": 2,
    "sector": 2,
    "ages": 2,
}
ALL_TABLES: Final[dict[str, int]] = {entry.name: 0 for entry in PERSONS_PUBLISHED.values()}
# Tables of a version whose correction fails, beside the headline.
FEW_TABLES: Final = headline_steps() | {"main_purpose": 2, "offence": 2, "region": 2}


@contextmanager
def stored_year(make: Callable[[], object]) -> Iterator[None]:
    """Begin with the rows that `make`, a function of this module, writes. Tests undo what they do."""

    def fill() -> bytes:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(
                files.KINDS,
                "pdf",
                files.KINDS["pdf"]._replace(
                    make=lambda *_of_what: b"%PDF not made in this test".ljust(20_000)
                ),
            )
            make()
        return b""

    with database.filled(make.__name__, fill), undone():
        yield


def vera() -> Access:
    """Who coordinates region Väst."""
    return access(_there("vera") or user("Vera", Role.COORDINATOR, region="V"))


def anna() -> Access:
    """The analyst."""
    return access(_there("anna") or user("Anna", Role.ANALYST))


def _there(name: str) -> User | None:
    return User.objects.filter(email=f"{name}@example.org").first()


def publish(by: Access, steps: dict[str, int], state: str = Publication.State.FINAL) -> Publication:
    draft = prepare(by, steps)
    return released(draft=draft, digest=draft.digest, state=state, by=by)


def small_year() -> None:
    decide_standing_exemption()
    add(vera())


def drafted_year() -> None:
    small_year()
    prepare(anna())


def drafted_headline() -> None:
    """Of which no table is asked: it is protected in a moment."""
    small_year()
    prepare(anna(), headline_steps())


def published_year() -> None:
    small_year()
    publish(anna(), FEW_TABLES)


def drafted_by_annika() -> Publication:
    """Two purposes of few women are hidden in it. Vera and Anna are not there yet."""
    decide_standing_exemption()
    add(access(user("Veronika", Role.COORDINATOR, region="V")))
    return prepare(access(user("Annika", Role.ANALYST)), FINE)


def frozen_year() -> None:
    """The same, published."""
    draft = drafted_by_annika()
    by = access(draft.made_by)
    released(draft=draft, digest=draft.digest, state=Publication.State.FINAL, by=by)


@contextmanager
def made_anew_at_once() -> Iterator[None]:
    """Tables do not stand until enough persons have changed, and no decoys are hidden: then a draft of one
    correction fails. By the rules of today hardly any does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(revision, "standing", lambda *_of_what, **_how: revision.Standing())
        patch.setattr(revision, "decoys", lambda *_of_what, **_how: frozenset())
        yield


def correction_that_fails() -> None:
    """One woman more than was published, alike in all to most others."""
    published_year()
    new_case(new_person(citizenship="RO", offence="trafficking"), by=vera())
    with made_anew_at_once():
        actions.protect_draft(year=2018, by=anna())


def children_of_counties() -> None:
    """Five boys of one region, published as children of it: three in one of its counties, two in another."""
    decide_standing_exemption()
    women = [new_person(citizenship="RO", age_class="25-34") for _n in range(14)]
    more = [new_person(citizenship="NG", main="begging", county="12", age_class="18-24") for _n in range(9)]
    boys = [new_person(county=where, **BOY) for where in ("03", "03", "03", "19", "19")]
    others = [new_person(**BOY) for _n in range(12)]
    men = [
        new_person(sex="M", main="labour", county="01", citizenship="RO", age_class="35-49")
        for _n in range(8)
    ]
    new_case(*women, *more, *boys, *others, *men, by=vera())
    publish(anna(), headline_steps() | {"region": 0, "main_purpose": 2, "organisation": 2, "ages": 1})


@contextmanager
def printing_few() -> Iterator[None]:
    """The command prints these tables alone, which takes a third of the time."""
    few = {name: COMMON_TABLES[name] for name in ("groups", "county", "citizenship", "any_purpose")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "COMMON_TABLES", few)
        yield


def two_regions_printed() -> None:
    """Women in two counties of one region and in one of another; men in both regions. All was printed."""
    decide_standing_exemption()
    women = [new_person(citizenship="RO", offence="trafficking") for _n in range(30)]
    six = [new_person(citizenship="RO", offence="trafficking", county="13") for _n in range(6)]
    more = [new_person(citizenship="NG", main="begging", county="12", agency="social") for _n in range(14)]
    men = [
        new_person(sex="M", citizenship=country, main="labour", county=county, agency="social")
        for country, county in (("NG", "01"), ("RO", "14"))
        for _n in range(12)
    ]
    new_case(*women, *six, *more, *men, by=vera())
    anna()
    with printing_few():
        call_command("yearly_summary", "2018", stdout=StringIO())


def one_of_unknown_sex_and_age() -> None:
    """One person of whom neither sex nor age is known, of whom all else is."""
    decide_standing_exemption()
    women = [new_person(citizenship="RO", offence="trafficking") for _n in range(40)]
    men = [new_person(sex="M", citizenship="NG", main="labour", county="01") for _n in range(15)]
    boys = [new_person(sex="M", child="yes", citizenship="RO", main="crime") for _n in range(8)]
    person = new_person(
        sex="U", child="unknown", citizenship="VN", main="sexual", county="25", agency="migration"
    )
    new_case(*women, *men, *boys, person, by=vera())


def published_with_one_of_unknown_sex_and_age() -> None:
    one_of_unknown_sex_and_age()
    publish(anna(), headline_steps() | {"main_purpose": 0, "eu_age_sex": 1}, Publication.State.PRELIMINARY)


def in_sector(person: NewPerson, sector: str) -> NewPerson:
    person.exploitations[0].sector_id = f"sector:{sector}"
    return person


def few_in_each_sector(vera: Access) -> None:
    """Five women in labour, one in each of five sectors."""
    decide_standing_exemption()
    sectors = ("agri", "berries", "construction", "horeca", "cleaning")
    women = [in_sector(new_person(main="labour", citizenship="RO"), sector) for sector in sectors]
    women += [new_person(main="sexual", citizenship="RO") for _n in range(20)]
    women += [new_person(main="begging", citizenship="RO") for _n in range(8)]
    men = [new_person(sex="M", main="labour", citizenship="RO") for _n in range(16)]
    men += [new_person(sex="M", main="begging", citizenship="RO") for _n in range(9)]
    new_case(*women, *men, by=vera)


def published_with_few_in_each_sector() -> None:
    few_in_each_sector(access(user("Veronika", Role.COORDINATOR, region="V")))
    publish(access(user("Annika", Role.ANALYST)), ALL_TABLES)


def international() -> None:
    """Women, men, girls and boys by the offences and purposes of the article."""
    decide_standing_exemption()
    women = [new_person(offence="trafficking", status="identified") for _n in range(12)]
    men = [new_person(sex="M", main="labour", offence="exploitation", agency="social") for _n in range(9)]
    girls = [new_person(child="yes", offence="trafficking") for _n in range(11)]
    boys = [new_person(sex="M", child="yes", main="crime") for _n in range(10)]
    new_case(*women, *men, *girls, *boys, by=vera())
    prepare(anna(), INTERNATIONAL)


def calls_of_two_classes() -> None:
    """Of 23 calls from authorities three are the police's, and of 18 from care and school three from health
    care."""
    small_year()
    olle, moment = access(user("Olle", Role.OPERATOR)), datetime(2018, 6, 1, 12, tzinfo=UTC)
    numbers = {"social": 20, "police": 3, "health": 3, "school": 15, "ngo": 20}
    for caller in (caller for caller, number in numbers.items() for _n in range(number)):
        log_call(call=Call(received_at=moment, caller_group_id=f"caller:{caller}"), lists={}, by=olle)


SMALL: Final = {"women": 40, "men": 20, "girls": 9, "boys": 11, "other": 2, "unknown_adults": 3}


def demonstration() -> None:
    """Two years of it, with some eighty persons each; and Anna, who reads totals."""
    early = profile.YearProfile(SMALL, 2, 30, profile.EARLY, profile.FROM_2016, profile.CHILDREN_EARLY)
    late = profile.YearProfile(SMALL, 2, 30, profile.LATE, profile.FROM_2021, profile.CHILDREN_LATE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(profile, "YEARS", {2018: early, 2025: late})
        invent(password="not used here")
    anna()
