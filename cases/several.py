"""The stored persons of the grid: which they are, what they lack, and what a sent grid makes of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from django.db.models import Case as Either
from django.db.models import Q, QuerySet, Value, When
from django.http import QueryDict

from accounts.access import Access
from cases.actions.several import OF_FIRST, OF_MAIN, OF_PERSON, PersonEdit
from cases.completeness import INCOMPLETE, missing_of
from cases.forms.several import COLUMNS, attname, stored
from cases.models import Case, Exploitation, Identification, Person

BETWEEN: Final = "|"  # no key has one


def persons_of(cases: Iterable[str], access: Access, most: int) -> list[Person]:
    """Those of one's own region in these cases, the incomplete first, then by number; at most so many."""
    rows = Person.objects.in_own_region(access).with_main().filter(case__code__in=list(cases))
    lacking = Either(When(INCOMPLETE, then=Value(0)), default=Value(1))
    return list(rows.alias(lacking=lacking).order_by("lacking", "case__opened_on", "case", "position")[:most])


def edits_of(codes: Iterable[str], access: Access, *, lock: bool = False) -> dict[str, PersonEdit]:
    """By the person's code: the rows that the grid changes, as they are stored. Three queries."""
    found = Person.objects.in_own_region(access).with_demanded().filter(code__in=list(codes))
    rows = found.select_related("case").order_by("pk")
    people = list(rows.select_for_update(of=("self",)) if lock else rows)
    mains: dict[int, Exploitation] = {}
    further: dict[int, set[str]] = defaultdict(set)
    for row in _parts(Exploitation, people):
        if row.is_main:
            mains[row.person_id] = row
        else:
            further[row.person_id].add(row.purpose_id)
    firsts: dict[int, Identification] = {}
    for row in _parts(Identification, people).order_by("identified_on", "pk"):
        firsts.setdefault(row.person_id, row)
    return {
        str(person.code): PersonEdit(
            person, mains.get(person.pk), firsts[person.pk], frozenset(further[person.pk])
        )
        for person in people
    }


def _parts(model: Any, people: Sequence[Person]) -> QuerySet[Any]:
    parts: QuerySet[Any] = model._default_manager.filter(person__in=[person.pk for person in people])
    return parts


def lacking(edits: Iterable[PersonEdit]) -> Counter[str]:
    """Of each column that somebody lacks, how many do."""
    found: Counter[str] = Counter()
    for edit in edits:
        purpose, sector = (edit.main.purpose_id, edit.main.sector_id) if edit.main else (None, None)
        found.update(missing_of(edit.person, purpose, sector))
    return Counter({name: number for name, number in found.items() if name in COLUMNS})


def as_sent(edit: PersonEdit) -> str:
    """What a row was when the page was made, as it travels with it."""
    return BETWEEN.join(stored(edit)[name] for name in COLUMNS)


def joined(data: QueryDict, prefix: str, edits: dict[str, PersonEdit], said: Any) -> dict[str, list[str]]:
    """`data` gets, in every cell that its sender left alone, what somebody else has stored meanwhile; and
    every row the present state as what it was. Returns the columns of each row in which both wrote.

    `said(name, key)`: the words that a cell shows for what is stored.
    """
    both: dict[str, list[str]] = {}
    for row in range(int(data.get(f"{prefix}-TOTAL_FORMS") or 0)):
        at = f"{prefix}-{row}"
        edit = edits.get(data.get(f"{at}-code", ""))
        if edit is None:
            continue
        now, was = stored(edit), dict(zip(COLUMNS, data.get(f"{at}-was", "").split(BETWEEN), strict=False))
        for name in COLUMNS:
            if now[name] == was.get(name, now[name]):
                continue
            if data.get(f"{at}-{name}", "") in {was[name], said(name, was[name])}:
                data[f"{at}-{name}"] = said(name, now[name])
            else:
                both.setdefault(at, []).append(name)
        data[f"{at}-was"] = as_sent(edit)
    return both


def changed(edit: PersonEdit, cleaned: dict[str, Any]) -> PersonEdit:
    """The same rows as the sent row has them."""
    now = stored(edit)
    fields = frozenset(name for name in COLUMNS if (cleaned[name] or "") != now[name])
    main = edit.main
    if main is None and cleaned["main_purpose"]:
        main = Exploitation(person=edit.person, is_main=True)
    for row, names in (
        (edit.person, {name: name for name in OF_PERSON}),
        (main, OF_MAIN),
        (edit.first, OF_FIRST),
    ):
        for name, field in names.items():
            if row is not None and name in fields:
                setattr(row, attname(row, field), cleaned[name] or None)
    return replace(edit, main=main, fields=fields)


def next_incomplete(access: Access, apart_from: Iterable[str]) -> Case | None:
    """The case of one's own region, oldest first, in which a person lacks something yet."""
    rows = Person.objects.in_own_region(access).with_main().filter(INCOMPLETE)
    cases = Case.objects.in_own_region(access).filter(Q(pk__in=rows.values("case")))
    return cases.exclude(code__in=list(apart_from)).order_by("opened_on", "pk").first()
