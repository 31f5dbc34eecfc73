"""The catalogue: what is known of everybody counted, how it is put into categories, and every table. Pure.

Counting, publishing, labels and files read it; docs/developer.md says how a table is added.
"""

from __future__ import annotations

from typing import Any, Final

from cases.rules.persons import GROUP_OF, GROUPS
from libs.suppression.tables import GROUP
from summaries.classifications import (
    AGE_CLASSES,
    AGE_SPANS,
    AREAS,
    CALLERS,
    COUNTRY_GROUPS,
    MAIN_MEASURES,
    NOT_ASKED,
    OFFENCES,
    PURPOSE_FIELDS,
    PURPOSES,
    SECTIONS,
    SECTORS,
    Catalogue,
    Classification,
    Entry,
    Fact,
    Ranks,
    Step,
    gettext_noop as _,
)
from summaries.counting.tabulate import AGE_GROUP_OF, AGE_GROUPS

UNMAPPED: Final = "unmapped"  # a code without a row of its own in a standard is kept apart, never lost
SUPPORT_LINE, COORDINATOR = "support_line", "coordinator"
NONE_GIVEN: Final = "none_given"
NOT_LABOUR: Final = "not_labour"
ARTICLE: Final = "eu19a"  # 19a of the European Union's directive
ANSWERS: Final = (NONE_GIVEN, "unknown", NOT_ASKED)  # what an empty list means


FACTS: Final = {
    fact.name: fact
    for fact in (
        Fact("sex_child", ("sex", "child"), "status", ("sex", "child")),
        Fact("status", ("status",), "status"),
        Fact("offence", ("offence",), "status", ("second",), (NOT_ASKED,)),
        Fact("age", ("age",), "age", beside=(NOT_ASKED,)),
        Fact("citizenship", ("citizenship",), "citizenship", ("first", "second")),
        Fact("place", ("county", "region"), "county", ("first", "second")),
        Fact("organisation", ("organisation",), "organisation"),
        Fact("channel", ("channel",), "channel", beside=(NOT_ASKED,)),
        Fact("source", ("source",), "channel", ("second",)),
        Fact("purpose", ("purpose",), "purpose"),
        Fact("purposes", ("purpose",), "purposes", several=True),
        Fact("sector", ("sector",), "purpose", ("second",), (NOT_ASKED, NOT_LABOUR)),
        Fact("measure", ("measure", "answer"), "measure", ("first", "second"), several=True),
        Fact("topic", ("topic",), "topic", beside=ANSWERS, several=True, calls=True),
        Fact("caller", ("caller",), "caller", calls=True),
        Fact("outcome", ("outcome",), "outcome", beside=ANSWERS, several=True, calls=True),
        Fact("month", ("month",), "month", calls=True),
        Fact("call_county", ("county",), "call_county", beside=(NOT_ASKED,), calls=True),
    )
}

BY_SEX_AND_CHILD: Final = {
    **{f"{sex}+{child}": group for (sex, child), group in GROUP_OF.items()},
    **{f"O+{child}": "other" for child in AGE_GROUP_OF},
}


def by_published_purpose(name: str, title: str, fact: str) -> Classification:
    """Counting rule 5: by mapping rows, so that a new purpose needs no release; one without any is other."""
    unknown = {"unknown": "unknown"}
    standard = ("nmt", "purpose")
    return Classification(
        name, title, fact, standard=standard, groups=unknown, rest="other", listed="purpose_group"
    )


def by_standard(
    name: str, title: str, fact: str, of: str = "", *, standard: str = ARTICLE, listed: str = ""
) -> Classification:
    """Use a standard's rows for the list of the fact, or of `of`; `listed`, where its name is another."""
    return Classification(name, title, fact, of=of, standard=(standard, listed or of or fact), rest=UNMAPPED)


