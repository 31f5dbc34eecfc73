"""The remarks of what is public: frozen with each version, so that a text that is edited later changes
nothing that was published.

A page that is of no version says those of the version that came out last: what one person writes is public
when two have let it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agencies.models import localised
from knowledge.shipped import LANGUAGES, shipped
from knowledge.stored_texts import SHIPPED, Remarks
from summaries.release.models import Publication


@dataclass(frozen=True)
class NewRemark:
    """A remark that would be published for the first time. `now`: by language."""

    name: str
    now: tuple[tuple[str, str], ...]


def remarks_of(version: Publication) -> Remarks:
    """One from before they were frozen says them as they are shipped."""
    return Remarks({language: words.get("remarks", {}) for language, words in version.content.items()})


def latest(versions: Iterable[Publication]) -> Publication | None:
    """Of those that everybody may know, the one that came out last and stands."""
    return max(
        (one for one in versions if not one.withdrawn and one.published_at),
        key=lambda one: (one.published_at, one.pk),
        default=None,
    )


def general(versions: Iterable[Publication]) -> Remarks:
    """Of whole versions: what is said on pages that are of none."""
    last = latest(versions)
    return remarks_of(last) if last else SHIPPED


def general_in(versions: Iterable[Publication], language: str) -> Remarks:
    """The same of versions from `site.versions`, that were read with the remarks of one language."""
    last = latest(versions)
    return Remarks({language: getattr(last, "remarks", None) or {}})


def of_last(found: Sequence[Publication]) -> Remarks:
    """Of what `site.versions.last_told` found."""
    return Remarks(
        {language: getattr(one, f"remarks_{language}") or {} for one in found for language in LANGUAGES}
    )


def changes(now: Remarks, before: Remarks) -> list[NewRemark]:
    """What a person who approves has not seen published."""
    of = shipped()
    return [
        NewRemark(
            localised(of[key].name_sv, of[key].name_en),
            tuple((language, now.text(key, language)) for language in LANGUAGES),
        )
        for key in now.changed_since(before)
    ]
