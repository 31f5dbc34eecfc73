"""What tables are laid out by: the lists of categories, fixed in advance, and what they are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db.models import Value

from agencies.loading import day, rows
from agencies.models import Agency, Code, CodeMapping, County, Region

LISTS = ("purpose_group", "offence", "sector", "measure", "channel", "topic", "outcome", "caller")
Names = tuple[str, str]  # Swedish, English


class ReferenceMissing(RuntimeError):
    """The lists of categories have not been loaded: there is nothing to lay tables out by."""


@dataclass(frozen=True)
class Reference:
    """`categories`: dimension or list → categories in order; `names`: the same → category → names."""

    categories: Mapping[str, tuple[str, ...]]
    names: Mapping[str, Mapping[str, Names]]
    purposes: Mapping[str, tuple[str, ...]]  # published group → keys of purposes

    @classmethod
    def load(cls) -> Reference:
        """Two queries. Raises ReferenceMissing."""
        names: dict[str, dict[str, Names]] = defaultdict(dict)
        for name, _place, key, sv, en in sorted(_named()):
            names[name][key.rpartition(":")[2]] = (sv, en)
        if not names["purpose_group"]:
            raise ReferenceMissing("The reference data are missing: run manage.py load_reference.")
        return cls(
            {name: tuple(found) for name, found in names.items()}, names, _purposes(names["purpose_group"])
        )


def _named() -> Iterable[tuple[str, int, str, str, str]]:
    """List, place in it, key, name in Swedish and English."""
    codes = Code.objects.filter(list__in=LISTS).order_by()
    named = ("code", "name_sv", "name_en")
    return codes.values_list("list", "position", "key", "label_sv", "label_en").union(
        County.objects.order_by().values_list(Value("county"), Value(0), *named),
        Region.objects.order_by().values_list(Value("region"), Value(0), *named),
        Agency.objects.order_by().values_list(Value("organisation"), "pk", *named),
        all=True,
    )


def _purposes(known: Container[str]) -> dict[str, tuple[str, ...]]:
    """Counting rule 5. Mapping rows, so that a new purpose needs no release; one without any counts as
    other."""
    found: dict[str, list[str]] = defaultdict(list)
    for code, group in CodeMapping.objects.filter(target="nmt").order_by("pk").values_list("code", "value"):
        if group in known:
            found[group].append(code)
    return {group: tuple(codes) for group, codes in found.items()}


@dataclass(frozen=True, slots=True)
class Membership:
    """A country's time in the European Union; None: before or after what the register knows."""

    country: str
    first: date | None
    last: date | None


@cache
def eu_memberships() -> tuple[Membership, ...]:
    return tuple(
        Membership(row["country"], day(row["valid_from"]), day(row["valid_to"]))
        for row in rows("eu_membership")
    )


@cache
def continents() -> Mapping[str, str]:
    """Country → europe, africa, asia, americas or oceania (UN M49)."""
    return {row["country"]: row["group"] for row in rows("country_groups")}


@cache
def country_names() -> Mapping[str, Names]:
    return {row["code"]: (row["name_sv"], row["name_en"]) for row in rows("country_names_extra")}
