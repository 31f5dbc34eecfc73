"""Which years, and on which list each organisation stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from cases.models import DisposedYear
from summaries.estimates.estimating import Question
from summaries.estimates.lists import LISTS
from summaries.estimates.source import default_grouping

NONE = ("", _("On no list"))


class QuestionForm(forms.Form):
    """`years` are those with rows. A field `list_CODE` for each agency, preset by its kind."""

    first = forms.TypedChoiceField(label=_("From year"), coerce=int)
    last = forms.TypedChoiceField(label=_("To year"), coerce=int)

    def __init__(self, *args: Any, years: Iterable[int], **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = [(year, str(year)) for year in sorted(years)]
        self.fields["first"].choices = self.fields["last"].choices = chosen  # type: ignore[attr-defined]
        if chosen:
            self.fields["first"].initial = self.fields["last"].initial = chosen[-1][0]
        grouping = default_grouping()
        for agency in Agency.objects.all():
            self.fields[f"list_{agency.code}"] = forms.ChoiceField(
                label=str(agency),
                choices=[NONE, *LISTS],
                required=False,
                initial=grouping.get(agency.code, ""),
            )
        self._group_as_usual()

    def _group_as_usual(self) -> None:
        """An address that names years alone means the usual lists, and not that nobody is on any."""
        lists = {bound.html_name: bound.field.initial for bound in self.agency_fields}
        if self.is_bound and not lists.keys() & self.data.keys():
            self.data = {**self.data.dict(), **lists}  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last year cannot be before the first."))
        elif first and last and (gone := DisposedYear.objects.of(first, last).first()):
            self.add_error("first", gone.said)
        return cleaned

    @property
    def agency_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("list_")]

    def question(self) -> Question:
        facts = self.cleaned_data
        lists = {
            name.removeprefix("list_"): value
            for name, value in facts.items()
            if name.startswith("list_") and value
        }
        return Question(facts["first"], facts["last"], lists)
