"""The guide at *Help*: a chapter of it, the part that belongs to a form, the keys, the lists of words."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.middleware import AuthenticatedRequest
from desk.code_lists import LISTS, words_of
from desk.first_day import guide_read
from desk.guide import own_first, section_called


@require_safe
def guide(request: AuthenticatedRequest, chapter: str) -> HttpResponse:
    """Everybody may read what the others do: nothing in it is secret."""
    marked = own_first(request.access, get_language() or "sv")
    for one, own in marked:
        if one.key == chapter:
            guide_read(request.access, one)
            return render(request, "desk/guide.html", {"chapter": one, "own": own, "chapters": marked})
    raise Http404


@require_safe
def how_to(request: AuthenticatedRequest, key: str) -> HttpResponse:
    """The section that belongs to a form: for its place there, or where it stands in its chapter."""
    found = section_called(key, get_language() or "sv")
    if found is None:
        raise Http404
    chapter, section = found
    there = f"{reverse('desk:guide', args=[chapter.key])}#{section.key}"
    if "part" not in request.GET:
        return redirect(there)
    return render(request, "desk/_how_to.html", {"section": section, "there": there})


@require_safe
def keys(request: AuthenticatedRequest) -> HttpResponse:
    """What "?" opens over any page."""
    return render(request, "desk/_keys_dialog.html")


@require_safe
def code_list(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """The words of one list that forms choose from, with what each means."""
    if name not in LISTS:
        raise Http404
    context = {"name": name, "title": LISTS[name], "words": words_of(name), "lists": LISTS.items()}
    return render(request, "desk/code_list.html", context)
