"""What the record of each fact says is what the product does. Each is imported, exported, compared, left out
and changed, and what happens is held against the record: one that lies fails here."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import override
from django_countries.fields import CountryField

from accounts.access import Access
from agencies import admin
from agencies.models import Code
from cases.concerns import INCOMPLETE, missing_of
from cases.export_rows import person_rows
from cases.facts import BY_NAME, COMPARED, FACTS, IMPORTED, OF_IDENTIFICATION, OF_PERSON, Import
from cases.importing.codes import Lookups
from cases.importing.plan import PersonWords
from cases.models import Case, Exploitation, Identification, Measure, Person
from cases.resources import PersonResource
from cases.rules.values import bare
from cases.views.versions import history_of
from exchange.limits import Refused
from tests.actors import access
from tests.cases.pages import coordinator
from tests.cases.spreadsheet import GOOD, load, row, sheet
from tests.makers import new_case, new_person
from tests.weights import mostly_long
from tests.world import undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
NAMES: Final = [fact.name for fact in FACTS]
# Two things that may be said of a fact; of code lists, countries and closed sets see `said_of`.
EXPECTED: Final = {
    "case": ("A-17", "A-18"),
    "person": ("K1", "K2"),
    "identified_on": ("2018-05-02", "2018-05-03"),
    "agency": ("police", "social"),
    "municipality": ("Ale", "Partille"),
    "county": ("14", "13"),
    "channel": ("police", "social"),
    "reference": ("one", "another"),
    "child": ("no", "yes"),
    "age_class": ("18-24", "25-34"),
    "status_on": ("2018-06-01", "2018-06-02"),
    "status_reason": ("one", "another"),
    "purposes": ("begging", "crime"),
    "main_purpose": ("labour", "domestic"),
    "sector": ("berries", "cleaning"),
    "measures": ("shelter:2018-06", "return:2018-07"),
}
# Of the register itself: no facts of a person.
OWN_BOOKS: Final = {
    *("id", "code", "number", "case", "position", "responsible_region", "moved", "same_as"),
    *("first_identified_on", "first_year", "first_agency", "first_county", "first_region", "first_channel"),
    *("created_at", "updated_at", "version", "taken_over"),
}


@pytest.fixture
def by() -> Access:
    return access(coordinator())


def said_of(name: str) -> tuple[str, str]:
    if name in EXPECTED:
        return EXPECTED[name]
    column: Any = Person._meta.get_field(name)
    if column.related_model is Code:
        code, other = Code.objects.filter(**column.get_limit_choices_to()).order_by("position")[:2]
        return code.word, other.word
    if isinstance(column, CountryField):
        return "RO", "BG"
    return column.choices[0][0], column.choices[1][0]


def cells(name: str, text: str, **more: str) -> dict[str, str]:
    """A good row, of labour since only that has a sector, that says this."""
    return row(**{"main_purpose": "labour", **more, name: text})


def stored(name: str) -> str:
    """What the register holds of the only person, in the words of a file."""
    person = Person.objects.get()
    seen = person.identifications.get()
    uses = person.exploitations.order_by("pk")
    if name in {"case", "person"}:
        return (person.case.reference if name == "case" else seen.reference.rpartition("|")[2]).strip()
    found = {
        "agency": lambda: seen.agency.code,
        "purposes": lambda: "|".join(bare(use.purpose_id) for use in uses if not use.is_main),
        "main_purpose": lambda: bare(uses.get(is_main=True).purpose_id),
        "sector": lambda: bare(uses.get(is_main=True).sector_id),
        "measures": lambda: "|".join(f"{bare(m.kind_id)}:{m.month:%Y-%m}" for m in person.measures.all()),
    }
    if name in found:
        return found[name]()
    holder = person if BY_NAME[name] in OF_PERSON else seen
    return bare(str(getattr(holder, holder._meta.get_field(name).attname)))


def imported(name: str, by: Access) -> Import:
    """Whether a file may or must say it. The register holds it then, for the acts that follow."""
    text = said_of(name)[0]
    try:
        plan = load(sheet(cells(name, text)), by)
    except Refused:
        return Import.NO
    assert [problem.code for problem in plan.errors] == []
    assert stored(name) == text, "the column is read, and not stored"
    return Import.MUST if name in GOOD and _is_refused_without(name, by) else Import.MAY


def _is_refused_without(name: str, by: Access) -> bool:
    """What is not in `GOOD` every row that says another fact does without."""
    try:
        with undone():
            load(sheet({column: cell for column, cell in row().items() if column != name}), by)
    except Refused:
        return True
    return False


def exported(name: str, by: Access) -> bool:
    """Whether a file that goes out has the column, with what came in."""
    header = PersonResource().header
    if name not in header:
        return False
    (line,) = person_rows(Person.objects.visible_to(by))
    given = dict(zip(header, line, strict=True))[name]
    numbers = {"case": Case.objects.get().number, "person": Person.objects.get().number}
    assert given == numbers.get(name, said_of(name)[0])
    return True


def compared(name: str, by: Access) -> bool:
    """Whether two rows of one person must agree in it; and whether a file then changes what came in."""
    one, other = said_of(name)
    if name not in PersonResource().header or name in {"case", "person"}:
        return False  # no file says it, or by it the person is known
    later = {"identified_on": "2018-06-01"} if name != "identified_on" else {}
    rows = (cells(name, one, person="K9"), cells(name, other, person="K9", **later))
    with undone():
        disagree = [wrong.column for wrong in load(sheet(*rows), by).errors if wrong.code == "disagrees"]
    if disagree:
        assert disagree == [name]
        _changes(name, load(sheet(cells(name, other)), by))
    return bool(disagree)


def _changes(name: str, plan: Any) -> None:
    (change,) = (change for line in plan.lines for change in line.told if change.column == name)
    assert shown(name, change.old) != shown(name, change.new)
    assert stored(name) == said_of(name)[1]


def shown(name: str, value: object) -> str:
    """A value as the preview of an import words it, as it comes back from where it waited."""
    waited = json.loads(json.dumps(value, default=str))
    message = PersonWords({}, Lookups.load()).say(name, waited)
    assert message not in {"", "–", name}
    return message


def completed(name: str, by: Access) -> bool:
    with undone():
        return _is_missed(name, by)


def _is_missed(name: str, by: Access) -> bool:
    try:
        with transaction.atomic():
            _take_away(name)
    except (IntegrityError, ValidationError):
        return False  # it is never missing
    missing = _lacks(by)
    assert missing in ([], [name], ["main_purpose"])
    return name in missing


def _lacks(by: Access) -> list[str]:
    person = Person.objects.visible_to(by).with_main().get()
    main = person.exploitations.filter(is_main=True).first()
    missing = missing_of(person, main and main.purpose_id, main and main.sector_id)
    incomplete = Person.objects.visible_to(by).with_main().filter(INCOMPLETE).exists()
    assert incomplete is bool(missing), "the names and the filter of lists differ"
    return missing


def _take_away(name: str) -> None:
    """Leave the fact out, as the register holds what is not known."""
    person = Person.objects.get()
    if name == "measures":
        person.measures.all().delete()
    elif name in {"purposes", "main_purpose"}:
        person.exploitations.filter(is_main=name == "main_purpose").delete()
    elif name == "sector":
        person.exploitations.update(sector=None)
    elif name in {"case", "person"}:
        Identification.objects.update(reference="")
    else:
        model: Any = Person if BY_NAME[name] in OF_PERSON else Identification
        column = model._meta.get_field(name)
        model.objects.update(**{name: None if column.null else ""})
        Person.objects.update(first_channel=person.identifications.get().channel)


def hidden(name: str) -> bool:
    """Whether the history keeps what it was. That it was changed it always tells."""
    if name in {"case", "person"}:
        return False  # how the sender names them: no column that anybody changes
    with undone():
        return _is_hidden(name)


def _is_hidden(name: str) -> bool:
    model, column = _column(name)
    at: Any = model.objects.get(**({"is_main": True} if model is Exploitation else {}))
    value = _changed(at, column, name)
    kept = hasattr(at.history.latest(), column.attname)
    if model is Person:
        (entry,) = (change for change in history_of(at) if not change.made)
        assert entry.fields == (str(column.verbose_name).capitalize(),)
    assert not kept or getattr(at.history.latest(), column.attname) == value
    return not kept


def _changed(at: Any, column: Any, name: str) -> Any:
    """Return what the column of the row says now, and did not before."""
    before, values = getattr(at, column.attname), [_value(column, text) for text in said_of(name)]
    setattr(at, column.attname, next(value for value in values if value != before))
    if hasattr(at, "version"):
        at.version += 1
    at.save()
    return getattr(at, column.attname)


def _column(name: str) -> tuple[Any, Any]:
    of_rows = {"purposes": "purpose", "main_purpose": "purpose", "sector": "sector"}
    if name in of_rows:
        return Exploitation, Exploitation._meta.get_field(of_rows[name])
    if name == "measures":
        return Measure, Measure._meta.get_field("kind")
    model = Person if BY_NAME[name] in OF_PERSON else Identification
    return model, model._meta.get_field(name)


def _value(column: Any, text: str) -> Any:
    if column.related_model is Code:
        return f"{column.get_limit_choices_to()['list']}:{text.partition(':')[0]}"
    if column.name == "agency":
        return column.related_model.objects.get(code=text).pk
    if column.get_internal_type() == "DateField":
        return date.fromisoformat(text)
    return [text] if getattr(column, "multiple", False) else text


# --- the table -----------------------------------------------------------------------------------
# One of each way in which a fact is said and kept.
EACH_KIND: Final = [
    "person", "identified_on", "agency", "county", "sex", "citizenship", "main_purpose", "measures",
]  # fmt: skip


@pytest.mark.parametrize("name", mostly_long(NAMES, usual=EACH_KIND))
def test_a_fact_comes_in_goes_out_and_is_compared_as_its_record_says(name: str, by: Access) -> None:
    does = [act(name, by) for act in (imported, exported, compared)]
    fact = BY_NAME[name]
    assert does == [fact.imported, fact in IMPORTED, fact in COMPARED]


def test_a_fact_is_said_to_be_missing_as_its_record_says(by: Access) -> None:
    """Of somebody of whom everything else is known, by name and in the filter of lists."""
    whole = {fact.name: said_of(fact.name)[0] for fact in IMPORTED}
    assert load(sheet(row(**whole)), by).errors == []
    assert _lacks(by) == []
    assert {name for name in NAMES if completed(name, by)} == {fact.name for fact in FACTS if fact.completed}


def test_a_history_keeps_what_every_fact_was_but_free_texts(by: Access) -> None:
    new_case(new_person(main="labour", purposes=("begging",), measures=(("shelter", "2018-06"),)), by=by)
    assert {name for name in NAMES if hidden(name)} == {"reference", "status_reason"}


def test_every_column_of_a_person_is_a_fact_or_the_registers_own() -> None:
    columns = {field.name for field in Person._meta.concrete_fields}
    assert columns - OWN_BOOKS == {fact.name for fact in OF_PERSON}
    of_identification = {field.name for field in Identification._meta.concrete_fields}
    kept = {"id", "person", "reference_index", "sealed_as"}
    assert of_identification - kept == {fact.name for fact in OF_IDENTIFICATION} - {"case", "person"}


def test_the_columns_of_the_design_stay() -> None:
    """Others send and read them: they are only ever added to."""
    design = (
        *("case", "person", "identified_on", "agency", "municipality", "county", "channel"),
        *("sex", "child", "age_class", "citizenship", "status", "offence"),
        *("purposes", "main_purpose", "sector", "measures"),
    )
    assert tuple(name for name in PersonResource().header if name in design) == design
    assert {fact.name for fact in FACTS if fact.imported is Import.MUST} == set(GOOD)


def test_rows_of_one_person_agree_in_what_is_the_persons_and_in_nothing_else() -> None:
    of_the_person = {fact.name for fact in FACTS if fact not in OF_IDENTIFICATION}
    assert {fact.name for fact in COMPARED} == of_the_person & set(PersonResource().header)


@pytest.mark.parametrize("fact", [fact for fact in OF_PERSON if fact.codes], ids=lambda fact: fact.name)
def test_the_database_takes_codes_of_the_list_alone(fact: Any, by: Access) -> None:
    new_case(by=by)
    other = Code.objects.filter(~Q(list=fact.codes)).first()
    with pytest.raises(IntegrityError, match=f"cases_person_{fact.name}_of_list"), transaction.atomic():
        Person.objects.update(**{fact.name: other})


def test_a_new_list_is_called_as_the_fact_that_it_is_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(admin.LISTS, "residence")
    with override("en"):
        assert ("residence", "Residence status") in admin.ListFilter.lookups(None, None, None)  # type: ignore[arg-type]