# Offences that are counted, and those that are part of them.
SCOPES: Final = {"trafficking": ("offence_class", "trafficking"), "with_exploitation": ("act", "thb")}
CLASSIFICATIONS: Final = {
    classification.name: classification
    for classification in (
        Classification(
            GROUP, _("Group"), "sex_child", groups=BY_SEX_AND_CHILD, rest="unknown", beside=GROUPS
        ),
        Classification("section", _("Women, men and children"), "sex_child", of=GROUP, groups=SECTIONS),
        Classification("age_group", _("Age"), "sex_child", part=1, groups=AGE_GROUP_OF, beside=AGE_GROUPS),
        by_published_purpose("main_purpose", _("Main purpose"), "purpose"),
        Classification("purpose_class", _("Main purpose"), "purpose", of="main_purpose", groups=PURPOSES),
        Classification(
            "purpose_field", _("Main purpose"), "purpose", of="purpose_class", groups=PURPOSE_FIELDS
        ),
        by_standard("sdg", _("Series"), "purpose", standard="sdg"),
        by_standard("eu_form", _("Form of exploitation"), "purpose"),
        by_published_purpose("any_purpose", _("Purpose"), "purposes"),
        Classification("purpose_combination", _("Purposes"), "purposes", of="any_purpose", combined=True),
        Classification(
            "citizenship",
            _("Citizenship"),
            "citizenship",
            part=0,
            by_size=True,
            always=("SE",),
            unnamed=("XS", "ZZ", NOT_ASKED),
        ),
        Classification(
            "country_group",
            _("Group of countries"),
            "citizenship",
            given="country_group",
            rest="unknown",
            beside=COUNTRY_GROUPS,
        ),
        by_standard("eu_citizenship", _("Citizenship"), "citizenship", "country_group"),
        Classification("county", _("County"), "place", part=0, listed="county"),
        Classification("region", _("NMT region"), "place", part=1, listed="region"),
        Classification(
            "area", _("Part of the country"), "place", of="region", groups=AREAS, rest="other_regions"
        ),
        Classification("organisation", _("Organisation"), "organisation", listed="organisation"),
        Classification(
            "agency_kind", _("Organisation"), "organisation", of="organisation", given="agency_kind"
        ),
        by_standard("eu_organisation", _("Organisation"), "organisation", "agency_kind"),
        Classification("source", _("Source"), "source", listed="source"),
        Classification(
            "channel", _("How the case came in"), "channel", listed="channel", beside=(NOT_ASKED,)
        ),
        Classification("offence", _("Offence"), "offence", listed="offence", beside=(NOT_ASKED,)),
        Classification(
            "offence_class",
            _("Offence"),
            "offence",
            of="offence",
            standard=(ARTICLE, "offence"),
            groups=OFFENCES,
            rest="other_offences",
        ),
        Classification(
            "act",
            _("Offence"),
            "offence",
            of="offence_class",
            groups=dict.fromkeys(("no_offence_stated", "other_offences"), "outside"),
            rest="thb",
        ),
        Classification("scope", _("Offences counted"), "offence", nested=SCOPES),
        Classification(
            "scope_status", _("Offences counted, and status"), "offence", nested=SCOPES, crossed="eu_status"
        ),
        Classification("status", _("Status"), "status", listed="status"),
        by_standard("eu_status", _("Status"), "status", "status"),
        Classification("measure", _("Measure"), "measure", part=0, ending="accepted", listed="measure"),
        Classification(
            "measure_kind", _("Measure"), "measure", part=0, listed="measure", alone="measure_kind"
        ),
        Classification("answer", _("Answer"), "measure", part=1, listed="answer", alone="measure_answer"),
        Classification("age", _("Age at identification"), "age", listed="age", beside=(NOT_ASKED,)),
        Classification(
            "age_class", _("Age at identification"), "age", of="age", groups=AGE_CLASSES, rest="unknown_age"
        ),
        Classification("age_span", _("Age at identification"), "age", of="age_class", groups=AGE_SPANS),
        Classification("sector", _("Sector"), "sector", listed="sector", beside=(NOT_ASKED, NOT_LABOUR)),
        Classification(
            "sector_class", _("Sector"), "sector", of="sector", groups=SECTORS, rest="other_sectors"
        ),
        Classification("topic", _("Topic"), "topic", listed="topic", beside=ANSWERS),
        Classification("caller", _("Caller's profession"), "caller", listed="caller"),
        Classification(
            "caller_class",
            _("Caller's profession"),
            "caller",
            of="caller",
            groups=CALLERS,
            rest="other_callers",
        ),
        Classification("outcome", _("Outcome"), "outcome", listed="outcome", beside=ANSWERS),
        Classification("month", _("Month"), "month", listed="month"),
        Classification("call_county", _("County"), "call_county", listed="county", beside=(NOT_ASKED,)),
        Classification("year", _("Year"), ""),
    )
}

