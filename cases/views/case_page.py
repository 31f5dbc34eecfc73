"""What the page of a case shows, from a constant few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Access
from accounts.acting import beyond
from accounts.handed_in import handed_in
from accounts.roles import May
from agencies.models import CodeMapping
from cases import timeline
from cases.choices import OPEN_STATES, Decision, MeasureAnswer
from cases.completeness import NAMES, missing_of
from cases.facts import BY_NAME, OF_PERSON
from cases.last_registration import registered_at
from cases.measures import REFLECTION, Someone
from cases.models import Call, Case, DuplicateReview, Measure, Person, Reminder, SuspectCount
from cases.timeline import ManualStep, Reflection, StepEntry
from cases.views.alike_lines import Line, stand_together
from cases.views.fetch import with_facts
from cases.wording import STATE_TAGS, STATUS_TAGS, group_of

LONG_AGO = 30  # days after its end that a reflection period is still shown
LONG_TERM = 4  # the step under which a measure is shown that belongs to none of the manual


@dataclass(frozen=True)
class Lacking:
    """One thing missing for the year, and of whom; `address` is where it is filled in."""

    name: str
    person: str
    address: str
    key: str = ""


class PersonLine:
    """A person in a table: `row` is a Person of `with_facts`."""

    def __init__(self, row: Person) -> None:
        self.row = row
        self.short = f"P{row.position}"
        self.group = group_of(row)
        self.tag = STATUS_TAGS[row.status]

    @property
    def purpose(self) -> str:
        main = getattr(self.row, "main", None)
        return str(main.purpose) if main else ""

    @cached_property
    def missing(self) -> list[Lacking]:
        return [
            Lacking(str(NAMES[key]), self.short, lacking_address(self.row, key), key)
            for key in missing_of(self.row, self.row.main_purpose, self.row.main_sector)
        ]

    @property
    def missing_in_words(self) -> str:
        """The one thing, or how many."""
        if len(self.missing) == 1:
            return self.missing[0].name
        return ngettext("%(n)d fact", "%(n)d facts", len(self.missing)) % {"n": len(self.missing)}


def whose(names: list[str]) -> str:
    """P1, P2, P3; or how many, when they are more."""
    if len(names) <= 3:
        return ", ".join(names)
    return ngettext("%(n)d person", "%(n)d persons", len(names)) % {"n": len(names)}


def lacking_address(person: Person, key: str) -> str:
    """Where it is filled in."""
    if BY_NAME[key] in OF_PERSON:
        return f"{reverse('cases:edit_person', args=[person.code])}#div_id_{key}"
    part = "identifications" if key == "channel" else "exploitations"
    return f"{person.get_absolute_url()}#{part}"


def measures_with_step(access: Access) -> QuerySet[Any]:
    step = CodeMapping.objects.filter(target="step", code=OuterRef("kind_id")).values("value")[:1]
    rows = Measure.objects.visible_to(access).annotate(step=Subquery(step))
    return rows.select_related("kind", "provider", "agency")


class CasePage:
    """`case` is one of `readable_case`."""

    def __init__(self, case: Case, access: Access) -> None:
        self.case, self.access = case, access
        self.state_tag = STATE_TAGS[case.state]

    @property
    def how_long(self) -> list[str]:
        """How long the case is kept, in a sentence of the app that knows the rules."""
        return [say(self.case) for say in handed_in("how_long", "OF_CASE").values()]

    @cached_property
    def persons(self) -> list[PersonLine]:
        rows = with_facts(Person.objects.visible_to(self.access)).filter(case=self.case)
        rows = rows.annotate(registered_at=registered_at(self.access))
        found = rows.select_related("main__purpose", "first_agency", "first_county", "offence").order_by(
            "position"
        )
        for row in found:
            row.case = self.case
        return [PersonLine(row) for row in found]

    @cached_property
    def lines(self) -> list[Line]:
        """Those of the table: whoever are alike stand together, and what they lack is filled in for all."""
        return [self._together(lines) for lines in stand_together(self.persons)]

    def _together(self, lines: list[PersonLine]) -> Line:
        lacking = zip(*(line.missing for line in lines), strict=True)  # the same facts of each
        return Line(lines, [self._of_all(list(same)) for same in lacking])

    @property
    def to_fill_in(self) -> str:
        """Where what is missing is filled in; empty where nothing is."""
        if not self.missing:
            return ""
        several = len([line for line in self.persons if line.missing]) > 1
        if several and self.access.may(May.EDIT_CASE):
            return f"{reverse('cases:change_persons')}?case={self.case.code}"
        return self.missing[0].address

    @property
    def elsewhere(self) -> int:
        """Persons of the case that another region is responsible for."""
        return self.case.all_persons - len(self.persons)

    @cached_property
    def measures(self) -> list[Any]:
        found = list(measures_with_step(self.access).filter(person__case=self.case).order_by("month", "pk"))
        lines = {line.row.pk: line for line in self.persons}
        for measure in found:
            measure.line = lines[measure.person_id]
        return found

    @cached_property
    def suspects(self) -> list[SuspectCount]:
        if not self.case.whole:
            return []
        return list(SuspectCount.objects.filter(case=self.case, number__gt=0).select_related("relation"))

    @cached_property
    def calls(self) -> list[Call]:
        return list(Call.objects.visible_to(self.access).filter(case=self.case).order_by("received_at"))

    @property
    def undoable(self) -> int:
        """How many somebody has registered at once today, last: one press takes them out again."""
        at = [line.row.registered_at for line in self.persons] if self.case.changeable else []
        times = [moment for moment in at if moment is not None]
        return times.count(max(times)) if times else 0

    @cached_property
    def steps(self) -> tuple[ManualStep, ...]:
        is_open = self.case.state in OPEN_STATES
        return timeline.steps([*self._identified(), *done(self.measures)], self._people(), open_case=is_open)

    @cached_property
    def reflections(self) -> list[Reflection]:
        return list(reflections(self.measures, self.access.today))

    @cached_property
    def reminders(self) -> list[Reminder]:
        """Own ones that wait."""
        if not self.case.reminds:
            return []
        return list(Reminder.objects.visible_to(self.access).waiting().filter(case=self.case))

    @cached_property
    def missing(self) -> list[Lacking]:
        """Each thing that is missing once."""
        found: dict[str, list[Lacking]] = defaultdict(list)
        for lacking in (lacking for line in self.persons for lacking in line.missing):
            found[lacking.key].append(lacking)
        return [self._of_all(rows) for rows in found.values()]

    def _of_all(self, rows: list[Lacking]) -> Lacking:
        """What several lack is filled in for all of them at once."""
        first = rows[0]
        grid = f"{reverse('cases:change_persons')}?case={self.case.code}&missing={first.key}"
        several = len(rows) > 1 and self.access.may(May.EDIT_CASE)
        address = grid if several else first.address
        return replace(first, person=whose([row.person for row in rows]), address=address)

    @cached_property
    def alike(self) -> list[Lacking]:
        """Where it is judged whether a person of the case is one who is registered already, or another region
        asked."""
        if not self.access.may(May.REVIEW_DUPLICATE) or not self.case.own:
            return []
        with beyond("duplicates"):
            return self._alike_ones()

    def _alike_ones(self) -> list[Lacking]:
        seen = DuplicateReview.objects.visible_to(self.access) | DuplicateReview.objects.of_own_record(
            self.access
        )
        about = Q(first__case=self.case) | Q(second__case=self.case)
        rows = seen.filter(about, decision=Decision.OPEN, asked_at=None).select_related("first", "second")
        return [self._alike(row) for row in rows.order_by("-similarity", "pk")]

    def _alike(self, review: DuplicateReview) -> Lacking:
        one, other = review.first, review.second
        own, found = (one, other) if one.case_id == self.case.pk else (other, one)
        if {one.responsible_region_id, other.responsible_region_id} <= set(self.access.regions):
            said = _("Compare with %(number)s") % {"number": found.number}
            return Lacking(said, f"P{own.position}", reverse("cases:duplicate", args=[review.code]))
        return Lacking(_("Ask another region"), f"P{own.position}", own.get_absolute_url())

    def _people(self) -> list[Someone]:
        kinds: dict[int, set[str]] = defaultdict(set)
        for measure in self.measures:
            kinds[measure.person_id].add(measure.kind_id)
        return [someone(line.row, frozenset(kinds[line.row.pk])) for line in self.persons if line.row.counted]

    def _identified(self) -> Iterator[tuple[int, StepEntry]]:
        """Who identified how many in which month: step 1."""
        found: dict[tuple[date, str], list[str]] = defaultdict(list)
        for line in self.persons:
            month = line.row.first_identified_on.replace(day=1)
            found[month, str(line.row.first_agency)].append(line.short)
        for (month, agency), names in sorted(found.items()):
            yield 1, StepEntry("", tuple(names), month, agency)


def done(measures: Iterable[Any]) -> Iterator[tuple[int, StepEntry]]:
    """Measures that say the same of several persons are one line. Each measure has its person as `line`."""
    same: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for measure in measures:
        by = str(measure.agency or measure.provider or "")
        step = int(measure.step or LONG_TERM)
        same[step, str(measure.kind), measure.month, by, measure.answer].append(measure)
    for (step, kind, month, by, answer), rows in same.items():
        names = tuple(dict.fromkeys(row.line.short for row in rows))
        said = "" if answer == MeasureAnswer.ACCEPTED else str(MeasureAnswer(answer).label)
        edit = (
            reverse("cases:edit_measure", args=[rows[0].line.row.code, rows[0].pk]) if len(rows) == 1 else ""
        )
        yield step, StepEntry(kind, names, month, by, said, edit)


def reflections(measures: Iterable[Any], today: date) -> Iterator[Reflection]:
    for measure in measures:
        if measure.kind_id == REFLECTION and measure.answer == MeasureAnswer.ACCEPTED:
            counted = timeline.reflection(measure.line.short, measure.month, measure.ends_on, today)
            if counted is not None and counted.left >= -LONG_AGO:
                yield counted


def someone(person: Person, kinds: frozenset[str]) -> Someone:
    return Someone(
        name=f"P{person.position}",
        child=person.child == "yes",
        residence=person.residence_id or "",
        citizenship=str(person.citizenship or ""),
        kinds=kinds,
        address=f"{reverse('cases:add_measures', args=[person.case.code])}?person={person.code}",
    )
