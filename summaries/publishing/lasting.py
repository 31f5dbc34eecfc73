"""The analyst's text, from one protection of a year to the next and from one version to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from summaries.publishing import frozen
from summaries.publishing.models import Publication
from summaries.tables import ProtectedTable
from summaries.text.edited import asked_about, carried_over

Texts = dict[str, dict[str, str]]


def texts_of(draft: Publication, tables: Sequence[ProtectedTable]) -> Texts:
    """By language what was generated, what was edited, and what of the edited text was laid aside.

    It begins with the draft's own, else with the last version's. Where every cell is shown as it was then,
    and so is the year before, the words stay: nothing new is told by them, and nobody looks for changes.
    """
    frozen_ones = Publication.objects.published().filter(year=draft.year).defer("sealed", "content")
    last = frozen_ones.order_by("-version").first()
    before = frozen.before_tables(draft.year)
    generated: Texts = frozen.generated_texts(draft, tables, before)
    if last is not None and _cells(last) == _cells(draft):
        as_first = frozen.generated_texts(draft, tables, before, first=True)
        for language, text in as_first.items():
            if text["generated"] == last.texts.get(language, {}).get("generated"):
                generated[language] = text
    former = draft.texts or (last.texts if last else {})
    return {
        language: _text(draft, language, text["generated"], former.get(language, {}))
        for language, text in generated.items()
    }


def _text(draft: Publication, language: str, generated: str, former: Mapping[str, str]) -> dict[str, str]:
    then, edited = former.get("generated", ""), former.get("edited", "")
    if not edited or then == generated:
        return {"generated": generated, "edited": edited}
    shown = frozen.shown_numbers(draft)

    def fits(words: str) -> bool:
        return not list(asked_about(words, generated, shown, draft.k, language))

    begun, aside = carried_over(then, edited, generated, fits)
    kept = {"generated": generated, "edited": "" if begun == generated else begun}
    return {**kept, "aside": aside} if aside else kept


def _cells(row: Publication) -> dict[Any, Any]:
    return {
        (table["name"], *cell["key"]): (cell["value"], cell["status"])
        for table in row.tables
        for cell in table["cells"]
    }
