"""The record of processing names every field that is stored, and what it says of who sees, how long and how
it leaves is what the program does."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.management import call_command
from django.db import models
from django.utils import timezone

from accounts.permissions import table as verbs_of_lists
from accounts.roles import Role, roles_with
from accounts.row_level_security import ME, NO_ROWS
from cases import policies as policies_of_casework
from cases.models import Call, Case, Identification, Notification, Person
from cases.scope import SCOPE, By
from encryption.fields import SecretFileField, SecretTextField
from retention.archive import tables_of
from retention.due import BY_ITSELF
from retention.export import tables
from retention.models import RetentionKind
from retention.processing_record import (
    DESCRIBED_OTHERWISE,
    OF_HISTORY,
    OWN,
    PROGRAM,
    ProcessedField,
    Treated,
    headings,
    in_words,
    lines,
    origin,
    roles_of,
    stored,
    treated,
    words,
)
from summaries.catalogue import FACTS

# The columns from which what is known of everybody counted is made.
COUNTED_FROM = {
    "sex_child": {"person.sex", "person.child"},
    "status": {"person.status"},
    "offence": {"person.offence"},
    "age": {"person.age_class"},
    "citizenship": {"person.citizenship"},
    "place": {"identification.county", "person.first_county", "person.first_region"},
    "organisation": {"identification.agency", "person.first_agency"},
    "channel": {"identification.channel", "person.first_channel"},
    "source": {"case.channel", "case.opened_from_call"},
    "purpose": {"exploitation.purpose", "exploitation.is_main"},
    "purposes": {"exploitation.purpose"},
    "sector": {"exploitation.sector"},
    "measure": {"measure.kind", "measure.answer"},
    "topic": {"call_topics.code", "call.topics_answer"},
    "caller": {"call.caller_group"},
    "outcome": {"call_outcomes.code", "call.outcomes_answer"},
    "month": {"call.received_on"},
    "call_county": {"call.caller_county"},
}


def record() -> list[ProcessedField]:
    return list(lines())


def of(model: object) -> list[Treated]:
    return [one for one in treated() if one.table == model._meta.label_lower]  # type: ignore[attr-defined]


def fields_of(model: type[models.Model]) -> set[tuple[str, str]]:
    return {(model._meta.label_lower, field.name) for field in model._meta.concrete_fields}


def test_every_field_that_is_stored_has_its_line_and_no_line_is_of_a_field_that_is_gone() -> None:
    there = set().union(*(fields_of(model) for model in stored() if origin(model) is model))
    said = [(treatment.table, field) for treatment in treated() for field in treatment.fields]
    assert sorted(there - set(said)) == [], "say in retention/reference/processing.csv what they are for"
    assert sorted(set(said) - there) == [], "remove from retention/reference/processing.csv"
    assert len(said) == len(set(said)), "a field stands twice"
    everywhere = sum(len(model._meta.concrete_fields) for model in stored())
    assert len(record()) == everywhere


def test_former_states_hold_nothing_that_is_treated_nowhere() -> None:
    former = [model for model in stored() if origin(model) is not model]
    assert len(former) > 10
    for model in former:
        extra = {field.name for field in model._meta.concrete_fields} - OF_HISTORY
        assert extra <= {field.name for field in origin(model)._meta.concrete_fields}, model


def test_every_word_is_known_in_both_languages() -> None:
    for language in ("sv", "en"):
        assert {len(in_words(line, language)) for line in record()} == {len(headings(language))}
    assert [key for key, facts in words().items() if not all((facts["sv"], facts["en"]))] == []


def test_every_word_is_used() -> None:
    facts = ("whose", "special", "purpose", "ground", "kept")
    used = {(of, getattr(treatment, of)) for treatment in treated() for of in facts}
    used |= {("seen", right) for treatment in treated() for right in treatment.seen}
    assert [key for key in words() if key[0] in {*facts, "seen"} and key not in used] == []


def test_who_sees_rows_of_casework_is_who_finds_them() -> None:
    """By row access; beside them the data protection officer, by the number of a case."""
    extract = set(roles_with(*policies_of_casework.BYPASSES["extract"].may))
    for model, kind in ((Call, "calls"), (Case, "cases"), (Person, "cases"), (Notification, "notifications")):
        finds = {role for role, scope in SCOPE.items() if getattr(scope, kind) is not By.NOTHING}
        for line in of(model):
            assert set(roles_of(line)) == (finds if line.special == "text" else finds | extract), line


def test_nobody_sees_by_a_list_what_the_record_does_not_say() -> None:
    for label, verbs in verbs_of_lists().items():
        see = set(roles_with(*verbs.view))
        said = [treatment for treatment in treated() if treatment.table == label]
        assert said, label
        stand = [
            one for one in said if not see <= set(roles_of(one)) and not set(one.seen) & DESCRIBED_OTHERWISE
        ]
        assert stand == [], label


def test_what_a_policy_leaves_to_its_owner_or_to_nobody_is_said_to_be_so() -> None:
    policies = policies_of_casework.POLICIES
    for line in (one for one in record() if one.model._meta.db_table in policies):
        sees = policies[line.model._meta.db_table].sees
        if sees == NO_ROWS:
            assert line.treated.seen == (PROGRAM,), line
        if sees in (f"owner_id = {ME}", f"user_id = {ME}"):
            assert line.treated.seen == (OWN,), line


def test_what_is_encrypted_is_said_to_be_encrypted_and_to_hold_what_may_be_sensitive() -> None:
    for line in record():
        encrypted = isinstance(line.field, SecretTextField | SecretFileField)
        assert line.sealed is encrypted, line
        if encrypted and line.treated.whose == "victim":
            assert line.treated.special == "text", line
    assert {line.field.name for line in record() if line.sealed and line.model is Identification} == {
        "reference"
    }


def test_how_long_is_a_rule_that_can_be_set_or_what_clears_itself_away() -> None:
    by_itself = {one.kind: one.model for one in BY_ITSELF}
    for line in treated():
        assert line.kept in RetentionKind.values or ("kept", line.kept) in words(), line
    of_casework = ((RetentionKind.CALL, Call), (RetentionKind.CASE, Case), (RetentionKind.CASE, Person))
    for kind, model in (*by_itself.items(), *of_casework, (RetentionKind.NOTIFICATION, Notification)):
        assert {line.kept for line in of(model)} == {kind}


def test_how_it_leaves_is_what_makes_the_files() -> None:
    kept = {(t.model, c.field.name) for t in tables(texts=False) for c in t.kept}
    opened = {(t.model, c.field.name) for t in tables(texts=True) for c in t.kept} - kept
    packed = {(t.model, c.field.name) for t, _rows in tables_of(timezone.localdate().year) for c in t.kept}
    for line in record():
        key = (line.model, line.field.name)
        ways = {"whole": key in kept, "texts": key in opened, "archive": key in packed}
        assert {way: way in line.leaves for way in ways} == ways, line


def test_what_is_counted_in_tables_is_what_the_catalogue_counts() -> None:
    assert set(COUNTED_FROM) == set(FACTS), "from which columns is the new fact made?"
    said = {
        f"{treatment.table.removeprefix('cases.')}.{field}"
        for treatment in treated()
        if treatment.counted
        for field in treatment.fields
    }
    made = set().union(*COUNTED_FROM.values())
    assert made - said == set()
    # Beside them, by what a person is counted once and in which year.
    beside = {"person.same_as", "person.first_identified_on", "person.first_year", "person.status_on",
              "identification.identified_on"}  # fmt: skip
    keys = {name for name in said if name.startswith(("call_topics.", "call_outcomes."))}
    assert said - made - beside - keys == set()


def printed(*words: str) -> str:
    call_command("processing_record", *words, stdout=(out := io.StringIO()))
    return out.getvalue()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_is_printed_for_the_data_protection_officer(language: str) -> None:
    rows = list(csv.reader(io.StringIO(printed("--lang", language)), delimiter=";"))
    assert rows[0] == headings(language)
    assert len(rows) == len(record()) + 1
    [note] = [row for row in rows if row[:2] == ["cases_case", "note"]]
    assert {"sv": "ja", "en": "yes"}[language] in note


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_is_printed_in_brief_as_a_table(language: str) -> None:
    brief = printed("--format", "markdown", "--lang", language)
    lines = brief.splitlines()
    assert 100 < len(lines) < len(record())
    assert {(line[:2], line.count("|")) for line in lines} == {("| ", len(headings(language)) + 1)}
    assert "password" in brief


def test_of_roles_there_is_one_that_sees_nothing_of_single_persons() -> None:
    """What the page of privacy says of analysts, managers and administrators."""
    of_victims = [one for one in treated() if one.whose == "victim" and one.table.startswith("cases.")]
    seers = {role for victim in of_victims for role in roles_of(victim)}
    assert seers.isdisjoint({Role.ANALYST, Role.MANAGER, Role.ADMINISTRATOR})
