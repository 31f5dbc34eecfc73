"""A release and a withdrawal by the two persons that they need, for tests that are about something else.

Whoever tests publishing itself asks and answers by the pages, or by `publishing.releasing`.
"""

from __future__ import annotations

from typing import Any, Final

from accounts.access import Access
from accounts.models import Approval, User
from accounts.roles import Role
from audit.writer import target
from knowledge.stored_texts import present
from summaries.release import actions
from summaries.release.approvals import RELEASE, WITHDRAWAL, bound, differs, wish
from summaries.release.models import Publication
from summaries.release.release_actions import withdraw_release

WHY: Final = {"sv": "Rättat efter en granskning.", "en": "Corrected after a review."}


def released(
    *, draft: Publication, digest: str, state: str, by: Access, estimate: Any = None, **more: Any
) -> Publication:
    """The version that the draft became: asked for by `by`, approved by somebody else, public at once.

    A revised version that would say the same says it in other words, since nothing else is revised."""
    approval = approved(draft=draft, state=state, by=by, estimate=estimate)
    assert draft.digest == digest, "the draft that was looked at"
    return actions.publish(draft=draft, approval=approval, by=by, **more)


def approved(*, draft: Publication, state: str, by: Access, estimate: Any = None, **wished: Any) -> Approval:
    if state == Publication.State.REVISED and not differs(draft):
        texts = {
            language: f"{text['generated']}\n\n{WHY[language]}" for language, text in draft.texts.items()
        }
        draft.texts = actions.edit_text(draft=draft, texts=texts, by=by).texts
    reasons: dict[str, Any] = {"unconfirmed": WHY if state == Publication.State.FINAL else None}
    reasons["revised"] = WHY if state == Publication.State.REVISED else None
    reasons["alike"] = True
    asked = wish(draft, state, estimate=estimate.pk if estimate else None, **(reasons | wished))
    return _given(RELEASE, draft, asked, by, bound(draft, asked, present()))


def withdrawn(*, publication: Publication, reason: str, by: Access) -> None:
    """Asked for by `by`, approved by somebody else; the version before is shown again."""
    asked = {"year": publication.year, "version": publication.version, "sv": reason, "en": reason}
    asked["again"] = (publication.version or 1) - 1 or None
    given = _given(WITHDRAWAL, publication, asked, by)
    withdraw_release(publication=publication, approval=given, by=Access.of(given.answered_by, at=by.at))


def _given(act: str, row: Publication, asked: Any, by: Access, digest: str = "") -> Approval:
    on = target(row)
    facts = {"act": act, "target_kind": on.kind, "target_id": on.ident, "target_label": on.label}
    return Approval.objects.create(
        **facts, payload=asked, digest=digest, reason="Ready.", asked_by=by.user, asked_at=by.at,
        answer="given", answered_by=second(), answered_at=by.at,
    )  # fmt: skip


def second() -> User:
    """A manager who has prepared nothing."""
    facts = {"name": "Rut", "role": Role.MANAGER, "password": "set"}
    return User.objects.get_or_create(email="rut.second@example.org", defaults=facts)[0]
