"""What the pages of old spreadsheets say, in the reader's language: what a column may be, what a question
asks and offers, what was read, and what became of each sheet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from django_countries import countries

from accounts.access import Access
from agencies.code_words import rows as reference
from agencies.models import Region
from cases.choices import Child, Sex
from cases.facts import COUNTRY
from cases.importing.codes import Lookups, columns
from cases.importing.plan import PersonWords
from cases.rules.values import bare, fold
from exchange.runs import Undoing
from legacy_import.models import TakenSheet
from legacy_import.sheets.comparison import spans
from legacy_import.sheets.people import decode, encode, who
from legacy_import.sheets.reader import EACH
from legacy_import.sheets.rows import name_of
from legacy_import.sheets.tables import is_number
from legacy_import.sheets.values import TABLES, facts_of, said_as, told

LATER: Final = "?"  # of a question that is not answered yet
LONG: Final = ("citizenship", "municipality")  # of which any may be written
WRITTEN: Final = (*LONG, "sex")  # what may be written in place of a choice
# What a column is taken for.
COLUMNS: Final = {
    "case": gettext_lazy("Number of the case"),
    "person": gettext_lazy("Number of the person"),
    "identified_on": gettext_lazy("Day of identification"),
    "year": gettext_lazy("Year"),
    "month": gettext_lazy("Month"),
    "agency": gettext_lazy("Agency that identified"),
    "municipality": gettext_lazy("Municipality"),
    "county": gettext_lazy("County"),
    "region": gettext_lazy("Region"),
    "channel": gettext_lazy("How the case came in"),
    "sex": gettext_lazy("Sex or group"),
    "child": gettext_lazy("Child or adult"),
    "age_class": gettext_lazy("Age"),
    "count": gettext_lazy("Number of persons"),
    "citizenship": gettext_lazy("Citizenship"),
    "status": gettext_lazy("Status"),
    "offence": gettext_lazy("Offence"),
    "main_purpose": gettext_lazy("Main purpose"),
    "purposes": gettext_lazy("Further purposes"),
    "sector": gettext_lazy("Sector"),
    "accompanying": gettext_lazy("Accompanying children, as a number"),
    "women": gettext_lazy("Women, as a number"),
    "men": gettext_lazy("Men, as a number"),
    "girls": gettext_lazy("Girls, as a number"),
    "boys": gettext_lazy("Boys, as a number"),
    "children": gettext_lazy("Children, as a number"),
    "unknown": gettext_lazy("Persons of unknown sex, as a number"),
    "total": gettext_lazy("Total of the row"),
    "drop:name": gettext_lazy("Names: left in the file"),
    "drop:identity": gettext_lazy(
        "Identity numbers or birth dates: left in the file. Only child or adult is kept, if a year is known"
    ),
    "drop:contact": gettext_lazy("Addresses and telephone numbers: left in the file"),
    "drop:note": gettext_lazy("Notes: left in the file"),
    "drop:staff": gettext_lazy("Colleagues: left in the file"),
    "drop:rownumber": gettext_lazy("Number of the row: not needed"),
    "drop:measure": gettext_lazy("Measures: left in the file"),
    "drop:no_place": gettext_lazy("Something else: left in the file"),
}
KINDS: Final = {
    "persons": gettext_lazy("Rows of persons"),
    "totals": gettext_lazy("A summary, not a list: nothing of it can be imported"),
    "lists": gettext_lazy("Choices of a form"),
    "none": gettext_lazy("Nothing that is read"),
}
# Why a row is left out.
WHY: Final = {
    "twice": gettext_lazy("said to be there twice"),
    "accompanying": gettext_lazy("accompanying child"),
    "no_person": gettext_lazy("no person: skipped"),
    "region": gettext_lazy("of another region"),
    "on": gettext_lazy("no day or year"),
    "agency": gettext_lazy("no agency"),
    "county": gettext_lazy("no county"),
}
_PREFIXES: Final = {
    **{"main_purpose": "purpose:", "purposes": "purpose:", "offence": "offence:"},
    **{"channel": "channel:", "sector": "sector:"},
}
_GROUPS: Final = {
    "who=1:F:no:": gettext_lazy("One woman"),
    "who=1:M:no:": gettext_lazy("One man"),
    "who=1:F:yes:": gettext_lazy("One girl"),
    "who=1:M:yes:": gettext_lazy("One boy"),
    "who=1:F::": gettext_lazy("One of female sex, age unknown"),
    "who=1:M::": gettext_lazy("One of male sex, age unknown"),
    "who=1:U::": gettext_lazy("One of unknown sex"),
}
_FIXED: Final = {
    "status=not_victim": gettext_lazy("Not a victim"),
    "dropped=twice": gettext_lazy("There twice: left out"),
    "dropped=accompanying": gettext_lazy("Accompanying child: left out"),
    "dropped=no_person": gettext_lazy("No person: skip the row, which is not imported and not counted"),
    "nothing=": gettext_lazy("It says nothing"),
    EACH: gettext_lazy("It differs: ask about each sheet"),
    **_GROUPS,
}

# How a question names what it is about; a heading and a sheet are kept in small letters.
_SHOWN_AS: Final[Mapping[str, Callable[[str], str]]] = {"colour": name_of, "same_name": str}
# What is asked of the rows that lack a fact.
_LACKING: Final = {
    "on": gettext_lazy("Which year applies to the rows without a year?"),
    "agency": gettext_lazy("Which agency identified the persons in the rows without an agency?"),
    "county": gettext_lazy("Which county applies to the rows without a county?"),
}
# What a question with two answers offers.
_TWO: Final[Mapping[str, Mapping[str, Promise]]] = {
    "same_name": {"yes": gettext_lazy("Yes, one person"), "no": gettext_lazy("No, several persons")},
    "adults": {"no": gettext_lazy("Yes, adults"), "unknown": gettext_lazy("It is not known")},
    "down": {"yes": gettext_lazy("Yes, the place above"), "no": gettext_lazy("No, the place is not known")},
}

Options = list[tuple[str, str]]


class ListWords:
    @cached_property
    def lookups(self) -> Lookups:
        return Lookups.load()

    @cached_property
    def lists(self) -> Mapping[str, Mapping[str, str]]:
        """Column of a file of persons → value → label."""
        found = {column.name: {v.code: v.label for v in column.values} for column in columns(self.lookups)}
        return found | {"citizenship": self.countries}

    @cached_property
    def countries(self) -> dict[str, str]:
        return {"ZZ": _("unknown"), "XS": _("stateless")} | {code: str(name) for code, name in countries}

    @cached_property
    def municipalities(self) -> dict[str, str]:
        return dict((one["name"], one["county"]) for one in reference("municipalities"))

    def written(self, concept: str) -> list[str]:
        """What may be written in place of a choice."""
        return [*self.municipalities] if concept == "municipality" else sorted(self.countries.values())

    def of_written(self, concept: str, text: str) -> str:
        """The answer; empty for what is in no list."""
        if concept == "sex":
            facts = {"who": encode(who(text))}
        elif concept == "municipality":
            names = {name.casefold(): name for name in self.municipalities}
            name = names.get(text.strip().casefold(), "")
            facts = {"county": self.municipalities.get(name, ""), "municipality": name}
        else:
            facts = {"citizenship": self.lookups.names[COUNTRY].get(fold(text), "")}
        return said_as(told(facts))

    def label(self, concept: str, value: str) -> str:
        """A value of a fact."""
        if concept in {"on", "municipality"}:
            return value
        of = self.lists.get(concept, {})
        return ", ".join(of.get(one, one) for one in (bare(one) for one in value.split("|")))

    def facts(self, text: str) -> str:
        """An answer of facts, in words."""
        if text in _FIXED:
            return str(_FIXED[text])
        if text.startswith("who="):
            return self._people(text)
        texts = [self.label(name, value) for name, value in told(facts_of(text)).items()]
        return ", ".join(texts) or _("Not recorded")

    def _people(self, text: str) -> str:
        sexes, children = dict(Sex.choices), dict(Child.choices)
        return "; ".join(
            f"{one.many} {sexes.get(one.sex, one.sex)}, {_('child')}: {children.get(one.child, '?')}"
            for one in decode(facts_of(text)["who"])
        )

    def asks(self, question: Mapping[str, Any]) -> str:
        """What is asked, in a sentence."""
        about = question["about"]
        if question["kind"] == "default":
            return str(_LACKING[about])
        named = str(COLUMNS.get(about, about))
        known = {
            "column": _("What is in the column “%(about)s”?"),
            "value": _("What does “%(text)s” mean under %(named)s?"),
            "colour": _("What do rows of this colour mean: %(about)s?"),
            "blank": _("What does an empty cell mean in the column “%(about)s”?"),
            "down": _("Does an empty cell under “%(about)s” mean the place of the row above?"),
            "same_name": _("Are rows with the same name one person, in “%(about)s”?"),
            "adults": _("Are those who are called women and men adults, in the column “%(about)s”?"),
            "kind": _("What is on the sheet “%(about)s”?"),
        }
        shown = _SHOWN_AS.get(question["kind"], str.capitalize)
        facts = {"about": shown(about), "text": question["text"], "named": named}
        if about == "sex" and is_number(question["text"]):
            facts["lines"] = spans({one[1] for one in question["lines"]})
            return _("“%(text)s” stands under %(named)s (line %(lines)s). Is it a sum?") % facts
        return known.get(question["kind"], "%(about)s") % facts

    def options(self, question: Mapping[str, Any]) -> Options:
        """The likeliest first."""
        kind, about = question["kind"], question["about"]
        first: Sequence[str] = question["proposals"]
        if kind in _TWO:
            return [(answer, str(text)) for answer, text in _TWO[kind].items()]
        in_words: Callable[[str], str]
        if kind == "column":
            others, in_words = [*COLUMNS], self.column
        elif kind == "kind":
            others, in_words = [*TABLES], lambda one: str(KINDS[one])
        else:
            others, in_words = self._others(kind, about), self.facts
        found = {one: in_words(one) for one in (*first, *others)}
        if kind == "default":
            found |= {"": _("It is not known: the rows are left out")}
        return [*found.items()]

    def _others(self, kind: str, about: str) -> list[str]:
        """What may be answered beside what is proposed; "" is nothing."""
        if about == "sex":
            return [*_GROUPS, "dropped=no_person"]
        if kind == "colour" or about in {"drop:note", *LONG}:
            return [""]
        concept = {"purposes": "main_purpose"}.get(about, about)
        prefix = _PREFIXES.get(about, "")
        return [*(f"{concept}={prefix}{value}" for value in self.lists.get(concept, {})), ""]

    def column(self, concept: str) -> str:
        """What a column is, or the value that it marks."""
        if concept.startswith("mark:"):
            return _("A cross means: %(what)s") % {"what": self.facts(concept.removeprefix("mark:"))}
        return str(COLUMNS.get(concept, concept))

    def person(self, told: Mapping[str, Any]) -> dict[str, str]:
        """A row as it was read."""
        seen, facts = told["seen"][0], told["facts"]
        return {
            "sheet": told["sheet"],
            "lines": ", ".join(str(one) for one in told["lines"]),
            "on": seen.get("on", ""),
            "agency": self.label("agency", seen.get("agency", "")),
            "county": self.label("county", seen.get("county", "")),
            "group": str(GROUPS.get(told["group"], told["group"])),
            "citizenship": self.label("citizenship", facts.get("citizenship", "")),
            "main_purpose": self.label("main_purpose", facts.get("main_purpose", "")),
        }


GROUPS: Final = {
    "women": gettext_lazy("Women"),
    "men": gettext_lazy("Men"),
    "girls": gettext_lazy("Girls"),
    "boys": gettext_lazy("Boys"),
    "other": gettext_lazy("Other"),
    "unknown": gettext_lazy("Unknown"),
    "other_unknown": gettext_lazy("Other and unknown"),
    "*": gettext_lazy("All"),
}
# What may explain a difference.
REASONS: Final = {
    "not_victim": gettext_lazy("not a victim"),
    "twice": gettext_lazy("said to be there twice"),
    "accompanying": gettext_lazy("accompanying child"),
    "year": gettext_lazy("no year is published"),
    "doubt": gettext_lazy("the row says two things"),
    "two_sheets": gettext_lazy("perhaps on two sheets"),
    "two_years": gettext_lazy("perhaps in two years"),
}


SHOWN: Final = 25  # rows of a kind
Problem = tuple[str, str, str, str]  # lines, column, value, what is wrong


class _Planned:
    def __init__(self, plan: Mapping[str, Any]) -> None:
        self.plan = plan
        self.errors = self._problems("errors")
        self.warnings = self._problems("warnings")

    def _problems(self, kind: str) -> list[Problem]:
        """Return each problem once, with all lines that have it."""
        words = PersonWords({})
        known: dict[tuple[str, str, str], set[int]] = defaultdict(set)
        for line, one in self.plan.get(kind, ()):
            column, value, text = words.problem(one)
            known[str(COLUMNS.get(column, column)), value, text].add(line)
        return [(spans(lines), *what) for what, lines in known.items()][:SHOWN]


class SheetShown(_Planned):
    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__(told.get("plan", {}))
        self.told, self.name = told, told.get("name", "")
        self.left = [(str(WHY.get(why, why)), n) for why, n in told.get("left", {}).items()]


class ImportedSheetShown(_Planned):
    """A sheet that was imported, for who looks. `mine`: by them, who alone undo it.

    `left`: why rows were left out, how many, and the lines of the first. `obstacles`: what stands in the way
    of undoing it.
    """

    def __init__(self, sheet: TakenSheet, access: Access) -> None:
        super().__init__(sheet.seen)
        self.sheet, self.name, self.undone_at = sheet, sheet.name, sheet.run.undone_at
        self.mine = sheet.run.by_id == access.user.pk
        may_undo = self.mine and not self.undone_at
        self.obstacles = Undoing(sheet.run, access).obstacles[:SHOWN] if may_undo else []
        lines: dict[str, list[str]] = defaultdict(list)
        for one in self.plan.get("left", ()):
            lines[str(WHY.get(one["why"], one["why"]))].append(str(one["lines"][0]))
        self.left = [(why, len(some), ", ".join(some[:SHOWN])) for why, some in lines.items()]


def compared(seen: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return years first, then regions and groups, in words: each adds up to its year."""
    names = {region.code: str(region) for region in Region.objects.all()} | {"?": _("Region not known")}
    found = []
    for one in seen.get("compared", []):
        region, group = one["region"], one["group"]
        others = {one["sheets"], one["published"]} - {None}
        reasons: Counter[str] = Counter()
        for reason in one["reasons"]:
            reasons[str((WHY | REASONS).get(reason["kind"], reason["kind"]))] += reason["persons"]
        found.append(
            {
                **one,
                "where": str(names.get(region, GROUPS.get(group, group))),
                "alone": not others,
                "equal": others <= {one["rows"]},
                "reasons": sorted(reasons.items()),
            }
        )
    return found
