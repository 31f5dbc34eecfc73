"""The head of the trail: locked by who writes, moved by one event, signed. On PostgreSQL by functions of the
owner's, since the application may not change the row itself."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from audit.chain import Place, place_signature
from audit.models import Head


def locked() -> Place:
    """Where the trail ends. To the end of the transaction nobody else moves it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT at, with_hash FROM audit_head_locked()")
            at, digest = cursor.fetchone()
            return at, digest
    head, _made = Head.objects.select_for_update().get_or_create(id=1)
    return head.sequence, head.hash


def move(place: Place) -> None:
    """To the event that has just been written."""
    signature = place_signature(place, settings.AUDIT_KEY)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT audit_head_moved(%s, %s, %s)", [*place, signature])
    else:
        Head.objects.filter(id=1).update(sequence=place[0], hash=place[1], signature=signature)
