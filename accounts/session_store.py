"""Sessions in the database, each bound to its key: what a session holds, moved to another row, is no session
there. Whoever writes to the table signs in as nobody."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    @property
    def key_salt(self) -> str:
        """What its signature is made with: the key of the row too."""
        return f"accounts.session_store.{self.session_key}"

    @classmethod
    def clear_expired(cls) -> None:
        """What `clearsessions` asks for. With a session goes what was known of its browser."""
        super().clear_expired()
        UserSession.objects.exclude(
            session_key__in=cls.get_model_class().objects.values("session_key")
        ).delete()
