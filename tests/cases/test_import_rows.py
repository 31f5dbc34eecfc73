"""What a row may say: every fault of every row is listed, with what is allowed; warnings never block."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings, strategies as st

from accounts.access import Access
from agencies.code_words import short_forms
from agencies.models import Code
from cases.choices import LABOUR_PURPOSES
from cases.facts import BY_NAME
from cases.importing.codes import Lookups
from cases.importing.columns import COLUMNS, match
from cases.importing.plan import PersonWords, in_words
from cases.importing.rows import RowReader
from cases.models import Case, Exploitation, Identification, Measure, Person
from cases.rules import values
from encryption.fields import as_bytes, of_bytes
from tests.cases.spreadsheet import GOOD, TODAY, counts, load, row, sheet
from tests.weights import examples

pytestmark = pytest.mark.django_db


@pytest.fixture
def lookups() -> Lookups:
    return Lookups.load()


def messages_of(lookups: Lookups, **cells: str) -> list[str]:
    """The messages of one row, by column."""
    facts = row(**cells)
    reader = RowReader(match(list(facts)), lookups, TODAY)
    _facts, problems = reader.read(2, list(facts.values()))
    with translation.override("en"):
        return [f"{problem.column}: {in_words(problem, lookups)}" for problem in problems]


@pytest.mark.parametrize(
    ("column", "texts"),
    {
        "agency": ["police", "Polismyndigheten", "swedish police authority", " POLISMYNDIGHETEN "],
        "county": [
            "14",
            "Västra Götalands län",
            "västra götaland",
            "Vastra Gotalands lan",
            "SE-O",
            "Västra Götaland County",
        ],
        "sex": ["F", "f", "kvinna", "Female", "flicka"],
        "child": ["no", "nej", "NEJ", "n"],
        "age_class": ["25-34", "25–34", "25 - 34"],
        "citizenship": ["RO", "ro", "ROU", "Rumänien", "romania"],
        "status": ["presumed", "Presumed victim"],
        "offence": ["trafficking", "offence:trafficking", "Människohandel", "Human trafficking"],
        "main_purpose": ["sexual", "purpose:sexual", "Sexuella ändamål"],
        "channel": ["support_line", "Stödtelefonen", "support line"],
    }.items(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_value_is_known_by_code_and_by_name_in_both_languages(
    lookups: Lookups, column: str, texts: list[str]
) -> None:
    header = match([*GOOD, *({column} - set(GOOD))])
    reader = RowReader(header, lookups, TODAY)
    read = set()
    for text in texts:
        facts, problems = reader.read(2, list({**GOOD, column: text}.values()))
        assert problems == [], text
        read.add(facts.value(column))
    assert len(read) == 1


@pytest.mark.parametrize(
    ("column", "text", "stored"),
    [
        ("agency", "Polisen", "police"),
        ("agency", "tullen", "customs"),
        ("channel", "polisen", "channel:police"),
        ("main_purpose", "Sexuella", "purpose:sexual"),
        ("main_purpose", "prostitution", "purpose:sexual"),
        ("sector", "Bärplockning", "sector:berries"),
        ("sector", "skogsbär", "sector:berries"),
        ("sector", "restaurang", "sector:horeca"),
        ("offence", "4:1a", "offence:trafficking"),
        ("measure", "initial vila", "measure:nsp_rest"),
    ],
)
def test_first_words_and_short_forms_in_common_use_are_known(
    lookups: Lookups, column: str, text: str, stored: str
) -> None:
    kind = {"main_purpose": "purpose"}.get(column, column)
    assert values.code(text, lookups.names[kind]) == stored
    assert values.fold(text) in lookups.short[kind]


def test_a_word_that_may_be_two_things_is_no_short_form(lookups: Lookups) -> None:
    two = ("purpose", "arbete"), ("measure", "NSP"), ("measure", "Hänvisning"), ("agency", "X")
    for kind, text in (*two, ("purpose", "olaglig")):  # and what is said of all of them
        assert values.fold(text) not in lookups.names[kind]


def test_every_short_form_is_of_a_code_or_an_agency_and_of_one_only(lookups: Lookups) -> None:
    of_calls = {"caller", "outcome"}  # not among the facts of a person
    for key, words in short_forms().items():
        kind = key.partition(":")[0]
        for word in set(words) if kind not in of_calls else ():
            assert lookups.names[kind][values.fold(word)] == key.removeprefix("agency:"), word


def test_a_measure_by_its_swedish_name_is_read_with_its_month(vera: Access) -> None:
    load(sheet(row(measures="Skyddat boende:2018-07|NSP: initial vila:juli 2018|Betänketid 2018-8")), vera)
    assert {(m.kind_id, m.month.isoformat()) for m in Measure.objects.all()} == {
        ("measure:shelter", "2018-07-01"),
        ("measure:nsp_rest", "2018-07-01"),
        ("measure:reflection", "2018-08-01"),
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [("1", "01"), ("01", "01"), ("Stockholms", "01"), ("9", "09"), ("gotland", "09"), ("AB", "01")],
)
def test_a_county_is_known_by_number_and_short_name(lookups: Lookups, text: str, code: str) -> None:
    assert lookups.names["county"][text.casefold()] == code


def test_what_is_stateless_or_unknown_has_a_word(lookups: Lookups) -> None:
    assert {lookups.names["country"][word] for word in ("stateless", "statslos")} == {"XS"}
    assert {lookups.names["country"][word] for word in ("unknown", "okant")} == {"ZZ"}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            {"county": "Skone"},
            "county: “Skone” is not allowed. Did you mean Skåne County?",
        ),
        ({"agency": "Polisen i Xyz"}, "agency: “Polisen i Xyz” is not allowed. Did you mean Swedish Police"),
        ({"sex": "X"}, "sex: “X” is not allowed. Allowed: female, male, other sex, not recorded."),
        ({"child": ""}, "child: The cell is empty. Allowed: yes, no, unknown."),
        (
            {"case": ""},
            "case: The cell is empty. Allowed: your own reference, or a case number such as V-2018-0012.",
        ),
        ({"case": "x" * 61}, "case: The reference has 61 characters. At most 60 fit."),
        (
            {"person": "19850312-1234"},
            "person: The text contains something that looks like a personal identity number.",
        ),
        ({"identified_on": "2018-02-30"}, "identified_on: 2018-02-30 does not exist in the calendar."),
        ({"identified_on": "2/5/2018"}, "identified_on: 2/5/2018 is not a date. Write year-month-day,"),
        ({"identified_on": "2019-03-02"}, "identified_on: 2019-03-02 is in the future."),
        ({"identified_on": "1018-03-02"}, "identified_on: 1018-03-02 is too early."),
        ({"age_class": "25-35"}, "age_class: “25-35” is not allowed. Did you mean 25–34?"),
        ({"age_class": "13-15"}, "age_class: "),
        ({"child": "unknown", "age_class": "13-15"}, "age_class: "),
        (
            {"citizenship": "Atlantis"},
            "citizenship: “Atlantis” is not allowed. Allowed: a country by its code",
        ),
        (
            {"offence": "theft"},
            "offence: “theft” is not allowed. Allowed: Human trafficking, Human",
        ),
        (
            {"main_purpose": "labor"},
            "main_purpose: “labor” is not allowed. Did you mean Forced labour?",
        ),
        (
            {"purposes": "crime|sleep"},
            "purposes: “sleep” is not allowed. Allowed: Sexual purposes, Forced",
        ),
        (
            {"purposes": "crime", "sector": "berries"},
            "sector: A sector is stated only when the purpose is labour",
        ),
        ({"measures": "shelter"}, "measures: “shelter” is not a measure. Write kind:year-month"),
        (
            {"measures": "castle:2018-01"},
            "measures: “castle” is not allowed. Allowed: kind:year-month, where kind is one of",
        ),
        ({"measures": "shelter:2018-13"}, "measures: "),
        ({"measures": "shelter:2019-04"}, "measures: 2019-04-01 is in the future."),
        ({"municipality": "x" * 61}, "municipality: The name has 61 characters. At most 60 fit."),
    ],
)
def test_a_fault_says_what_is_allowed(lookups: Lookups, cells: dict[str, str], message: str) -> None:
    [text] = messages_of(lookups, **cells)
    assert text.startswith(message)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"main_purpose": "Tvångarbete"}, "”Tvångarbete” är inte tillåtet. Menade du Tvångsarbete?"),
        ({"sector": "Bärplocknig"}, "”Bärplocknig” är inte tillåtet. Menade du Bärplockning, skogsbär?"),
        ({"status": "förmodat ofer"}, "”förmodat ofer” är inte tillåtet. Menade du Förmodat offer?"),
        ({"sex": "X"}, "”X” är inte tillåtet. Tillåtna värden: kvinna, man, annat kön, ej registrerat."),
        (
            {"offence": "stöld"},
            "”stöld” är inte tillåtet. Tillåtna värden: Människohandel, Människoexploatering,",
        ),
        ({"channel": "post"}, "”post” är inte tillåtet. Tillåtna värden: Stödtelefonen, Regionkoordinator,"),
    ],
)
def test_a_fault_speaks_the_readers_language_and_no_codes(
    lookups: Lookups, cells: dict[str, str], message: str
) -> None:
    facts = row(**{"main_purpose": "labour", **cells})
    _facts, [problem] = RowReader(match(list(facts)), lookups, TODAY).read(2, list(facts.values()))
    with translation.override("sv"):
        text = in_words(problem, lookups)
    assert text.startswith(message)
    assert len(text) < 250


@pytest.mark.parametrize("name", [fact.name for fact in COLUMNS if not isinstance(fact.kind, str)])
def test_what_a_message_says_of_a_closed_set_is_read_again(lookups: Lookups, name: str) -> None:
    for language in ("sv", "en"):
        with translation.override(language):
            labels = {str(label): str(value) for value, label in BY_NAME[name].kind.choices}
        for label, value in labels.items():
            assert RowReader(match(list(GOOD)), lookups, TODAY)._listed(name)(label) == value


def test_what_is_not_written_as_it_is_called_is_told_as_it_was_read(vera: Access) -> None:
    plan = load(
        sheet(
            row(
                identified_on="4/9-18", agency="Polisen", age_class="25", measures="skyddat boende:juli 2018"
            ),
            row(person="K2", identified_on="2018-09-04", age_class="25–34", measures="shelter:2018-07"),
        ),
        vera,
    )
    words = PersonWords(plan.header.named)
    with translation.override("sv"):
        told = [words.reading(of_bytes(as_bytes(kept))) for kept in plan.as_json()["readings"]]
    assert told == [
        ("identified_on", "4/9-18", "4 september 2018"),
        ("agency", "Polisen", "Polismyndigheten"),
        ("age_class", "25", "25–34"),
        ("measures", "skyddat boende:juli 2018", "Skyddat boende 2018-07"),
    ]
    assert counts(plan) == (2, 0, 0, 0)


def test_what_identifies_somebody_is_not_repeated(vera: Access, lookups: Lookups) -> None:
    plan = load(sheet(row(person="19850312-1234")), vera)
    assert "1234" not in str(plan.as_json())


def test_every_fault_of_a_row_is_listed(lookups: Lookups) -> None:
    messages = messages_of(
        lookups, sex="X", county="Skone", identified_on="yesterday", measures="x", age_class="1-2"
    )
    assert [message.partition(":")[0] for message in messages] == [
        "identified_on",
        "county",
        "sex",
        "measures",
        "age_class",
    ]


def test_a_ragged_row_is_named_and_a_tail_of_empty_cells_is_not(vera: Access) -> None:
    good = sheet().decode()
    plan = load((good + "a;b\n" + good.splitlines()[1].replace("K1", "K2") + ";;;\n").encode(), vera)
    assert [(problem.row, problem.code) for problem in plan.errors] == [(3, "ragged")]
    assert counts(plan) == (2, 0, 0, 1)


def test_warnings_never_block(vera: Access) -> None:
    Code.objects.filter(pk="channel:police").update(valid_to=date(2017, 12, 31))
    Code.objects.filter(pk="measure:shelter").update(valid_from=date(2018, 7, 1))
    plan = load(
        sheet(
            row(
                offence="exploitation",
                channel="police",
                main_purpose="labour",
                sector="",
                measures="shelter:2018-06",
            )
        ),
        vera,
    )
    assert [(problem.column, problem.code) for problem in plan.warnings] == [
        ("offence", "offence_early"),
        ("sector", "sector_missing"),
        ("channel", "code_late"),
        ("measures", "code_early"),
    ]
    assert Person.objects.count() == 1


def labels(prefix: str) -> list[str]:
    return {
        "purpose": ["sexual", "labour", "unreasonable", "domestic", "begging", "crime", "other", "unknown"],
        "measure": ["shelter", "return", "legal"],
    }[prefix]


adults = st.sampled_from(["", "18-24", "25–34", "35-49", "50+", "unknown"])
children = st.sampled_from(["", "0-6", "7–12", "13-15", "16-17", "unknown"])
ages = st.one_of(
    st.tuples(st.just("no"), adults),
    st.tuples(st.just("ja"), children),
    st.tuples(st.just("okänt"), st.just("unknown")),
)
months = st.dates(date(2012, 1, 1), TODAY.replace(day=1)).map(lambda day: f"{day:%Y-%m}")
measures = st.lists(st.builds("{}:{}".format, st.sampled_from(labels("measure")), months), max_size=4).map(
    "|".join
)
further = st.lists(st.sampled_from(labels("purpose")), max_size=4).map("|".join)


@st.composite
def rows(draw: st.DrawFn, number: int) -> dict[str, str]:
    child, age = draw(ages)
    main, more = draw(st.sampled_from(labels("purpose"))), draw(further)
    labour = any(f"purpose:{word}" in LABOUR_PURPOSES for word in (main, *more.split("|")))
    return {
        "case": draw(st.sampled_from(["A", "B | C", "2018/17", f"own {number}"])),
        "person": f"K{number}",
        "identified_on": draw(st.dates(date(2010, 1, 1), TODAY)).isoformat(),
        "agency": draw(st.sampled_from(["police", "Socialtjänsten", "Swedish Migration Agency"])),
        "municipality": draw(st.sampled_from(["", "Borås"])),
        "county": draw(st.sampled_from(["1", "14", "Skåne", "Gävleborgs län"])),
        "channel": draw(st.sampled_from(["", "police", "support_line"])),
        "sex": draw(st.sampled_from(["F", "man", "O", "okänt"])),
        "child": child,
        "age_class": age,
        "citizenship": draw(st.sampled_from(["", "RO", "Nigeria", "statslös", "unknown"])),
        "status": draw(st.sampled_from(["presumed", "identified", "not_victim"])),
        "offence": draw(st.sampled_from(["", "trafficking", "other"])),
        "purposes": more,
        "main_purpose": main,
        "sector": draw(st.sampled_from(["", "berries"])) if labour else "",
        "measures": draw(measures),
    }


def wanted(cells: dict[str, str], lookups: Lookups) -> tuple[object, ...]:
    """What must be stored, worked out from the cells without the code under test but for its names."""
    codes = {f"purpose:{word}" for word in (*cells["purposes"].split("|"), cells["main_purpose"]) if word}
    given_measures = {tuple(text.split(":")) for text in cells["measures"].split("|") if text}
    return (
        date.fromisoformat(cells["identified_on"]),
        {"F": "F", "man": "M", "O": "O", "okänt": "U"}[cells["sex"]],
        {"no": "no", "ja": "yes", "okänt": "unknown"}[cells["child"]],
        cells["age_class"].replace("–", "-") or None,
        {"": None, "RO": "RO", "Nigeria": "NG", "statslös": "XS", "unknown": "ZZ"}[cells["citizenship"]],
        cells["status"],
        f"offence:{cells['offence']}" if cells["offence"] else None,
        codes,
        f"purpose:{cells['main_purpose']}",
        f"sector:{cells['sector']}" if cells["sector"] else None,
        {(f"measure:{kind}", date.fromisoformat(f"{month}-01")) for kind, month in given_measures},
    )


def stored(reference: str) -> tuple[object, ...]:
    [seen] = [one for one in Identification.objects.all() if one.reference.endswith(f" | {reference}")]
    person, parts = seen.person, Exploitation.objects.filter(person=seen.person)
    return (
        person.first_identified_on,
        person.sex,
        person.child,
        person.age_class,
        person.citizenship and person.citizenship.code,
        person.status,
        person.offence_id,
        set(parts.values_list("purpose", flat=True)),
        parts.get(is_main=True).purpose_id,
        next(iter(parts.exclude(sector=None).values_list("sector", flat=True)), None),
        set(Measure.objects.filter(person=person).values_list("kind", "month")),
    )


@settings(
    deadline=None, max_examples=examples(4, 15), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_facts_are_stored_as_the_file_says_and_found_again(vera: Access, data: st.DataObject) -> None:
    sent = [data.draw(rows(number)) for number in range(data.draw(st.integers(1, 4)))]
    for model in (Measure, Exploitation, Identification, Person, Case):
        model.objects.all().delete()
    file = sheet(*sent)
    assert counts(load(file, vera)) == (len(sent), 0, 0, 0)
    known = Lookups.load()
    for cells in sent:
        assert stored(cells["person"]) == wanted(cells, known)
    assert counts(load(file, vera)) == (0, 0, len(sent), 0)


@pytest.mark.parametrize("order", [("qqqq", ""), ("", "qqqq")])
def test_an_empty_sector_is_told_apart_from_one_that_cannot_be_read(
    lookups: Lookups, order: tuple[str, str]
) -> None:
    """What is remembered of combinations of cells is not that of another combination."""
    good = {**GOOD, "main_purpose": "labour"}
    reader = RowReader(match([*good, "sector"]), lookups, TODAY)
    codes = {sector: [said.code for said in reader.read(2, [*good.values(), sector])[1]] for sector in order}
    assert codes == {"qqqq": ["listed"], "": ["sector_missing"]}
