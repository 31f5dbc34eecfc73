"""The next version of a year as its public file, made without being kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings
from django.utils.translation import override

from accounts.access import Access
from jobs.kinds import JobRefused
from summaries.catalogue import PUBLISHED_BY_NAME
from summaries.counting.quality import confirmed_regions, number_of_regions
from summaries.publishing import frozen
from summaries.publishing.actions import next_version, states_open
from summaries.publishing.files import json_bytes
from summaries.publishing.models import Publication
from summaries.publishing.printed_before import Json, ledger_of
from summaries.publishing.protecting import (
    PERSONS,
    SECONDS,
    UNFINISHED,
    Protected,
    protect_year,
    refuse_disposed,
    sealed_before,
)
from summaries.publishing.suggesting import alone, suggested

FULL: Final[Mapping[str, int]] = {}  # a table that is not named has its finest step


class Refused(Exception):
    """The version may not be published; one sentence says why."""


def steps_of(text: str) -> dict[str, int]:
    """What was typed as TABLE=N,…; all other tables have their finest step. Raises Refused."""
    found = {}
    for part in text.split(","):
        name, _equals, number = part.strip().partition("=")
        entry = PUBLISHED_BY_NAME.get(name)
        if entry is None:
            raise Refused(f"There is no public table {name!r}: write TABLE=N, such as ages=1.")
        if not (number.isascii() and number.isdecimal() and int(number) < len(entry.ladder)):
            last = len(entry.ladder) - 1
            raise Refused(f"{number!r} is no step of {name}: it has the steps from 0, the finest, to {last}.")
        found[name] = int(number)
    return found


def drafted(
    access: Access,
    year: int,
    steps: Mapping[str, int],
    *,
    seconds: float = SECONDS,
    after: Sequence[Json] = (),
) -> Publication:
    """A row that nobody has saved, with everything that is printed of it. `after`: public files, as if they
    had been published and nothing else. Raises Refused."""
    _refuse(year)
    ledger = ledger_of(access, year, after) if after else None
    found = protect_year(access, year, steps, seconds=seconds, ledger=ledger)
    return _checked(_publication(access, year, steps, found, after))


def drafted_as_suggested(
    access: Access, year: int, *, seconds: float = SECONDS, after: Sequence[Json] = ()
) -> Publication:
    """With the steps that are suggested; where not even those may be published, the headline alone."""
    _refuse(year)
    ledger = ledger_of(access, year, after) if after else sealed_before(year)
    found = suggested(access, year, ledger)
    try:
        return drafted(access, year, found.steps, seconds=seconds, after=after)
    except Refused:
        return drafted(access, year, alone(found.steps), seconds=seconds, after=after)


def _refuse(year: int) -> None:
    try:
        refuse_disposed(year)
    except JobRefused as refused:
        raise Refused(str(refused)) from None


def printed(draft: Publication, language: str) -> bytes:
    """The bytes of /statistik/YEAR/tables.json, with no time of publishing."""
    draft.release = {"regions": [confirmed_regions(draft.year), number_of_regions()]}
    with override(language):
        return json_bytes(draft, draft.version or 1, None, language)


def _publication(
    access: Access, year: int, steps: Mapping[str, int], found: Protected, after: Sequence[Json]
) -> Publication:
    version, states = next_version(year), states_open(year)
    if after:
        version, final = len(after) + 1, {file.get("state") for file in after} & {"final", "revised"}
        states = ("revised",) if final else ("preliminary", "final")
    draft = Publication(
        year=year,
        version=version,
        state=states[0 if version == 1 else -1],
        k=found.packages[PERSONS].k,
        steps=dict(steps),
        tables=[table.to_json() for table in found.flat],
        audit=found.audit,
        passed=found.passed,
        software=settings.VERSION,
        made_at=access.at,
    )
    draft.seal(found.sealed())
    draft.content = frozen.content(draft)
    return draft


def _checked(draft: Publication) -> Publication:
    audit, groups = draft.audit, next((one for one in draft.tables if one["name"] == "groups"), None)
    open_to_attack = max(audit["recovered"], audit["under_protected"])
    if groups is None or not any(cell["value"] for cell in groups["cells"] if cell["key"] == ["*"]):
        raise Refused(f"There are no persons registered for {draft.year}: there is nothing to publish.")
    if all(table.get("exempt") for table in draft.tables):
        return draft  # the headline alone, which a decision shows whatever else is so
    if audit["proof"] == UNFINISHED:
        raise Refused(f"The search for what to hide in {draft.year} was not finished: choose coarser steps.")
    if open_to_attack:
        raise Refused(
            f"The tables of {draft.year} may not be published with these steps: {open_to_attack} figures "
            "could be worked out or are too weakly protected."
        )
    return draft
