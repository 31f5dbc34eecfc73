"""What remarks say: those of this moment, or those that something was frozen with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agencies.models import localised
from knowledge.models import Remark
from knowledge.remarks import LANGUAGES, filled, shipped

Words = Mapping[str, str]  # key → text


@dataclass(frozen=True)
class Remarks:
    """`words`: texts by language. A remark that has none is said as it is shipped."""

    words: Mapping[str, Words]

    def say(self, key: str, **values: object) -> str:
        """In the reader's language, filled in."""
        return filled(self.text(key, localised(*LANGUAGES)), values)

    def text(self, key: str, language: str) -> str:
        own = self.words.get(language, {}).get(key)
        return own or str(getattr(shipped()[key], language))

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
    rows = Remark.objects.values_list("key", "text_sv", "text_en")
    texts = [(key, dict(zip(LANGUAGES, pair, strict=True))) for key, *pair in rows]
    return Remarks({language: {key: of[language] for key, of in texts} for language in LANGUAGES})
