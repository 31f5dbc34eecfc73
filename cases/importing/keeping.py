"""Where django-import-export keeps an upload until it is confirmed: encrypted, its owner's alone, for half an hour."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q
from import_export.tmp_storages import BaseStorage

from agencies.exchange.waiting import Expired, owner
from cases.importing.sealed import seal, unseal
from cases.importing.waiting import LIFETIME, purge
from cases.models import ImportUpload
from cases.querysets import LIST_FILE


class KeptUpload(BaseStorage):
    """`name` is the code of the row. Used inside `owned_by`; what is another's or too old raises Expired."""

    def save(self, data: bytes) -> None:
        by = owner()
        purge(by)
        row = ImportUpload.objects.create(
            owner=by.user,
            content=seal(data),
            fingerprint=LIST_FILE,
            created_at=by.at,
            expires_at=by.at + LIFETIME,
        )
        self.name = str(row.code)

    def read(self) -> bytes:
        return unseal(self._row().content)

    def remove(self) -> None:
        self._row().delete()

    def _row(self) -> ImportUpload:
        found = ImportUpload.objects.lists_visible_to(owner()).filter(Q(code=_code(self.name)))
        row: ImportUpload | None = found.first()
        if row is None:
            raise Expired
        return row


def _code(name: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(name))
    except ValueError:
        return None
