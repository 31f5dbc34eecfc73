"""The answers to those who ask every year, as a workbook: Article 19a of the European Union, GLOTiP of the
United Nations, GRETA of the Council of Europe.

They are made of published cells alone, so that nobody is told more than everybody. The figures of police,
prosecutors and courts stand on a page of their own: they count other things, and are never added to victims.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import AuthenticatedRequest
from accounts.notices import page_language
from exchange.downloads import attached
from exchange.xlsx_writer import Look, Page, Properties, Styled, packed
from summaries.open_formats import printed
from summaries.release import justice
from summaries.release.frozen import Shown, shown
from summaries.release.justice import sheet
from summaries.release.models import Publication, shown_of
from summaries.release.views import READ
from summaries.year_words import demo_note, named, sentence

COMMISSION: Final = (9, 30)  # month and day: of the year before, to the Commission
Asked = tuple[tuple[str, str], ...]  # what is asked, and the public table that answers it
ARTICLE: Final[Asked] = (
    (gettext_noop("Registered victims by form of exploitation"), "eu_form"),
    (gettext_noop("Registered victims by registering organisation"), "eu_organisation"),
    (gettext_noop("Registered victims by sex and age"), "eu_age_sex"),
    (gettext_noop("Registered victims by citizenship"), "eu_citizenship"),
    (gettext_noop("Registered victims, identified and presumed"), "eu_status"),
)
GLOTIP: Final[Asked] = (
    (gettext_noop("Detected victims by sex and age"), "groups"),
    (gettext_noop("Detected victims by form of exploitation"), "sdg"),
    (gettext_noop("Detected victims by citizenship"), "citizenship"),
    (gettext_noop("Detected victims by group of countries"), "country_group"),
)
GRETA: Final[Asked] = (
    (gettext_noop("Presumed victims by sex and age"), "groups"),
    (gettext_noop("Presumed victims by purpose of exploitation"), "main_purpose"),
    (gettext_noop("Presumed victims by citizenship"), "citizenship"),
    (gettext_noop("Presumed victims by identifying organisation"), "organisation"),
    (gettext_noop("Assistance and other measures accepted"), "measures"),
    (gettext_noop("Presumed victims by offence"), "offence"),
)
ASKERS: Final[Mapping[str, tuple[Any, Asked]]] = {
    "Article 19a": (gettext_lazy("To the European Commission, by 30 September of the year after"), ARTICLE),
    "GLOTiP": (gettext_lazy("To the United Nations Office on Drugs and Crime"), GLOTIP),
    "GRETA": (gettext_lazy("To the Council of Europe's group of experts"), GRETA),
}


def workbook(one: Publication, language: str) -> bytes:
    """Return the answers of a public version, in the active language, which is `language`."""
    tables = {part.table.name: part for part in shown(one, language)}
    pages = [_page(asker, str(to), asked, tables, one) for asker, (to, asked) in ASKERS.items()]
    title = _("Data for recurring questionnaires, {year}").format(year=one.year)
    published = one.published_at
    pages.append(justice.page(justice.in_words(one.year), one.year))
    return b"".join(packed(pages, Properties(title, published) if published else None))


def due(today: date) -> int | None:
    """The year of which the Commission's sheet is to be sent now, from July to the last day; None at other
    times."""
    return today.year - 1 if (7, 1) <= (today.month, today.day) <= COMMISSION else None


def _page(asker: str, to: str, asked: Asked, tables: Mapping[str, Shown], one: Publication) -> Page:
    state = f"{one.State(one.state).label}, {_('version')} {one.version}"
    so_far = sentence(one.year, one.so_far)
    head: list[list[Any]] = [
        [Styled(f"{asker}, {named(one.year, one.so_far)}", Look.BOLD)],
        [" ".join(one for one in (f"{to}.", f"{state}.", so_far, demo_note()) if one)],
        [f"{_('x = suppressed to protect confidentiality')}. {_('.. = not available')}."],
    ]
    columns = [_("Question"), _("Category"), _("Column"), _("Answer"), _("Table")]
    rows = [row for question, name in asked for row in _answers(_(question), name, tables.get(name))]
    return sheet(asker, head, columns, rows)


def _answers(question: str, name: str, one: Shown | None) -> Iterator[list[Any]]:
    """A line a cell. A table that the version does not print answers with what is not available."""
    if one is None:
        yield [question, "", "", Styled("..", Look.NUMBER), name]
        return
    for row in one.rows:
        for cell, column in zip(row.cells, one.columns, strict=True):
            yield [question, row.label, column, Styled(printed(cell), Look.NUMBER), name]


@never_cache
@require_safe
def answers(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """Send the answers of the version that everybody sees now. Every figure in it is public already."""
    request.access.require(*READ)
    one = shown_of(Publication.objects.public(timezone.now()).filter(year=year).defer("sealed"))
    if one is None:
        raise Http404
    language = page_language()
    return attached(workbook(one, language), f"nmt-{year}-v{one.version}-answers-{language}.xlsx", "xlsx")
