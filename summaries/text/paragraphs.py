"""Proved into paragraphs, in either language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Final, Literal

from summaries.text import english, swedish
from summaries.text.proved import Proved

Language = Literal["sv", "en"]
LANGUAGES: Final[Mapping[str, ModuleType]] = {"sv": swedish, "en": english}


def paragraphs(
    facts: Proved, language: Language, *, countries: Mapping[str, str], network: Sequence[str] = ()
) -> tuple[str, ...]:
    """`countries` names countries in the language by code; `network` the agencies that take part, perhaps
    none."""
    words = LANGUAGES[language]
    named = [
        words.with_number(countries.get(one.category, one.category), one.number) for one in facts.countries
    ]
    details = tuple(
        filter(
            None,
            (
                words.adults(facts),
                words.children(facts),
                words.citizenship(named) if named else "",
                words.support(facts),
            ),
        )
    )
    found = (
        f"{words.headline(facts)} {words.change(facts)}".strip(),
        words.left_out(facts) if details and facts.left_out else "",
        *details,
        words.network(network, facts.year, facts.so_far)
        if len(network) > 1
        else "",  # the lead alone is no network
        *words.CAVEATS,
    )
    return tuple(paragraph for paragraph in found if paragraph)
