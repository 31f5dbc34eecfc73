"""The text says what the shown cells prove, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

import pytest

from libs.suppression.tables import TOTAL, Cell, Dimension, Key, ProtectedTable, Status
from summaries.text import Language, gather, paragraphs
from summaries.text.proved import GROUPS, Proved

PURPOSES = ("sexual", "labour", "begging", "crime", "marriage", "unknown")
LANGUAGES: tuple[Language, ...] = ("sv", "en")
Values = dict[Key, int]


def with_margins(cells: Values, categories: Collection[str]) -> Values:
    full = dict(cells)
    for category in categories:
        full[category, TOTAL] = sum(cells[category, group] for group in GROUPS)
    for group in (*GROUPS, TOTAL):
        full[TOTAL, group] = sum(full[category, group] for category in categories)
    return full


def crossed(
    name: str, values: Values, categories: tuple[str, ...], hidden: Collection[Key] = ()
) -> ProtectedTable:
    cells = [Cell(k, None, Status.HIDDEN) if k in hidden else Cell(k, v) for k, v in values.items()]
    return ProtectedTable(name, name, (Dimension(name, categories), Dimension("group", GROUPS)), tuple(cells))


def groups(*numbers: int | None) -> ProtectedTable:
    cells = [
        Cell((g,), n, Status.HIDDEN if n is None else Status.SHOWN)
        for g, n in zip(GROUPS, numbers, strict=True)
    ]
    known = [n for n in numbers if n is not None]
    total = Cell((TOTAL,), sum(known)) if len(known) == len(numbers) else Cell((TOTAL,), None, Status.HIDDEN)
    return ProtectedTable("groups", "groups", (Dimension("group", GROUPS),), (*cells, total))


def main_purpose(rows: dict[str, tuple[int, ...]], hidden: Collection[Key] = ()) -> ProtectedTable:
    cells = {
        (purpose, group): n
        for purpose in PURPOSES
        for group, n in zip(GROUPS, rows.get(purpose, (0,) * len(GROUPS)), strict=True)
    }
    return crossed("main_purpose", with_margins(cells, PURPOSES), PURPOSES, hidden)


def measures(shelter: int | None, helped: int | None, persons: int = 262) -> ProtectedTable:
    numbers = {"shelter": shelter, "return": helped, TOTAL: persons}
    cells = [Cell((k,), n, Status.HIDDEN if n is None else Status.SHOWN) for k, n in numbers.items()]
    dimension = Dimension("measure", ("shelter", "return"))
    return ProtectedTable("measures", "", (dimension,), tuple(cells), additive=False)


def words(facts: Proved, language: Language = "en") -> str:
    return "\n".join(paragraphs(facts, language, countries={"RO": "Romania"}))


# --- what 2018 proves ------------------------------------------------------------------------
NOW, BEFORE = groups(163, 42, 19, 38, 0, 0), groups(108, 61, 28, 28, 0, 0)
ROWS = {
    "sexual": (130, 0, 9, 0, 0, 0), "labour": (12, 12, 0, 2, 0, 0), "begging": (17, 16, 6, 4, 0, 0),
    "crime": (0, 12, 0, 32, 0, 0), "marriage": (2, 0, 4, 0, 0, 0), "unknown": (2, 2, 0, 0, 0, 0),
}  # fmt: skip


def test_2018_is_told_in_words() -> None:
    text = words(gather(2018, [NOW, main_purpose(ROWS), measures(58, 33)], [BEFORE]))
    for sentence in (
        "In 2018 the network identified 262 presumed victims",
        "Of them, 163 were women, 42 men, 19 girls and 38 boys.",
        "In total, that is 37 more than in 2017 (225).",
        "Of all the persons, 57 were children, one more than in 2017.",
        (
            "Most of the adults, 130 of 205, were exploited mainly for sexual purposes, and all of these "
            "were women."
        ),
        "Of the other women, 17 were exploited mainly for begging, 12 for labour and 2 for forced marriage.",
        "The men were most often exploited for begging (16).",
        "Of the other men, 12 were exploited mainly for labour and 12 for criminal purposes.",
        (
            "Most of the children, 32 of 57, were exploited mainly for criminal purposes, and all of these "
            "were boys."
        ),
        "The girls were most often exploited for sexual purposes (9), then for begging (6) and forced "
        "marriage (4).",
        "Of the other boys, 4 were exploited mainly for begging and 2 for labour.",
        "Of the persons, 58 were given protected housing and 33 were helped to return.",
        "the true number is believed to be much higher",
        "The figures should not be added to the statistics of other agencies",
    ):
        assert sentence in text


def test_what_is_hidden_is_told_without_a_number_where_zeros_are_shown() -> None:
    small = {(p, g) for p, row in ROWS.items() for g, n in zip(GROUPS, row, strict=True) if 0 < n < 9}
    hidden = {*small, ("labour", "women"), ("labour", "men"), ("labour", TOTAL), ("unknown", TOTAL)}
    tables = [NOW, main_purpose(ROWS, hidden)]
    text = words(gather(2018, tables, hidden_is_somebody=True), "sv")
    for sentence in (
        (
            "Av övriga kvinnor utnyttjades 17 främst för tiggeri. Bland övriga kvinnor förekom även "
            "utnyttjande för arbetskraftsexploatering och tvångsäktenskap."
        ),
        "Männen utnyttjades oftast för tiggeri (16).",
        (
            "Av övriga män utnyttjades 12 främst för kriminella ändamål. Bland övriga män förekom även "
            "utnyttjande för arbetskraftsexploatering."
        ),
        (
            "Av flickorna utnyttjades 9 främst för sexuella ändamål. Resten utnyttjades främst för "
            "tiggeri eller tvångsäktenskap."
        ),
        "Övriga pojkar utnyttjades främst för arbetskraftsexploatering eller tiggeri.",
    ):
        assert sentence in text
    unsure = words(gather(2018, tables), "sv")
    assert "tvångsäktenskap" not in unsure
    assert "Av övriga kvinnor utnyttjades 17 främst för tiggeri." in unsure


def test_both_languages_say_the_same_numbers() -> None:
    facts = gather(2018, [NOW, main_purpose(ROWS), measures(58, 33)], [BEFORE])
    assert sorted(re.findall(r"\d+", words(facts, "sv"))) == sorted(re.findall(r"\d+", words(facts, "en")))
    assert (
        "De flesta av de vuxna, 130 av 205, utnyttjades främst för sexuella ändamål, och alla dessa var "
        "kvinnor."
    ) in (words(facts, "sv"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "sv",
            "Personerna utnyttjades oftast för sexuella ändamål (139), därefter för kriminella ändamål (44)",
        ),
        (
            "en",
            "The persons were most often exploited for sexual purposes (139), then for criminal",
        ),
    ],
)
def test_where_purposes_are_printed_without_groups_all_persons_are_told_of(
    language: Language, said: str
) -> None:
    """As they are suggested for most years: a reader asks first what the persons were exploited for."""
    rows = {purpose: sum(row) for purpose, row in ROWS.items()}
    cells = [*(Cell((purpose,), n) for purpose, n in rows.items()), Cell((TOTAL,), sum(rows.values()))]
    dimension = Dimension("main_purpose", PURPOSES)
    text = words(
        gather(2018, [NOW, ProtectedTable("main_purpose", "", (dimension,), tuple(cells))]), language
    )
    assert said in text


def test_all_is_not_said_when_a_cell_that_could_hold_somebody_is_hidden() -> None:
    rows = {**ROWS, "sexual": (130, 3, 9, 1, 0, 0), "begging": (19, 15, 6, 3, 0, 0)}
    hidden = {("sexual", "men"), ("sexual", "boys"), ("begging", "men"), ("begging", "boys")}
    text = words(gather(2018, [NOW, main_purpose(rows, hidden)]))
    assert "Most of the adults were exploited mainly for sexual purposes." in text
    assert "all of these were women" not in text


def test_most_is_not_said_when_the_hidden_could_be_half() -> None:
    rows = {"sexual": (50, 0, 0, 0, 0, 0), "labour": (40, 0, 0, 0, 0, 0), "begging": (9, 0, 0, 0, 0, 0)}
    hidden = {("sexual", "women"), ("labour", "women"), ("sexual", TOTAL), ("labour", TOTAL)}
    table = main_purpose(rows, hidden)
    assert gather(2018, [table]).adults_most is None
    assert gather(2018, [main_purpose(rows)]).adults_most is not None


def test_nothing_is_said_of_a_hidden_cell_that_follows_from_the_shown_ones() -> None:
    """Three women, and zeros at every other purpose: who adds up knows, but the text does not tell."""
    rows = {"sexual": (8, 0, 0, 0, 0, 0)}
    hidden = {("sexual", "women"), ("sexual", TOTAL)}
    assert "sexual" not in words(gather(2018, [main_purpose(rows, hidden)], hidden_is_somebody=True))
    assert "All women were exploited mainly for sexual purposes." in words(gather(2018, [main_purpose(rows)]))


def test_what_is_alike_is_said_to_be_alike() -> None:
    table = main_purpose(
        {"sexual": (12, 0, 0, 0, 0, 0), "labour": (12, 0, 0, 0, 0, 0), "begging": (3, 0, 0, 0, 0, 0)}
    )
    sv = "Kvinnorna utnyttjades oftast för sexuella ändamål eller arbetskraftsexploatering (12 vardera)."
    assert f"{sv} Av övriga kvinnor utnyttjades 3 främst för tiggeri." in words(gather(2018, [table]), "sv")
    en = "The women were most often exploited for sexual purposes or labour (12 each)."
    assert en in words(gather(2018, [table]))


def test_no_purpose_is_the_most_common_where_half_of_the_purposes_are_unknown() -> None:
    table = main_purpose({"sexual": (12, 0, 0, 0, 0, 0), "unknown": (15, 0, 0, 0, 0, 0)})
    assert "most often" not in words(gather(2018, [table]))


def test_more_is_not_said_when_a_year_is_hidden_or_missing() -> None:
    for before in ([], [groups(108, 61, None, 28, 0, 0)]):
        text = words(gather(2018, [NOW], before))
        assert not re.search(r"(\d|one) (more|fewer) than|as many as", text)


def test_children_are_not_told_where_somebodys_age_is_open() -> None:
    text = words(gather(2018, [groups(163, 42, 19, 38, 0, 3)], [BEFORE]))
    assert "were children" not in text
    assert "Girls and boys together numbered 57, which is one more than in 2017." in text


def test_a_broken_series_is_compared_with_care() -> None:
    assert "compared with care" in words(gather(2018, [NOW], [BEFORE], broken=True))
    assert "med försiktighet" in words(gather(2018, [NOW], [BEFORE], broken=True), "sv")
    assert "compared with care" not in words(gather(2018, [NOW], broken=True))


def test_a_year_without_a_total_says_so() -> None:
    assert "No overall number of persons is given for 2024." in words(
        gather(2024, [groups(None, 1, 1, 1, 1, 1)])
    )


def test_fewer_and_as_many_are_told_too() -> None:
    assert "In total, that is 37 fewer than in 2017 (262)." in words(gather(2018, [BEFORE], [NOW]))
    assert "In total, that is as many as in 2017." in words(gather(2018, [NOW], [NOW]))
    assert "Sammanlagt är det lika många som 2017." in words(gather(2018, [NOW], [NOW]), "sv")


@pytest.mark.parametrize(
    ("numbers", "sv", "en"),
    [
        ((0, 0, 0, 0, 0, 0), "inte kännedom om någon person som", "identified no presumed victims of"),
        ((1, 0, 0, 0, 0, 0), "om en person som förmodas", "identified one presumed victim of"),
        ((1, 0, 0, 0, 0, 0), "Personen var en kvinna.", "The person was a woman."),
        (
            (0, 0, 0, 0, 0, 1),
            "Personen var utan uppgift om kön eller ålder.",
            "The person was of unknown sex or age.",
        ),
        ((3, 0, 0, 0, 0, 0), "Alla var kvinnor.", "All were women."),
        ((2, 0, 0, 0, 0, 0), "Båda var kvinnor.", "Both were women."),
        ((3, 1, 1, 0, 0, 0), "3 kvinnor, en man och en flicka.", "3 were women, one a man and one a girl."),
        ((1, 2, 0, 0, 0, 0), "Av dem var en kvinna och 2 män.", "Of them, one was a woman and 2 men."),
        (
            (2, 0, 0, 1, 0, 1),
            "2 kvinnor, en pojke och en utan uppgift",
            "2 were women, one a boy and one of unknown sex",
        ),
        ((1200, 0, 0, 0, 0, 0), "om 1\u00a0200 personer", "identified 1,200 presumed victims"),
    ],
)
def test_few_persons_are_told_in_grammar(numbers: tuple[int, ...], sv: str, en: str) -> None:
    facts = gather(2018, [groups(*numbers)])
    assert sv in words(facts, "sv")
    assert en in words(facts)
    assert "exploited mainly" not in words(facts)


@pytest.mark.parametrize(
    ("now", "then", "sv", "en"),
    [
        (
            (7, 0, 0, 0, 0, 0),
            (6, 0, 0, 0, 0, 0),
            "Sammanlagt är det en fler än 2017 (6).",
            "In total, that is one more than in 2017 (6).",
        ),
        (
            (6, 0, 0, 0, 0, 0),
            (7, 0, 0, 0, 0, 0),
            "Sammanlagt är det en färre än 2017 (7).",
            "In total, that is one fewer than in 2017 (7).",
        ),
        (
            (6, 0, 0, 1, 0, 0),
            (6, 0, 1, 1, 0, 0),
            "Av alla personer var ett barn, ett färre än 2017.",
            "Of all the persons, one was a child, one fewer than in 2017.",
        ),
    ],
)
def test_one_more_and_one_fewer_are_written_as_words(
    now: tuple[int, ...], then: tuple[int, ...], sv: str, en: str
) -> None:
    facts = gather(2018, [groups(*now)], [groups(*then)])
    assert sv in words(facts, "sv")
    assert en in words(facts)


@pytest.mark.parametrize(
    ("now", "then", "sv", "en"),
    [
        ((0,) * 6, (0,) * 6, "Det fick det inte heller 2017.", "Nor did it in 2017."),
        ((0,) * 6, (1, 0, 0, 0, 0, 0), "År 2017 var antalet 1.", "In 2017 there was one."),
        ((3, 0, 0, 0, 0, 0), (0,) * 6, "År 2017 var antalet 0.", "In 2017 there were none."),
        (
            (9, 0, 3, 0, 0, 0),
            (6, 0, 0, 0, 0, 0),
            "Av alla personer var 3 barn, mot inga 2017.",
            "Of all the persons, 3 were children, against none in 2017.",
        ),
    ],
)
def test_a_year_of_nobody_is_compared_in_grammar(
    now: tuple[int, ...], then: tuple[int, ...], sv: str, en: str
) -> None:
    facts = gather(2018, [groups(*now)], [groups(*then)])
    assert sv in words(facts, "sv")
    assert en in words(facts)


def test_where_all_are_children_the_same_is_not_told_twice() -> None:
    text = words(gather(2018, [groups(0, 0, 5, 4, 0, 0)], [groups(0, 0, 5, 6, 0, 0)]))
    assert "In total, that is 2 fewer than in 2017 (11)." in text
    assert "were children" not in text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("sv", "Alla 150 personer var barn, 80 fler än 2017."),
        ("en", "All 150 persons were children, 80 more than in 2017."),
    ],
)
def test_where_all_are_children_and_were_not_before_none_is_told_of_as_one_of_all(
    language: str, sentence: str
) -> None:
    text = words(gather(2018, [groups(0, 0, 90, 60, 0, 0)], [groups(5, 0, 40, 30, 0, 0)]), language)
    assert sentence in text
    assert not re.search("Av alla personer|Of all the persons", text)


def test_no_two_numbers_are_parted_by_a_comma_alone() -> None:
    """53, 9 fler: that is read as a decimal number in Swedish."""
    for now, then in ((NOW, BEFORE), (BEFORE, NOW), (groups(9, 0, 4, 0, 0, 0), groups(9, 0, 1, 1, 0, 0))):
        text = words(gather(2018, [now, main_purpose(ROWS)], [then]), "sv")
        assert not re.search(r"\d, \d", text.replace(" av 205, ", " ").replace(" av 57, ", " "))


def test_support_is_told_with_its_number_or_without() -> None:
    assert "Of the persons, one was given protected housing." in words(gather(2018, [measures(1, 0)]))
    both = gather(2018, [measures(1, None)], hidden_is_somebody=True)
    assert "Av personerna fick en skyddat boende. Stödet omfattade också hjälp att återvända." in words(
        both, "sv"
    )
    assert "The support also included help to return." in words(both)
    assert "return" not in words(gather(2018, [measures(1, None)]))
    assert "Of the persons, one" in words(
        gather(2018, [measures(1, None, persons=4)], hidden_is_somebody=True)
    )
    assert "return" not in words(gather(2018, [measures(1, None, persons=4)], hidden_is_somebody=True))


def test_women_men_and_children_are_told_where_girls_and_boys_are_not() -> None:
    columns = ("women", "men", "children", "other_unknown")
    rows = {"sexual": (30, 0, 9, 0), "crime": (0, 12, 30, 0)}
    cells = {(p, c): n for p in PURPOSES for c, n in zip(columns, rows.get(p, (0, 0, 0, 0)), strict=True)}
    for purpose in PURPOSES:
        cells[purpose, TOTAL] = sum(cells[purpose, column] for column in columns)
    for column in (*columns, TOTAL):
        cells[TOTAL, column] = sum(cells[purpose, column] for purpose in PURPOSES)
    dimensions = (Dimension("main_purpose", PURPOSES), Dimension("section", columns))
    table = ProtectedTable("main_purpose", "", dimensions, tuple(Cell(k, v) for k, v in cells.items()))
    text = words(gather(2018, [groups(30, 12, 9, 30, 0, 0), table]), "sv")
    assert "De flesta av barnen, 30 av 39, utnyttjades främst för kriminella ändamål." in text
    assert "Av övriga barn utnyttjades 9 främst för sexuella ändamål." in text


def test_countries_that_a_list_leaves_out_may_be_as_many_as_it_leaves_room_for() -> None:
    def countries(total: int) -> ProtectedTable:
        cells = (
            Cell(("RO",), 20),
            Cell(("NG",), 9),
            Cell(("SE",), None, Status.HIDDEN),
            Cell((TOTAL,), total),
        )
        return ProtectedTable(
            "citizenship", "", (Dimension("citizenship", ("RO", "NG", "SE")),), cells, additive=False
        )

    assert "most common citizenship was that of Romania (20)." in words(gather(2018, [countries(40)]))
    assert "citizenships were those of Romania (20) and NG (9)." in words(gather(2018, [countries(36)]))


def test_what_is_left_out_is_said_before_what_is_told_of_the_others() -> None:
    table = replace(main_purpose({"sexual": (12, 0, 0, 0, 0, 0)}), left_out=3)
    found = {
        language: words(gather(2018, [groups(12, 3, 0, 0, 0, 0), table]), language) for language in LANGUAGES
    }
    assert "Av personerna ingår 3 inte i det som följer: deras grupper" in found["sv"].splitlines()[1]
    assert "Of the persons, 3 are not counted in what follows: their" in found["en"].splitlines()[1]
    assert "what follows" not in words(gather(2018, [groups(12, 3, 0, 0, 0, 0)]))


def test_no_sentence_has_a_number_for_one_purpose_and_none_for_another() -> None:
    """Marriages, which are most, stand apart from the numbers of fewer: nobody takes them for less."""
    rows = {"labour": (15, 0, 0, 0, 0, 0), "marriage": (21, 0, 0, 0, 0, 0), "crime": (5, 0, 0, 0, 0, 0),
            "begging": (12, 0, 0, 0, 0, 0)}  # fmt: skip
    hidden = {("marriage", "women"), ("marriage", TOTAL), ("labour", "women"), ("labour", TOTAL)}
    text = words(gather(2018, [main_purpose(rows, hidden)], hidden_is_somebody=True))
    assert "Of the women, 12 were exploited mainly for begging and 5 for criminal purposes." in text
    assert "The rest were exploited mainly for labour or forced marriage." in text


def test_a_suppressed_purpose_that_may_be_the_largest_is_never_called_one_more() -> None:
    rows = {"sexual": 40, "labour": None, "begging": 12, "unknown": None, TOTAL: 120}
    shown = [Cell((row,), n, Status.HIDDEN if n is None else Status.SHOWN) for row, n in rows.items()]
    table = ProtectedTable("main_purpose", "", (Dimension("main_purpose", tuple(rows)[:-1]),), tuple(shown))
    facts = gather(2018, [groups(90, 30, 0, 0, 0, 0), table], hidden_is_somebody=True)
    text = words(facts, "sv")
    assert "förekom även" not in text
    assert "Hur många av personerna som utnyttjades för arbetskraftsexploatering visas inte" in text
    assert "may be many" in words(facts)
