"""What waits between two requests, or for an import to be undone: packed, and encrypted with the notes'
key."""

from __future__ import annotations

import json
import zlib
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.functional import Promise

from sealing.secrecy import fernet, opened


class Encoder(DjangoJSONEncoder):
    def default(self, o: object) -> object:
        if isinstance(o, date | Promise):
            return str(o)
        return list(o) if isinstance(o, set | frozenset) else super().default(o)


def seal(data: bytes) -> bytes:
    return fernet().encrypt(zlib.compress(data, 1))


def unseal(token: bytes | memoryview) -> bytes:
    return zlib.decompress(opened(bytes(token)))


def seal_json(value: object) -> bytes:
    return seal(json.dumps(value, cls=Encoder, ensure_ascii=False, separators=(",", ":")).encode())


def unseal_json(token: bytes | memoryview) -> Any:
    return json.loads(unseal(token))
