"""Articles: a page of all of them, a page of one, and the parts that the call page fetches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Access, AuthenticatedRequest
from accounts.roles import May
from agencies.models import County, localised
from knowledge.forms import topics
from knowledge.models import Article, found
from knowledge.shipped import HEADING, ITEM, line_with, sources

LOOKED_FOR: Final = "q"
MAX_LENGTH: Final = 100
_INLINE: Final = re.compile(r"\*\*(?P<bold>[^*\n]+)\*\*|\[(?P<label>[^\]\n]+)\]\((?P<url>https://[^\s()]+)\)")


def as_html(text: str, *, level: int = 2) -> SafeString:
    """Return a text as it is read: paragraphs, headings, lists, bold words and links, and nothing else.

    Everything that is typed is escaped: no text can put a tag, a script or an address of another kind on a
    page. Headings are of `level`: where the text stands decides how deep they are.
    """
    return format_html_join("\n", "{}", ((block,) for block in _blocks(text, level)))


def _blocks(text: str, level: int) -> Iterator[SafeString]:
    for kind, lines in groupby((line.strip() for line in text.splitlines()), key=_kind):
        if kind == "heading":
            for line in lines:
                yield format_html("<h{0}>{1}</h{0}>", level, _inline(line.removeprefix(HEADING)))
        elif kind == "list":
            items = format_html_join(
                "", "<li>{}</li>", ((_inline(line.removeprefix(ITEM)),) for line in lines)
            )
            yield format_html("<ul>{}</ul>", items)
        elif kind == "paragraph":
            yield format_html("<p>{}</p>", _inline(" ".join(lines)))


def _kind(line: str) -> str:
    if line.startswith(HEADING):
        return "heading"
    if line.startswith(ITEM):
        return "list"
    return "paragraph" if line else ""


def _inline(text: str) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in _pieces(text)))


def _pieces(text: str) -> Iterator[SafeString]:
    at = 0
    for link in _INLINE.finditer(text):
        yield conditional_escape(text[at : link.start()])
        if bold := link["bold"]:
            yield format_html("<strong>{}</strong>", bold)
        else:
            yield format_html('<a href="{}" rel="noopener noreferrer">{}</a>', link["url"], link["label"])
        at = link.end()
    yield conditional_escape(text[at:])


def _found(request: AuthenticatedRequest) -> tuple[list[Article], str]:
    """Return all articles, or those that hold the words that were posted, and these words. One query."""
    request.access.require(May.READ_KNOWLEDGE)
    every = list(Article.objects.valid_on(request.access.today))
    words = request.POST.get(LOOKED_FOR, "").strip()[:MAX_LENGTH]
    return (found(words, every) if words else every), words


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: AuthenticatedRequest) -> HttpResponse:
    """All articles, those of a topic or a county, or those that hold the words that were posted."""
    chosen, words = _found(request)
    topic, county = request.GET.get("topic", ""), request.GET.get("county", "")
    if not words:
        wanted = {topic, county} - {""}
        chosen = [one for one in chosen if wanted <= {*one.topics.split(), *one.counties.split()}]
    context = {
        "articles": [_line(one, words, request.access.today) for one in chosen],
        "words": words,
        "topic": topic,
        "county": county,
        "topics": topics(),
        "counties": County.objects.order_by("name_sv"),
    }
    return render(request, "knowledge/index.html", context)


def _line(article: Article, words: str, today: date) -> dict[str, object]:
    """An article as it is listed, with a line of it where something was looked for."""
    text = line_with(words, article.text) if words else ""
    return {"article": article, "due": article.review_due(today), "said": text}


@require_http_methods(["GET", "HEAD", "POST"])
def beside(request: AuthenticatedRequest) -> HttpResponse:
    """For the call page: the titles of all articles, with the topics and counties by which it shows them; or
    those that hold the words that were posted."""
    articles, words = _found(request)
    return render(request, "knowledge/_beside.html", {"articles": articles, "words": words})


@require_safe
def article(request: AuthenticatedRequest, key: str) -> HttpResponse:
    one = _readable(request.access, key)
    names = {key: localised(source.name_sv, source.name_en) for key, source in sources().items()}
    counties = {row.code: str(row) for row in County.objects.all()}
    labels = {code.key: code.label for code in topics()}
    context = {
        **_entry(one, request.access, level=2),
        "rests_on": _named(one.sources, names),
        "about": _named(one.topics, labels),
        "places": _named(one.counties, counties),
        "breadcrumbs": [(_("Knowledge"), reverse("knowledge:index")), (one.title, "")],
    }
    return render(request, "knowledge/article.html", context)


def _named(keys: str, names: Mapping[str, str]) -> list[str]:
    """Return what the keys of an article are called; one that is gone is left out."""
    return [names[key] for key in keys.split() if key in names]


@require_safe
def text(request: AuthenticatedRequest, key: str) -> HttpResponse:
    """What is read beside the call, when its title is opened there."""
    one = _readable(request.access, key)
    return render(request, "knowledge/_text.html", _entry(one, request.access, level=4))


def _readable(access: Access, key: str) -> Article:
    access.require(May.READ_KNOWLEDGE)
    one: Article = get_object_or_404(Article.objects.valid_on(access.today), key=key)
    return one


def _entry(one: Article, access: Access, *, level: int) -> dict[str, Article | SafeString | bool]:
    return {"article": one, "text": as_html(one.text, level=level), "due": one.review_due(access.today)}
