"""A year that may be published, and what comes of it, for the acts of the audit log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from accounts.access import Access
from accounts.approvals import answer as approve, ask
from accounts.models import Approval
from audit.writer import target
from summaries.release import actions as publishing
from summaries.release.approvals import WITHDRAWAL, wish
from summaries.release.models import Publication
from summaries.release.release_actions import ask_release
from tests.actors import NOON, access
from tests.summaries.releasing import approved
from tests.world import World


def draft(world: World) -> Any:
    """A year that may be published, but for the figures."""
    ada = access(world.people["analyst"])
    row = Publication(
        year=2018, state=Publication.State.TESTED, passed=True, digest="a" * 64, made_by=ada.user
    )
    row.made_at, row.texts = NOON, {"sv": {"generated": "En text", "edited": ""}}
    row.save()
    return row


def frozen(world: World) -> dict[str, Any]:
    row = draft(world)
    given = approved(draft=row, state="final", by=access(world.people["analyst"]))
    row.content, row.state = {"sv": {}, "en": {}}, "final"
    return {"draft": row, "given": given}


def freeze(*, draft: Any, given: Approval, by: Access) -> Any:
    return publishing._freeze(draft, by.at, [], by, given)


def version(world: World) -> Any:
    return freeze(**frozen(world), by=access(world.people["analyst"]))


def published(world: World) -> dict[str, Any]:
    """A version whose withdrawal the manager has approved."""
    row = version(world)
    asked = {"sv": "Ett fel", "en": "An error", "again": None}
    ada, mona = access(world.people["analyst"]), access(world.people["manager"])
    given = ask(WITHDRAWAL, target(row), reason="Ett fel", by=ada, payload=asked)
    return {"publication": row, "approval": approve(given, give=True, by=mona)}


def waits(world: World) -> dict[str, Any]:
    """A version whose hour has not come."""
    row = version(world)
    Publication.objects.filter(pk=row.pk).update(published_at=NOON + timedelta(days=1))
    return {"publication": row}


def release_asked_for(world: World) -> str:
    row, ada = draft(world), access(world.people["analyst"])
    asked = ask_release(draft=row, digest=row.digest, wished=wish(row, "preliminary"), note="", by=ada)
    return reverse("summaries:publication_question", args=[asked.code])
