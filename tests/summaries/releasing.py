"""A release and a withdrawal by the two persons that they need, for tests that are about something else.

Whoever tests publishing itself asks and answers by the pages, or by `publishing.releasing`.
"""

from __future__ import annotations

from typing import Any

from accounts.access import Access
from summaries.publishing import actions
from summaries.publishing.models import Publication


def released(*, draft: Publication, digest: str, state: str, by: Access, **more: Any) -> Publication:
    """The version that the draft became: asked for by `by`, approved by somebody else, public at once."""
    return actions.publish(draft=draft, digest=digest, state=state, by=by, **more)


def withdrawn(*, publication: Publication, reason: str, by: Access) -> None:
    """Asked for by `by`, approved by somebody else; the version before is shown again."""
    actions.withdraw(publication=publication, reason=reason, by=by)
