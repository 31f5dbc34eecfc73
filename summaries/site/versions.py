"""What the public pages may know of the versions of a year: those that are public, without what is encrypted.

No page or file for everybody reads `Publication` but through here. The remarks of what is public are frozen
with each version, so that a text that is edited later changes nothing that was published.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, F, OuterRef
from django.http import Http404
from django.shortcuts import get_list_or_404
from django.utils import timezone

from agencies.models import localised
from knowledge.shipped import LANGUAGES, shipped
from knowledge.stored_texts import SHIPPED, Remarks
from libs.suppression.tables import TOTAL
from summaries.coverage import HEADLINE
from summaries.models import HistoricalFigure
from summaries.release.models import Announcement, Publication, by_year, shown_of

INTERNAL: Final = ("sealed", "steps", "audit")
CACHED: Final = timedelta(minutes=1)  # for which a cache keeps a page
Stamp = tuple[Sequence[Any], ...]


def rows() -> Any:
    """What is public now, without what is encrypted: that is never even read for a public page."""
    return Publication.objects.public(timezone.now()).defer(*INTERNAL)


def stamp_of(now: datetime) -> Stamp:
    """Return a row for each thing that a public page is made of at `now`, by one query. Two equal stamps have
    equal pages.

    The rows are the versions that everybody may know, the announcements that the calendar shows, and the last
    change of a historical figure. All else on a public page is frozen with a version, or comes with the
    program.
    """
    changes = HistoricalFigure.history.model.objects
    newest_change = changes.filter(~Exists(changes.filter(pk__gt=OuterRef("pk")))).order_by()
    versions = Publication.objects.public(now).order_by()
    found = versions.values_list("pk", "state", "published_at", "withdrawn_at").union(
        Announcement.objects.told(now).order_by().values_list("pk", "contact", "at", "ended_at"),
        newest_change.values_list("pk", "history_type", "history_date", "history_date"),
        all=True,
    )
    return tuple(found)


def versions_of(year: int) -> list[Publication]:
    """The newest first, by one query. Raises Http404 where there is none."""
    return get_list_or_404(rows().filter(year=year).order_by("-version"))


def rows_for_lists(language: str) -> Any:
    """Every public version, the newest year and version first, without its text and charts. `words`: what its
    categories are called, by dimension; `remarks`: the texts beside its figures."""
    return (
        rows()
        .defer(*INTERNAL, "content", "texts")
        .annotate(words=F(f"content__{language}__categories"), remarks=F(f"content__{language}__remarks"))
        .order_by("-year", "-version")
    )


def words_of(one: Publication) -> dict[str, dict[str, str]]:
    """Return what the categories of a version from `rows_for_lists` are called, by dimension."""
    return getattr(one, "words", None) or {}


def newest_of_years(versions: list[Publication]) -> list[Publication]:
    """One version a year, of all that there are, the newest year first."""
    return [newest(one) for one in by_year(versions).values()]


def asked_for(versions: list[Publication], version: int | None) -> Publication:
    """The version with that number; without one the newest. Raises Http404 where there is none."""
    if version is None:
        return newest(versions)
    by_number = {publication.version: publication for publication in versions}
    if version not in by_number:
        raise Http404
    return by_number[version]


def newest(versions: list[Publication]) -> Publication:
    """The one that is shown; a year of which nothing is shown says so on its last."""
    return shown_of(versions) or versions[0]


def headline(one: Publication) -> int | None:
    """How many persons the version tells of, in all; None where it does not say."""
    groups = {table["name"]: table["cells"] for table in one.tables}.get(HEADLINE, ())
    return {tuple(cell["key"]): cell["value"] for cell in groups}.get((TOTAL,))


def last_change(versions: Sequence[Publication]) -> datetime | None:
    """When what is public of them last changed; None of no versions."""
    times = (one for version in versions for one in (version.published_at, version.withdrawn_at))
    return max((time for time in times if time), default=None)


def fresh_until(stamp: Stamp, now: datetime) -> datetime:
    """Return until when a cache may keep what has this stamp: a minute, and never past the announced hour.

    An hour that is to come and has not ended is the only thing of a stamp that changes by itself. A cache
    counts in whole seconds, and would keep it for one more.
    """
    hours = [at for _pk, _words, at, ended in stamp if at and at > now and ended is None]
    return min([now + CACHED, *hours]) - timedelta(seconds=1)


@dataclass(frozen=True)
class NewRemark:
    """A remark that would be published for the first time. `now`: by language."""

    name: str
    now: tuple[tuple[str, str], ...]


def remarks_of(version: Publication) -> Remarks:
    """One from before they were frozen says them as they are shipped."""
    return Remarks({language: words.get("remarks", {}) for language, words in version.content.items()})


def latest(versions: Iterable[Publication]) -> Publication | None:
    """Return the version that came out last and stands, of those that everybody may know."""
    return max(
        (version for version in versions if not version.withdrawn and version.published_at),
        key=lambda publication: (publication.published_at, publication.pk),
        default=None,
    )


def general(versions: Iterable[Publication]) -> Remarks:
    """Of whole versions: what is said on pages that are of none, which is what came out last.

    What one person writes is public when two have let it out.
    """
    last = latest(versions)
    return remarks_of(last) if last else SHIPPED


def general_in(versions: Iterable[Publication], language: str) -> Remarks:
    """The same of versions from `rows_for_lists`, that were read with the remarks of one language."""
    return Remarks({language: getattr(latest(versions), "remarks", None) or {}})


def of_last() -> Remarks:
    """Return the remarks of the version that came out last and stands, by one query."""
    standing = rows().exclude(state=Publication.State.WITHDRAWN).defer(*INTERNAL, "tables", "texts")
    return general(standing.order_by("-published_at", "-pk")[:1])


def changes(now: Remarks, before: Remarks) -> list[NewRemark]:
    """Return the remarks that a person who approves has not seen published."""
    of = shipped()
    return [
        NewRemark(
            localised(of[key].name_sv, of[key].name_en),
            tuple((language, now.text(key, language)) for language in LANGUAGES),
        )
        for key in now.changed_since(before)
    ]
