"""How a file of a version is answered: to programs of any other host too, with what it can be checked by."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import wraps
from hashlib import sha256
from typing import Final, ParamSpec

from django.http import HttpResponse, HttpResponseBase

from summaries.open_data.jsonstat import LICENCE
from summaries.publishing import opened
from summaries.publishing.files import NAMES, TYPES
from summaries.publishing.frozen import LANGUAGES
from summaries.publishing.models import OpenFile, Publication, PublicationFile

P = ParamSpec("P")
View = Callable[P, HttpResponseBase]
DIGESTS: Final = frozenset({"sha256.txt", "SHA256SUMS"})
HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Link, Repr-Digest",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Link": f'<{LICENCE}>; rel="license"',
}


def to_anybody(view: View[P]) -> View[P]:
    """Scripts on pages of other hosts may read it, also where they are told that it has not changed: it has
    no cookie and is the same for all. Stands outside `public`."""

    @wraps(view)
    def data(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(*args, **kwargs)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return data


def answer(one: Publication, file: PublicationFile | OpenFile, name: str) -> HttpResponse:
    kind = opened.TYPES[file.kind] if isinstance(file, OpenFile) else TYPES[file.kind]
    return answer_of(bytes(file.content), kind, saved_as(one, name, file.language))


def answer_of(content: bytes, kind: str, name: str) -> HttpResponse:
    """To be saved under that name. `Repr-Digest` as RFC 9530 has it: the SHA-256 of these bytes."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Repr-Digest"] = f"sha-256=:{b64encode(sha256(content).digest()).decode()}:"
    return response


def saved_as(one: Publication, name: str, language: str) -> str:
    stem, _dot, ending = name.partition(".")
    return f"nmt-{one.year}-v{one.version}-{stem}-{language}.{ending}"


def answer_of_digests(one: Publication) -> HttpResponse:
    """A line a file, by the name under which it is saved: `sha256sum -c SHA256SUMS` checks those that are
    there."""
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(_digests(one)))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _digests(one: Publication) -> Iterator[tuple[str, str]]:
    for kind, language, digest, pk in one.files.values_list("kind", "language", "sha256", "pk"):
        known = digest or sha256(PublicationFile.objects.get(pk=pk).content).hexdigest()
        yield saved_as(one, NAMES[kind], language), known
    for language in LANGUAGES:
        for chart in one.content[language]["charts"]:
            yield saved_as(one, f"{chart['table']}.svg", language), sha256(chart["svg"].encode()).hexdigest()
        for name, digest in opened.digests(one, language).items():
            yield saved_as(one, name, language), digest
