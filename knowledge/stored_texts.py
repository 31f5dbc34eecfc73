"""What remarks say: those of this moment, or those that something was frozen with.

The articles and remarks that the register ships. Repeatable: what is missing is added, what is there stays
as it is, since the authority edits it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from agencies.models import localised
from agencies.reference_data import add_missing
from knowledge.models import Article, Remark
from knowledge.shipped import LANGUAGES, Shipped, articles, filled, shipped

Words = Mapping[str, str]  # key → text


@dataclass(frozen=True)
class Remarks:
    """`words`: texts by language. A remark that has none is said as it is shipped."""

    words: Mapping[str, Words]

    def say(self, key: str, **values: object) -> str:
        """In the reader's language, filled in."""
        return filled(self.text(key, localised(*LANGUAGES)), values)

    def text(self, key: str, language: str) -> str:
        return self.words.get(language, {}).get(key) or str(getattr(shipped()[key], language))

    def all_in(self, language: str) -> dict[str, str]:
        """Every remark as it stands: what a version is frozen with."""
        return {key: self.text(key, language) for key in shipped()}

    def changed_since(self, former: Remarks) -> list[str]:
        """Keys of the remarks that say anything else, in either language."""
        return [
            key for key in shipped() if any(self.text(key, of) != former.text(key, of) for of in LANGUAGES)
        ]


SHIPPED: Final = Remarks({})


def present() -> Remarks:
    """Those of this moment. One query."""
    rows = Remark.objects.all()
    return Remarks({of: {row.key: getattr(row, f"text_{of}") for row in rows} for of in LANGUAGES})


@transaction.atomic
def load() -> dict[str, int]:
    """Returns how many rows there are now, by name of the model."""
    add_missing([_article(shipped, 10 * place) for place, shipped in enumerate(articles(), 1)])
    add_missing(
        [
            Remark(key=remark.key, text_sv=remark.sv, text_en=remark.en, sources=" ".join(remark.sources))
            for remark in shipped().values()
        ]
    )
    return {"article": Article.objects.count(), "remark": Remark.objects.count()}


def _article(shipped: Shipped, position: int) -> Article:
    """Not reviewed yet: who ships it is not the authority."""
    return Article(
        key=shipped.key,
        title_sv=shipped.title_sv,
        title_en=shipped.title_en,
        text_sv=shipped.text("sv"),
        text_en=shipped.text("en"),
        topics=" ".join(shipped.topics),
        counties=" ".join(shipped.counties),
        sources=" ".join(shipped.sources),
        position=position,
    )
