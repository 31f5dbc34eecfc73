"""The answers to those who ask every year, as a workbook for whoever sends them."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import AuthenticatedRequest
from exchange.files import attached
from summaries.publishing import questionnaires
from summaries.publishing.models import Publication, shown_of
from summaries.publishing.views import READ


@never_cache
@require_safe
def answers(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """Of the version that everybody sees now. Every figure in it is public already."""
    request.access.require(*READ)
    one = shown_of(Publication.objects.public(timezone.now()).filter(year=year).defer("sealed"))
    if one is None:
        raise Http404
    language = "en" if get_language() == "en" else "sv"
    name = f"nmt-{year}-v{one.version}-answers-{language}.xlsx"
    return attached(questionnaires.workbook(one, language), name, "xlsx")
