"""The one way to write an audit event. Called last in the transaction of the act: if it fails, the act
fails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from audit import head, security
from audit.chain import event_hash
from audit.models import Event


class Actor(Protocol):
    """Who acts, as text: the trail outlives users and roles."""

    @property
    def actor(self) -> str: ...

    @property
    def role_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class System:
    """The register itself, in commands that nobody signed in for."""

    actor: str = "system"
    role_name: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    kind: str = ""
    ident: str = ""
    label: str = ""


def target(row: models.Model | None) -> Target:
    """A row as a target: its public identifier where it has one, and its number or name as label."""
    if row is None:
        return Target()
    ident = str(getattr(row, "code", None) or row.pk)
    return Target(row._meta.label_lower, ident, str(row)[:100])


@transaction.atomic(savepoint=False)  # two statements fewer, and no caller goes on without its event
def record(
    by: Actor,
    action: str,
    on: models.Model | Target | None = None,
    *,
    fields: Iterable[str] = (),
    rows: int | None = None,
    digest: str = "",
    search_kind: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> Event:
    """Append one event. The lock on the head is held to the end of the caller's transaction, so call this
    last."""
    what = on if isinstance(on, Target) else target(on)
    sequence, previous = head.locked()
    event = Event(
        sequence=sequence + 1,
        at=(at or timezone.now()).astimezone(UTC),
        actor=by.actor[:254],
        role=by.role_name,
        action=action,
        target_kind=what.kind,
        target_id=what.ident,
        target_label=what.label,
        fields=sorted(fields),
        rows=rows,
        digest=digest,
        search_kind=search_kind,
        reason=reason[:500],
        previous_hash=previous,
    )
    event.hash = event_hash(event, settings.AUDIT_KEY)
    event.save()
    head.move((event.sequence, event.hash))
    if settings.SECURITY_SYSLOG and event.action.startswith(settings.SECURITY_EVENTS):
        transaction.on_commit(lambda: security.tell(event), robust=True)
    return event