TREES: Final = {
    "group": ("section", GROUP),
    "purpose": ("purpose_class", "main_purpose"),
    "citizenship": ("eu_citizenship", "country_group", "citizenship"),
    "county": ("area", "region", "county"),
    "organisation": ("eu_organisation", "organisation"),
    "offence": ("act", "offence_class", "offence"),
    "age": ("age_span", "age_class", "age"),
    "measure": ("measure",),
    "sdg": ("sdg",),
    "sector": ("sector_class", "sector"),
    "eu_form": ("eu_form",),
    "any_purpose": ("any_purpose",),
    "source": ("source",),
    "status": ("eu_status", "status"),
}
# Coarser than the coarsest level of a tree, which keeps its names in what was published before.
ABOVE: Final = {"purpose": ("purpose_field",)}
# What nobody is in both of, since the register lets nobody be so.
NEVER: Final = frozenset(
    (
        frozenset((("age_span", "0-17"), ("section", "women"))),
        frozenset((("age_span", "0-17"), ("section", "men"))),
        frozenset((("age_span", "18+"), ("section", "children"))),
        frozenset((("sector", NOT_LABOUR), ("purpose_class", "labour"))),
    )
)
CATALOGUE: Final = Catalogue(FACTS, CLASSIFICATIONS, TREES, NEVER, ABOVE)


def by_group(name: str, title: str, rows: str = "", **facts: Any) -> Entry:
    """A table of the internal layer: persons by the finest classification and group."""
    return Entry(name, title, (Step(rows or name, GROUP),), **facts)


def in_scope(rows: str) -> tuple[Step, ...]:
    """The steps of a table of the Union's directive."""
    return Step(rows, "scope_status"), Step(rows, "scope")


