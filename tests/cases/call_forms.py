"""What the tests of the call pages share: a call as it is sent, and calls that are logged already."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.access import Access
from agencies.models import Code
from cases.actions.calls import log_call
from cases.models import Call

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def call_facts(**changes: Any) -> dict[str, Any]:
    """Social services of Västra Götaland about a woman, referred with consent; received on 2019-03-01 at
    10.38."""
    return {
        "received_at": "2019-03-01 10:38",
        "caller_group": "caller:social",
        "caller_county": "Västra Götalands län",
        "urgency": "days",
        "topics": ["topic:person"],
        "women": "1",
        "men": "0",
        "girls": "0",
        "boys": "0",
        "unknown": "0",
        "purposes": ["purpose:sexual"],
        "consent": "given",
        "outcomes": ["outcome:referral_coordinator"],
        "note": "",
        "minutes": "12",
        "medium": "phone",
        "form_token": str(uuid.uuid4()),
        **changes,
    }


def logged(by: Access, at: datetime | None = None, **facts: Any) -> Call:
    """A call that is logged; lists as words: topics=["person"]."""
    words = {name: facts.pop(name, []) for name in Call.LISTS}
    lists = {
        name: [Code.objects.get(key=f"{name.removesuffix('s')}:{word}") for word in words[name]]
        for name in Call.LISTS
    }
    facts.setdefault("caller_group_id", "caller:police")
    facts.setdefault("caller_county_id", "14")
    at = at or datetime(2019, 2, 28, 10, 0, tzinfo=STOCKHOLM)
    return log_call(call=Call(received_at=at, created_at=by.at, **facts), lists=lists, by=by)
