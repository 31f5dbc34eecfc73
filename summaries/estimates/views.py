"""The dark figure for analysts: choose years and on which list each organisation stands, see the overlaps,
estimate, and what the estimate rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import AuthenticatedRequest, bypass_policies
from accounts.notices import page_language
from accounts.roles import May
from agencies.models import Agency
from audit.writer import Target, record
from cases.models import DisposedYear, Person
from jobs.kinds import enqueue
from libs.capture_recapture import CaptureTable
from libs.capture_recapture.texts import ASSUMPTIONS, CRITICS, HETEROGENEITY, METHODS, REFERENCES, method
from summaries.chart_choice import count
from summaries.charts import Chart, ChartWords
from summaries.charts.bars import Range, overlap_bars, range_chart
from summaries.estimates.estimate import EstimateQuestion, earlier
from summaries.estimates.source import LISTS, NAMES, default_grouping, list_names
from summaries.models import Estimate

NONE = ("", gettext_lazy("On no list"))


class EstimateForm(forms.Form):
    """`years` are those with rows. A field `list_CODE` for each agency, preset by its kind."""

    first = forms.TypedChoiceField(label=gettext_lazy("From year"), coerce=int)
    last = forms.TypedChoiceField(label=gettext_lazy("To year"), coerce=int)

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
        cleaned = self.cleaned_data
        if not cleaned.keys() >= {"first", "last"}:
            return cleaned
        if cleaned["last"] < cleaned["first"]:
            self.add_error("last", gettext_lazy("The last year cannot be before the first."))
        elif gone := DisposedYear.objects.of(cleaned["first"], cleaned["last"]).first():
            self.add_error("first", gone.said)
        return cleaned

    @property
    def agency_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("list_")]

    def question(self) -> EstimateQuestion:
        facts = self.cleaned_data
        names = (agency_field.name for agency_field in self.agency_fields)
        lists = {name.removeprefix("list_"): facts[name] for name in names if facts[name]}
        return EstimateQuestion(facts["first"], facts["last"], lists)


@require_http_methods(["GET", "POST"])
def dark_figure(request: AuthenticatedRequest) -> HttpResponse:
    """GET with a choice shows the overlaps; POST asks for the estimate, or leads to an earlier one."""
    access = request.access.require(May.ESTIMATE)
    years = _years(request)
    form = EstimateForm(request.POST or request.GET or None, years=years)
    context: dict[str, Any] = {
        "form": form,
        "years": years,
        "earlier": Estimate.objects.select_related("by")[:10],
    }
    if form.is_valid():
        question = form.question()
        known = question.known(access)
        table = known.table.without_empty()
        if request.method == "POST":
            if found := earlier(question, known.table):
                return redirect(found)
            return redirect(enqueue("dark_figure", by=access, **asdict(question)))
        target = Target("summary", question.years, question.years)
        record(access, "dark_figure.overlaps", target, rows=table.observed)
        overlaps, words = _overlaps(table), _words(_("Persons by the lists they are on"))
        context |= {
            "table": table,
            "known": known,
            "overlaps": overlaps,
            "chart": overlap_bars(table.lists, overlaps, words),
        }
    return render(request, "summaries/dark_figure.html", context)


@require_safe
def estimate(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    access = request.access.require(May.ESTIMATE)
    row = get_object_or_404(Estimate.objects.select_related("by"), pk=pk)
    record(access, "dark_figure.read", row)
    lang = page_language()[:2]
    facts = row.result
    context = {
        "estimate": row,
        "facts": facts,
        "reasons": facts["sentences"][lang],
        "names": NAMES,
        "ways": [_way(one, lang) for one in facts.get("methods") or ()],
        "variations": [_variation(one, lang) for one in facts["sensitivity"]["lists"]],
        "recall": [one | {"percent": round(100 * one["recall"])} for one in facts["sensitivity"]["recall"]],
        "assumptions": [
            (a.title.in_language(lang), a.meaning.in_language(lang), a.risk.in_language(lang))
            for a in ASSUMPTIONS
        ],
        "caveats": [HETEROGENEITY.in_language(lang), CRITICS.in_language(lang)],
        "references": REFERENCES,
    }
    if facts["estimate"] is not None:
        context |= {"method": method(facts, lang, list_names()), "chart": _range_chart(facts)}
    return render(request, "summaries/estimate.html", context)


def _variation(one: dict[str, Any], lang: str) -> dict[str, Any]:
    """With the lists by their names, and the reason where there is no figure."""
    named = [str(NAMES.get(name, name)) for name in one["names"]]
    return one | {"named": named, "why": one["reasons"] and one["reasons"][lang]}


def _way(one: dict[str, Any], lang: str) -> dict[str, Any]:
    """With the name of the method and what its interval assumes."""
    way = METHODS[one["method"]]
    return one | {"title": way.title.in_language(lang), "assumes": way.assumes.in_language(lang)}


@bypass_policies("totals")
def _years(request: AuthenticatedRequest) -> list[int]:
    rows = Person.objects.totals_for(request.access).counted().order_by()
    return list(rows.values_list("first_year", flat=True).annotate(n=Count("pk")))


def _overlaps(table: CaptureTable) -> list[tuple[frozenset[str], int]]:
    """The largest first."""
    pairs = [(frozenset(table.names(mask)), persons) for mask, persons in table.histories]
    return sorted(pairs, key=lambda pair: (-pair[1], sorted(pair[0])))


def _words(title: str) -> ChartWords:
    return ChartWords(title, _("Number of persons"), _("The register"), list_names(), number=count)


def _range_chart(facts: dict[str, Any]) -> Chart:
    """What is known, the estimate with its intervals, and what other models say."""
    figure, wald, bca = facts["estimate"], facts["wald"], facts["bca"]
    rows = [
        Range(_("Known persons"), point=facts["observed"]),
        Range(_("Lower bound (Chao)"), point=facts["chao"]),
        Range(_("Estimate, given the model"), wald[0], wald[1], figure),
    ]
    if bca:
        rows.append(Range(_("Estimate, with the choice of model"), bca[0], bca[1], figure))
    for within, (low, high) in (facts["spread"] or {}).items():
        rows.append(Range(_("Models within BIC + %(n)s") % {"n": within}, low, high))
    return range_chart(rows, _words(_("What the number could be")), _("no upper limit"))
