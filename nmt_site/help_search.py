"""The search at *Help*: in the guide, in what the words mean, and in the articles. What is looked for is
posted: words of a case stand in no address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from desk.guide import own_first
from desk.searching import Hit, Place, hits, of_guide, of_words
from knowledge.finding import found, line_with
from knowledge.models import Article

LOOKED_FOR: Final = "q"
LONGEST: Final = 100
TERM: Final = re.compile(r"<dt>(?P<title>.*?)</dt>\s*<dd>(?P<text>.*?)</dd>", re.DOTALL)


@require_http_methods(["GET", "HEAD", "POST"])
def find_in_help(request: AuthenticatedRequest) -> HttpResponse:
    words = " ".join(request.POST.get(LOOKED_FOR, "").split())[:LONGEST]
    access, language = request.access, get_language() or "sv"
    groups = [
        (_("In the guide"), hits(words, of_guide(language))),
        (_("What words mean"), hits(words, [*of_words(), *_terms()])),
    ]
    if access.may(May.READ_KNOWLEDGE):
        articles = found(words, list(Article.objects.valid_on(access.today)))
        groups.append((_("Articles"), [_of_article(one, words) for one in articles]))
    context = {
        "words": words,
        "groups": [(title, rows) for title, rows in groups if rows],
        "number": sum(len(rows) for _title, rows in groups),
        "own": [chapter for chapter, own in own_first(access, language) if own],
        "breadcrumbs": [(_("Help"), reverse("help")), (_("Search the help"), "")],
    }
    return render(request, "nmt_site/help_found.html", context)


def _terms() -> Iterator[Place]:
    """The terms of the page *Help*, as it explains them."""
    there = f"{reverse('help')}#terms"
    for term in TERM.finditer(render_to_string("nmt_site/_terms.html")):
        text = " ".join(unescape(term["text"]).split())
        yield Place(unescape(term["title"]), _("Terms"), there, text)


def _of_article(article: Article, words: str) -> Hit:
    return Hit(article.title, "", article.get_absolute_url(), line_with(words, article.text))