# Printed outside too, and on the page of the year.
COMMON: Final[dict[str, Any]] = {"common": True, "overview": True}
INSIDE: Final = (
    Entry("groups", _("Persons by group"), (Step(GROUP),), exempt=True, common=True, overview=True),
    by_group("age_group", _("Children, adults and age unknown by group"), chart="stacked", overview=True),
    by_group("main_purpose", _("Persons by main purpose and group"), chart="stacked", **COMMON),
    by_group("any_purpose", _("Persons by any purpose and group"), chart="stacked", open=True, **COMMON),
    by_group("purpose_combination", _("Persons by combination of purposes and group")),
    by_group("citizenship", _("Persons by citizenship and group"), **COMMON),
    by_group("country_group", _("Persons by group of countries and group")),
    by_group("county", _("Persons by county where identified and group"), chart="counties", **COMMON),
    by_group("region", _("Persons by NMT region where identified and group"), chart="regions", overview=True),
    by_group("organisation", _("Persons by identifying organisation and group"), **COMMON),
    by_group("channel", _("Persons by how the case came in and group")),
    by_group("source", _("Persons by source and group"), chart="stacked", **COMMON),
    by_group("offence", _("Persons by offence and group"), **COMMON),
    by_group("sector", _("Persons by sector, where the main purpose is labour, and group")),
    by_group("status", _("Persons by status and group"), chart="stacked", **COMMON),
    by_group("measures", _("Persons by measure accepted and group"), "measure", open=True, **COMMON),
    by_group("ages", _("Persons by age class and group"), "age", **COMMON),
    Entry(
        "measure_answers",
        _("Persons by measure and answer"),
        (Step("measure_kind", "answer"),),
        over_years=False,
    ),
    Entry("calls_topic", _("Calls by topic"), (Step("topic"),), overview=True),
    Entry("calls_caller", _("Calls by caller's profession"), (Step("caller"),)),
    Entry("calls_outcome", _("Calls by advice and outcome"), (Step("outcome"),)),
    Entry("calls_month", _("Calls by month"), (Step("month"),)),
    Entry("calls_county", _("Calls by caller's county"), (Step("call_county"),)),
)
# What the tables of a year answer, inside and outside: a page of the year has them in this order.
QUESTIONS: Final = {
    _("Purposes"): "main_purpose any_purpose published_purpose purpose_combination sector offence",
    _("Who they are"): "groups age_group ages citizenship published_citizenship country_group",
    _("Where they were identified"): "region county",
    _("How they were identified"): "organisation source channel status",
    _("What help they were given"): "measures measure_answers",
    _("Calls on the support line"): "calls_topic calls_caller calls_outcome calls_month calls_county",
    _("International tables"): "sdg eu_form eu_organisation eu_age_sex eu_citizenship eu_status",
}
# Of several years, and of what was published before the register: not counted by a step.
BESIDE: Final = {
    "groups_by_year": _("Persons by year and group"),
    "main_purpose_by_year": _("Persons by year and main purpose"),
    "published_purpose": _("Published persons by purpose"),
    "published_citizenship": _("Published persons by citizenship"),
}
PUBLISHED: Final = (
    Entry("groups", _("Persons by group"), (Step(GROUP),), chart="drawn"),
    Entry(
        "main_purpose",
        _("Persons by main purpose"),
        (
            Step("main_purpose", GROUP),
            Step("main_purpose", "section"),
            Step("purpose_class", "section"),
            Step("purpose_class"),
            Step("purpose_field"),
        ),
        chart="drawn",
    ),
    Entry(
        "country_group",
        _("Persons by group of countries"),
        (Step("country_group", "section"), Step("eu_citizenship", "section"), Step("eu_citizenship")),
    ),
    Entry(
        "citizenship",
        _("Persons by citizenship (countries that can be shown)"),
        (Step("citizenship", "section"), Step("citizenship")),
        open=True,
        chart="drawn",
    ),
    Entry(
        "region",
        _("Persons by NMT region where identified"),
        (Step("region", "section"), Step("region"), Step("area")),
        chart="drawn",
    ),
    Entry(
        "organisation",
        _("Persons by identifying organisation"),
        (Step("organisation", "section"), Step("eu_organisation", "section"), Step("eu_organisation")),
    ),
    Entry(
        "offence",
        _("Persons by offence"),
        (Step("offence", "section"), Step("offence_class", "section"), Step("offence_class")),
    ),
    Entry(
        "sector",
        _("Persons whose main purpose is labour, by sector"),
        (Step("sector", "section"), Step("sector"), Step("sector_class")),
        where=("purpose_class", "labour"),
    ),
    Entry("ages", _("Persons by age"), (Step("age", "section"), Step("age_class"), Step("age_span"))),
    Entry(
        "measures",
        _("Persons by measure accepted"),
        (
            Step("measure", "section"),
            Step("measure", "section", MAIN_MEASURES),
            Step("measure", "", MAIN_MEASURES),
        ),
        open=True,
    ),
    Entry(
        "sdg",
        _("Sustainable Development Goal 16.2.2: detected victims by form of exploitation"),
        (Step("sdg", "section"), Step("sdg")),
        international=True,
    ),
    Entry(
        "eu_form",
        _("EU Article 19a: registered victims by form of exploitation"),
        in_scope("eu_form"),
        international=True,
    ),
    Entry(
        "eu_organisation",
        _("EU Article 19a: registered victims by registering organisation"),
        in_scope("eu_organisation"),
        international=True,
    ),
    Entry(
        "eu_age_sex",
        _("EU Article 19a: registered victims by sex and age"),
        (*in_scope(GROUP), Step("section", "scope")),
        international=True,
    ),
    Entry(
        "eu_citizenship",
        _("EU Article 19a: registered victims by citizenship"),
        in_scope("eu_citizenship"),
        international=True,
    ),
    Entry(
        "eu_status",
        _("EU Article 19a: registered victims, identified and presumed"),
        (Step("eu_status", "scope"),),
        international=True,
    ),
    Entry("calls_topic", _("Calls by topic"), (Step("topic"),)),
    Entry("calls_caller", _("Calls by caller's profession"), (Step("caller"), Step("caller_class"))),
)

# How dear the totals are where something has to be suppressed. It is known to everybody, so that it tells
# nothing: ages go first, then countries, regions and purposes, the smaller of the last published year first.
RANKS: Final = {
    "main_purpose": Ranks(first=3, last=1, largest=2, order=("sexual", "labour", "begging", "crime")),
    "region": Ranks(first=2, last=1, largest=3),
    "citizenship": Ranks(first=1, last=0, largest=3),
    "ages": Ranks(first=0, last=-1, largest=2, order=("18-24", "25-34")),
}


def is_of_calls(entry: Entry) -> bool:
    return CATALOGUE.fact(entry.ladder[0].rows).calls


PUBLISHED_BY_NAME: Final = {entry.name: entry for entry in PUBLISHED}
PERSONS_INSIDE: Final = tuple(entry for entry in INSIDE if not is_of_calls(entry))
CALLS_INSIDE: Final = tuple(entry for entry in INSIDE if is_of_calls(entry))
PERSONS_PUBLISHED: Final = {entry.name: entry for entry in PUBLISHED if not is_of_calls(entry)}
CALLS_PUBLISHED: Final = {entry.name: entry for entry in PUBLISHED if is_of_calls(entry)}
INSIDE_BY_NAME: Final = {entry.name: entry for entry in INSIDE}
COMMON_TABLES: Final = {entry.name: entry for entry in INSIDE if entry.common}
